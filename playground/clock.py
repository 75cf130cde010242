"""The playground's clock and timers: the machine's time, until a test moves it forward."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Timer:
    """A function that the clock calls at a Unix second, unless it is cancelled before."""

    __slots__ = ("call", "cancelled", "when")

    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self.when = when
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        """Cancel the call; a second time does nothing."""
        self.cancelled = True


class Clock:
    """Unix seconds and timers. `advance()` moves time forward at once and runs the timers on the way in order."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset = 0.0
        """Seconds that time was moved forward."""
        self.after_timer: Callable[[], None] | None = None
        """Called after each timer, when its changes are made."""
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._handle: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return Unix seconds."""
        return self._source() + self.offset

    def at(self, when: float, call: Callable[[], None]) -> Timer:
        """Call `call()` from the event loop at the Unix second `when`."""
        timer = Timer(when, call)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        if self._timers[0][2] is timer:
            self._schedule()
        return timer

    def after(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call `call()` from the event loop in `seconds`."""
        return self.at(self.now() + seconds, call)

    def advance(self, seconds: float) -> None:
        """Move time forward by `seconds`. Each timer on the way runs at its own time."""
        target = self.now() + seconds
        while self._timers and self._timers[0][0] <= target:
            when, _, timer = heapq.heappop(self._timers)
            self.offset += max(0.0, when - self.now())
            self._call(timer)
        self.offset += max(0.0, target - self.now())
        self._schedule()

    def _call(self, timer: Timer) -> None:
        if timer.cancelled:
            return
        timer.call()
        if self.after_timer is not None:
            self.after_timer()

    def close(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        self._schedule()

    def _schedule(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        if self._timers:
            delay = max(0.0, self._timers[0][0] - self.now())
            self._handle = asyncio.get_running_loop().call_later(delay, self._run_due)

    def _run_due(self) -> None:
        self._handle = None
        try:
            while self._timers and self._timers[0][0] <= self.now():
                timer = heapq.heappop(self._timers)[2]
                self._call(timer)
        finally:
            self._schedule()
