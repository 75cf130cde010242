"""Responses to interactions: the callback, and the messages that the interaction's token may send for 15 minutes.

https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
"""

import dataclasses
from enum import IntEnum
from typing import Any, Final

from playground.changes import message_changes, poll_changes, thread_changes
from playground.changes.message_changes import MessageDraft
from playground.changes.thread_changes import require_open
from playground.errors import FormErrors, archived_thread, unknown_message
from playground.payloads.applications import partial_application_object
from playground.payloads.messages import message_object
from playground.rest.request import Request, Response
from playground.rest.router import Route
from playground.validation import modals
from playground.validation.fields import Fields
from playground.validation.messages import SENDABLE, MessageBody
from playground.world import messages
from playground.world.interactions import Interaction, InteractionType, OpenModal
from playground.world.messages import EPHEMERAL, LOADING, Message

Json = dict[str, Any]


class CallbackType(IntEnum):
    """Interaction callback types."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


_WITH_MESSAGE: Final = frozenset(
    {CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE, CallbackType.DEFERRED_UPDATE, CallbackType.UPDATE}
)
_ALLOWED: Final = {
    InteractionType.COMMAND: {CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE, CallbackType.MODAL},
    InteractionType.COMPONENT: _WITH_MESSAGE | {CallbackType.MODAL},
    InteractionType.AUTOCOMPLETE: {CallbackType.AUTOCOMPLETE},
    InteractionType.MODAL: _WITH_MESSAGE,
}


async def callback(request: Request) -> Response | None:
    """Give the first response to an interaction."""
    interactions = request.services.interactions
    interaction = interactions.waiting(request.path_id("interaction"), request.path_params["token"])
    fields = Fields(request.json, FormErrors())
    kind = fields.integer("type", required=True)
    allowed = set(_ALLOWED[interaction.type])
    if interaction.source_message is None:
        allowed.discard(CallbackType.UPDATE)
        # The modal of a slash command has no message either, but a deferred update closes it.
        if interaction.type is not InteractionType.MODAL:
            allowed.discard(CallbackType.DEFERRED_UPDATE)
    if kind is not None and kind not in allowed:
        listed = ", ".join(str(each) for each in sorted(allowed))
        fields.wrong("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
    fields.errors.check()
    match kind:
        case CallbackType.MESSAGE:
            _send_message(request, interaction)
        case CallbackType.DEFERRED_MESSAGE:
            _defer(request, interaction)
        case CallbackType.DEFERRED_UPDATE:
            interaction.original_response = interaction.source_message
        case CallbackType.UPDATE:
            _update(request, interaction)
        case CallbackType.AUTOCOMPLETE:
            _send_choices(request, interaction)
        case _:
            _show_modal(request, interaction)
    interactions.acknowledge(interaction)
    request.after_response.append(lambda: interactions.tell_success(interaction))
    if request.query_flag("with_response"):
        return Response(_callback_response(request, interaction, kind or 0))
    return None


def _callback_response(request: Request, interaction: Interaction, kind: int) -> Json:
    payload: Json = {"interaction": {"id": str(interaction.id), "type": int(interaction.type)}}
    message = interaction.original_response
    if kind in _WITH_MESSAGE and message is not None:
        payload["interaction"] |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.ephemeral,
            "channel_id": str(message.channel_id),
        }
        payload["resource"] = {"type": kind, "message": _message_object(request, interaction, message)}
    elif kind == CallbackType.MODAL:
        payload["resource"] = {"type": kind}
    return payload


def _message_object(request: Request, interaction: Interaction, message: Message) -> Json:
    return message_object(request.world, interaction.channel, message, interaction.application.bot)


def _data(request: Request) -> Json:
    data = request.json.get("data")
    return data if isinstance(data, dict) else {}


def _body(
    request: Request, interaction: Interaction, body: Json, path: tuple[str, ...], *, ephemeral: bool
) -> MessageBody:
    return MessageBody(request.world, interaction.channel, body, request.files, ephemeral=ephemeral, path=path)


def _send_message(request: Request, interaction: Interaction) -> None:
    data = _data(request)
    ephemeral = bool(_flags(data) & EPHEMERAL)
    draft = _body(request, interaction, data, ("data",), ephemeral=ephemeral).draft(flags_allowed=SENDABLE | EPHEMERAL)
    interaction.original_response = _post(request, interaction, draft, ephemeral=ephemeral)


def _defer(request: Request, interaction: Interaction) -> None:
    ephemeral = bool(_flags(_data(request)) & EPHEMERAL)
    draft = MessageDraft(flags=LOADING | (EPHEMERAL if ephemeral else 0))
    interaction.original_response = _post(request, interaction, draft, ephemeral=ephemeral)


def _flags(data: Json) -> int:
    flags = data.get("flags")
    return flags if isinstance(flags, int) else 0


def _post(request: Request, interaction: Interaction, draft: MessageDraft, *, ephemeral: bool) -> Message:
    """Post a message as a response: to a command, or as a reply to the message of the component."""
    world, channel, application = request.world, interaction.channel, interaction.application
    if channel.thread is not None and channel.thread.archived:
        if channel.thread.locked:
            raise archived_thread()
        thread_changes.reopen(world, channel)
    source = interaction.source_message or interaction.original_response
    if source is not None and source.id in channel.messages:
        draft.type = messages.REPLY
        draft.reference = message_changes.reference_to(channel, source)
        draft.allowed_mentions = dataclasses.replace(draft.allowed_mentions, replied_user=False)
    elif interaction.command is not None and interaction.original_response is None:
        chat = interaction.command.body["type"] == 1
        draft.type = messages.SLASH_COMMAND if chat else messages.CONTEXT_COMMAND
    draft.application_id = draft.webhook_id = application.id
    draft.interaction = dict(interaction.metadata)
    if interaction.original_response is not None and interaction.original_response is not interaction.source_message:
        draft.interaction["original_response_message_id"] = str(interaction.original_response.id)
    if ephemeral:
        draft.flags |= EPHEMERAL
        draft.only_for = interaction.user.id
    message = message_changes.post(world, channel, application.bot, draft)
    poll_changes.begin(world, channel, message)
    return message


def _update(request: Request, interaction: Interaction) -> None:
    source = interaction.source_message
    if source is None or source.id not in interaction.channel.messages:
        raise unknown_message()
    _edit(request, interaction, source, _data(request), ("data",))
    interaction.original_response = source


def _edit(request: Request, interaction: Interaction, message: Message, body: Json, path: tuple[str, ...] = ()) -> None:
    channel = interaction.channel
    require_open(channel)
    edit = _body(request, interaction, body, path, ephemeral=message.ephemeral).edit(message)
    loading = bool(message.flags & LOADING)
    flags = message.flags if edit.flags is None else edit.flags
    edit.flags = flags & ~LOADING
    message_changes.edit(request.world, channel, message, edit, silent=loading)


def _send_choices(request: Request, interaction: Interaction) -> None:
    fields = Fields(_data(request), FormErrors(), ("data",))
    choices = []
    for each in fields.objects("choices", high=25):
        value = each.values.get("value")
        choice: Json = {"name": each.text("name", low=1, high=100, required=True), "value": value}
        if isinstance(value, str):
            each.text("value", low=0, high=100)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            each.required("value")
        words = each.values.get("name_localizations") or {}
        if interaction.user.locale in words:
            choice["name_localized"] = words[interaction.user.locale]
        choices.append(choice)
    fields.errors.check()
    payload = {"choices": choices, "nonce": interaction.nonce}
    request.world.emit("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", payload, only={interaction.user.id})


def _show_modal(request: Request, interaction: Interaction) -> None:
    fields = Fields(_data(request), FormErrors(), ("data",))
    payload = modals.read(fields)
    fields.errors.check()
    modal_id = request.world.snowflakes.next()
    interactions = request.services.interactions
    modal = OpenModal(modal_id, interaction, payload["custom_id"], payload["title"], payload["components"])
    interactions.open_modals[modal_id] = modal
    extra = {
        "id": str(modal_id),
        "channel_id": str(interaction.channel.id),
        "application": partial_application_object(interaction.application),
        **payload,
    }
    request.after_response.append(lambda: interactions.tell_student(interaction, "INTERACTION_MODAL_CREATE", **extra))


# -- with the token


def _by_token(request: Request) -> Interaction:
    return request.services.interactions.by_token(request.path_id("application"), request.path_params["token"])


def _message(request: Request, interaction: Interaction) -> Message:
    if request.path_params.get("message") in {None, "@original"}:
        message = interaction.original_response
        if message is None or interaction.channel.messages.get(message.id) is not message:
            raise unknown_message()
        return message
    message = interaction.channel.messages.get(request.path_id("message"))
    if message is None or message.application_id != interaction.application.id:
        raise unknown_message()
    return message


async def get_response(request: Request) -> Json:
    """Return one of the response's messages."""
    interaction = _by_token(request)
    return _message_object(request, interaction, _message(request, interaction))


