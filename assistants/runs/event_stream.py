"""A run's event stream to one client: it queues events, and sends pings while nothing comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from assistants.runs.delta_joining import DeltaJoiner, DeltaPace
from assistants.runs.sse_encoding import DONE, PING, DeltaTemplate, encode_event

PING_AFTER = 15.0
"""Seconds of silence after which a comment tells proxies that the stream lives."""


class EventStream:
    """A run's events on their way to one client. When the client has left, every method does nothing."""

    def __init__(self, pace: DeltaPace) -> None:
        self._deltas = DeltaJoiner(pace, self._push)
        self._loop = asyncio.get_running_loop()
        self._chunks: list[bytes] = []
        self._arrival: asyncio.Future[None] | None = None
        """Set while the client waits for a chunk."""
        self._closed = False
        self._left = False

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Send the text that waits, then an event."""
        if self._left:
            return
        self._deltas.flush()
        self._push(encode_event(name, data))

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
        self._chunks.clear()

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
