"""The playground's time: the machine's, unless a test pushes it forward."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Alarm:
    """A call that waits for its time; `cancel()` calls it off."""

    __slots__ = ("call", "cancelled", "when")

    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self.when = when
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        """Call it off; a second time does nothing."""
        self.cancelled = True


class Clock:
    """Unix seconds and alarms. `advance()` makes time pass at once, and what falls due in it happens in order."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return Unix seconds."""
        return self._source() + self._offset

    def at(self, when: float, call: Callable[[], None]) -> Alarm:
        """Call `call()` from the event loop at the Unix second `when`."""
        alarm = Alarm(when, call)
        heapq.heappush(self._alarms, (when, next(self._order), alarm))
        if self._alarms[0][2] is alarm:
            self._arm()
        return alarm

    def after(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """Call `call()` from the event loop in so many seconds."""
        return self.at(self.now() + seconds, call)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; alarms on the way see their own time."""
        target = self.now() + seconds
        while self._alarms and self._alarms[0][0] <= target:
            when, _, alarm = heapq.heappop(self._alarms)
            self._offset += max(0.0, when - self.now())
            if not alarm.cancelled:
                alarm.call()
        self._offset += max(0.0, target - self.now())
        self._arm()

    def close(self) -> None:
        """Forget every alarm."""
        self._alarms.clear()
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._alarms and self._alarms[0][2].cancelled:
            heapq.heappop(self._alarms)
        if self._alarms:
            delay = max(0.0, self._alarms[0][0] - self.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer = None
        try:
            while self._alarms and self._alarms[0][0] <= self.now():
                alarm = heapq.heappop(self._alarms)[2]
                if not alarm.cancelled:
                    alarm.call()
        finally:
            self._arm()
