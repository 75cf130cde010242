"""A bot's answers to interactions: the callback, and the messages that the token opens for fifteen minutes.

https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
"""

from typing import Any, Final

from playground.changes import message_changes, thread_changes
from playground.changes.message_changes import MessageDraft
from playground.changes.thread_changes import require_open
from playground.errors import ApiError, FormErrors, archived_thread, unknown_message
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

PONG: Final = 1
MESSAGE: Final = 4
DEFERRED_MESSAGE: Final = 5
DEFERRED_UPDATE: Final = 6
UPDATE: Final = 7
CHOICES: Final = 8
MODAL: Final = 9

_ALLOWED: Final = {
    InteractionType.COMMAND: {MESSAGE, DEFERRED_MESSAGE, MODAL},
    InteractionType.COMPONENT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL},
    InteractionType.AUTOCOMPLETE: {CHOICES},
    InteractionType.MODAL: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE},
}


async def callback(request: Request) -> Response | None:
    """Response an interaction for the first time."""
    interactions = request.services.interactions
    interaction = interactions.waiting(request.path_id("interaction"), request.path_params["token"])
    fields = Fields(request.json, FormErrors())
    kind = fields.integer("type", required=True)
    allowed = _ALLOWED[interaction.type]
    if interaction.source_message is None:
        # A form that no message asked for may still be closed without a word.
        allowed = allowed - ({UPDATE} if interaction.type is InteractionType.MODAL else {DEFERRED_UPDATE, UPDATE})
    if kind is not None and kind not in allowed:
        listed = ", ".join(str(each) for each in sorted(allowed))
        fields.wrong("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
    fields.errors.check()
    match kind:
        case 4:
            _write(request, interaction)
        case 5:
            _defer(request, interaction)
        case 6:
            interaction.original_response = interaction.source_message
        case 7:
            _update(request, interaction)
        case 8:
            _choose(request, interaction)
        case _:
            _ask(request, interaction)
    interactions.acknowledge(interaction)
    request.after_response.append(lambda: interactions.tell_success(interaction))
    if request.query_flag("with_response"):
        return Response(_outcome(request, interaction, kind or 0))
    return None


def _outcome(request: Request, interaction: Interaction, kind: int) -> Json:
    payload: Json = {"interaction": {"id": str(interaction.id), "type": int(interaction.type)}}
    message = interaction.original_response
    if kind in {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE} and message is not None:
        payload["interaction"] |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.ephemeral,
            "channel_id": str(message.channel_id),
        }
        payload["resource"] = {"type": kind, "message": _shown(request, interaction, message)}
    elif kind == MODAL:
        payload["resource"] = {"type": kind}
    return payload


def _shown(request: Request, interaction: Interaction, message: Message) -> Json:
    return message_object(request.world, interaction.channel, message, interaction.application.bot)


def _data(request: Request) -> Json:
    data = request.json.get("data")
    return data if isinstance(data, dict) else {}


def _body(
    request: Request, interaction: Interaction, body: Json, path: tuple[str, ...], *, hidden: bool
) -> MessageBody:
    return MessageBody(request.world, interaction.channel, body, request.files, ephemeral=hidden, path=path)


def _write(request: Request, interaction: Interaction) -> None:
    data = _data(request)
    hidden = bool(_flags(data) & EPHEMERAL)
    draft = _body(request, interaction, data, ("data",), hidden=hidden).draft(flags_allowed=SENDABLE | EPHEMERAL)
    interaction.original_response = _post(request, interaction, draft, hidden=hidden)


def _defer(request: Request, interaction: Interaction) -> None:
    hidden = bool(_flags(_data(request)) & EPHEMERAL)
    draft = MessageDraft(flags=LOADING | (EPHEMERAL if hidden else 0))
    interaction.original_response = _post(request, interaction, draft, hidden=hidden)


def _flags(data: Json) -> int:
    flags = data.get("flags")
    return flags if isinstance(flags, int) else 0


