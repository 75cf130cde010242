"""Discord's rate limits: how many requests the bot may send, and when. Discord's own response headers say so.

Each route has a bucket (`X-RateLimit-Limit`, `-Remaining`, `-Reset-After`). Over all routes together a bot has 50
requests a second; requests of interactions do not count. https://discord.com/developers/docs/topics/rate-limits
"""

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.replies.limits.invalid_requests import InvalidRequests

GLOBAL_RATE = 50
"""Requests a second that Discord allows a bot in all."""
FEW_BUCKETS = 256
"""With fewer buckets than this, idle ones are not searched for."""
PROBED_AFTER = 5.0
"""Seconds after which a route that Cloudflare has refused is tried again, whatever it says."""
PROBES_A_SECOND = 5.0
"""How many such routes are tried in a second: 3,000 in ten minutes, where 10,000 refusals are too many."""
IDLE_AFTER = 60.0
"""Seconds after which a bucket that is full again may be forgotten."""

_PATH = re.compile(
    r"/(?:channels/(?P<channel>\d+)/messages|webhooks/\d+/(?P<token>[^/]+)(?:/messages)?)(?:/(?P<message>[^/?]+))?/?$"
)
_VERSIONED = re.compile(r"/v\d+/")
_NOT_COUNTED = re.compile(r"/(?:interactions|webhooks)/")


def route_of(method: str, path: str) -> str | None:
    """The key of the bucket of a route that sends or edits messages; None for every other path."""
    found = _PATH.search(path)
    if found is None:
        return None
    return f"{method} {found['channel'] or found['token']}"


def retry_after(headers: Mapping[str, str]) -> float:
    """For how many seconds a 429 says that nothing is to be sent; a second where it says nothing that can be read.

    Between Discord and the bot others answer too (Cloudflare, proxies), by a date, or by nonsense.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    for name in ("Retry-After", "X-RateLimit-Reset-After"):
        text = headers.get(name) or ""
        try:
            seconds = float(text)
        except ValueError:
            try:
                now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
                seconds = (parsedate_to_datetime(text) - now).total_seconds()
            except (ValueError, TypeError):  # TypeError: one of the two has no time zone
                continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    return 1.0


def counts_globally(path: str) -> bool:
    """Whether a request counts against the bot's global limit: requests of interactions and webhooks do not."""
    return _VERSIONED.search(path) is not None and _NOT_COUNTED.search(path) is None


@dataclass(slots=True)
class Bucket:
    """One route's rate limit, as Discord's last response told it."""

    limit: int = 1
    remaining: int = 1
    window: float = 0.0
    resets_at: float = 0.0
    """Loop time from which `limit` requests are allowed again."""
    in_flight: int = 0
    known: bool = False
    """Whether a response has told the limit yet; until then one request goes out at a time."""

    def available(self, now: float) -> int:
        """How many requests may be sent now."""
        if not self.known:
            return 1 - self.in_flight
        return (self.limit if now >= self.resets_at else self.remaining) - self.in_flight

    def ready_at(self, now: float) -> float:
        """When the next request may be sent; infinity if a request in flight must be answered first."""
        if self.available(now) > 0:
            return now
        return self.resets_at if self.known and now < self.resets_at else math.inf

    def pace(self, now: float) -> float:
        """Seconds between two requests, so that the available ones are spread evenly over the rest of the window.

        The last request of a window goes out shortly before the window ends, so that a final state seldom has to wait.
        """
        if not self.known:
            return 0.0
        if now >= self.resets_at:
            return self.window / max(self.limit, 1)
        return (self.resets_at - now) / (max(self.available(now), 0) + 1)

    def update(self, headers: Mapping[str, str], now: float) -> None:
        """Read the headers of a response."""
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
            # Responses may arrive out of order: within a window the smaller number is the newer one.
            self.remaining = min(self.remaining, remaining)
        self.window = max(self.window, reset_after)
        self.limit, self.resets_at, self.known = limit, now + reset_after, True

    def close_until(self, when: float) -> None:
        """Discord answered with a 429: send nothing before `when` (loop time)."""
        self.known, self.remaining, self.resets_at = True, 0, when


