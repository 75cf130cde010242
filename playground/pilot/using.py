"""Using a bot: commands, buttons, selects and forms, by `POST /interactions` as Discord's own clients do."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playground.pilot.client import File
from playground.pilot.seen import Control, NotSeen, Post

if TYPE_CHECKING:
    from playground.pilot.student import Student

Json = dict[str, Any]

End = Literal["answered", "failed", "form"]
REACTION = 0.05
"""Seconds that a person takes at least: bots know their views and forms once Discord has answered them."""
_ENDS: dict[str, End] = {
    "INTERACTION_SUCCESS": "answered",
    "INTERACTION_FAILURE": "failed",
    "INTERACTION_MODAL_CREATE": "form",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that is open in front of the student."""

    raw: Json

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.raw["title"])

    @property
    def fields(self) -> list[Json]:
        """Its inputs, each with the label that stands over it."""
        found = []
        for component in self.raw["components"]:
            if component["type"] == 18:
                found.append({"label": component["label"], **component["component"]})
            elif component["type"] == 1:
                found += component["components"]
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an interaction went: the bot answered, did not in time, or showed a form."""

    student: "Student"
    id: int
    end: End
    form: Form | None = None

    @property
    def ok(self) -> bool:
        """Whether the bot answered in time."""
        return self.end != "failed"

    @property
    def messages(self) -> list[Post]:
        """The messages that the bot wrote in answer, as they are now."""
        return [
            each
            for each in self.student.posts()
            if int((each.raw.get("interaction_metadata") or {"id": 0})["id"]) == self.id
        ]

    @property
    def message(self) -> Post:
        """The first of them; NotSeen when there is none."""
        if not self.messages:
            raise NotSeen(f"the bot's answer ({self.end}) has no message")
        return self.messages[0]

    async def says(self, contains: str = "", *, timeout: float = 10.0) -> Post:
        """Wait until one of them says this (a deferred answer comes late)."""

        def found() -> Post | None:
            return next((each for each in self.messages if contains in each.text and not each.thinking), None)

        what = f"the bot's answer with {contains!r}"
        post = await self.student.wait_for(found, timeout=timeout, what=what)
        if not isinstance(post, Post):
            raise TypeError(f"{post!r} is no message")
        return post


@dataclass(slots=True)
class Deed:
    """An interaction before it is sent."""

    type: int
    channel_id: int
    application_id: int
    data: Json
    extra: Json = field(default_factory=dict)
    files: Sequence[File] = ()


async def send(student: "Student", deed: Deed, *, timeout: float = 10.0) -> Outcome:
    """Send an interaction and wait how it goes."""
    await asyncio.sleep(REACTION)
    nonce = student.client.nonce()
    body: Json = {
        "type": deed.type,
        "application_id": str(deed.application_id),
        "channel_id": str(deed.channel_id),
        "session_id": student.client.ready["session_id"],
        "nonce": nonce,
        "data": deed.data,
        **deed.extra,
    }
    guild_id = student.guild_of(deed.channel_id)
    if guild_id is not None:
        body["guild_id"] = str(guild_id)
    start = len(student.events)
    await student.client.request("POST", "/interactions", body, deed.files)

    def ended() -> tuple[str, Json] | None:
        for name, data in student.events[start:]:
            if name in _ENDS and data["nonce"] == nonce:
                return name, data
        return None

    name, data = await student.wait_for(ended, timeout=timeout, what="the end of the interaction")
    made = next(
        each for event, each in student.events[start:] if event == "INTERACTION_CREATE" and each["nonce"] == nonce
    )
    number = int(made["id"])
    form = Form(data) if name == "INTERACTION_MODAL_CREATE" else None
    return Outcome(student, number, _ENDS[name], form)


async def complete(student: "Student", deed: Deed, *, timeout: float = 10.0) -> list[Json]:
    """Ask for an option's suggestions."""
    nonce = student.client.nonce()
    body: Json = {
        "type": 4,
        "application_id": str(deed.application_id),
        "channel_id": str(deed.channel_id),
        "session_id": student.client.ready["session_id"],
        "nonce": nonce,
        "data": deed.data,
    }
    start = len(student.events)
    await student.client.request("POST", "/interactions", body)

    def answered() -> Json | None:
        for name, data in student.events[start:]:
            if name == "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE" and data["nonce"] == nonce:
                return data
        return None

    answer = await student.wait_for(answered, timeout=timeout, what="suggestions")
    choices: list[Json] = answer["choices"]
    return choices


