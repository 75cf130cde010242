"""Webhooks of channels.

https://docs.discord.com/developers/resources/webhook

The paths with a token are those of interactions too: an interaction's are those whose id is an application's.
"""

import hashlib
import hmac
from typing import Any, Final

from playground.changes import message_changes, poll_changes, thread_changes, webhook_changes
from playground.errors import ApiError, FormErrors, unknown, unknown_channel, unknown_message
from playground.payloads.messages import message_object
from playground.payloads.webhooks import webhook_object
from playground.rest.interactions import interaction_callback as of_interactions
from playground.rest.request import Request, Response
from playground.rest.router import Handler, Route
from playground.validation.fields import Fields
from playground.validation.messages import MessageBody
from playground.world.channels import ANNOUNCEMENT, FORUM, TEXT, VOICE, Channel
from playground.world.messages import Message
from playground.world.permissions import Permission
from playground.world.webhooks import Webhook

Json = dict[str, Any]

MOST: Final = 15
"""Webhooks that a channel may have."""
WITH_WEBHOOKS: Final = frozenset({TEXT, VOICE, ANNOUNCEMENT, FORUM})
_FORBIDDEN: Final = ("clyde", "discord")
"""Words that no webhook's name may hold."""


def _object(request: Request, webhook: Webhook, *, with_creator: bool = True) -> Json:
    creator = request.world.users.get(webhook.creator_id) if with_creator else None
    return webhook_object(webhook, creator, api_url=f"{request.world.origin}/api")


# -- for members


def _channel(request: Request) -> Channel:
    channel = request.channel()
    request.world.require(request.user, channel, Permission.MANAGE_WEBHOOKS)
    if channel.type not in WITH_WEBHOOKS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return channel


async def create(request: Request) -> Json:
    """Make a webhook in a channel."""
    channel, world = _channel(request), request.world
    fields = Fields(request.json, FormErrors())
    name, avatar = _name(fields, "name", required=True), _avatar(fields)
    fields.errors.check()
    if sum(each.channel_id == channel.id for each in world.webhooks.values()) >= MOST:
        raise ApiError(400, 30007, f"Maximum number of webhooks reached ({MOST})")
    application = world.application_of(request.user)
    webhook = webhook_changes.create(
        world,
        channel,
        request.user,
        name or "",
        application_id=None if application is None else application.id,
        avatar=avatar,
    )
    return _object(request, webhook)


