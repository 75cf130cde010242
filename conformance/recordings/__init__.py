"""Recorded and documented event streams, and the keys that every object in them has.

`spec_*.sse` are examples of OpenAI's API documentation, `test_*.sse` was recorded from the live service.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from conformance.deviations import Deviation
from conformance.event_stream import DONE, Event

FOLDER = Path(__file__).parent
_OPAQUE = frozenset({"tools", "metadata", "tool_resources", "annotations", "arguments", "outputs"})
"""Keys whose values differ from caller to caller: what stands in them is not compared."""


def recording(name: str) -> list[Event]:
    """The events of a recorded or documented stream; a line `...` in it stands for more deltas."""
    events = []
    for block in (FOLDER / name).read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        if len(lines) < 2:
            continue
        # OpenAI's documentation has a brace too many in one line, and a line without its `data: `.
        raw = lines[1].removeprefix("data: ")
        data = raw if raw == DONE else json.JSONDecoder().raw_decode(raw)[0]
        events.append(Event(lines[0].removeprefix("event: "), data))
    return events


@cache
def recorded_names() -> tuple[str, ...]:
    """The names of all recordings."""
    return tuple(sorted(path.name for path in FOLDER.glob("*.sse")))


def missing_keys(event: Event) -> list[Deviation]:
    """The keys that an event of this kind has in every recording, and that this one has not."""
    return _lacking(_keys_by_kind().get(_kind(event), frozenset()), event.data)


def missing_keys_of(body: Any) -> list[Deviation]:
    """The keys that an object of this kind has in every recording, whatever its state, and that this one has not."""
    if not isinstance(body, dict):
        return []
    return _lacking(_keys_by_object().get(_object_kind(body), frozenset()), body)


def _lacking(expected: frozenset[str], value: Any) -> list[Deviation]:
    present = set(_key_paths(value))
    empty = {path for path, held in _values(value) if not isinstance(held, dict)}
    lacking = [
        path
        for path in sorted(expected - present)
        if not path.endswith("]") and not _any_parent_in(path, empty, present)
    ]
    return [Deviation(f"${path}", "a value, as in recorded traffic", "nothing") for path in lacking]


def _any_parent_in(path: str, empty: set[str], present: set[str]) -> bool:
    """Whether the path leads through something that is null or missing itself, which is told once."""
    parts = path.split(".")
    parents = [".".join(parts[:length]) for length in range(2, len(parts))]
    return any(parent in empty or parent not in present for parent in parents)


@cache
def _keys_by_kind() -> Mapping[tuple[str, ...], frozenset[str]]:
    return _common_keys((_kind(event), event.data) for event in _all_events())


@cache
def _keys_by_object() -> Mapping[tuple[str, ...], frozenset[str]]:
    found = ((_object_kind(event.data), event.data) for event in _all_events() if "object" in event.data)
    return {kind: frozenset(key for key in keys if key.count(".") == 1) for kind, keys in _common_keys(found).items()}


def _all_events() -> Iterator[Event]:
    for name in recorded_names():
        yield from (event for event in recording(name) if event.data != DONE)


def _common_keys(values: Iterator[tuple[tuple[str, ...], Any]]) -> dict[tuple[str, ...], frozenset[str]]:
    common: dict[tuple[str, ...], frozenset[str]] = {}
    for kind, value in values:
        keys = frozenset(_key_paths(value))
        common[kind] = common[kind] & keys if kind in common else keys
    return common


def _object_kind(body: Mapping[str, Any]) -> tuple[str, ...]:
    return str(body.get("object")), str(body.get("type", ""))


def _kind(event: Event) -> tuple[str, ...]:
    """What tells events apart that have different keys: the name, a step's type, a delta's first piece."""
    data = event.data if isinstance(event.data, dict) else {}
    pieces = delta_pieces(data)
    return event.name, str(data.get("type", "")), *(_piece_kind(pieces[0]) if pieces else ())


def _piece_kind(piece: Mapping[str, Any]) -> tuple[str, ...]:
    kind = str(piece.get("type"))
    details = piece.get(kind)
    has_outputs = isinstance(details, dict) and "outputs" in details
    return kind, "first" if "id" in piece else "later", "outputs" if has_outputs else ""


def delta_pieces(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The parts of content, or the calls, that a delta adds to; none where it is no delta or not as it should be."""
    delta = data.get("delta")
    if not isinstance(delta, dict):
        return []
    details = delta.get("step_details")
    pieces = details.get("tool_calls") if isinstance(details, dict) else delta.get("content")
    return [piece for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []


def _key_paths(value: Any) -> Iterator[str]:
    return (path for path, _ in _values(value))


def _values(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Each key path below a value, and what it holds; elements of arrays are named by their `type`."""
    if not isinstance(value, dict):
        return
    for key, held in value.items():
        path = f"{at}.{key}"
        yield path, held
        if key in _OPAQUE:
            continue
        yield from _values(held, path)
        for element in held if isinstance(held, list) else ():
            kind = element.get("type", "") if isinstance(element, dict) else ""
            yield f"{path}[{kind}]", element
            yield from _values(element, f"{path}[{kind}]")
