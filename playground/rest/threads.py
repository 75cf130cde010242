"""Threads and forum posts: start, edit and list them. Thread members have a file of their own.

https://discord.com/developers/docs/resources/channel#start-thread-from-message
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playground.changes import thread_changes
from playground.changes.thread_changes import ThreadDraft
from playground.errors import ApiError, FormErrors, archived_thread, missing_permissions, rate_limited, unknown
from playground.payloads.channels import thread_member_object, thread_object
from playground.payloads.json_values import iso
from playground.rate_limits import RENAMES
from playground.rest.messages import message_for_caller
from playground.rest.request import Request, Response
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

AUTO_ARCHIVE_DURATIONS: Final = (60, 1440, 4320, 10080)
"""Minutes without a message after which a thread archives itself."""


def _draft(fields: Fields, parent: Channel) -> ThreadDraft:
    usual = parent.settings.get("default_thread_rate_limit_per_user", 0)
    slowmode = fields.integer("rate_limit_per_user", low=0, high=21600)
    return ThreadDraft(
        name=(fields.text("name", low=1, high=100, required=True) or "").strip(),
        auto_archive_minutes=fields.choice("auto_archive_duration", AUTO_ARCHIVE_DURATIONS),
        slowmode=usual if slowmode is None else slowmode,
        invitable=fields.boolean("invitable", default=True),
    )


async def start_from_message(request: Request) -> Response:
    """Start a thread under a message."""
    channel, world = request.channel(), request.world
    world.require(request.user, channel, Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY)
    if channel.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message = world.message(channel, request.path_id("message"), request.user)
    fields = Fields(request.json, FormErrors())
    draft = _draft(fields, channel)
    fields.errors.check()
    if message.ephemeral or message.type not in {0, 19, 20, 23}:
        raise ApiError(400, 50068, "Invalid message type")
    thread = thread_changes.start_from_message(world, channel, message, request.user, draft)
    return Response(thread_object(world, thread, request.user), 201)


async def start(request: Request) -> Response:
    """Start a thread that belongs to no message, or a forum post."""
    channel, world = request.channel(), request.world
    if channel.type == FORUM:
        return _start_post(request, channel)
    if channel.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    fields = Fields(request.json, FormErrors())
    draft = _draft(fields, channel)
    kinds = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
    draft.type = fields.choice("type", kinds) or PRIVATE_THREAD
    fields.errors.check()
    private = draft.type == PRIVATE_THREAD
    world.require(
        request.user, channel, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    )
    thread = thread_changes.start(world, channel, request.user, draft)
    return Response(thread_object(world, thread, request.user), 201)


def _start_post(request: Request, forum: Channel) -> Response:
    world = request.world
    world.require(request.user, forum, Permission.SEND_MESSAGES)
    fields = Fields(request.json, FormErrors())
    draft = _draft(fields, forum)
    draft.tags = _tags(fields, forum)
    if fields.required("message"):
        opening = MessageBody(world, forum, request.json["message"] or {}, request.files, path=("message",))
    fields.errors.check()
    thread, message = thread_changes.start_post(world, forum, request.user, draft, opening.draft())
    return Response(
        thread_object(world, thread, request.user) | {"message": message_for_caller(request, thread, message)}, 201
    )


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
    """The changes of a thread's edit; None leaves a value as it is."""

    name: str | None
    archive_minutes: int | None
    slowmode: int | None
    pinned_in_forum: bool | None
    tags: list[int] | None
    locked: bool | None
    invitable: bool | None
    archived: bool | None


def _read_edit(request: Request, thread: Channel) -> ThreadEdit:
    fields = Fields(request.json, FormErrors())
    given = fields.values
    name = fields.text("name", low=1, high=100) if "name" in given else None
    flags = fields.integer("flags", low=0)
    edit = ThreadEdit(
        name=None if name is None else name.strip(),
        archive_minutes=fields.choice("auto_archive_duration", AUTO_ARCHIVE_DURATIONS),
        slowmode=fields.integer("rate_limit_per_user", low=0, high=21600),
        pinned_in_forum=None if flags is None else bool(flags & 2),
        tags=_tags(fields, request.world.channels[thread.parent_id or 0]) if "applied_tags" in given else None,
        locked=fields.boolean("locked") if "locked" in given else None,
        invitable=fields.boolean("invitable", default=True) if "invitable" in given else None,
        archived=fields.boolean("archived") if "archived" in given else None,
    )
    fields.errors.check()
    return edit


