"""Messages of a channel. Pins and reactions have files of their own.

https://discord.com/developers/docs/resources/message
"""

from typing import Any, Final

from playground.changes import message_changes, poll_changes, thread_changes
from playground.changes.thread_changes import require_open
from playground.errors import ApiError, archived_thread, missing_permissions, rate_limited, unknown_message
from playground.gateway.intents import without_content
from playground.payloads.messages import message_object
from playground.rate_limits import Rate
from playground.rest.request import Request, snowflake
from playground.rest.router import Route
from playground.snowflakes import snowflake_at
from playground.validation.fields import Fields
from playground.validation.messages import MessageBody, empty_message
from playground.world import messages
from playground.world.channels import FORUM, Channel
from playground.world.messages import Message
from playground.world.permissions import Permission
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]

OLD: Final = 3600.0
"""Age in seconds from which few edits of a message are allowed."""
OLD_EDITS: Final = Rate(3, 20.0)
"""Edits of old messages in a channel. Discord does not publish this limit; it is what bots have met."""
NONCE_LIFETIME: Final = 300.0
"""Seconds in which `enforce_nonce` finds a message with the same nonce."""


async def list_messages(request: Request) -> list[Json]:
    """Return up to 100 messages, newest first."""
    channel, world = request.channel(), request.world
    request.world.require(request.user, channel, Permission.VIEW_CHANNEL)
    if not world.may(request.user, channel, Permission.READ_MESSAGE_HISTORY):
        return []
    limit = request.query_integer("limit", 50, 1, 100)
    readable = [each for each in channel.messages.values() if not each.ephemeral]
    return [message_for_caller(request, channel, each) for each in reversed(_page(request, readable, limit))]