async def find_command(student: "Student", channel_id: int, name: str, kind: int) -> tuple[Json, list[Json]]:
    """Return a command of the picker, and the path of subcommand options down to the one named.

    `name` is as one types it, with or without `/`, plain or localized: `/library list`.
    """
    index = await student.client.request("GET", f"/channels/{channel_id}/application-command-index")
    words = [name] if kind != 1 else name.removeprefix("/").split()
    there = [each for each in index["application_commands"] if each["type"] == kind]
    command = next((each for each in there if words[0] in _names(each)), None)
    if command is None:
        names = sorted(each["name"] for each in there)
        raise NotSeen(f"{student.username} sees no command {name!r}; there are {names}")
    path: list[Json] = []
    at = command
    for word in words[1:]:
        at = next((each for each in at.get("options") or () if word in _names(each)), {})
        if not at:
            raise NotSeen(f"{command['name']!r} has no subcommand {word!r}")
        path.append(at)
    return command, path


def _names(shape: Json) -> set[str]:
    return {shape["name"], shape.get("name_localized", shape["name"])}


def fill(
    command: Json, path: list[Json], values: Mapping[str, Any], *, focused: str | None = None
) -> tuple[Json, list[File]]:
    """Return a slash command's data and files; NotSeen when an option is unknown or a required one is missing."""
    declared = (path[-1] if path else command).get("options") or []
    options: list[Json] = []
    files: list[File] = []
    for name, value in values.items():
        option = next((each for each in declared if name in _names(each)), None)
        if option is None:
            raise NotSeen(f"there is no option {name!r}; there are {[each['name'] for each in declared]}")
        filled: Json = {"type": option["type"], "name": option["name"], "value": _value(option, value, files)}
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


def _value(option: Json, value: Any, files: list[File]) -> Any:
    if option["type"] == 11:
        files.append(Path(value) if isinstance(value, str) else value)
        return str(len(files) - 1)
    for choice in option.get("choices") or ():
        if value in {choice["name"], choice.get("name_localized")}:
            return choice["value"]
    if option["type"] in {6, 7, 8, 9}:
        return str(getattr(value, "id", value))
    return value


def component(message: Post, control: Control, values: Sequence[str] | None = None) -> Deed:
    """Return the deed of pressing a button, or choosing in a select (by label or value)."""
    if control.disabled:
        raise NotSeen(f"{control.label!r} is disabled")
    data: Json = {"component_type": control.type, "custom_id": control.custom_id}
    if values is not None:
        data["values"] = [_choice(control, each) for each in values]
    extra = {"message_id": str(message.id), "message_flags": message.raw["flags"]}
    return Deed(3, message.channel_id, message.author_id, data, extra)


def _choice(control: Control, wanted: str) -> str:
    options = control.raw.get("options")
    if options is None:
        return wanted
    for option in options:
        if wanted in {option["label"], option["value"]}:
            return str(option["value"])
    raise NotSeen(f"no choice {wanted!r}; there are {[each['label'] for each in options]}")


def submission(form: Form, values: Mapping[str, Any]) -> Deed:
    """Return the deed of handing a form in; `values` by label or custom id, the rest keeps what stood there."""
    by_id: dict[str, Any] = {}
    for name, value in values.items():
        one = next((each for each in form.fields if name in {each.get("label"), each["custom_id"]}), None)
        if one is None:
            raise NotSeen(f"the form has no field {name!r}; there are {[each.get('label') for each in form.fields]}")
        by_id[one["custom_id"]] = value
    files: list[File] = []
    components = list(_filled(form.raw["components"], by_id, files))
    data = {"id": form.raw["id"], "custom_id": form.raw["custom_id"], "components": components}
    return Deed(5, int(form.raw["channel_id"]), int(form.raw["application"]["id"]), data, files=files)


def _filled(components: list[Json], values: Mapping[str, Any], files: list[File]) -> Iterator[Json]:
    for each in components:
        if each["type"] == 1:
            yield {"type": 1, "components": [_field(one, values, files) for one in each["components"]]}
        elif each["type"] == 18:
            yield {"type": 18, "component": _field(each["component"], values, files)}


def _field(one: Json, values: Mapping[str, Any], files: list[File]) -> Json:
    shape: Json = {"type": one["type"], "custom_id": one["custom_id"]}
    value = values.get(one["custom_id"])
    if one["type"] in {4, 21, 23}:
        default = one.get("value", "") if one["type"] == 4 else one.get("default")
        return shape | {"value": default if value is None else value}
    chosen = [] if value is None else [value] if isinstance(value, (str, tuple, Path)) else list(value)
    if one["type"] == 19:
        first = len(files)
        files += [Path(each) if isinstance(each, str) else each for each in chosen]
        return shape | {"values": [str(index) for index in range(first, len(files))]}
    options = {each["label"]: each["value"] for each in one.get("options", ())}
    return shape | {"values": [str(options.get(each, each)) for each in chosen]}