class Buckets:
    """The buckets of the routes in use. Every interaction has a route of its own, so buckets that are long idle go.

    Cloudflare refuses an address, whatever the route. It may stop at any time, so each route that it has refused is
    tried again after PROBED_AFTER seconds (later where they are many), and all go on when one gets through.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._refused: set[str] = set()
        self._sweep_at = FEW_BUCKETS

    def __len__(self) -> int:
        return len(self._buckets)

    def __getitem__(self, route: str) -> Bucket:
        return self._buckets.setdefault(route, Bucket())

    def refuse(self, route: str | None, seconds: float, now: float) -> float:
        """A request was refused, but not by Discord, for so long; after how many seconds the route is tried again."""
        if route is not None:
            self._refused.add(route)
        wait = min(seconds, max(PROBED_AFTER, len(self._refused) / PROBES_A_SECOND))
        if route is not None:
            self[route].close_until(now + wait)
        return min(wait, PROBED_AFTER)

    def update(self, route: str, headers: Mapping[str, str], now: float) -> None:
        """Read the headers of a response to a request on `route`, which Discord has not refused."""
        if route in self._refused:
            for each in self._refused & self._buckets.keys():
                self[each].resets_at = min(self[each].resets_at, now)
            self._refused.clear()
        self[route].update(headers, now)
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


class GlobalRateLimit:
    """The limit over all requests that the bot makes.

    A request takes a place when it is sent, and gives it back one period after its response. Discord counts a request
    at some moment between the two. So, however the network or the machine delays requests, no more than `rate` of them
    fall into one period of Discord's. (The period is a little longer than Discord's second, for clocks that differ.)
    Requests that are not urgent are spread over the period, so that an urgent one never waits long.
    """

    def __init__(self, rate: int = GLOBAL_RATE, period: float = 1.005) -> None:
        self.rate = rate
        self.period = period
        self.in_flight = 0
        """Requests that have no response yet."""
        self.on_room: Callable[[], None] = lambda: None
        """Called when requests may be sent that no response has made room for."""
        self.invalid_requests = InvalidRequests()
        self._answered: deque[float] = deque()
        self._closed_until = 0.0
        self._spread = 0.0

    def places(self, _now: float) -> int:
        """How many requests may fall into one period."""
        return self.rate

    def take(self, now: float, *, urgent: bool = True) -> None:  # noqa: ARG002 - limits that are shared look at it
        """A request that counts is sent."""
        self.in_flight += 1
        gap = self.period / max(self.places(now), 1)
        self._spread = max(self._spread, now - gap) + gap

    def answered(self, now: float) -> None:
        """A request has its response, or has failed."""
        self.in_flight -= 1
        self._answered.append(now)

    def give_back(self) -> None:
        """A place was taken, but the request was never sent."""
        self.in_flight -= 1

    def close_until(self, when: float) -> None:
        """Discord answered with a global 429: send nothing before `when` (loop time)."""
        self._closed_until = max(self._closed_until, when)

    def refused(self, now: float) -> None:
        """A response counts as an invalid request: before they are too many, nothing more is sent for a while."""
        if seconds := self.invalid_requests.add(now):
            self.close_until(now + seconds)

    def wait(self, *, urgent: int, other: int) -> None:
        """So many requests wait now for room under this limit."""

    def ready_at(self, now: float, *, urgent: bool = True) -> float:
        """When the next request may be sent; infinity if a request in flight must be answered first."""
        places, used = self.places(now), self.used(now)
        ready = max(now, self._closed_until)
        if used >= places:
            over = used - places
            if over >= len(self._answered):
                return math.inf
            ready = max(ready, self._answered[over] + self.period)
        if not urgent and used * 2 > places:
            ready = max(ready, self._spread)
        return ready

    def used(self, now: float) -> int:
        """How many places are taken."""
        while self._answered and self._answered[0] <= now - self.period:
            self._answered.popleft()
        return self.in_flight + len(self._answered)

    def is_quiet(self, now: float) -> bool:
        """Whether no more than a quarter of the limit is in use."""
        return self.used(now) * 4 < self.rate
