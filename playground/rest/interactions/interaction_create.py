"""`POST /interactions`: a student uses a command, button, select or modal, and the bot gets INTERACTION_CREATE.

Discord does not document this endpoint; the body is that of its own clients.
"""

from typing import Any, Final

from playground.errors import ApiError, FormErrors, InvalidFormBody, missing_access, unknown, unknown_message
from playground.payloads.interactions import integration_owners, interaction_object
from playground.payloads.users import user_object
from playground.rest.interactions.command_index import usable
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.buttons_and_selects import SELECTS
from playground.validation.command_options import Options
from playground.validation.components import walk
from playground.validation.fields import Fields
from playground.validation.modals import Submission, resolve_selected
from playground.validation.resolved_data import ResolvedData
from playground.world.applications import Application, ApplicationCommand
from playground.world.channels import Channel
from playground.world.interactions import Interaction, InteractionType
from playground.world.messages import Message
from playground.world.permissions import Permission

Json = dict[str, Any]


async def interact(request: Request) -> None:
    """Create an interaction and send it to the bot. The gateway tells the student how it ends."""
    if request.user.bot:
        raise ApiError(403, 20001, "Bots cannot use this endpoint")
    fields = Fields(request.json, FormErrors())
    kind = fields.choice("type", (2, 3, 4, 5), required=True)
    application_id = fields.snowflake("application_id", required=True)
    channel_id = fields.snowflake("channel_id", required=True)
    data = fields.child("data")
    fields.errors.check()
    channel = request.world.channel(channel_id or 0, request.user)
    application = request.world.applications.get(application_id or 0)
    if application is None or not _present(request, application, channel):
        raise unknown("Application", 10002)
    interaction_id, token = request.services.interactions.new_id()
    interaction = Interaction(
        id=interaction_id,
        token=token,
        type=InteractionType(kind or 2),
        application=application,
        user=request.user,
        channel=channel,
        created_at=request.world.clock.now(),
        data={},
        metadata={
            "id": str(interaction_id),
            "type": kind,
            "user": user_object(request.user),
            "authorizing_integration_owners": integration_owners(channel),
        },
        nonce=fields.values.get("nonce"),
    )
    read = {2: _read_command, 4: _read_command, 3: _read_component, 5: _read_modal}[int(interaction.type)]
    read(request, interaction, fields, data)
    _send(request, interaction)


def _present(request: Request, application: Application, channel: Channel) -> bool:
    guild = request.world.guild_of(channel)
    return application.bot.id in (channel.recipients if guild is None else guild.members)


def _send(request: Request, interaction: Interaction) -> None:
    interactions = request.services.interactions
    interactions.open(interaction)
    if interaction.type is not InteractionType.AUTOCOMPLETE:
        interactions.tell_student(interaction, "INTERACTION_CREATE")
    request.world.emit(
        "INTERACTION_CREATE",
        interaction_object(request.world, interaction),
        guild_id=interaction.channel.guild_id,
        only={interaction.application.bot.id},
    )


# -- commands


def _read_command(request: Request, interaction: Interaction, fields: Fields, data: Fields) -> None:
    channel, user = interaction.channel, request.user
    request.world.require(user, channel, Permission.USE_APPLICATION_COMMANDS)
    command = interaction.application.commands.get(data.snowflake("id", required=True) or 0)
    if command is None or not usable(command, user, request.world.guild_of(channel)):
        raise unknown("application command", 10063)
    version = data.values.get("version")
    if version is not None and str(version) != str(command.version):
        data.errors.add(
            ("data",),
            "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION",
            "This command is outdated, please try again in a few minutes",
        )
    resolved = ResolvedData(request.world, channel, user)
    interaction.command = command
    kind = command.body["type"]
    payload: Json = {"id": str(command.id), "name": command.body["name"], "type": kind}
    if command.guild_id is not None:
        payload["guild_id"] = str(command.guild_id)
    if kind == 1:
        half_typed = interaction.type is InteractionType.AUTOCOMPLETE
        options = Options(data.errors, resolved, request.files, half_typed=half_typed)
        payload["options"] = options.read(
            command.body.get("options") or [], data.values.get("options"), ("data", "options")
        )
    else:
        payload["target_id"] = str(_target(kind, data, resolved, interaction.metadata))
    fields.errors.check()
    if resolved.payload:
        payload["resolved"] = resolved.payload
    interaction.data = payload
    interaction.metadata |= {"name": _full_name(command, payload.get("options") or []), "command_type": kind}


