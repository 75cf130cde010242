"""What Discord lets the bot do, and when: known from the headers of its own responses.

Per route there is a bucket (`X-RateLimit-Limit`, `-Remaining`, `-Reset-After`), and over all routes but those of
interactions a bot has 50 requests a second. https://discord.com/developers/docs/topics/rate-limits
"""

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

GLOBAL_RATE = 50
"""Requests a second that Discord allows a bot in all."""
FEW_BUCKETS = 256
"""Up to so many, nobody looks for idle ones."""
IDLE_AFTER = 60.0
"""Seconds after which a bucket that is full again may be forgotten."""

_PATH = re.compile(
    r"/(?:channels/(?P<channel>\d+)/messages|webhooks/\d+/(?P<token>[^/]+)(?:/messages)?)(?:/(?P<message>[^/?]+))?/?$"
)
_VERSIONED = re.compile(r"/v\d+/")
_FREE = re.compile(r"/(?:interactions|webhooks)/")


def route_of(method: str, path: str) -> str | None:
    """The name under which a message route's bucket is kept; None where the path is no message's."""
    found = _PATH.search(path)
    if found is None:
        return None
    return f"{method} {found['channel'] or found['token']}"


def counts(path: str) -> bool:
    """Whether a request counts against the bot's global limit: those of interactions and webhooks do not."""
    return _VERSIONED.search(path) is not None and _FREE.search(path) is None


@dataclass(slots=True)
class Bucket:
    """One route's allowance, as of Discord's last answer."""

    limit: int = 1
    remaining: int = 1
    window: float = 0.0
    resets_at: float = 0.0
    """Loop time; the allowance is `limit` again from then on."""
    in_flight: int = 0
    known: bool = False

    def left(self, now: float) -> int:
        """Requests that may still be sent now."""
        if not self.known:
            return 1 - self.in_flight
        return (self.limit if now >= self.resets_at else self.remaining) - self.in_flight

    def ready_at(self, now: float) -> float:
        """When the next request may be sent; infinity: when one in flight is answered, and not before."""
        if self.left(now) > 0:
            return now
        return self.resets_at if self.known and now < self.resets_at else math.inf

    def pace(self, now: float) -> float:
        """Seconds between two requests that spread what is left evenly over the window.

        The last one of a window goes out close before its end, so that it is rarely missed by a final state.
        """
        if not self.known:
            return 0.0
        if now >= self.resets_at:
            return self.window / max(self.limit, 1)
        return (self.resets_at - now) / (max(self.left(now), 0) + 1)

    def heard(self, headers: Mapping[str, str], now: float) -> None:
        """Take in one response's headers."""
        try:
            limit = int(headers["X-RateLimit-Limit"])
            remaining = int(headers["X-RateLimit-Remaining"])
            reset_after = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        if not self.known or now >= self.resets_at or limit != self.limit:
            self.window = reset_after
            self.remaining = remaining
        else:
            # Answers may arrive out of order: within a window the smaller number is the newer one.
            self.remaining = min(self.remaining, remaining)
        self.window = max(self.window, reset_after)
        self.limit, self.resets_at, self.known = limit, now + reset_after, True

    def refused(self, until: float) -> None:
        """A 429: nothing before `until` (loop time)."""
        self.known, self.remaining, self.resets_at = True, 0, until


class Buckets:
    """The buckets of the routes in use; those long idle are forgotten (every interaction has a route of its own)."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._sweep_at = FEW_BUCKETS

    def __len__(self) -> int:
        return len(self._buckets)

    def __getitem__(self, route: str) -> Bucket:
        return self._buckets.setdefault(route, Bucket())

    def heard(self, route: str, headers: Mapping[str, str], now: float) -> None:
        """Take in one response's headers for `route`."""
        self[route].heard(headers, now)
        if len(self._buckets) >= self._sweep_at:
            self._forget_idle(now)
            self._sweep_at = max(FEW_BUCKETS, 2 * len(self._buckets))

    def _forget_idle(self, now: float) -> None:
        """Drop the buckets that are full again."""
        idle = [
            key for key, bucket in self._buckets.items() if not bucket.in_flight and bucket.resets_at < now - IDLE_AFTER
        ]
        for key in idle:
            del self._buckets[key]


class Budget:
    """The bot-wide allowance, over every request that the bot makes.

    A request holds its place from when it is sent until a period after its answer: whenever Discord counted it, no more
    than `rate` can then have fallen into one period of Discord's, however the network or the machine bunches them.
    (The period is a little longer than Discord's second, for clocks that differ.)
    What is not urgent is spread over the period, so that something urgent never waits long for its turn.
    """

    def __init__(self, rate: int = GLOBAL_RATE, period: float = 1.005) -> None:
        self.rate = rate
        self.period = period
        self.open = 0
        """Requests on their way."""
        self._answered: deque[float] = deque()
        self._closed_until = 0.0
        self._spread = 0.0

    def take(self, now: float) -> None:
        """A request that counts is sent."""
        self.open += 1
        self._spread = max(self._spread, now - self.period / self.rate) + self.period / self.rate

    def answered(self, now: float) -> None:
        """A request that was taken has its answer (or has failed)."""
        self.open -= 1
        self._answered.append(now)

    def give_back(self) -> None:
        """A request that was taken was never sent."""
        self.open -= 1

    def close_until(self, when: float) -> None:
        """Discord refused with a global 429: nothing goes out before `when` (loop time)."""
        self._closed_until = max(self._closed_until, when)

    def ready_at(self, now: float, *, urgent: bool = True) -> float:
        """When the next request may be sent; infinity: when one on its way is answered, and not before."""
        used = self._used(now)
        ready = max(now, self._closed_until)
        if used >= self.rate:
            over = used - self.rate
            if over >= len(self._answered):
                return math.inf
            ready = max(ready, self._answered[over] + self.period)
        if not urgent and used * 2 > self.rate:
            ready = max(ready, self._spread)
        return ready

    def _used(self, now: float) -> int:
        while self._answered and self._answered[0] <= now - self.period:
            self._answered.popleft()
        return self.open + len(self._answered)

    def is_quiet(self, now: float) -> bool:
        """Whether no more than a quarter of the allowance is in use."""
        return self._used(now) * 4 < self.rate
