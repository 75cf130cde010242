"""The time of day, for deadlines and ages that are stored: a clock that is set forward ends nothing early.

A machine's clock is set by people and by NTP, sometimes by hours, and back again. Whoever compared a stored deadline
with it would end what people wait for. So the time is read from it once, and from then on a clock counts that nobody
sets. A clock that is set back is followed: then things last longer, and one that was wrong at the start is put right.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

STEP: Final = 2.0
"""Seconds by which a clock that is set differs at least. Less is its drift, which is followed."""


def boot_time() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps (where there is such a clock)."""
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # `time.monotonic` stands still in sleep there
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def wall_time() -> float:
    """Seconds since the epoch, by this machine's clock."""
    return time.time()


class SteadyClock:
    """Tells seconds since the epoch: those of `wall`, without the steps forward that it has made since."""

    def __init__(self, wall: Callable[[], float] = wall_time, boot: Callable[[], float] = boot_time) -> None:
        self._wall, self._boot = wall, boot
        self._offset = wall() - boot()
        self._is_set = False
        self._said = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """The time."""
        with self._lock:
            now = self._boot() + self._offset
            if self._is_set:
                return now
            ahead = self._wall() - now
            if abs(ahead) >= STEP and abs(ahead - self._said) >= STEP:
                self._said = ahead
                log.warning("clock.set", seconds=round(ahead), hint="a step forward counts from the next start on")
            if ahead >= STEP:
                return now
            self._offset += ahead
            self._said = 0.0
            return now + ahead

    def set(self, now: float) -> None:
        """Go by this time from now on, which a better clock has told: this machine's counts no more."""
        with self._lock:
            self._offset, self._is_set = now - self._boot(), True


steady_time: Final = SteadyClock()
"""This process's, begun when it starts."""
