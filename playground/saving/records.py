"""Things of the World as JSON, and back. Users and applications stand in other things as their ids.

FORMAT is the number of this form: whoever changes the fields of a saved thing raises it.
"""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from playground.snowflakes import time_of
from playground.world.applications import Application, ApplicationCommand
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.interactions import Interaction, InteractionState, InteractionType, OpenModal
from playground.world.messages import Attachment, Message
from playground.world.users import User
from playground.world.webhooks import Webhook
from playground.world.world import World

Json = dict[str, Any]

FORMAT: Final = 4
LEFT_OUT: Final[Mapping[type, frozenset[str]]] = {
    User: frozenset({"status", "activities"}),
    Channel: frozenset({"messages"}),
    Guild: frozenset({"channels", "threads"}),
    Attachment: frozenset({"data"}),
    Interaction: frozenset({"timer"}),
}
"""Fields that are not saved with a thing: they are saved elsewhere, or end with the playground."""
_USER: Final = TypeAdapter(User)
_APPLICATION: Final = TypeAdapter(Application)
_GUILD: Final = TypeAdapter(Guild)
_CHANNEL: Final = TypeAdapter(Channel)
_MESSAGE: Final = TypeAdapter(Message)
_WEBHOOK: Final = TypeAdapter(Webhook)
_ATTACHMENT: Final = TypeAdapter(Attachment)
_COMMAND: Final = TypeAdapter(ApplicationCommand)


def record(thing: Any) -> bytes:
    """Return a thing's JSON."""
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps(_fields(thing), default=_plain, option=options)


def _fields(thing: Any) -> Json:
    left_out = LEFT_OUT.get(type(thing), frozenset())
    return {each.name: getattr(thing, each.name) for each in dataclasses.fields(thing) if each.name not in left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, User | Application | Channel | Message | Attachment | Interaction):
        return value.id
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return _fields(value)
    raise TypeError(f"{type(value).__name__} cannot be saved")


# -- back; each raises KeyError or ValueError when the JSON is not what `record` writes


def user(saved: bytes) -> User:
    """Return a user, who is offline."""
    return _USER.validate_json(saved)


def application(saved: bytes, users: Mapping[int, User]) -> Application:
    """Return an application of these users."""
    fields = orjson.loads(saved)
    return _APPLICATION.validate_python(fields | {name: users[fields[name]] for name in ("bot", "owner")})


def guild(saved: bytes, users: Mapping[int, User]) -> Guild:
    """Return a guild without its channels and threads."""
    fields = orjson.loads(saved)
    for member in fields["members"].values():
        member["user"] = users[member["user"]]
    return _GUILD.validate_python(fields)


def channel(saved: bytes) -> Channel:
    """Return a channel without its messages."""
    return _CHANNEL.validate_json(saved)


def webhook(saved: bytes) -> Webhook:
    """Return a webhook."""
    return _WEBHOOK.validate_json(saved)


def attachment(saved: bytes, files: Mapping[int, bytes]) -> Attachment:
    """Return an attachment; `files` are the bytes of all of them by id."""
    fields = orjson.loads(saved)
    return _ATTACHMENT.validate_python(fields | {"data": files[fields["id"]]})


def message(saved: bytes, attachments: Mapping[int, Attachment]) -> Message:
    """Return a message with these attachments."""
    fields = orjson.loads(saved)
    fields["attachments"] = [attachments[each] for each in fields["attachments"]]
    return _MESSAGE.validate_python(fields)


def interaction(saved: bytes, world: World) -> Interaction:
    """Return an interaction."""
    fields = orjson.loads(saved)
    found = world.applications[fields.pop("application")]
    command = fields.pop("command")
    where = world.channels[fields.pop("channel")]
    return Interaction(
        type=InteractionType(fields.pop("type")),
        application=found,
        user=world.users[fields.pop("user")],
        channel=where,
        command=None if command is None else _command(command, found),
        source_message=_message_of(where, found, fields.pop("source_message")),
        state=InteractionState(fields.pop("state")),
        original_response=_message_of(where, found, fields.pop("original_response")),
        **fields,
    )


def _command(fields: Json, owner: Application) -> ApplicationCommand:
    known = owner.commands.get(fields["id"])
    return known if known is not None and known.version == fields["version"] else _COMMAND.validate_python(fields)


def _message_of(where: Channel, owner: Application, number: int | None) -> Message | None:
    """Return a message of the bot's by its id; one that is deleted has nothing but that."""
    if number is None:
        return None
    return where.messages.get(number) or Message(number, where.id, owner.bot.id, time_of(number))


def modal(saved: bytes, interactions: Mapping[int, Interaction]) -> OpenModal:
    """Return a modal that a student has open."""
    fields = orjson.loads(saved)
    return OpenModal(**fields | {"interaction": interactions[fields["interaction"]]})