def _page(request: Request, readable: list[Message], limit: int) -> list[Message]:
    before, after, around = (request.query_id(name) for name in ("before", "after", "around"))
    if around:
        older = [each for each in readable if each.id < around][-(limit // 2) :] if limit > 1 else []
        return older + [each for each in readable if each.id >= around][: limit - len(older)]
    if "after" in request.query:
        return [each for each in readable if each.id > after][:limit]
    if before:
        return [each for each in readable if each.id < before][-limit:]
    return readable[-limit:]


async def get_message(request: Request) -> Json:
    """Return one message."""
    channel = request.channel()
    request.world.require(request.user, channel, Permission.READ_MESSAGE_HISTORY)
    message = request.world.message(channel, request.path_id("message"))
    if message.ephemeral:
        raise unknown_message()
    return message_for_caller(request, channel, message)


def message_for_caller(request: Request, channel: Channel, message: Message) -> Json:
    """Return a message as the caller may read it: without the message-content intent, a bot gets no content."""
    payload = message_object(request.world, channel, message, request.user)
    application = request.world.application_of(request.user)
    if application is None or application.message_content or channel.guild_id is None:
        return payload
    masked = without_content({**payload, "guild_id": str(channel.guild_id)}, request.user)
    del masked["guild_id"]
    return masked


async def create_message(request: Request) -> Json:
    """Send a message."""
    channel, world, user = request.channel(), request.world, request.user
    if channel.type == FORUM or not message_changes.holds_messages(channel):
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    world.require_sending(user, channel)
    body = MessageBody(world, channel, request.json, request.files)
    earlier = _same_nonce(world, channel, user, request.json)
    if earlier is not None:
        return message_for_caller(request, channel, earlier)
    reference = body.fields.child("message_reference") if body.fields.has("message_reference") else None
    forwards = reference is not None and reference.values.get("type") == 1
    draft = _forward(request, reference) if forwards and reference else body.draft()
    if draft.attachments and not world.may(user, channel, Permission.ATTACH_FILES):
        raise missing_permissions()
    if draft.poll is not None and not world.may(user, channel, Permission.SEND_POLLS):
        raise missing_permissions()
    if draft.embeds and not world.may(user, channel, Permission.EMBED_LINKS):
        draft.embeds = []
        if not (draft.content or draft.attachments or draft.components):
            raise empty_message()
    if reference is not None and not forwards:
        _reply(request, channel, reference, draft)
    _count_slowmode(world, channel, user)
    _reopen(world, channel, user)
    message = message_changes.post(world, channel, user, draft)
    poll_changes.begin(world, channel, message)
    payload = message_for_caller(request, channel, message)
    return payload if draft.nonce is None else {**payload, "nonce": draft.nonce}


def _same_nonce(world: World, channel: Channel, user: User, body: Json) -> Message | None:
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    oldest = snowflake_at(world.clock.now() - NONCE_LIFETIME)
    for message in reversed(channel.messages.values()):
        if message.id < oldest:
            return None
        if message.author_id == user.id and str(message.nonce) == str(nonce):
            return message
    return None


def _reply(request: Request, channel: Channel, reference: Fields, draft: message_changes.MessageDraft) -> None:
    """Make a draft a reply; 50035 when the message is gone, unless `fail_if_not_exists` is false."""
    request.world.require(request.user, channel, Permission.READ_MESSAGE_HISTORY)
    message_id = reference.snowflake("message_id", required=True)
    elsewhere = reference.snowflake("channel_id")
    reference.errors.check()
    target = channel.messages.get(message_id or 0)
    missing = target is None or target.ephemeral or elsewhere not in {None, channel.id}
    if missing and reference.boolean("fail_if_not_exists", default=True):
        reference.errors.add(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        reference.errors.check()
    if missing or target is None:
        return
    if target.type not in {messages.DEFAULT, messages.REPLY, messages.SLASH_COMMAND, messages.CONTEXT_COMMAND, 21}:
        reference.errors.add(
            ("message_reference",), "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
        )
        reference.errors.check()
    draft.type = messages.REPLY
    draft.reference = message_changes.reference_to(channel, target)


def _forward(request: Request, reference: Fields) -> message_changes.MessageDraft:
    """Return the draft of a message that forwards another one.

    https://discord.com/developers/docs/resources/message#message-reference-types
    """
    source = request.world.channel(reference.snowflake("channel_id", required=True) or 0, request.user)
    reference.errors.check()
    target = request.world.message(source, reference.snowflake("message_id", required=True) or 0, request.user)
    whole = message_object(request.world, source, target)
    kept = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
            "mention_roles", "components")  # fmt: skip
    snapshot = {"message": {name: whole[name] for name in kept}}
    return message_changes.MessageDraft(
        flags=1 << 14, reference=message_changes.reference_to(source, target, kind=1), snapshots=[snapshot]
    )


def _count_slowmode(world: World, channel: Channel, user: User) -> None:
    bypass = Permission.MANAGE_MESSAGES
    if not channel.slowmode or channel.guild_id is None or world.may(user, channel, bypass):
        return
    now = world.clock.now()
    wait = channel.slow_until.get(user.id, 0.0) - now
    if wait > 0:
        raise rate_limited(wait, 20016, "This action cannot be performed due to slowmode rate limit.")
    channel.slow_until[user.id] = now + channel.slowmode


def _reopen(world: World, channel: Channel, user: User) -> None:
    """Reopen an archived thread because a message comes; only moderators reopen a locked one."""
    thread = channel.thread
    if thread is None or not thread.archived:
        return
    if thread.locked and not world.may(user, channel, Permission.MANAGE_THREADS):
        raise archived_thread()
    thread_changes.reopen(world, channel)


async def edit_message(request: Request) -> Json:
    """Edit an own message; a moderator may hide the embeds of another user's."""
    channel, world, user = request.channel(), request.world, request.user
    message = world.message(channel, request.path_id("message"), user)
    require_open(channel)
    if message.author_id != user.id:
        if set(request.json) - {"flags"} or not world.may(user, channel, Permission.MANAGE_MESSAGES):
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    elif message.type not in {messages.DEFAULT, messages.REPLY, messages.SLASH_COMMAND, messages.CONTEXT_COMMAND}:
        raise ApiError(403, 50021, "Cannot execute action on a system message")
    if message.poll is not None and set(request.json) - {"flags"}:
        raise ApiError(400, 520003, "Cannot edit a poll message")
    if message.snapshots:
        raise ApiError(400, 50021, "Cannot edit a forwarded message")
    edit = MessageBody(world, channel, request.json, request.files).edit(message)
    if request.files and not world.may(user, channel, Permission.ATTACH_FILES):
        raise missing_permissions()
    _limit_old_edits(request, channel, message)
    message_changes.edit(world, channel, message, edit)
    return message_for_caller(request, channel, message)


def _limit_old_edits(request: Request, channel: Channel, message: Message) -> None:
    if request.world.clock.now() - message.created_at < OLD or not request.user.bot:
        return
    wait = request.services.rate_limits.count_hidden("messages.edit_old", (request.user.id, channel.id), OLD_EDITS)
    if wait:
        words = "Maximum number of edits to messages older than 1 hour reached. Try again later"
        raise rate_limited(wait, 30046, words)


async def delete_message(request: Request) -> None:
    """Delete an own message; a moderator may delete any message."""
    channel, world, user = request.channel(), request.world, request.user
    message = world.message(channel, request.path_id("message"), user)
    if message.author_id != user.id and not message.ephemeral:
        world.require(user, channel, Permission.MANAGE_MESSAGES)
    if message.type in {messages.RECIPIENT_ADD, messages.NAME_CHANGE} and not world.may(
        user, channel, Permission.MANAGE_MESSAGES
    ):
        raise ApiError(403, 50021, "Cannot execute action on a system message")
    if message.type == messages.THREAD_STARTER:
        raise ApiError(403, 50021, "Cannot execute action on a system message")
    require_open(channel)
    message_changes.delete(world, channel, message)


async def bulk_delete(request: Request) -> None:
    """Delete 2 to 100 messages younger than two weeks."""
    channel, world = request.channel(), request.world
    world.require(request.user, channel, Permission.MANAGE_MESSAGES)
    ids = request.json.get("messages")
    if not isinstance(ids, list) or not 2 <= len(ids) <= 100:
        raise ApiError(
            400,
            50016,
            "Provided too few or too many messages to delete. "
            "Must provide at least 2 and fewer than 100 messages to delete",
        )
    wanted = {snowflake("messages", each) for each in ids}
    if min(wanted) < snowflake_at(world.clock.now() - 14 * 86400):
        raise ApiError(400, 50034, "A message provided was too old to bulk delete")
    message_changes.delete_many(
        world, channel, [channel.messages[each] for each in sorted(wanted) if each in channel.messages]
    )


async def crosspost(request: Request) -> Json:
    """Publish a message of an announcement channel."""
    channel = request.channel()
    message = request.world.message(channel, request.path_id("message"))
    if channel.type != 5:
        raise ApiError(400, 50068, "Invalid message type")
    message.flags |= 1
    message_changes.announce(request.world, channel, message, "MESSAGE_UPDATE")
    return message_for_caller(request, channel, message)


async def typing(request: Request) -> None:
    """Show the caller as typing."""
    channel = request.channel()
    request.world.require_sending(request.user, channel)
    message_changes.start_typing(request.world, channel, request.user)


_MESSAGES = "/channels/{channel}/messages"
_MESSAGE = "/channels/{channel}/messages/{message}"

ROUTES: Final = (
    Route("GET", _MESSAGES, list_messages, "messages.read"),
    Route("POST", _MESSAGES, create_message, "messages.create"),
    Route("POST", f"{_MESSAGES}/bulk-delete", bulk_delete, "messages.bulk_delete"),
    Route("GET", _MESSAGE, get_message, "messages.read_one"),
    Route("PATCH", _MESSAGE, edit_message, "messages.edit"),
    Route("DELETE", _MESSAGE, delete_message, "messages.delete"),
    Route("POST", f"{_MESSAGE}/crosspost", crosspost),
    Route("POST", "/channels/{channel}/typing", typing, "typing"),
)
