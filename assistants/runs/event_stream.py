"""A run's event stream to one client: it queues events, and sends pings while nothing comes."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any

from assistants.errors import ServerError
from assistants.runs.delta_joining import DeltaJoiner, DeltaPace
from assistants.runs.missed_events import SHORT, MissedEvent, MissedEventReader, MissedText, without_long_fields
from assistants.runs.sse_encoding import DONE, PING, DeltaTemplate, encode_event

PING_AFTER = 15.0
"""Seconds of silence after which a comment tells proxies that the stream lives."""

MAX_UNREAD = 64 << 10
"""Bytes of events that a client has not read, above which texts and long objects are left to the database."""

MOST_UNREAD = 1 << 20
"""Bytes above which the stream is broken off: events that stand nowhere else would have to be kept."""

BROKEN_OFF = "The client has read too little of this stream. The run goes on: read its messages and steps instead."


class EventStream:
    """A run's events on their way to one client. When the client has left, every method does nothing.

    A client that reads too slowly, or not at all, costs little memory: what it misses is read from the database.
    """

    def __init__(self, pace: DeltaPace, reader: MissedEventReader) -> None:
        self._deltas = DeltaJoiner(pace, self._push_delta)
        self._reader = reader
        self._loop = asyncio.get_running_loop()
        self._unread: deque[bytes | MissedText | MissedEvent] = deque()
        self._unread_bytes = 0
        self._arrival: asyncio.Future[None] | None = None
        """Set while the client waits for a chunk."""
        self._closed = False
        self._left = False

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Send the text that waits, then an event."""
        if self._left:
            return
        self._deltas.flush()
        chunk = encode_event(name, data)
        missed = None
        if self._unread_bytes + len(chunk) > MAX_UNREAD and len(chunk) > SHORT:
            missed = without_long_fields(name, data)
        self._push(chunk if missed is None else missed)

    def delta(self, template: DeltaTemplate, text: str) -> None:
        """Send a piece of text: now, or a little later together with the text that follows it."""
        if self._left:
            return
        self._deltas.add(template, text)

    def flush(self) -> None:
        """Send the text that waits."""
        self._deltas.flush()

    def close(self) -> None:
        """End the stream with the event `done`."""
        if not self._closed:
            self._deltas.flush()
            self._push(DONE)
            self._closed = True

    def leave(self) -> None:
        """The client has left: drop what it has not read."""
        if self._left:
            return
        self._left = True
        self._deltas.close()
        self._unread.clear()

    def _push_delta(self, template: DeltaTemplate, text: str) -> None:
        follows = self._arrival is not None and not self._unread  # it has read all, and waits
        if follows or self._unread_bytes + len(text) < MAX_UNREAD:
            self._push(template.fill(text))
            return
        start = template.sent
        around = template.around(len(text))
        for missed in reversed(self._unread):  # texts that come in turns are missed together, each in one piece
            if not isinstance(missed, MissedText):
                break
            if missed.source == template.source:
                missed.end = template.sent
                return
        self._push(MissedText(template.source, around, start, template.sent))

    def _push(self, chunk: bytes | MissedText | MissedEvent) -> None:
        if self._left or self._closed:
            return
        if isinstance(chunk, bytes):
            self._unread_bytes += len(chunk)
        self._unread.append(chunk)
        if self._unread_bytes > MOST_UNREAD:
            self._break_off()
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def _break_off(self) -> None:
        last = encode_event("error", ServerError(BROKEN_OFF).body) + DONE
        self._unread.clear()
        self._unread.append(last)
        self._unread_bytes = len(last)
        self._closed = True

    async def chunks(self) -> AsyncIterator[bytes]:
        """The encoded events until the stream ends; all that are ready come in one chunk."""
        try:
            while True:
                if self._unread:
                    if chunk := await self._next():
                        yield chunk
                elif self._closed:
                    return
                else:
                    await self._wait()
        finally:
            self.leave()

    async def _next(self) -> bytes:
        """The events that are ready, or the one that has to be read; nothing if that was deleted."""
        ready = list(itertools.takewhile(lambda chunk: isinstance(chunk, bytes), self._unread))
        if ready:
            for _ in ready:
                self._unread.popleft()
            joined = b"".join(ready)  # type: ignore[arg-type]
            self._unread_bytes -= len(joined)
            return joined
        missed = self._unread.popleft()
        assert not isinstance(missed, bytes)
        if isinstance(missed, MissedText):
            return await self._reader.text(missed, lambda: self._closed)
        return await self._reader.event(missed)

    async def _wait(self) -> None:
        """Wait for the next chunk, which may be a ping."""
        self._arrival = self._loop.create_future()
        ping = self._loop.call_later(PING_AFTER, self._push, PING)
        try:
            await self._arrival
        finally:
            ping.cancel()
            self._arrival = None
