"""Snowflakes, Discord's ids: the upper 42 bits are milliseconds since 2015, so that ids sort by time.

https://discord.com/developers/docs/reference#snowflakes
"""

from collections.abc import Callable

EPOCH = 1420070400.0
"""The start of 2015 in Unix seconds, from which snowflakes count."""


def snowflake_at(seconds: float) -> int:
    """Return the smallest id of a Unix second."""
    return max(0, int((seconds - EPOCH) * 1000)) << 22


def time_of(snowflake: int) -> float:
    """Return the Unix second in which an id was made."""
    return (snowflake >> 22) / 1000 + EPOCH


class Snowflakes:
    """Makes ids; each is greater than the one before."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.last = 0
        """The last id that was made."""

    def next(self) -> int:
        """Return a new id."""
        self.last = max(self.last + 1, snowflake_at(self._now()))
        return self.last

    def start_after(self, last: int) -> None:
        """Go on after an id of before the playground was started again."""
        self.last = max(self.last, last)
