"""How often each of some causes came in the last hour, in little memory, however often and in whatever number."""

import threading
from collections.abc import Callable
from typing import Final

from database.steady_clock import steady_time

HOUR: Final = 3_600
MINUTE: Final = 60
MOST_CAUSES: Final = 50
OTHER: Final = "other"
"""What further causes are counted as, when there are too many."""


class HourlyCounts:
    """Counts by cause and minute. Any thread may count."""

    def __init__(self, clock: Callable[[], float] = steady_time, most: int = MOST_CAUSES) -> None:
        self._clock = clock
        self._most = most
        self._minutes: dict[str, dict[int, int]] = {}
        self._lock = threading.Lock()
        self.ever = 0
        """How often any came since the beginning."""

    def add(self, cause: str) -> None:
        """It came once more."""
        minute = int(self._clock()) // MINUTE
        with self._lock:
            self.ever += 1
            if cause not in self._minutes and len(self._minutes) >= self._most:
                self._forget(minute)
                if len(self._minutes) >= self._most:
                    cause = OTHER
            minutes = self._minutes.setdefault(cause, {})
            minutes[minute] = minutes.get(minute, 0) + 1
            if len(minutes) > HOUR // MINUTE:
                del minutes[min(minutes)]

    def counts(self, seconds: float = HOUR) -> dict[str, int]:
        """How often each came in the last `seconds` (to the minute, an hour at most), the most frequent first."""
        since = (self._clock() - seconds) / MINUTE
        with self._lock:
            found = {
                cause: sum(count for minute, count in minutes.items() if minute > since)
                for cause, minutes in self._minutes.items()
            }
        return dict(sorted(((cause, count) for cause, count in found.items() if count), key=lambda each: -each[1]))

    def total(self, seconds: float = HOUR) -> int:
        """How often any of them came."""
        return sum(self.counts(seconds).values())

    def _forget(self, minute: int) -> None:
        """Let go of what did not come for an hour."""
        old = minute - HOUR // MINUTE
        for cause in [cause for cause, minutes in self._minutes.items() if max(minutes) <= old]:
            del self._minutes[cause]
