"""Discord's own time, by which its ids count.

The clock of this machine may be wrong, and may be set back or forth while the bot runs or between two starts. So the
`Date` of Discord's responses counts, and the seconds since then by a clock that nobody sets. (While the machine sleeps,
that clock may stand still: then the time is earlier than Discord's, never later.)
"""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class DiscordClock:
    """Tells Discord's time; this machine's until Discord has told its own."""

    def __init__(self) -> None:
        self._heard: tuple[datetime, float] | None = None

    def hear(self, date: str | None) -> None:
        """Read the `Date` header of a response (RFC 9110, 6.6.1); one that cannot be read changes nothing."""
        try:
            told = parsedate_to_datetime(date or "")
        except ValueError:
            return
        self._heard = (told if told.tzinfo is not None else told.replace(tzinfo=UTC)), time.monotonic()

    def now(self) -> datetime:
        """The time in UTC, to the second."""
        if self._heard is None:
            return datetime.now(UTC)
        told, then = self._heard
        return told + timedelta(seconds=time.monotonic() - then)
