"""A run's server-sent events: what they look like, and the mailbox in which a reader finds them.

JSON is made by orjson without pydantic on the way, and a text delta is three pieces of bytes put together: this is what
a hundred streams at a hundred tokens a second go through.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson

PING_AFTER = 15.0
"""Seconds of silence after which a comment tells proxies that the stream lives."""

QUIET, LOADED = 0.025, 0.1
"""Seconds between two deltas of one stream, at least: when the server is quiet, and when it is loaded."""

DONE = b"event: done\ndata: [DONE]\n\n"
PING = b": ping\n\n"


def sse(event: str, data: Mapping[str, Any]) -> bytes:
    """One event on the wire."""
    return b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


class Load:
    """How many streams the process carries, which sets the pace of their deltas."""

    def __init__(self) -> None:
        self.streams = 0

    @property
    def interval(self) -> float:
        """Seconds between two deltas of a stream: at most 400 deltas a second for up to 40 streams together."""
        return min(LOADED, max(QUIET, self.streams / 400))


class Feed:
    """A run's events on their way to one reader, who may leave at any time; then everything here does nothing.

    Deltas of text are joined: the first one goes at once, later ones when the pace allows.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loop = asyncio.get_running_loop()
        self._chunks: list[bytes] = []
        self._arrival: asyncio.Future[None] | None = None
        self._closed = False
        self._left = False
        self._piece: DeltaFrame | None = None
        self._texts: list[str] = []
        self._flush_timer: asyncio.Handle | None = None
        self._last_delta = 0.0
        load.streams += 1

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Send an event, after the text that is still held back."""
        if self._left:
            return
        self.flush()
        self._push(sse(name, data))

    def delta(self, frame: "DeltaFrame", text: str) -> None:
        """Send a piece of text, now or a little later together with what follows it."""
        if self._left:
            return
        if self._piece is not frame:
            self.flush()
            self._piece = frame
        self._texts.append(text)
        if self._flush_timer is not None:
            return
        wait = self._last_delta + self._load.interval - self._loop.time()
        # What comes in one go goes in one go.
        self._flush_timer = self._loop.call_soon(self.flush) if wait <= 0 else self._loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Send the text that is held back."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if self._texts and self._piece is not None:
            self._last_delta = self._loop.time()
            self._push(self._piece.fill("".join(self._texts)))
            self._texts.clear()

    def close(self) -> None:
        """End the stream, with `done`."""
        if not self._closed:
            self.flush()
            self._push(DONE)
            self._closed = True

    def leave(self) -> None:
        """The reader is gone: forget what it has not read."""
        if self._left:
            return
        self._left = True
        self._load.streams -= 1
        self._chunks.clear()
        self._texts.clear()
        if self._flush_timer is not None:
            self._flush_timer.cancel()

    def _push(self, chunk: bytes) -> None:
        if self._left or self._closed:
            return
        self._chunks.append(chunk)
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    async def chunks(self) -> AsyncIterator[bytes]:
        """What has come, everything at hand in one piece, until the stream's end."""
        try:
            while True:
                if self._chunks:
                    chunk = b"".join(self._chunks)
                    self._chunks.clear()
                    yield chunk
                elif self._closed:
                    return
                else:
                    await self._wait()
        finally:
            self.leave()

    async def _wait(self) -> None:
        """Wait for a chunk; a ping is one."""
        self._arrival = self._loop.create_future()
        ping = self._loop.call_later(PING_AFTER, self._push, PING)
        try:
            await self._arrival
        finally:
            ping.cancel()
            self._arrival = None


class DeltaFrame:
    """The bytes around the text of a delta event.

    `first` and `rest` are the event's data with `...` (as a JSON string) where the text goes; `first` is used once.
    """

    def __init__(self, event: str, first: Mapping[str, Any], rest: Mapping[str, Any]) -> None:
        self._first: tuple[bytes, bytes] | None = _around(event, first)
        self._rest = _around(event, rest)

    def fill(self, text: str) -> bytes:
        """The event with `text` in it."""
        before, after = self._first or self._rest
        self._first = None
        return before + orjson.dumps(text) + after


_GAP = "\N{OBJECT REPLACEMENT CHARACTER}gap\N{OBJECT REPLACEMENT CHARACTER}"


def _around(event: str, data: Mapping[str, Any]) -> tuple[bytes, bytes]:
    before, _, after = sse(event, data).partition(orjson.dumps(_GAP))
    return before, after


def text_frame(message_id: str, index: int) -> DeltaFrame:
    """Frame of `thread.message.delta` events for a text part."""
    first = _message_delta(message_id, index, {"type": "text", "text": {"value": _GAP, "annotations": []}})
    rest = _message_delta(message_id, index, {"type": "text", "text": {"value": _GAP}})
    return DeltaFrame("thread.message.delta", first, rest)


def refusal_frame(message_id: str, index: int) -> DeltaFrame:
    """Frame of `thread.message.delta` events for a refusal part."""
    data = _message_delta(message_id, index, {"type": "refusal", "refusal": _GAP})
    return DeltaFrame("thread.message.delta", data, data)


def arguments_frame(step_id: str, index: int) -> DeltaFrame:
    """Frame of `thread.run.step.delta` events for a function call's arguments."""
    data = step_delta(step_id, {"index": index, "type": "function", "function": {"arguments": _GAP}})
    return DeltaFrame("thread.run.step.delta", data, data)


def annotations_delta(
    message_id: str, index: int, annotations: Sequence[dict[str, Any]], *, first: int = 0, value: str | None = None
) -> dict[str, Any]:
    """Data of the `thread.message.delta` that brings annotations, counted from `first`, with the text they stand in."""
    numbered = [{"index": number, **annotation} for number, annotation in enumerate(annotations, first)]
    text = {"annotations": numbered} if value is None else {"value": value, "annotations": numbered}
    return _message_delta(message_id, index, {"type": "text", "text": text})


def step_delta(step_id: str, call: Mapping[str, Any]) -> dict[str, Any]:
    """Data of a `thread.run.step.delta` about one tool call."""
    details = {"type": "tool_calls", "tool_calls": [call]}
    return {"id": step_id, "object": "thread.run.step.delta", "delta": {"step_details": details}}


def _message_delta(message_id: str, index: int, part: Mapping[str, Any]) -> dict[str, Any]:
    content = [{"index": index, **part}]
    return {"id": message_id, "object": "thread.message.delta", "delta": {"content": content}}
