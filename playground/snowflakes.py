"""Discord's ids: milliseconds since 2015 in the upper 42 bits, so that they sort by time.

https://discord.com/developers/docs/reference#snowflakes
"""

from collections.abc import Callable

EPOCH = 1420070400.0
"""Discord's first second, in Unix seconds."""


def snowflake_at(seconds: float) -> int:
    """Return the smallest id of a Unix second."""
    return max(0, int((seconds - EPOCH) * 1000)) << 22


def time_of(snowflake: int) -> float:
    """Return the Unix second in which an id was made."""
    return (snowflake >> 22) / 1000 + EPOCH


class Snowflakes:
    """Makes ids that only ever grow."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0

    def next(self) -> int:
        """Return a new id."""
        self._last = max(self._last + 1, snowflake_at(self._now()))
        return self._last
