"""Discord's limits for new threads, as its responses tell them: of a channel, of a guild, of the whole bot.

The headers tell the state of one bucket, but not whose it is: of the channel, or of all channels of the guild. Some
limits no header tells at all, only their 429. So each scope has its own `ThreadLimit`, and what a channel's own
requests do not explain is taken for the state of the scope around it.
"""

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

AT_ONCE_IN_CHANNEL = 8
AT_ONCE_IN_GUILD = 8
AT_ONCE = 24
"""Threads that are asked for at the same time: so many requests at most are refused by a limit that no header tells."""
LONGEST_WINDOW = 600.0
"""Seconds; Discord's windows for threads are five minutes."""
SAME_WINDOW = 1.0
"""Seconds by which the ends of one window may differ, as two responses tell it."""
HANGING = 60.0
"""Seconds that a request is expected to go on hanging."""
FEW_CHANNELS = 512
"""With fewer channels than this, idle ones are not searched for."""


@dataclass(frozen=True, slots=True)
class BucketState:
    """What the headers of a response tell of a bucket; `resets_at` is loop time."""

    limit: int
    remaining: int
    resets_at: float

    @classmethod
    def of(cls, headers: Mapping[str, str], now: float) -> "BucketState | None":
        """Read the headers; None if they tell nothing."""
        try:
            return cls(
                int(headers["X-RateLimit-Limit"]),
                int(headers["X-RateLimit-Remaining"]),
                now + float(headers["X-RateLimit-Reset-After"]),
            )
        except (KeyError, ValueError):
            return None


@dataclass(slots=True, eq=False)
class ThreadLimit:
    """What is known of the limit of one scope; `around` is the scope that it lies in."""

    at_once: int
    around: "ThreadLimit | None" = None
    in_flight: int = 0
    """Requests under way, here and in the scopes within."""
    remaining: int | None = None
    """How many more threads the window allows; None: no response has told it."""
    resets_at: float = 0.0
    closed_until: float = 0.0
    hanging: int = 0
    """Requests that nobody waits for any more, and that are not answered: discord.py holds back those after them."""
    _made: deque[float] = field(default_factory=deque)
    _refusing: dict["ThreadLimit", float] = field(default_factory=dict)
    """The scopes within that were refused, each with the time until which it is closed."""

    def opens_at(self, now: float) -> float:
        """When a thread may be asked for: now, later, or (infinity) when a request under way is answered."""
        scopes = list(self._scopes())
        closed = max(scope._closed_until(now) for scope in scopes)
        if self.hanging:
            return max(closed, now + HANGING)
        if closed > now:
            return closed
        return math.inf if any(scope.in_flight >= scope.at_once for scope in scopes) else now

    def _scopes(self) -> "Iterator[ThreadLimit]":
        """This scope and those around it."""
        scope: ThreadLimit | None = self
        while scope is not None:
            yield scope
            scope = scope.around

    def _closed_until(self, now: float) -> float:
        used_up = self.remaining is not None and self.remaining <= self.in_flight and now < self.resets_at
        return max(self.closed_until, self.resets_at) if used_up else self.closed_until

    def take(self) -> None:
        """A thread is asked for."""
        for scope in self._scopes():
            scope.in_flight += 1

    def release(self) -> None:
        """The request is answered, or nobody waits for it any more."""
        for scope in self._scopes():
            scope.in_flight -= 1

    def count(self, now: float) -> None:
        """A thread was made, or may have been made."""
        for scope in self._scopes():
            scope._made.append(now)
            while scope._made[0] < now - LONGEST_WINDOW:
                scope._made.popleft()

    def learn(self, told: BucketState) -> None:
        """A response tells the state of the bucket; `release` and `count` come before.

        Responses may come in another order than the requests: within a window the smaller number is the newer one.
        """
        if self.remaining is None or told.resets_at > self.resets_at + SAME_WINDOW:
            self.remaining = told.remaining
        elif told.resets_at >= self.resets_at - SAME_WINDOW:
            self.remaining = min(self.remaining, told.remaining)
        self.resets_at = max(self.resets_at, told.resets_at)
        unexplained = told.limit - told.remaining > len(self._made) + self.in_flight
        if unexplained and self.around is not None:
            self.around.learn(told)

    def refuse(self, until: float, told: BucketState | None, now: float) -> None:
        """Discord has answered with a 429: no thread is made before `until`.

        If the bucket had room, or two scopes within the one around it are refused, the limit is that scope's.
        """
        self.closed_until = max(self.closed_until, until)
        around = self.around
        if around is None:
            return
        around._refusing = {each: closed for each, closed in around._refusing.items() if closed > now}
        around._refusing[self] = until
        if (told is not None and told.remaining > 0) or len(around._refusing) > 1:
            around.refuse(until, None, now)

    def is_idle(self, now: float) -> bool:
        """Whether nothing would be lost if it were forgotten."""
        return not self.in_flight and not self.hanging and max(self.resets_at, self.closed_until) < now


class ThreadLimits:
    """The limits of all channels and guilds."""

    def __init__(self) -> None:
        self._all = ThreadLimit(AT_ONCE)
        self._guilds: dict[int, ThreadLimit] = {}
        self._channels: dict[int, ThreadLimit] = {}

    def of(self, guild_id: int, channel_id: int, now: float) -> ThreadLimit:
        """The limit of a channel."""
        if len(self._channels) >= FEW_CHANNELS:
            self._channels = {each: limit for each, limit in self._channels.items() if not limit.is_idle(now)}
        guild = self._guilds.setdefault(guild_id, ThreadLimit(AT_ONCE_IN_GUILD, self._all))
        return self._channels.setdefault(channel_id, ThreadLimit(AT_ONCE_IN_CHANNEL, guild))
