"""Threads and forum posts.

https://discord.com/developers/docs/resources/channel#start-thread-from-message
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playground.changes import message_changes, thread_changes
from playground.changes.thread_changes import ThreadDraft
from playground.errors import ApiError, Problems, archived_thread, missing_permissions, unknown
from playground.payloads.channels import thread_member_object, thread_object
from playground.payloads.guilds import member_object
from playground.payloads.values import iso
from playground.rate_limits import RENAMES
from playground.rest.messages import shown
from playground.rest.request import Answer, Call
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.validation.messages import MessageBody
from playground.world.channels import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
)
from playground.world.permissions import Permission
from playground.world.world import World

Json = dict[str, Any]

DURATIONS: Final = (60, 1440, 4320, 10080)
"""Minutes after which a quiet thread archives itself."""


def _draft(fields: Fields, parent: Channel) -> ThreadDraft:
    usual = parent.settings.get("default_thread_rate_limit_per_user", 0)
    slowmode = fields.integer("rate_limit_per_user", low=0, high=21600)
    return ThreadDraft(
        name=(fields.text("name", low=1, high=100, required=True) or "").strip(),
        auto_archive_minutes=fields.choice("auto_archive_duration", DURATIONS),
        slowmode=usual if slowmode is None else slowmode,
        invitable=fields.boolean("invitable", default=True),
    )


async def start_from_message(call: Call) -> Answer:
    """Start a thread under a message."""
    channel, world = call.channel(), call.world
    world.require(call.user, channel, Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY)
    if channel.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message = world.message(channel, call.id("message"), call.user)
    fields = Fields(call.json, Problems())
    draft = _draft(fields, channel)
    fields.problems.check()
    if message.ephemeral or message.type not in {0, 19, 20, 23}:
        raise ApiError(400, 50068, "Invalid message type")
    thread = thread_changes.start_from_message(world, channel, message, call.user, draft)
    return Answer(thread_object(world, thread, call.user), 201)


async def start(call: Call) -> Answer:
    """Start a thread without a message, or a post in a forum."""
    channel, world = call.channel(), call.world
    if channel.type == FORUM:
        return _start_post(call, channel)
    if channel.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    fields = Fields(call.json, Problems())
    draft = _draft(fields, channel)
    kinds = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
    draft.type = fields.choice("type", kinds) or PRIVATE_THREAD
    fields.problems.check()
    private = draft.type == PRIVATE_THREAD
    world.require(
        call.user, channel, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    )
    thread = thread_changes.start(world, channel, call.user, draft)
    return Answer(thread_object(world, thread, call.user), 201)


def _start_post(call: Call, forum: Channel) -> Answer:
    world = call.world
    world.require(call.user, forum, Permission.SEND_MESSAGES)
    fields = Fields(call.json, Problems())
    draft = _draft(fields, forum)
    draft.tags = _tags(fields, forum)
    if fields.required("message"):
        opening = MessageBody(world, forum, call.json["message"] or {}, call.files, path=("message",))
    fields.problems.check()
    thread, message = thread_changes.start_post(world, forum, call.user, draft, opening.draft())
    return Answer(thread_object(world, thread, call.user) | {"message": shown(call, thread, message)}, 201)


def _tags(fields: Fields, forum: Channel) -> list[int]:
    tags = fields.snowflakes("applied_tags", high=5)
    known = {int(each["id"]) for each in forum.tags}
    if any(each not in known for each in tags):
        raise unknown("Tag", 10087)
    if forum.flags & 1 << 4 and not tags:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    return tags


@dataclass(frozen=True, slots=True)
class ThreadEdit:
    """What a thread's edit asks for; None leaves things as they are."""

    name: str | None
    archive_minutes: int | None
    slowmode: int | None
    pinned_in_forum: bool | None
    tags: list[int] | None
    locked: bool | None
    invitable: bool | None
    archived: bool | None


def _read_edit(call: Call, thread: Channel) -> ThreadEdit:
    fields = Fields(call.json, Problems())
    given = fields.values
    name = fields.text("name", low=1, high=100) if "name" in given else None
    flags = fields.integer("flags", low=0)
    edit = ThreadEdit(
        name=None if name is None else name.strip(),
        archive_minutes=fields.choice("auto_archive_duration", DURATIONS),
        slowmode=fields.integer("rate_limit_per_user", low=0, high=21600),
        pinned_in_forum=None if flags is None else bool(flags & 2),
        tags=_tags(fields, call.world.channels[thread.parent_id or 0]) if "applied_tags" in given else None,
        locked=fields.boolean("locked") if "locked" in given else None,
        invitable=fields.boolean("invitable", default=True) if "invitable" in given else None,
        archived=fields.boolean("archived") if "archived" in given else None,
    )
    fields.problems.check()
    return edit