def _post(request: Request, interaction: Interaction, draft: MessageDraft, *, hidden: bool) -> Message:
    """Write a message in the interaction's name: it answers a command, or replies to the component's message."""
    world, channel, application = request.world, interaction.channel, interaction.application
    if channel.thread is not None and channel.thread.archived:
        if channel.thread.locked:
            raise archived_thread()
        thread_changes.reopen(world, channel)
    source = interaction.source_message or interaction.original_response
    if source is not None and source.id in channel.messages:
        draft.type = messages.REPLY
        draft.reference = message_changes.reference_to(channel, source)
        draft.allowed = type(draft.allowed)(draft.allowed.parse, draft.allowed.users, draft.allowed.roles, False)
    elif interaction.command is not None and interaction.original_response is None:
        chat = interaction.command.body["type"] == 1
        draft.type = messages.SLASH_COMMAND if chat else messages.CONTEXT_COMMAND
    draft.application_id = draft.webhook_id = application.id
    draft.interaction = dict(interaction.metadata)
    if interaction.original_response is not None and interaction.original_response is not interaction.source_message:
        draft.interaction["original_response_message_id"] = str(interaction.original_response.id)
    if hidden:
        draft.flags |= EPHEMERAL
        draft.only_for = interaction.user.id
    return message_changes.post(world, channel, application.bot, draft)


def _update(request: Request, interaction: Interaction) -> None:
    source = interaction.source_message
    if source is None or source.id not in interaction.channel.messages:
        raise unknown_message()
    _edit(request, interaction, source, _data(request), ("data",))
    interaction.original_response = source


def _edit(request: Request, interaction: Interaction, message: Message, body: Json, path: tuple[str, ...] = ()) -> None:
    channel = interaction.channel
    require_open(channel)
    changes = _body(request, interaction, body, path, hidden=message.ephemeral).changes(message)
    loading = bool(message.flags & LOADING)
    flags = message.flags if changes.flags is None else changes.flags
    changes.flags = flags & ~LOADING
    message_changes.edit(request.world, channel, message, changes, silent=loading)


def _choose(request: Request, interaction: Interaction) -> None:
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


def _ask(request: Request, interaction: Interaction) -> None:
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
    request.after_response.append(lambda: interactions.tell(interaction, "INTERACTION_MODAL_CREATE", **extra))


# -- with the token


def _interaction(request: Request) -> Interaction:
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
    """Return one of the answer's messages."""
    interaction = _interaction(request)
    return _shown(request, interaction, _message(request, interaction))


async def edit_response(request: Request) -> Json:
    """Edit one of the answer's messages; the first edit of a deferred one is its first words."""
    interaction = _interaction(request)
    message = _message(request, interaction)
    _edit(request, interaction, message, request.json)
    return _shown(request, interaction, message)


async def delete_response(request: Request) -> None:
    """Delete one of the answer's messages."""
    interaction = _interaction(request)
    message_changes.delete(request.world, interaction.channel, _message(request, interaction))


async def follow_up(request: Request) -> Json:
    """Write a further message; the first after a deferral takes the place of "is thinking…"."""
    interaction = _interaction(request)
    original = interaction.original_response
    thinking = original is not None and original.flags & LOADING and original.id in interaction.channel.messages
    if thinking and original is not None:
        _edit(request, interaction, original, {**request.json, "flags": _flags(request.json) & ~EPHEMERAL})
        return _shown(request, interaction, original)
    hidden = bool(_flags(request.json) & EPHEMERAL)
    draft = _body(request, interaction, request.json, (), hidden=hidden).draft(flags_allowed=SENDABLE | EPHEMERAL)
    return _shown(request, interaction, _post(request, interaction, draft, hidden=hidden))


async def no_webhook(_: Request) -> Json:
    """Return nothing: an interaction's token is no webhook that can be read."""
    raise ApiError(404, 10015, "Unknown Webhook")


_HOOK = "/webhooks/{application}/{token}"
_MESSAGE = f"{_HOOK}/messages/{{message}}"

ROUTES: Final = (
    Route("POST", "/interactions/{interaction}/{token}/callback", callback, interaction=True, limited=False),
    Route("POST", _HOOK, follow_up, "webhooks.execute", interaction=True),
    Route("GET", _HOOK, no_webhook, interaction=True),
    Route("GET", _MESSAGE, get_response, "webhooks.read", interaction=True),
    Route("PATCH", _MESSAGE, edit_response, "webhooks.edit", interaction=True),
    Route("DELETE", _MESSAGE, delete_response, "webhooks.delete", interaction=True),
)