async def edit_response(request: Request) -> Json:
    """Edit one of the response's messages. The first edit of a deferred response gives it its content."""
    interaction = _by_token(request)
    message = _message(request, interaction)
    _edit(request, interaction, message, request.json)
    return _message_object(request, interaction, message)


async def delete_response(request: Request) -> None:
    """Delete one of the response's messages."""
    interaction = _by_token(request)
    message_changes.delete(request.world, interaction.channel, _message(request, interaction))


async def follow_up(request: Request) -> Json:
    """Send a follow-up message. The first one after a deferred response replaces its "is thinking…"."""
    interaction = _by_token(request)
    original = interaction.original_response
    thinking = original is not None and original.flags & LOADING and original.id in interaction.channel.messages
    if thinking and original is not None:
        _edit(request, interaction, original, {**request.json, "flags": _flags(request.json) & ~EPHEMERAL})
        return _message_object(request, interaction, original)
    ephemeral = bool(_flags(request.json) & EPHEMERAL)
    draft = _body(request, interaction, request.json, (), ephemeral=ephemeral).draft(flags_allowed=SENDABLE | EPHEMERAL)
    return _message_object(request, interaction, _post(request, interaction, draft, ephemeral=ephemeral))


ROUTES: Final = (
    Route("POST", "/interactions/{interaction}/{token}/callback", callback, interaction=True, limited=False),
)
"""The paths with an interaction's token are those of webhooks too: they stand in `webhooks.py`."""