def edit_thread(request: Request, thread: Channel) -> Json:
    """Change a thread: name, archived, locked, tags and so on."""
    world = request.world
    edit = _read_edit(request, thread)
    _allow_edit(request, thread)
    if edit.locked is not None:
        world.require(request.user, thread, Permission.MANAGE_THREADS)
    renamed = edit.name is not None and edit.name != thread.name
    if renamed:
        limit_renames(request, thread)
    _apply(world, thread, edit)
    thread_changes.announce(world, thread, "THREAD_UPDATE")
    if renamed:
        thread_changes.post_rename(world, thread, request.user)
    return thread_object(world, thread, request.user)


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
        thread_changes.restart_archive_timer(world, thread)


def _allow_edit(request: Request, thread: Channel) -> None:
    """Raise unless the caller may make this edit.

    Owner and moderators may edit. Anyone who may write in an archived thread may reopen it, unless it is locked.
    """
    world, user, state = request.world, request.user, thread.thread
    if state is None:
        return
    if world.may(user, thread, Permission.MANAGE_THREADS):
        pass
    elif set(request.json) <= {"archived"} and request.json.get("archived") is False:
        world.require_sending(user, thread)
        if state.locked:
            raise missing_permissions()
    elif state.owner_id != user.id:
        raise missing_permissions()
    if state.archived and request.json.get("archived") is not False and "locked" not in request.json:
        raise archived_thread()


def limit_renames(request: Request, channel: Channel) -> None:
    """Count a bot's change of a channel's name or topic; 429 after two in ten minutes."""
    if not request.user.bot:
        return
    wait = request.services.rate_limits.count_hidden("channels.rename", channel.id, RENAMES)
    if wait:
        raise rate_limited(wait)


# -- lists


async def list_active(request: Request) -> Json:
    """Return all threads of a guild that are not archived."""
    guild = request.guild()
    threads = [each for each in guild.threads.values() if each.thread and not each.thread.archived]
    return _thread_list(request, sorted(threads, key=lambda each: -each.id), more=False)


async def list_public_archived(request: Request) -> Json:
    """Return a channel's archived public threads; the one archived last comes first."""
    return _archived(request, lambda each: each.type != PRIVATE_THREAD)


async def list_private_archived(request: Request) -> Json:
    """Return a channel's archived private threads."""
    request.world.require(request.user, request.channel(), Permission.MANAGE_THREADS)
    return _archived(request, lambda each: each.type == PRIVATE_THREAD)


async def list_joined_private_archived(request: Request) -> Json:
    """Return a channel's archived private threads of which the caller is a member."""
    me = request.user.id
    return _archived(
        request, lambda each: each.type == PRIVATE_THREAD and bool(each.thread and me in each.thread.members)
    )


def _archived(request: Request, wanted: Callable[[Channel], bool]) -> Json:
    channel = request.channel()
    request.world.require(request.user, channel, Permission.READ_MESSAGE_HISTORY)
    threads = [
        each for each in request.world.threads_of(channel) if each.thread and each.thread.archived and wanted(each)
    ]
    threads.sort(key=lambda each: each.thread.archive_changed_at if each.thread else 0.0, reverse=True)
    before = request.query.get("before")
    if before:
        threads = [each for each in threads if each.thread and iso(each.thread.archive_changed_at) < before]
    limit = request.query_integer("limit", 50, 2, 100)
    return _thread_list(request, threads[:limit], more=len(threads) > limit)


def _thread_list(request: Request, threads: list[Channel], *, more: bool) -> Json:
    seen = [each for each in threads if request.world.sees(request.user, each)]
    me = request.user.id
    members = [
        thread_member_object(each, each.thread.members[me])
        for each in seen
        if each.thread and me in each.thread.members
    ]
    return {
        "threads": [thread_object(request.world, each, request.user) for each in seen],
        "members": members,
        "has_more": more,
    }


ROUTES: Final = (
    Route("POST", "/channels/{channel}/messages/{message}/threads", start_from_message, "threads.create"),
    Route("POST", "/channels/{channel}/threads", start, "threads.create"),
    Route("GET", "/guilds/{guild}/threads/active", list_active),
    Route("GET", "/channels/{channel}/threads/archived/public", list_public_archived),
    Route("GET", "/channels/{channel}/threads/archived/private", list_private_archived),
    Route("GET", "/channels/{channel}/users/@me/threads/archived/private", list_joined_private_archived),
)
