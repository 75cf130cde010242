"""How a run's events are encoded as server-sent events, and the JSON data of delta events.

JSON is made by orjson without pydantic, and a text delta is three pieces of bytes joined: a hundred streams at a
hundred tokens a second pass through here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

DONE = b"event: done\ndata: [DONE]\n\n"
PING = b": ping\n\n"


def encode_event(event: str, data: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


@dataclass(frozen=True, slots=True)
class TextSource:
    """Where a text that is streamed stands in the end: in a message's content part, or in a step's call."""

    object: Literal["thread.message", "thread.run.step"]
    id: str
    index: int


class DeltaTemplate:
    """A delta event as bytes, with a gap for the text.

    `first` and `rest` are the event's data with `_GAP` (as a JSON string) where the text goes; `first` is used once.
    """

    def __init__(self, event: str, source: TextSource, first: Mapping[str, Any], rest: Mapping[str, Any]) -> None:
        self.source = source
        self.sent = 0
        """Characters of the text that were sent, or missed."""
        self._first: tuple[bytes, bytes] | None = _around_gap(event, first)
        self._rest = _around_gap(event, rest)

    def fill(self, text: str) -> bytes:
        """The event with `text` in the gap."""
        before, after = self.around(len(text))
        return before + orjson.dumps(text) + after

    def around(self, length: int) -> tuple[bytes, bytes]:
        """The bytes around a text of that many characters, which is sent or missed."""
        self.sent += length
        around = self._first or self._rest
        self._first = None
        return around


_GAP = "\N{OBJECT REPLACEMENT CHARACTER}gap\N{OBJECT REPLACEMENT CHARACTER}"


def _around_gap(event: str, data: Mapping[str, Any]) -> tuple[bytes, bytes]:
    before, _, after = encode_event(event, data).partition(orjson.dumps(_GAP))
    return before, after


def text_template(message_id: str, index: int) -> DeltaTemplate:
    """Template of the `thread.message.delta` events for a text part."""
    first = _message_delta(message_id, index, {"type": "text", "text": {"value": _GAP, "annotations": []}})
    rest = _message_delta(message_id, index, {"type": "text", "text": {"value": _GAP}})
    return DeltaTemplate("thread.message.delta", TextSource("thread.message", message_id, index), first, rest)


def refusal_template(message_id: str, index: int) -> DeltaTemplate:
    """Template of the `thread.message.delta` events for a refusal part."""
    data = _message_delta(message_id, index, {"type": "refusal", "refusal": _GAP})
    return DeltaTemplate("thread.message.delta", TextSource("thread.message", message_id, index), data, data)


def arguments_template(step_id: str, index: int) -> DeltaTemplate:
    """Template of the `thread.run.step.delta` events for a function call's arguments."""
    data = step_delta(step_id, {"index": index, "type": "function", "function": {"arguments": _GAP}})
    return DeltaTemplate("thread.run.step.delta", TextSource("thread.run.step", step_id, index), data, data)


def annotations_delta(
    message_id: str, index: int, annotations: Sequence[dict[str, Any]], *, first: int = 0, value: str | None = None
) -> dict[str, Any]:
    """Data of the `thread.message.delta` that adds annotations, numbered from `first`, and their text `value`."""
    numbered = [{"index": number, **annotation} for number, annotation in enumerate(annotations, first)]
    text = {"annotations": numbered} if value is None else {"value": value, "annotations": numbered}
    return _message_delta(message_id, index, {"type": "text", "text": text})


def image_part(file_id: str) -> dict[str, Any]:
    """A content part that shows a picture."""
    return {"type": "image_file", "image_file": {"file_id": file_id, "detail": "auto"}}


def image_delta(message_id: str, index: int, file_id: str) -> dict[str, Any]:
    """Data of the `thread.message.delta` that shows a picture."""
    return _message_delta(message_id, index, image_part(file_id))


def step_delta(step_id: str, call: Mapping[str, Any]) -> dict[str, Any]:
    """Data of a `thread.run.step.delta` about one tool call."""
    details = {"type": "tool_calls", "tool_calls": [call]}
    return {"id": step_id, "object": "thread.run.step.delta", "delta": {"step_details": details}}


def _message_delta(message_id: str, index: int, part: Mapping[str, Any]) -> dict[str, Any]:
    content = [{"index": index, **part}]
    return {"id": message_id, "object": "thread.message.delta", "delta": {"content": content}}