def _full_name(command: ApplicationCommand, options: list[Json]) -> str:
    names = [command.body["name"]]
    while options and options[0]["type"] in {1, 2}:
        names.append(options[0]["name"])
        options = options[0].get("options") or []
    return " ".join(names)


def _target(kind: int, data: Fields, resolved: ResolvedData, metadata: Json) -> int:
    target_id = data.snowflake("target_id", required=True) or 0
    if kind == 2:
        if not resolved.user(target_id):
            raise unknown("User", 10013)
        metadata["target_user"] = resolved.payload["users"][str(target_id)]
    else:
        if not resolved.message(target_id):
            raise unknown_message()
        metadata["target_message_id"] = str(target_id)
    return target_id


# -- components


def _invalid_component() -> InvalidFormBody:
    error = {"code": "COMPONENT_VALIDATION_FAILED", "message": "Component validation failed"}
    return InvalidFormBody({"data": {"_errors": [error]}})


def _read_component(request: Request, interaction: Interaction, fields: Fields, data: Fields) -> None:
    channel = interaction.channel
    message = request.world.message(channel, fields.snowflake("message_id", required=True) or 0, request.user)
    custom_id = data.text("custom_id", low=1, high=100, required=True)
    fields.errors.check()
    if message.author_id != interaction.application.bot.id:
        raise missing_access()
    component = _find(message, str(custom_id))
    if component is None or component.get("disabled"):
        raise _invalid_component()
    interaction.source_message = message
    interaction.data = {"component_type": component["type"], "custom_id": custom_id, "id": component.get("id", 0)}
    interaction.metadata["interacted_message_id"] = str(message.id)
    if component["type"] in SELECTS:
        _read_select(request, interaction, component, data)


def _find(message: Message, custom_id: str) -> Json | None:
    return next((each for each in walk(message.components) if each.get("custom_id") == custom_id), None)


def _read_select(request: Request, interaction: Interaction, component: Json, data: Fields) -> None:
    values = [str(each) for each in data.items("values", high=25)]
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    known = [each["value"] for each in component.get("options", ())]
    if not low <= len(values) <= high or (known and any(each not in known for each in values)):
        raise _invalid_component()
    resolved = ResolvedData(request.world, interaction.channel, request.user)
    if not resolve_selected(resolved, component["type"], values):
        raise _invalid_component()
    interaction.data["values"] = values
    if resolved.payload:
        interaction.data["resolved"] = resolved.payload


# -- modals


def _read_modal(request: Request, interaction: Interaction, fields: Fields, data: Fields) -> None:
    open_modals = request.services.interactions.open_modals
    modal = open_modals.get(data.snowflake("id", required=True) or 0)
    fields.errors.check()
    if modal is None or modal.interaction.user is not request.user:
        raise unknown("interaction", 10062)
    resolved = ResolvedData(request.world, interaction.channel, request.user)
    submission = Submission(modal.components, fields.errors, resolved, request.files)
    components = submission.read(data, modal.components)
    fields.errors.check()
    interaction.data = {"custom_id": modal.custom_id, "components": components}
    if resolved.payload:
        interaction.data["resolved"] = resolved.payload
    interaction.source_message = modal.interaction.source_message
    interaction.metadata["triggering_interaction_metadata"] = modal.interaction.metadata
    del open_modals[modal.id]


ROUTES: Final = (Route("POST", "/interactions", interact, "interactions"),)
