"""A run's event stream to one client: it queues events, joins deltas of text, and sends pings while nothing comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from assistants.runs.sse_encoding import DONE, PING, DeltaTemplate, encode_event

PING_AFTER = 15.0
"""Seconds of silence after which a comment tells proxies that the stream lives."""

SHORTEST_INTERVAL, LONGEST_INTERVAL = 0.025, 0.1
"""Seconds between two deltas of one stream: when few streams run, and when many do."""

DELTAS_A_SECOND = 400
"""Deltas of all streams together, at most, while up to 40 streams run."""


class DeltaPace:
    """How often a stream sends a delta. It depends on how many streams the process serves."""

    def __init__(self) -> None:
        self.streams = 0

    @property
    def interval(self) -> float:
        """Seconds between two deltas of a stream, at least."""
        return min(LONGEST_INTERVAL, max(SHORTEST_INTERVAL, self.streams / DELTAS_A_SECOND))


class EventStream:
    """A run's events on their way to one client. When the client has left, every method does nothing.

    Deltas of text are joined: the first one is sent at once, later ones when `pace` allows.
    """

    def __init__(self, pace: DeltaPace) -> None:
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._chunks: list[bytes] = []
        self._arrival: asyncio.Future[None] | None = None
        """Set while the client waits for a chunk."""
        self._closed = False
        self._left = False
        self._template: DeltaTemplate | None = None
        self._texts: list[str] = []
        """Text that waits to be sent in one delta of `_template`."""
        self._flush_timer: asyncio.Handle | None = None
        self._last_delta = 0.0
        pace.streams += 1

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Send the text that waits, then an event."""
        if self._left:
            return
        self.flush()
        self._push(encode_event(name, data))

    def delta(self, template: DeltaTemplate, text: str) -> None:
        """Send a piece of text: now, or a little later together with the text that follows it."""
        if self._left:
            return
        if self._template is not template:
            self.flush()
            self._template = template
        self._texts.append(text)
        if self._flush_timer is not None:
            return
        wait = self._last_delta + self._pace.interval - self._loop.time()
        # `call_soon`: pieces that come within one turn of the event loop are sent as one delta.
        self._flush_timer = self._loop.call_soon(self.flush) if wait <= 0 else self._loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Send the text that waits."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if self._texts and self._template is not None:
            self._last_delta = self._loop.time()
            self._push(self._template.fill("".join(self._texts)))
            self._texts.clear()

    def close(self) -> None:
        """End the stream with the event `done`."""
        if not self._closed:
            self.flush()
            self._push(DONE)
            self._closed = True

    def leave(self) -> None:
        """The client has left: drop what it has not read."""
        if self._left:
            return
        self._left = True
        self._pace.streams -= 1
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
        """The encoded events until the stream ends; all that are ready come in one chunk."""
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
        """Wait for the next chunk, which may be a ping."""
        self._arrival = self._loop.create_future()
        ping = self._loop.call_later(PING_AFTER, self._push, PING)
        try:
            await self._arrival
        finally:
            ping.cancel()
            self._arrival = None