def _name(fields: Fields, key: str, *, required: bool = False) -> str | None:
    name = fields.text(key, low=1, high=80, required=required)
    for word in _FORBIDDEN:
        if name is not None and word in name.lower():
            fields.wrong(key, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"')
    return name


def _avatar(fields: Fields) -> str | None:
    """Return the hash of a picture, as Discord names it. The playground shows a default avatar for all."""
    data = fields.text("avatar", high=20_000_000)
    return None if data is None else hashlib.sha256(data.encode()).hexdigest()[:32]


async def list_of_channel(request: Request) -> list[Json]:
    """Return a channel's webhooks."""
    channel = _channel(request)
    return [_object(request, each) for each in request.world.webhooks.values() if each.channel_id == channel.id]


async def list_of_guild(request: Request) -> list[Json]:
    """Return a guild's webhooks."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_WEBHOOKS)
    return [_object(request, each) for each in world.webhooks.values() if each.guild_id == guild.id]


def _managed(request: Request) -> Webhook:
    """Return the path's webhook, if the caller may manage it; 10015 when there is none."""
    webhook = request.world.webhooks.get(request.path_id("webhook"))
    if webhook is None:
        raise unknown("Webhook", 10015)
    guild = request.world.guild(webhook.guild_id, request.user)
    request.world.require_in_guild(request.user, guild, Permission.MANAGE_WEBHOOKS)
    return webhook


async def get(request: Request) -> Json:
    """Return a webhook."""
    return _object(request, _managed(request))


async def modify(request: Request) -> Json:
    """Change a webhook's name, avatar or channel."""
    webhook = _managed(request)
    target = Fields(request.json, FormErrors()).snowflake("channel_id") or webhook.channel_id
    channel = request.world.channel(target, request.user)
    if channel.guild_id != webhook.guild_id or channel.type not in WITH_WEBHOOKS:
        raise unknown_channel()
    request.world.require(request.user, channel, Permission.MANAGE_WEBHOOKS)
    return _modify(request, webhook, channel, with_creator=True)


def _modify(request: Request, webhook: Webhook, channel: Channel, *, with_creator: bool) -> Json:
    fields = Fields(request.json, FormErrors())
    name = _name(fields, "name") or webhook.name
    avatar = _avatar(fields) if "avatar" in fields.values else webhook.avatar
    fields.errors.check()
    webhook_changes.rename(request.world, webhook, name=name, avatar=avatar, channel=channel)
    return _object(request, webhook, with_creator=with_creator)


async def delete(request: Request) -> None:
    """Delete a webhook."""
    webhook_changes.delete(request.world, _managed(request))


# -- with the token


def _by_token(request: Request) -> Webhook:
    webhook = request.world.webhooks.get(request.path_id("application"))
    if webhook is None:
        raise unknown("Webhook", 10015)
    if not hmac.compare_digest(webhook.token.encode(), request.path_params["token"].encode()):
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return webhook


async def get_by_token(request: Request) -> Json:
    """Return a webhook without its creator."""
    return _object(request, _by_token(request), with_creator=False)


async def modify_by_token(request: Request) -> Json:
    """Change a webhook's name or avatar."""
    webhook = _by_token(request)
    return _modify(request, webhook, request.world.channels[webhook.channel_id], with_creator=False)


async def delete_by_token(request: Request) -> None:
    """Delete a webhook."""
    webhook_changes.delete(request.world, _by_token(request))


def _place(request: Request, webhook: Webhook) -> Channel:
    """Return where a webhook's message stands: its channel, or the thread of that channel which the query names."""
    channel = request.world.channels[webhook.channel_id]
    thread_id = request.query_id("thread_id")
    if not thread_id:
        return channel
    thread = request.world.channels.get(thread_id)
    if thread is None or not thread.is_thread or thread.parent_id != channel.id:
        raise unknown_channel()
    return thread


async def execute(request: Request) -> Response | None:
    """Send a message as the webhook; with `wait` the message comes back. In a forum `thread_name` starts a post."""
    webhook, world = _by_token(request), request.world
    place = _place(request, webhook)
    body = MessageBody(world, place, request.json, request.files)
    name = _name(body.fields, "username")
    thread_name = body.fields.text("thread_name", low=1, high=100)
    draft = body.draft()
    draft.webhook_id, draft.shown_name = webhook.id, name or webhook.name
    draft.application_id = webhook.application_id
    author = world.users[webhook.id]
    if place.type == FORUM:
        if thread_name is None:
            raise ApiError(400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id")
        started = thread_changes.ThreadDraft(name=thread_name)
        place, message = thread_changes.start_post(world, place, author, started, draft)
    elif thread_name is not None:
        raise ApiError(400, 220003, "Webhooks can only create threads in forum channels")
    else:
        thread_changes.reopen(world, place)
        message = message_changes.post(world, place, author, draft)
    poll_changes.begin(world, place, message)
    return Response(message_object(world, place, message)) if request.query_flag("wait") else None


def _own_message(request: Request) -> tuple[Channel, Message]:
    webhook = _by_token(request)
    place = _place(request, webhook)
    message = place.messages.get(request.path_id("message"))
    if message is None or message.webhook_id != webhook.id:
        raise unknown_message()
    return place, message


async def get_message(request: Request) -> Json:
    """Return one of the webhook's messages."""
    place, message = _own_message(request)
    return message_object(request.world, place, message)


async def edit_message(request: Request) -> Json:
    """Edit one of the webhook's messages."""
    place, message = _own_message(request)
    thread_changes.require_open(place)
    edit = MessageBody(request.world, place, request.json, request.files).edit(message)
    message_changes.edit(request.world, place, message, edit)
    return message_object(request.world, place, message)


async def delete_message(request: Request) -> None:
    """Delete one of the webhook's messages."""
    place, message = _own_message(request)
    message_changes.delete(request.world, place, message)


def _either(of_webhook: Handler, of_interaction: Handler) -> Handler:
    """Return the handler of a path that webhooks and interactions share."""

    async def handler(request: Request) -> Any:
        interaction = request.path_id("application") in request.world.applications
        return await (of_interaction if interaction else of_webhook)(request)

    return handler


async def _no_webhook(_: Request) -> Json:
    """Raise 10015: an interaction's token opens no webhook object."""
    raise unknown("Webhook", 10015)


_WEBHOOK = "/webhooks/{application}/{token}"
_MESSAGE = f"{_WEBHOOK}/messages/{{message}}"

ROUTES: Final = (
    Route("POST", "/channels/{channel}/webhooks", create),
    Route("GET", "/channels/{channel}/webhooks", list_of_channel),
    Route("GET", "/guilds/{guild}/webhooks", list_of_guild),
    Route("GET", "/webhooks/{webhook}", get),
    Route("PATCH", "/webhooks/{webhook}", modify),
    Route("DELETE", "/webhooks/{webhook}", delete),
    Route("GET", _WEBHOOK, _either(get_by_token, _no_webhook), interaction=True),
    Route("PATCH", _WEBHOOK, _either(modify_by_token, _no_webhook), interaction=True),
    Route("DELETE", _WEBHOOK, _either(delete_by_token, _no_webhook), interaction=True),
    Route("POST", _WEBHOOK, _either(execute, of_interactions.follow_up), "webhooks.execute", interaction=True),
    Route("GET", _MESSAGE, _either(get_message, of_interactions.get_response), "webhooks.read", interaction=True),
    Route("PATCH", _MESSAGE, _either(edit_message, of_interactions.edit_response), "webhooks.edit", interaction=True),
    Route(
        "DELETE",
        _MESSAGE,
        _either(delete_message, of_interactions.delete_response),
        "webhooks.delete",
        interaction=True,
    ),
)
