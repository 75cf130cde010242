"""How many sessions a bot may start: so many in a day, and in five seconds one of each kind of shard.

https://discord.com/developers/docs/events/gateway#session-start-limit-object
"""

import math
from typing import Any, Final

from playground.clock import Clock
from playground.gateway.opcodes import CloseCode, CloseConnection

Json = dict[str, Any]

DAY: Final = 86_400.0
BETWEEN_IDENTIFIES: Final = 5.0
"""Seconds from one identify to the next of shards whose numbers are the same modulo `max_concurrency`."""
TOLD_CONCURRENCY: Final = 16
"""What bots are told where no `max_concurrency` is set."""


class SessionStarts:
    """The session starts of one bot. Without a `max_concurrency` no identify comes too early."""

    def __init__(self, clock: Clock, *, total: int = 1000, max_concurrency: int | None = None) -> None:
        self.total = total
        self.max_concurrency = max_concurrency
        self.remaining = total
        self.refused = 0
        """Identifies that came when none remained."""
        self.too_early = 0
        """Identifies that came within five seconds after another one of their kind."""
        self._clock = clock
        self._resets_at = clock.now() + DAY
        self._last: dict[int, float] = {}

    def use_up(self, seconds: float = DAY, remaining: int = 0) -> None:
        """Leave `remaining` starts until the reset in `seconds`."""
        self.remaining, self._resets_at = remaining, self._clock.now() + seconds

    def as_json(self) -> Json:
        """Return the `session_start_limit` of `GET /gateway/bot`."""
        self._reset_when_due()
        return {
            "total": self.total,
            "remaining": self.remaining,
            "reset_after": math.ceil((self._resets_at - self._clock.now()) * 1000),
            "max_concurrency": self.max_concurrency or TOLD_CONCURRENCY,
        }

    def count(self, shard_id: int) -> bool:
        """Count an identify; False when it comes too early.

        Raises:
            CloseConnection: none remained. Discord resets the bot's token then too, which the playground does not do.
        """
        self._reset_when_due()
        if self.remaining <= 0:
            self.refused += 1
            raise CloseConnection(CloseCode.AUTHENTICATION_FAILED, "Too many identifies.")
        self.remaining -= 1
        if self.max_concurrency is None:
            return True
        now, kind = self._clock.now(), shard_id % self.max_concurrency
        if now - self._last.get(kind, -math.inf) < BETWEEN_IDENTIFIES:
            self.too_early += 1
            return False
        self._last[kind] = now
        return True

    def _reset_when_due(self) -> None:
        now = self._clock.now()
        if now >= self._resets_at:
            self.remaining, self._resets_at = self.total, now + DAY
