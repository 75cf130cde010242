"""Server-sent events as an Assistants server sends them: bytes read into events, and what is wrong with their form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.deviations import Deviation, shown
from conformance.json_reading import read_json

DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event: its name and its data, read as JSON; `[DONE]` as it stands."""

    name: str
    data: Any


def read_events(stream: bytes) -> tuple[list[Event], list[Deviation]]:
    """The events of a whole stream, and where its form is not right; what cannot be read is left out."""
    events: list[Event] = []
    deviations: list[Deviation] = []
    try:
        text = stream.decode("utf-8")
    except UnicodeDecodeError as error:
        text = stream.decode("utf-8", "replace")
        deviations.append(Deviation(f"byte {error.start}", "UTF-8", "other bytes"))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    *blocks, rest = lines.split("\n\n")
    for number, block in enumerate(blocks, 1):
        _read_block(block, f"event {number}", events, deviations)
    if rest.strip():
        deviations.append(Deviation("end of the stream", "an empty line after the last event", shown(rest)))
    return events, deviations + _ending(events)


def _read_block(block: str, where: str, events: list[Event], deviations: list[Deviation]) -> None:
    name: str | None = None
    data: list[str] = []
    for line in block.split("\n"):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not field:  # a comment, or an empty line
            continue
        if field == "event":
            if name is not None:
                deviations.append(Deviation(where, "one line `event:`", f"{name}, then {value}"))
            name = value
        elif field == "data":
            data.append(value)
        elif field not in {"id", "retry"}:
            deviations.append(Deviation(where, "a line `event:` or `data:`", shown(line)))
    if name is None and not data:
        return
    if name is None:
        deviations.append(Deviation(where, "a line `event:`", shown("\n".join(data))))
        return
    where = f"{where} ({name})"
    if not data:
        deviations.append(Deviation(where, "a line `data:`", "nothing"))
        return
    raw = "\n".join(data)
    if raw == DONE:
        events.append(Event(name, DONE))
        return
    try:
        events.append(Event(name, read_json(raw)))
    except ValueError:
        deviations.append(Deviation(f"{where} data", "JSON", shown(raw)))


def _ending(events: Sequence[Event]) -> list[Deviation]:
    dones = [index for index, event in enumerate(events) if event.name == "done"]
    if dones == [len(events) - 1]:
        return []
    if not dones:
        return [Deviation("end of the stream", "event `done`", f"event `{events[-1].name}`" if events else "no event")]
    return [Deviation(f"event {dones[0] + 1} (done)", "the last event", f"{len(events) - dones[0] - 1} more")]
