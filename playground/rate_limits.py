"""Discord's rate limits: a bucket for each route and channel, and 50 requests a second in all.

https://discord.com/developers/docs/topics/rate-limits

Discord publishes no sizes of buckets; these are the ones that its headers tell bots.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rate:
    """`limit` requests in `per` seconds. A `shared` rate counts the requests of all users together.

    A `guild` rate counts the requests to all channels of a guild together. If it is `hidden` too, the headers tell the
    state of each channel as if it had the rate for itself, and only the 429 tells more: such limits Discord has.
    """

    limit: int
    per: float
    shared: bool = False
    guild: bool = False
    hidden: bool = False


DEFAULT_RATE: Final = Rate(10, 2.0)

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
"""Changes of a channel's name or topic; no header shows this limit."""


@dataclass(slots=True)
class Bucket:
    """A bucket in use. It is empty again at `resets`, in Unix seconds."""

    resets: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class RateLimitResult:
    """Whether a request is allowed, and the headers that tell it."""

    allowed: bool
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float = 0.0
    is_global: bool = False
    scope: str = "user"


class RateLimits:
    """Counts requests in buckets. `now` returns Unix seconds."""

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
        self._buckets: dict[tuple[object, ...], Bucket] = {}
        self._hashes: dict[str, str] = {}

    def count_global(self, user_id: int) -> RateLimitResult:
        """Count a request against the user's 50 a second."""
        bucket = self._bucket(("*", user_id), 1.0)
        bucket.used += 1
        if not self.enabled or bucket.used <= self.per_second:
            return RateLimitResult(allowed=True)
        wait = bucket.resets - self._now()
        headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return RateLimitResult(False, headers | _retry(wait), wait, is_global=True, scope="global")

    def count(self, name: str, user_id: int, major: object, guild_id: int | None = None) -> RateLimitResult:
        """Count a request in a bucket: that of the route or bucket `name` and the path's major parameters.

        `guild_id` is the guild of the path's channel. A refused request does not count.
        """
        rate = self._rates.get(name, DEFAULT_RATE)
        whose = 0 if rate.shared else user_id
        by_guild = rate.guild and guild_id is not None
        bucket = self._bucket((name, whose, "guild", guild_id) if by_guild else (name, whose, major), rate.per)
        allowed = bucket.used < rate.limit or not self.enabled
        if allowed:
            bucket.used += 1
        told = bucket
        if by_guild and rate.hidden:
            told = self._bucket((name, whose, major), rate.per)
            told.used += allowed
        wait = max(0.0, bucket.resets - self._now())
        headers = {
            "X-RateLimit-Limit": str(rate.limit),
            "X-RateLimit-Remaining": str(max(0, rate.limit - told.used)),
            "X-RateLimit-Reset": f"{told.resets:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, told.resets - self._now()):.3f}",
            "X-RateLimit-Bucket": self._hash(name),
        }
        if allowed:
            return RateLimitResult(True, headers)
        scope = "shared" if rate.shared else "user"
        return RateLimitResult(False, headers | {"X-RateLimit-Scope": scope} | _retry(wait), wait, scope=scope)

    def count_hidden(self, name: str, key: object, rate: Rate) -> float:
        """Count against a limit that no header shows; return the seconds to wait, 0 when the request is allowed."""
        bucket = self._bucket((name, key), rate.per)
        if self.enabled and bucket.used >= rate.limit:
            return max(0.001, bucket.resets - self._now())
        bucket.used += 1
        return 0.0

    def _bucket(self, key: tuple[object, ...], per: float) -> Bucket:
        now = self._now()
        bucket = self._buckets.get(key)
        if bucket is None or bucket.resets <= now:
            if len(self._buckets) > 10_000:
                self._buckets = {each: kept for each, kept in self._buckets.items() if kept.resets > now}
            bucket = self._buckets[key] = Bucket(now + per)
        return bucket

    def _hash(self, name: str) -> str:
        found = self._hashes.get(name)
        if found is None:
            found = self._hashes[name] = hashlib.blake2s(name.encode(), digest_size=16).hexdigest()
        return found


def _retry(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
