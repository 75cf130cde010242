"""Joins pieces of a text into deltas, so that many streams at once do not send one for each token."""

import asyncio
from collections.abc import Callable

from assistants.runs.sse_encoding import DeltaTemplate

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


class DeltaJoiner:
    """The deltas of one stream: the first one is sent at once, later ones when `pace` allows. `send` takes them."""

    def __init__(self, pace: DeltaPace, send: Callable[[DeltaTemplate, str], None]) -> None:
        self._pace = pace
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._template: DeltaTemplate | None = None
        self._texts: list[str] = []
        """Text that waits to be sent in one delta of `_template`."""
        self._flush_timer: asyncio.Handle | None = None
        self._last_delta = 0.0
        pace.streams += 1

    def add(self, template: DeltaTemplate, text: str) -> None:
        """Send a piece of text: now, or a little later together with the text that follows it."""
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
            self._send(self._template, "".join(self._texts))
            self._texts.clear()

    def close(self) -> None:
        """Drop the text that waits: nobody reads it any more."""
        self._pace.streams -= 1
        self._texts.clear()
        if self._flush_timer is not None:
            self._flush_timer.cancel()
