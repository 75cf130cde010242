"""Bodies of `POST /interactions`: commands, buttons, selects and modals, as Discord's own clients send them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.pilot.client import File
from playground.pilot.seen import Control, NotSeen, SeenMessage, SeenModal

Json = dict[str, Any]


@dataclass(slots=True)
class InteractionRequest:
    """An interaction that a student is about to send; `type` and `data` are Discord's."""

    type: int
    channel_id: int
    application_id: int
    data: Json
    extra: Json = field(default_factory=dict)
    """More fields of the body, beside `data`."""
    files: Sequence[File] = ()

    def body(self, *, session_id: str, nonce: str, guild_id: int | None) -> Json:
        """Return the JSON body; `guild_id` is None in a DM."""
        body: Json = {
            "type": self.type,
            "application_id": str(self.application_id),
            "channel_id": str(self.channel_id),
            "session_id": session_id,
            "nonce": nonce,
            "data": self.data,
            **self.extra,
        }
        if guild_id is not None:
            body["guild_id"] = str(guild_id)
        return body


# -- commands


def find_command(commands: Sequence[Json], name: str, kind: int) -> tuple[Json, list[Json]]:
    """Return a command of a channel's command index, and the path of subcommand options down to the one named.

    `kind` is 1 for a slash command, 2 for a user command, 3 for a message command. `name` is what a student types,
    with or without `/`, plain or localized: `/library list`. NotSeen when there is no such command.
    """
    words = [name] if kind != 1 else name.removeprefix("/").split()
    there = [each for each in commands if each["type"] == kind]
    command = next((each for each in there if words[0] in _names(each)), None)
    if command is None:
        names = sorted(each["name"] for each in there)
        raise NotSeen(f"no command {name!r}; there are {names}")
    path: list[Json] = []
    at = command
    for word in words[1:]:
        at = next((each for each in at.get("options") or () if word in _names(each)), {})
        if not at:
            raise NotSeen(f"{command['name']!r} has no subcommand {word!r}")
        path.append(at)
    return command, path


def _names(command_or_option: Json) -> set[str]:
    return {command_or_option["name"], command_or_option.get("name_localized", command_or_option["name"])}


def slash_command_data(
    command: Json, path: list[Json], values: Mapping[str, Any], *, focused: str | None = None
) -> tuple[Json, list[File]]:
    """Return a slash command's `data`, and its files.

    `focused` names the option that the student is typing (autocomplete). NotSeen when an option is unknown, or a
    required one is missing.
    """
    declared = (path[-1] if path else command).get("options") or []
    options: list[Json] = []
    files: list[File] = []
    for name, value in values.items():
        option = next((each for each in declared if name in _names(each)), None)
        if option is None:
            raise NotSeen(f"there is no option {name!r}; there are {[each['name'] for each in declared]}")
        filled: Json = {"type": option["type"], "name": option["name"], "value": _option_value(option, value, files)}
        if option["name"] == focused:
            filled["focused"] = True
        options.append(filled)
    given = {each["name"] for each in options}
    missing = [each["name"] for each in declared if each.get("required") and each["name"] not in given]
    if missing and focused is None:
        raise NotSeen(f"required options are missing: {missing}")
    for step in reversed(path):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    data: Json = {
        "id": command["id"],
        "version": command["version"],
        "type": 1,
        "name": command["name"],
        "options": options,
    }
    if files:
        names = [each.name if isinstance(each, Path) else each[0] for each in files]
        data["attachments"] = [{"id": str(index), "filename": each} for index, each in enumerate(names)]
    return data, files


def _option_value(option: Json, value: Any, files: list[File]) -> Any:
    if option["type"] == 11:
        files.append(Path(value) if isinstance(value, str) else value)
        return str(len(files) - 1)
    for choice in option.get("choices") or ():
        if value in {choice["name"], choice.get("name_localized")}:
            return choice["value"]
    if option["type"] in {6, 7, 8, 9}:
        return str(getattr(value, "id", value))
    return value


# -- buttons and selects


def component_request(
    message: SeenMessage, control: Control, values: Sequence[str] | None = None
) -> InteractionRequest:
    """Return the press of a button, or the choice of `values` (labels or values) in a select."""
    if control.disabled:
        raise NotSeen(f"{control.label!r} is disabled")
    data: Json = {"component_type": control.type, "custom_id": control.custom_id}
    if values is not None:
        data["values"] = [_select_value(control, each) for each in values]
    extra = {"message_id": str(message.id), "message_flags": message.raw["flags"]}
    return InteractionRequest(3, message.channel_id, message.author_id, data, extra)


def _select_value(control: Control, wanted: str) -> str:
    options = control.raw.get("options")
    if options is None:
        return wanted
    for option in options:
        if wanted in {option["label"], option["value"]}:
            return str(option["value"])
    raise NotSeen(f"no choice {wanted!r}; there are {[each['label'] for each in options]}")


# -- modals


def modal_request(modal: SeenModal, values: Mapping[str, Any]) -> InteractionRequest:
    """Return the submit of a modal. `values` go by label or custom id; other fields keep their default value."""
    by_id: dict[str, Any] = {}
    for name, value in values.items():
        one = next((each for each in modal.fields if name in {each.get("label"), each["custom_id"]}), None)
        if one is None:
            raise NotSeen(f"the modal has no field {name!r}; there are {[each.get('label') for each in modal.fields]}")
        by_id[one["custom_id"]] = value
    files: list[File] = []
    components = list(_filled(modal.raw["components"], by_id, files))
    data = {"id": modal.raw["id"], "custom_id": modal.raw["custom_id"], "components": components}
    channel_id, application_id = int(modal.raw["channel_id"]), int(modal.raw["application"]["id"])
    return InteractionRequest(5, channel_id, application_id, data, files=files)


def _filled(components: list[Json], values: Mapping[str, Any], files: list[File]) -> Iterator[Json]:
    for each in components:
        if each["type"] == 1:
            yield {"type": 1, "components": [_field(one, values, files) for one in each["components"]]}
        elif each["type"] == 18:
            yield {"type": 18, "component": _field(each["component"], values, files)}


def _field(declared: Json, values: Mapping[str, Any], files: list[File]) -> Json:
    filled: Json = {"type": declared["type"], "custom_id": declared["custom_id"]}
    value = values.get(declared["custom_id"])
    if declared["type"] in {4, 21, 23}:
        default = declared.get("value", "") if declared["type"] == 4 else declared.get("default")
        return filled | {"value": default if value is None else value}
    chosen = [] if value is None else [value] if isinstance(value, (str, tuple, Path)) else list(value)
    if declared["type"] == 19:
        first = len(files)
        files += [Path(each) if isinstance(each, str) else each for each in chosen]
        return filled | {"values": [str(index) for index in range(first, len(files))]}
    options = {each["label"]: each["value"] for each in declared.get("options", ())}
    return filled | {"values": [str(options.get(each, each)) for each in chosen]}