def edit_thread(call: Call, thread: Channel) -> Json:
    """Rename, archive, reopen, lock a thread."""
    world = call.world
    edit = _read_edit(call, thread)
    _allow_edit(call, thread)
    if edit.locked is not None:
        world.require(call.user, thread, Permission.MANAGE_THREADS)
    renamed = edit.name is not None and edit.name != thread.name
    if renamed:
        _limit_renames(call, thread)
    _apply(world, thread, edit)
    thread_changes.tell(world, thread, "THREAD_UPDATE")
    if renamed:
        thread_changes.renamed(world, thread, call.user)
    return thread_object(world, thread, call.user)


def _apply(world: World, thread: Channel, edit: ThreadEdit) -> None:
    state = thread.thread
    if state is None:
        raise unknown("Channel", 10003)
    thread.name = thread.name if edit.name is None else edit.name
    thread.slowmode = thread.slowmode if edit.slowmode is None else edit.slowmode
    if edit.pinned_in_forum is not None:
        thread.flags = thread.flags & ~2 | (2 if edit.pinned_in_forum else 0)
    state.applied_tags = state.applied_tags if edit.tags is None else edit.tags
    state.locked = state.locked if edit.locked is None else edit.locked
    state.invitable = state.invitable if edit.invitable is None else edit.invitable
    if edit.archived is not None:
        thread_changes.set_archived(world, thread, archived=edit.archived)
    if edit.archive_minutes is not None:
        state.auto_archive_minutes = edit.archive_minutes
        thread_changes.rearm(world, thread)


def _allow_edit(call: Call, thread: Channel) -> None:
    """Let owners and moderators edit; anyone who may write reopens an archived thread that is not locked."""
    world, user, state = call.world, call.user, thread.thread
    if state is None:
        return
    if world.may(user, thread, Permission.MANAGE_THREADS):
        pass
    elif set(call.json) <= {"archived"} and call.json.get("archived") is False:
        world.require_sending(user, thread)
        if state.locked:
            raise missing_permissions()
    elif state.owner_id != user.id:
        raise missing_permissions()
    if state.archived and call.json.get("archived") is not False and "locked" not in call.json:
        raise archived_thread()


def _limit_renames(call: Call, channel: Channel) -> None:
    if not call.user.bot:
        return
    wait = call.services.rate_limits.take_hidden("channels.rename", channel.id, RENAMES)
    if wait:
        raise ApiError(429, 0, "You are being rate limited.", {"retry_after": round(wait, 3), "global": False})


# -- members


def _thread(call: Call) -> Channel:
    thread = call.channel()
    if thread.thread is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return thread


async def join(call: Call) -> None:
    """Follow a thread."""
    thread = _thread(call)
    _must_be_open(thread)
    message_changes.follow(call.world, thread, [call.user.id])


async def add_member(call: Call) -> None:
    """Add someone to a thread; it leaves a notice."""
    thread = _thread(call)
    _must_be_open(thread)
    call.world.require_sending(call.user, thread)
    user_id = call.id("user")
    if call.world.member(thread, user_id) is None:
        raise unknown("Member", 10007)
    if thread.thread is not None and user_id not in thread.thread.members:
        message_changes.follow(call.world, thread, [user_id])


async def leave(call: Call) -> None:
    """Follow a thread no more."""
    thread = _thread(call)
    _must_be_open(thread)
    message_changes.unfollow(call.world, thread, call.user.id)


async def remove_member(call: Call) -> None:
    """Take someone off a thread."""
    thread = _thread(call)
    _must_be_open(thread)
    call.world.require(call.user, thread, Permission.MANAGE_THREADS)
    message_changes.unfollow(call.world, thread, call.id("user"))


def _must_be_open(thread: Channel) -> None:
    if thread.thread is not None and thread.thread.archived:
        raise archived_thread()


