"""What a student sees, as plain values: messages, their buttons and selects, and modals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class NotSeen(AssertionError):  # noqa: N818 - a test reads it as a sentence
    """Something that a student waited for did not come; the message says what came instead."""


@dataclass(frozen=True, slots=True)
class Control:
    """A button or select under a message."""

    custom_id: str | None
    label: str
    type: int
    disabled: bool
    raw: Json


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as it was when it was read; `raw` is Discord's JSON."""

    raw: Json

    @property
    def id(self) -> int:
        """The message's id."""
        return int(self.raw["id"])

    @property
    def channel_id(self) -> int:
        """The id of its channel."""
        return int(self.raw["channel_id"])

    @property
    def author_id(self) -> int:
        """The user id of its author."""
        return int(self.raw["author"]["id"])

    @property
    def by_bot(self) -> bool:
        """Whether a bot wrote it."""
        return bool(self.raw["author"].get("bot"))

    @property
    def content(self) -> str:
        """Its content; empty in Components V2 messages."""
        return str(self.raw["content"])

    @property
    def text(self) -> str:
        """All of its text: content, embeds, text displays."""
        return "\n".join(_texts(self.raw))

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.raw["flags"] & 64)

    @property
    def thinking(self) -> bool:
        """Whether it still says "is thinking…": a deferred response that has no content yet."""
        return bool(self.raw["flags"] & 128)

    @property
    def edited(self) -> bool:
        """Whether it says "(edited)"."""
        return self.raw["edited_timestamp"] is not None

    @property
    def attachments(self) -> list[Json]:
        """Its files, as Discord's attachment objects."""
        found: list[Json] = self.raw["attachments"]
        return found

    @property
    def controls(self) -> list[Control]:
        """Its buttons and selects."""
        return [
            Control(
                custom_id=each.get("custom_id"),
                label=each.get("label") or each.get("placeholder") or (each.get("emoji") or {}).get("name") or "",
                type=each["type"],
                disabled=bool(each.get("disabled")),
                raw=each,
            )
            for each in _walk(self.raw.get("components") or [])
            if each["type"] in {2, 3, 5, 6, 7, 8}
        ]

    def control(self, name: str) -> Control:
        """Return the control with this label, placeholder or custom id.

        If there is none, but the label of exactly one control contains `name`, return that one. Else raise NotSeen.
        """
        exact = [each for each in self.controls if name in {each.label, each.custom_id}]
        near = exact or [each for each in self.controls if name in each.label]
        if len(near) == 1 or exact:
            return near[0]
        there = ", ".join(repr(each.label) for each in self.controls) or "none"
        raise NotSeen(f"no control {name!r} under message {self.id}; there are: {there}")

    def describe(self) -> str:
        """Return one line that shows the message in an error message."""
        marks = [word for word, on in (("ephemeral", self.ephemeral), ("thinking", self.thinking)) if on]
        labels = [each.label for each in self.controls]
        tail = f" [{', '.join(marks)}]" if marks else ""
        tail += f" controls: {labels}" if labels else ""
        return f"{self.raw['author']['username']}: {self.text[:300]!r}{tail}"


@dataclass(frozen=True, slots=True)
class SeenModal:
    """A modal that is open in front of the student; `raw` is the data of INTERACTION_MODAL_CREATE."""

    raw: Json

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.raw["title"])

    @property
    def fields(self) -> list[Json]:
        """Its inputs, each with its `label`."""
        found = []
        for component in self.raw["components"]:
            if component["type"] == 18:
                found.append({"label": component["label"], **component["component"]})
            elif component["type"] == 1:
                found += component["components"]
        return found


def _walk(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or [])
        for name in ("accessory", "component"):
            if component.get(name):
                yield from _walk([component[name]])


def _texts(message: Json) -> Iterator[str]:
    if message["content"]:
        yield message["content"]
    for embed in message["embeds"]:
        for text in (embed.get("title"), embed.get("description")):
            if text:
                yield text
        for field in embed.get("fields", ()):
            yield f"{field['name']}: {field['value']}"
        if embed.get("footer"):
            yield embed["footer"]["text"]
    for component in _walk(message.get("components") or []):
        if component["type"] == 10:
            yield component["content"]
    for snapshot in message.get("message_snapshots", ()):
        yield from _texts(snapshot["message"])


def describe_all(messages: list[SeenMessage]) -> str:
    """Return the last ten messages, one a line, for an error message."""
    return "\n".join(f"  {each.describe()}" for each in messages[-10:]) or "  nothing at all"
