"""Threads and forum posts are started, archived, reopened, renamed and deleted."""

from dataclasses import dataclass, field
from typing import Any

from playground.changes import message_changes, thread_membership
from playground.changes.message_changes import MessageDraft
from playground.errors import ApiError, archived_thread
from playground.payloads.channels import thread_object
from playground.world import messages
from playground.world.channels import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    Channel,
    ThreadMember,
    ThreadState,
)
from playground.world.mentions import NO_MENTIONS
from playground.world.messages import Message
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class ThreadDraft:
    """A thread that is about to be started."""

    name: str
    type: int = PUBLIC_THREAD
    auto_archive_minutes: int | None = None
    slowmode: int = 0
    invitable: bool = True
    tags: list[int] = field(default_factory=list)


def start_from_message(world: World, parent: Channel, starter: Message, owner: User, draft: ThreadDraft) -> Channel:
    """Start a thread under a message; it gets the message's id. 160004 when the message already has a thread."""
    if starter.id in world.channels:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    draft.type = ANNOUNCEMENT_THREAD if parent.type == ANNOUNCEMENT else PUBLIC_THREAD
    thread = _start(world, parent, owner, draft, thread_id=starter.id)
    thread_membership.join(world, thread, [starter.author_id])
    starter.flags |= messages.HAS_THREAD
    message_changes.announce(world, parent, starter, "MESSAGE_UPDATE")
    reference = message_changes.reference_to(parent, starter)
    opening = MessageDraft(type=messages.THREAD_STARTER, reference=reference, allowed_mentions=NO_MENTIONS)
    message_changes.post(world, thread, world.users[starter.author_id], opening)
    return thread


def start(world: World, parent: Channel, owner: User, draft: ThreadDraft) -> Channel:
    """Start a thread that belongs to no message. A public one adds a system message to its channel."""
    thread = _start(world, parent, owner, draft, thread_id=world.snowflakes.next())
    if draft.type != PRIVATE_THREAD:
        notice = MessageDraft(
            type=messages.THREAD_CREATED,
            content=thread.name,
            reference=message_changes.reference_to(thread, None),
            allowed_mentions=NO_MENTIONS,
        )
        message_changes.post(world, parent, owner, notice)
    return thread


def start_post(
    world: World, forum: Channel, owner: User, draft: ThreadDraft, opening: MessageDraft
) -> tuple[Channel, Message]:
    """Start a forum post: a thread whose first message has the thread's id."""
    thread = _start(world, forum, owner, draft, thread_id=world.snowflakes.next())
    message = message_changes.post(world, thread, owner, opening, message_id=thread.id)
    forum.last_message_id = thread.id
    return thread, message


def _start(world: World, parent: Channel, owner: User, draft: ThreadDraft, *, thread_id: int) -> Channel:
    guild = world.guild_of(parent)
    if guild is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    now = world.clock.now()
    minutes = draft.auto_archive_minutes or parent.default_archive_minutes or 4320
    state = ThreadState(
        owner_id=owner.id,
        created_at=now,
        archive_changed_at=now,
        auto_archive_minutes=minutes,
        invitable=draft.invitable,
        last_activity=now,
        applied_tags=draft.tags,
        members={owner.id: ThreadMember(owner.id, now)},
    )
    thread = Channel(
        id=thread_id,
        type=draft.type,
        name=draft.name,
        guild_id=guild.id,
        parent_id=parent.id,
        slowmode=draft.slowmode,
        thread=state,
    )
    world.channels[thread.id] = guild.threads[thread.id] = thread
    announce(world, thread, "THREAD_CREATE", newly_created=True)
    _start_archive_timer(world, thread)
    return thread


def announce(world: World, thread: Channel, event: str, **extra: Any) -> None:
    """Send an event about a thread to everyone who sees it; `extra` are more fields."""
    world.emit(event, lambda viewer: thread_object(world, thread, viewer) | extra, channel=thread)


def _start_archive_timer(world: World, thread: Channel) -> None:
    state = thread.thread
    if state is None:
        return
    due = state.last_activity + state.auto_archive_minutes * 60
    world.clock.at(max(due, world.clock.now()), lambda: _archive_if_quiet(world, thread))


def _archive_if_quiet(world: World, thread: Channel) -> None:
    state = thread.thread
    if state is None or state.archived or thread.id not in world.channels:
        return
    if state.last_activity + state.auto_archive_minutes * 60 > world.clock.now() + 1e-3:
        _start_archive_timer(world, thread)
        return
    set_archived(world, thread, archived=True)
    announce(world, thread, "THREAD_UPDATE")


def set_archived(world: World, thread: Channel, *, archived: bool) -> None:
    """Archive or reopen a thread without an event."""
    state = thread.thread
    if state is None or state.archived == archived:
        return
    state.archived = archived
    state.archive_changed_at = world.clock.now()
    if not archived:
        state.last_activity = world.clock.now()
        _start_archive_timer(world, thread)


def require_open(channel: Channel) -> None:
    """Raise 50083 when the channel is an archived thread."""
    if channel.thread is not None and channel.thread.archived:
        raise archived_thread()


def reopen(world: World, thread: Channel) -> None:
    """Reopen an archived thread, and send the event."""
    if thread.thread is not None and thread.thread.archived:
        set_archived(world, thread, archived=False)
        announce(world, thread, "THREAD_UPDATE")


def restart_archive_timer(world: World, thread: Channel) -> None:
    """Start the archive timer again after its minutes were changed."""
    if thread.thread is not None and not thread.thread.archived:
        _start_archive_timer(world, thread)


def post_rename(world: World, thread: Channel, by: User) -> None:
    """Add the system message about a thread's new name."""
    message_changes.post(
        world, thread, by, MessageDraft(type=messages.NAME_CHANGE, content=thread.name, allowed_mentions=NO_MENTIONS)
    )


def remove(world: World, thread: Channel) -> None:
    """Delete a thread."""
    guild = world.guild_of(thread)
    if guild is None:
        return
    payload = {
        "id": str(thread.id),
        "guild_id": str(guild.id),
        "parent_id": str(thread.parent_id),
        "type": thread.type,
    }
    world.emit("THREAD_DELETE", payload, channel=thread)
    guild.threads.pop(thread.id, None)
    world.forget(thread)