async def get_member(call: Call) -> Json:
    """Return one thread member."""
    thread, user_id = _thread(call), call.id("user")
    if thread.thread is None or user_id not in thread.thread.members:
        raise unknown("Member", 10007)
    return _member(call, thread, user_id)


async def list_members(call: Call) -> list[Json]:
    """Return the members of a thread; with their guild members it is a page of them, by user id.

    https://discord.com/developers/docs/resources/channel#list-thread-members
    """
    thread = _thread(call)
    found = list(thread.thread.members if thread.thread else ())
    if _with_member(call):
        after = call.asked_id("after")
        found = sorted(each for each in found if each > after)[: call.number("limit", 100, 1, 100)]
    return [_member(call, thread, each) for each in found]


def _with_member(call: Call) -> bool:
    return call.query.get("with_member", "").lower() in {"true", "1"}


def _member(call: Call, thread: Channel, user_id: int) -> Json:
    state, guild = thread.thread, call.world.guild_of(thread)
    if state is None or guild is None:
        raise unknown("Member", 10007)
    shape = thread_member_object(thread, state.members[user_id])
    if _with_member(call) and user_id in guild.members:
        shape["member"] = member_object(guild.members[user_id])
    return shape


# -- lists


async def list_active(call: Call) -> Json:
    """Return all threads of a guild that are not archived."""
    guild = call.guild()
    threads = [each for each in guild.threads.values() if each.thread and not each.thread.archived]
    return _listed(call, sorted(threads, key=lambda each: -each.id), more=False)


async def list_public_archived(call: Call) -> Json:
    """Return a channel's archived public threads, the last archived first."""
    return _archived(call, lambda each: each.type != PRIVATE_THREAD)


async def list_private_archived(call: Call) -> Json:
    """Return a channel's archived private threads."""
    call.world.require(call.user, call.channel(), Permission.MANAGE_THREADS)
    return _archived(call, lambda each: each.type == PRIVATE_THREAD)


async def list_joined_private_archived(call: Call) -> Json:
    """Return a channel's archived private threads that one follows."""
    me = call.user.id
    return _archived(call, lambda each: each.type == PRIVATE_THREAD and bool(each.thread and me in each.thread.members))


def _archived(call: Call, wanted: Callable[[Channel], bool]) -> Json:
    channel = call.channel()
    call.world.require(call.user, channel, Permission.READ_MESSAGE_HISTORY)
    threads = [each for each in call.world.threads_of(channel) if each.thread and each.thread.archived and wanted(each)]
    threads.sort(key=lambda each: each.thread.archive_changed_at if each.thread else 0.0, reverse=True)
    before = call.query.get("before")
    if before:
        threads = [each for each in threads if each.thread and iso(each.thread.archive_changed_at) < before]
    limit = call.number("limit", 50, 2, 100)
    return _listed(call, threads[:limit], more=len(threads) > limit)


def _listed(call: Call, threads: list[Channel], *, more: bool) -> Json:
    seen = [each for each in threads if call.world.sees(call.user, each)]
    me = call.user.id
    members = [
        thread_member_object(each, each.thread.members[me])
        for each in seen
        if each.thread and me in each.thread.members
    ]
    return {
        "threads": [thread_object(call.world, each, call.user) for each in seen],
        "members": members,
        "has_more": more,
    }


_MEMBERS = "/channels/{channel}/thread-members"

ROUTES: Final = (
    Route("POST", "/channels/{channel}/messages/{message}/threads", start_from_message, "threads.create"),
    Route("POST", "/channels/{channel}/threads", start, "threads.create"),
    Route("GET", _MEMBERS, list_members),
    Route("PUT", f"{_MEMBERS}/@me", join, "threads.members"),
    Route("DELETE", f"{_MEMBERS}/@me", leave, "threads.members"),
    Route("PUT", f"{_MEMBERS}/{{user}}", add_member, "threads.members"),
    Route("DELETE", f"{_MEMBERS}/{{user}}", remove_member, "threads.members"),
    Route("GET", f"{_MEMBERS}/{{user}}", get_member),
    Route("GET", "/guilds/{guild}/threads/active", list_active),
    Route("GET", "/channels/{channel}/threads/archived/public", list_public_archived),
    Route("GET", "/channels/{channel}/threads/archived/private", list_private_archived),
    Route("GET", "/channels/{channel}/users/@me/threads/archived/private", list_joined_private_archived),
)
