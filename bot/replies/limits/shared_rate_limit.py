"""Discord's global limit, as one of several processes keeps it that share it: what it may send, and when it has to ask.

The state of one process, moved by calls and times alone; `allowance_leases.py` carries its steps out.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.replies.limits.rate_limits import GLOBAL_RATE, GlobalRateLimit
from bot.replies.limits.request_allowance import OWN, Demand, HeldPlaces, Lease, Share

RENEW: Final = 1.0
"""Seconds after which a lease that is used is renewed, and a database asked again that has not answered."""
QUIET: Final = 3.0
"""Seconds without requests after which what is leased is given back."""
SEEN: Final = 15.0
"""Seconds after which a process that sends nothing says that it is there."""
STEP: Final = 0.03
"""Seconds between two steps at least."""


class Kind(Enum):
    """What the database is asked for."""

    LEASE = "lease"
    GIVE_BACK = "give back"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, and when, unless something happens before."""

    at: float
    kind: Kind = Kind.LEASE


class SharedRateLimit(GlobalRateLimit):
    """The part of Discord's global limit that this process may use."""

    def __init__(self, process_id: str, period: float = 1.005) -> None:
        super().__init__(GLOBAL_RATE, period)
        self.process_id = process_id
        self.held = HeldPlaces()
        self.on_step: Callable[[], None] = lambda: None
        """Called when the next step may be another one."""
        self._sent: deque[tuple[float, bool]] = deque()
        """When requests were sent in the last period, and whether they were urgent."""
        self._last_sent = -math.inf
        self._waiting = self._told = Demand()
        """Requests that wait, and the demand that the database knows."""
        self._asked_at = -math.inf
        self._must_look = False
        """Whether something has happened that the database should know or can tell."""
        self._is_short = False
        self._leases = 0
        self._told_closed_until = -math.inf
        """What Discord has told this process itself."""

    # What the outbox calls

    def places(self, now: float) -> int:
        """How many requests of this process may fall into one period."""
        return self.held.at(now)

    def take(self, now: float, *, urgent: bool = True) -> None:
        """A request that counts is sent."""
        super().take(now, urgent=urgent)
        self._sent.append((now, urgent))
        self._last_sent = now
        if self.held.held <= OWN:
            self.on_step()

    def wait(self, *, urgent: int, other: int) -> None:
        """So many requests wait now for room under this limit."""
        before, self._waiting = self._waiting, Demand(urgent, other)
        if urgent > before.urgent or other > before.other:
            self.on_step()

    def close_until(self, when: float) -> None:
        """Discord answered with a global 429: so it does to the others, who are told."""
        super().close_until(when)
        if when > self._told_closed_until:
            self._told_closed_until = when
            self._must_look = True
            self.on_step()

    # What the other processes tell

    def others_want(self) -> None:
        """Another process has less than it may have."""
        if self.held.held > OWN:
            self._must_look = True
            self.on_step()

    def others_gave_back(self) -> None:
        """Another process holds less than before."""
        if self._is_short or self._waiting != Demand():
            self._must_look = True
            self.on_step()

    def another_joined(self) -> None:
        """Another process is there: how many there are says what each may send while the database is away."""
        self.held.another_joined()
        self._must_look = True
        self.on_step()

    def closed_by_others(self, when: float) -> None:
        """Discord answered another process with a global 429."""
        super().close_until(when)

    # The steps

    def demand(self, now: float) -> Demand:
        """What this process sends in a period, and would send besides."""
        while self._sent and self._sent[0][0] <= now - self.period:
            self._sent.popleft()
        sent = sum(urgent for _, urgent in self._sent)
        urgent = min(self._waiting.urgent + sent, GLOBAL_RATE)
        return Demand(urgent, min(self._waiting.other + len(self._sent) - sent, GLOBAL_RATE - urgent))

    def next_step(self, now: float) -> Step:
        """What to ask the database for next."""
        held, soon, in_use = self.held, self._asked_at + STEP, self._in_use(now)
        if held.failing:
            return Step(self._asked_at + RENEW)
        if not in_use:
            held.goal = min(held.goal, OWN)
        if held.lasts(now) and held.held > self._kept(now):
            return Step(soon, Kind.GIVE_BACK)
        if self._must_look:
            return Step(soon)
        if held.lasts(now) and held.held > held.goal:
            return Step(max(soon, min(self._next_free(now), self._asked_at + RENEW)), Kind.GIVE_BACK)
        if not in_use:
            return Step(self._asked_at + SEEN)
        return Step(soon if self._wants_more(now) else self._asked_at + RENEW)

    @property
    def is_new(self) -> bool:
        """Whether the others do not know of it yet."""
        return self._leases == 0

    def asks(self, now: float, kind: Kind) -> Share:
        """The share that a step asks for; its times are told by `closed_for`. The step is then under way."""
        self._asked_at, self._must_look, self._told = now, False, self.demand(now)
        self.held.asked()
        places = self._kept(now) if kind is Kind.GIVE_BACK else self.held.held
        invalid = self.invalid_requests.count(now)
        return Share(self.process_id, places, min(OWN, places), demand=self._told, invalid=invalid)

    def closed_for(self, now: float) -> float:
        """Seconds for which Discord has closed the whole bot, as it has told this process itself; 0: it has not."""
        return max(0.0, self._told_closed_until - now)

    def leased(self, got: Lease, now: float) -> None:
        """The database has answered a step of the kind LEASE."""
        self.held.leased(got, self._asked_at)
        self._leases += 1
        self._is_short = got.is_short
        self.invalid_requests.others = got.invalid
        if got.closed_for:
            super().close_until(now + got.closed_for)
        self.on_room()

    def gave_back(self, share: Share) -> None:
        """The database has answered a step of the kind GIVE_BACK."""
        self.held.keep(share, self._asked_at)

    def database_answered(self, now: float) -> None:
        """The database has answered to a heartbeat: it is not away."""
        self.held.heard(now)

    def failed(self, now: float) -> None:
        """The database does not answer."""
        self.held.failed(now, self._asked_at)
        self.on_room()

    def _in_use(self, now: float) -> bool:
        return self._waiting != Demand() or self._last_sent > now - QUIET or self.used(now) > 0

    def _kept(self, now: float) -> int:
        """The places that cannot be given back now."""
        return min(self.held.held, max(self.held.goal, self.used(now)))

    def _next_free(self, now: float) -> float:
        """When the next place is free that is taken now; a period from now if all are by requests under way."""
        self.used(now)
        return self._answered[0] + self.period if self._answered else now + self.period

    def _wants_more(self, now: float) -> bool:
        """Whether there is more to send than the database knows, and than there are places for."""
        if not self.held.lasts(now) or self._told == Demand():
            return True
        demand, told = self.demand(now), self._told
        more = demand.urgent > told.urgent or demand.urgent + demand.other > told.urgent + told.other
        return more and demand.urgent + demand.other > self.held.held
