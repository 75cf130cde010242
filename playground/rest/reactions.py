"""Reactions to messages.

https://discord.com/developers/docs/resources/message#create-reaction
"""

import re
from typing import Any, Final

from playground.changes.thread_changes import require_open
from playground.errors import ApiError, unknown
from playground.payloads.guilds import member_object
from playground.payloads.users import user_object
from playground.rest.request import Request
from playground.rest.router import Route
from playground.world.channels import Channel
from playground.world.messages import Message, Reaction
from playground.world.permissions import Permission

Json = dict[str, Any]

_CUSTOM: Final = re.compile(r"^(?:a:)?(\w{2,32}):(\d+)$")


def _emoji(request: Request) -> tuple[str, Json]:
    text = request.path_params["emoji"]
    if _CUSTOM.match(text):
        raise unknown("Emoji", 10014)  # the playground has no custom emoji
    if not text or (text.isascii() and not text.rstrip("\ufe0f\u20e3").isdigit()):
        raise unknown("Emoji", 10014)
    return text, {"id": None, "name": text}


def _target(request: Request) -> tuple[Channel, Message]:
    channel = request.channel()
    request.world.require(request.user, channel, Permission.READ_MESSAGE_HISTORY)
    require_open(channel)
    return channel, request.world.message(channel, request.path_id("message"))


def _event(channel: Channel, message: Message, **extra: Any) -> Json:
    payload: Json = {"channel_id": str(channel.id), "message_id": str(message.id), **extra}
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
    return payload


async def add(request: Request) -> None:
    """React to a message."""
    channel, message = _target(request)
    key, emoji = _emoji(request)
    world, user = request.world, request.user
    reaction = message.reactions.get(key)
    if reaction is None:
        world.require(user, channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= 20:
            raise ApiError(400, 30010, "Maximum number of reactions reached (20)")
        reaction = message.reactions[key] = Reaction(emoji)
    if user.id in reaction.users:
        return
    reaction.users.append(user.id)
    world.touch(channel, message.id)
    payload = _event(channel, message, user_id=str(user.id), emoji=emoji, burst=False, type=0)
    payload["message_author_id"] = str(message.author_id)
    member = world.member(channel, user.id)
    if member is not None:
        payload["member"] = member_object(member)
    world.emit("MESSAGE_REACTION_ADD", payload, channel=channel)


async def remove(request: Request) -> None:
    """Remove the caller's reaction; a moderator may remove another user's."""
    channel, message = _target(request)
    key, emoji = _emoji(request)
    user_id = request.path_id("user")
    if user_id != request.user.id:
        request.world.require(request.user, channel, Permission.MANAGE_MESSAGES)
    reaction = message.reactions.get(key)
    if reaction is None or user_id not in reaction.users:
        return
    reaction.users.remove(user_id)
    if not reaction.users:
        del message.reactions[key]
    request.world.touch(channel, message.id)
    payload = _event(channel, message, user_id=str(user_id), emoji=emoji, burst=False, type=0)
    request.world.emit("MESSAGE_REACTION_REMOVE", payload, channel=channel)


async def remove_all(request: Request) -> None:
    """Remove all reactions from a message."""
    channel, message = _target(request)
    request.world.require(request.user, channel, Permission.MANAGE_MESSAGES)
    message.reactions.clear()
    request.world.touch(channel, message.id)
    request.world.emit("MESSAGE_REACTION_REMOVE_ALL", _event(channel, message), channel=channel)


async def remove_emoji(request: Request) -> None:
    """Remove all reactions with one emoji from a message."""
    channel, message = _target(request)
    request.world.require(request.user, channel, Permission.MANAGE_MESSAGES)
    key, emoji = _emoji(request)
    if message.reactions.pop(key, None) is not None:
        request.world.touch(channel, message.id)
        request.world.emit("MESSAGE_REACTION_REMOVE_EMOJI", _event(channel, message, emoji=emoji), channel=channel)


async def list_users(request: Request) -> list[Json]:
    """Return the users who reacted with an emoji."""
    _, message = _target(request)
    reaction = message.reactions.get(_emoji(request)[0])
    after = request.query_id("after")
    reacted = sorted(each for each in (reaction.users if reaction else ()) if each > after)
    return [user_object(request.world.users[each]) for each in reacted[: request.query_integer("limit", 25, 1, 100)]]


_REACTIONS = "/channels/{channel}/messages/{message}/reactions"

ROUTES: Final = (
    Route("PUT", f"{_REACTIONS}/{{emoji}}/{{user}}", add, "reactions"),
    Route("DELETE", f"{_REACTIONS}/{{emoji}}/{{user}}", remove, "reactions"),
    Route("DELETE", f"{_REACTIONS}/{{emoji}}", remove_emoji, "reactions"),
    Route("DELETE", _REACTIONS, remove_all, "reactions"),
    Route("GET", f"{_REACTIONS}/{{emoji}}", list_users),
)
