"""Discord's own time, by which its ids count, and all times that the bot stores.

The clock of this machine may be wrong, may differ from another machine's, and may be set back or forth while the bot
runs or between two starts. So the `Date` of Discord's responses counts, and the seconds since then by a clock that
nobody sets. Where this machine's clock agrees with it when the bot starts, it tells the fractions of a second.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import structlog

from database.steady_clock import SteadyClock

log = structlog.get_logger(__name__)

TOLERANCE: Final = 3.0
"""Seconds by which this machine may differ: `Date` has whole seconds, and responses are on their way for some time."""


class DiscordClock:
    """Tells Discord's time; this machine's until Discord has told its own."""

    def __init__(self, steady: SteadyClock | None = None) -> None:
        self._steady = steady or SteadyClock()
        self._heard = False

    def hear(self, date: str | None) -> None:
        """Read the `Date` header of a response (RFC 9110, 6.6.1); one that cannot be read changes nothing."""
        try:
            told = parsedate_to_datetime(date or "")
        except ValueError:
            return
        seconds = (told if told.tzinfo is not None else told.replace(tzinfo=UTC)).timestamp()
        now = self._steady()
        if abs(now - seconds) > TOLERANCE:
            log.warning("clock.differs_from_discord", seconds=round(now - seconds))
            now = seconds + 0.5  # `Date` is cut to whole seconds
            self._steady.set(now)
        elif not self._heard:
            self._steady.set(now)  # from now on no change of this machine's clock counts
        self._heard = True

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self._steady()

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.fromtimestamp(self._steady(), UTC)

    def begin_anew(self) -> None:
        """Go by this machine's clock until Discord tells its time: for tests, as each of their Discords has its own."""
        self._steady, self._heard = SteadyClock(), False


DISCORD_CLOCK: Final = DiscordClock()
"""The one of this process."""
