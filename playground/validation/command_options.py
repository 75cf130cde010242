"""A command's options as a student filled them in."""

from collections.abc import Mapping
from typing import Any

from playground.errors import FormErrors
from playground.payloads.guilds import member_object, role_object
from playground.payloads.interactions import partial_channel_object
from playground.payloads.messages import attachment_object, message_object
from playground.payloads.users import user_object
from playground.uploads import Upload, clean_name, content_type, picture_size
from playground.validation.fields import Fields
from playground.world.channels import Channel
from playground.world.messages import Attachment
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


class Resolved:
    """The objects that an interaction's ids stand for."""

    def __init__(self, world: World, channel: Channel, viewer: User) -> None:
        self._world = world
        self._channel = channel
        self._viewer = viewer
        self.found: dict[str, Json] = {}

    def user(self, user_id: int) -> bool:
        """Resolve a user and, in a guild, their membership."""
        person = self._world.users.get(user_id)
        if person is None:
            return False
        self.found.setdefault("users", {})[str(user_id)] = user_object(person)
        member = self._world.member(self._channel, user_id)
        if member is not None:
            permissions = str(self._world.permissions(person, self._channel))
            shape = member_object(member, with_user=False) | {"permissions": permissions}
            self.found.setdefault("members", {})[str(user_id)] = shape
        return True

    def role(self, role_id: int) -> bool:
        """Resolve a role."""
        guild = self._world.guild_of(self._channel)
        role = guild.roles.get(role_id) if guild else None
        if role is None:
            return False
        self.found.setdefault("roles", {})[str(role_id)] = role_object(role)
        return True

    def channel(self, channel_id: int) -> bool:
        """Resolve a channel that the student sees."""
        channel = self._world.channels.get(channel_id)
        if channel is None or not self._world.sees(self._viewer, channel):
            return False
        self.found.setdefault("channels", {})[str(channel_id)] = partial_channel_object(
            self._world, channel, self._viewer
        )
        return True

    def mentionable(self, some_id: int) -> bool:
        """Resolve a user or a role."""
        return self.role(some_id) or self.user(some_id)

    def message(self, message_id: int) -> bool:
        """Resolve a message of the channel."""
        message = self._channel.messages.get(message_id)
        if message is None:
            return False
        shape = message_object(self._world, self._channel, message, self._viewer)
        self.found.setdefault("messages", {})[str(message_id)] = shape
        return True

    def file(self, upload: Upload) -> str:
        """Take a file in; returns its new id."""
        size = picture_size(upload.data)
        name = clean_name(upload.filename)
        file = Attachment(
            id=self._world.snowflakes.next(),
            channel_id=self._channel.id,
            filename=name,
            content_type=content_type(name, upload.content_type, upload.data),
            data=upload.data,
            width=size[0] if size else None,
            height=size[1] if size else None,
            ephemeral=True,
        )
        self._world.attachments[file.id] = file
        self.found.setdefault("attachments", {})[str(file.id)] = attachment_object(self._world, file)
        return str(file.id)


class Options:
    """Reads the options of one command against what was registered."""

    def __init__(
        self, errors: FormErrors, resolved: Resolved, files: Mapping[str, Upload], *, half_typed: bool
    ) -> None:
        self._errors = errors
        self._resolved = resolved
        self._files = files
        self._half_typed = half_typed

    def read(self, declared: list[Json], given: Any, path: tuple[str | int, ...]) -> list[Json]:
        """Return the options as the bot gets them."""
        by_name = {each["name"]: each for each in declared}
        shapes, seen = [], set()
        for index, item in enumerate(given if isinstance(given, list) else ()):
            fields = Fields(item, self._errors, (*path, index))
            option = by_name.get(str(fields.values.get("name")))
            if option is None:
                fields.wrong("name", "INTERACTION_APPLICATION_COMMAND_OPTION_UNKNOWN", "Unknown option")
                continue
            seen.add(option["name"])
            shapes.append(self._option(option, fields))
        nested = [each for each in declared if each["type"] in {1, 2}]
        if nested and not seen:
            self._errors.required(path)
        missing = (
            [] if self._half_typed else [each for each in declared if each.get("required") and each["name"] not in seen]
        )
        for each in missing:
            self._errors.add(
                (*path, each["name"]), "APPLICATION_COMMAND_OPTIONS_VALUE_REQUIRED", "This option is required"
            )
        return shapes

    def _option(self, option: Json, fields: Fields) -> Json:
        shape: Json = {"type": option["type"], "name": option["name"]}
        if option["type"] in {1, 2}:
            children = self.read(option.get("options") or [], fields.values.get("options"), (*fields.path, "options"))
            return shape | {"options": children}
        focused = bool(fields.values.get("focused"))
        if focused:
            shape["focused"] = True
        value = fields.values.get("value")
        if focused or (self._half_typed and option["type"] in {4, 10}):
            return shape | {"value": value if isinstance(value, (int, float)) else str(value or "")}
        return shape | {"value": self._value(option, fields, value)}

    def _value(self, option: Json, fields: Fields, value: Any) -> Any:
        match option["type"]:
            case 3:
                text = fields.text("value", low=option.get("min_length", 0), high=option.get("max_length", 6000)) or ""
                self._choose(option, fields, text)
                return text
            case 4 | 10:
                return self._number(option, fields, value)
            case 5:
                return fields.boolean("value")
            case 11:
                return self._file(fields, value)
            case kind:
                return self._reference(kind, fields)

    def _choose(self, option: Json, fields: Fields, value: Any) -> None:
        choices = option.get("choices")
        if choices and value not in [each["value"] for each in choices]:
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "Value is not one of the choices")

    def _number(self, option: Json, fields: Fields, value: Any) -> int | float:
        whole = option["type"] == 4
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            fields.wrong("value", "NUMBER_TYPE_COERCE", f'Value "{value}" is not {"int" if whole else "float"}.')
            return 0
        if "min_value" in option and value < option["min_value"]:
            low = option["min_value"]
            fields.wrong("value", "NUMBER_TYPE_MIN", f"value should be greater than or equal to {low}.")
        if "max_value" in option and value > option["max_value"]:
            high = option["max_value"]
            fields.wrong("value", "NUMBER_TYPE_MAX", f"value should be less than or equal to {high}.")
        self._choose(option, fields, value)
        number: int | float = value
        return number

    def _reference(self, kind: int, fields: Fields) -> str:
        number = fields.snowflake("value", required=True) or 0
        resolve = {
            6: self._resolved.user,
            7: self._resolved.channel,
            8: self._resolved.role,
            9: self._resolved.mentionable,
        }[kind]
        if not resolve(number):
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "Value was not found")
        return str(number)

    def _file(self, fields: Fields, value: Any) -> str:
        upload = self._files.get(f"files[{value}]")
        if upload is None:
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "The file is missing")
            return "0"
        return self._resolved.file(upload)
