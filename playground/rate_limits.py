"""Discord's rate limits: buckets per route and place, and fifty requests a second in all.

https://discord.com/developers/docs/topics/rate-limits - the sizes of buckets are not published; those here are what
its headers say to bots.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds. A `shared` one is counted for everyone together in its place."""

    limit: int
    per: float
    shared: bool = False


ORDINARY: Final = Rate(10, 2.0)

RATES: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        "messages.create": Rate(5, 5.0),
        "messages.edit": Rate(5, 5.0),
        "messages.delete": Rate(5, 1.0),
        "messages.bulk_delete": Rate(1, 1.0),
        "messages.read": Rate(5, 1.0),
        "reactions": Rate(1, 0.25),
        "typing": Rate(5, 5.0),
        "pins": Rate(5, 4.0),
        "threads.create": Rate(50, 300.0, shared=True),
        "channels.edit": Rate(5, 15.0),
        "dms.create": Rate(10, 10.0),
        "commands.write": Rate(5, 20.0),
        "webhooks.execute": Rate(5, 2.0),
        "webhooks.edit": Rate(5, 2.0),
        "gateway": Rate(2, 5.0),
    }
)

RENAMES: Final = Rate(2, 600.0)
"""Names and topics of a channel: a limit that no header shows."""


@dataclass(slots=True)
class Bucket:
    """A bucket that is in use: it is full again at `resets`, in Unix seconds."""

    resets: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class RateLimitResult:
    """What a request may do, and the headers that say so."""

    allowed: bool
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float = 0.0
    is_global: bool = False
    scope: str = "user"


class RateLimits:
    """Counts requests. `now` gives Unix seconds."""

    def __init__(
        self,
        now: Callable[[], float],
        rates: Mapping[str, Rate] = RATES,
        *,
        per_second: int = 50,
        enabled: bool = True,
    ) -> None:
        self._now = now
        self._rates = rates
        self.per_second = per_second
        self.enabled = enabled
        self._windows: dict[tuple[object, ...], Bucket] = {}
        self._hashes: dict[str, str] = {}

    def overall(self, who: int) -> RateLimitResult:
        """Count a request against the caller's fifty a second."""
        window = self._window(("*", who), 1.0)
        window.used += 1
        if not self.enabled or window.used <= self.per_second:
            return RateLimitResult(allowed=True)
        wait = window.resets - self._now()
        headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return RateLimitResult(False, headers | _retry(wait), wait, is_global=True, scope="global")

    def take(self, name: str, who: int, place: object) -> RateLimitResult:
        """Count a request against its bucket; a refused one counts for nothing."""
        rate = self._rates.get(name, ORDINARY)
        window = self._window((name, 0 if rate.shared else who, place), rate.per)
        left = rate.limit - window.used
        allowed = left > 0 or not self.enabled
        if allowed:
            window.used += 1
        wait = max(0.0, window.resets - self._now())
        headers = {
            "X-RateLimit-Limit": str(rate.limit),
            "X-RateLimit-Remaining": str(max(0, rate.limit - window.used)),
            "X-RateLimit-Reset": f"{window.resets:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": self._hash(name),
        }
        if allowed:
            return RateLimitResult(True, headers)
        scope = "shared" if rate.shared else "user"
        return RateLimitResult(False, headers | {"X-RateLimit-Scope": scope} | _retry(wait), wait, scope=scope)

    def take_hidden(self, name: str, place: object, rate: Rate) -> float:
        """Count against a limit that no header shows; returns the seconds to wait, 0 when there is room."""
        window = self._window((name, place), rate.per)
        if self.enabled and window.used >= rate.limit:
            return max(0.001, window.resets - self._now())
        window.used += 1
        return 0.0

    def _window(self, key: tuple[object, ...], per: float) -> Bucket:
        now = self._now()
        window = self._windows.get(key)
        if window is None or window.resets <= now:
            if len(self._windows) > 10_000:
                self._windows = {each: kept for each, kept in self._windows.items() if kept.resets > now}
            window = self._windows[key] = Bucket(now + per)
        return window

    def _hash(self, name: str) -> str:
        found = self._hashes.get(name)
        if found is None:
            found = self._hashes[name] = hashlib.blake2s(name.encode(), digest_size=16).hexdigest()
        return found


def _retry(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
