"""How the processes of one bot share Discord's global limit: a place for each request of a second, held by one of them.

Discord allows 50 requests in a second. A place is taken when a request is sent, and is free again one period after its
response (see `GlobalRateLimit`); so, if no more than 50 places are held in all, no second of Discord's sees more than
50 requests, wherever its seconds begin and whatever the clocks of the machines say. (Allowances that are counted by
the seconds of a clock do not do that: fifty at the end of one and fifty at the beginning of the next are a hundred.)

Each process has a few places of its own. More are leased for some seconds, and given back when others need them or
nothing is sent. Everything here is a function of rows and times.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.replies.limits.rate_limits import GLOBAL_RATE

OWN: Final = 2
"""Places that a process keeps without a lease: what comes after a quiet time need not wait for the database."""
LEASE: Final = 5.0
"""Seconds for which places are leased."""
MARGIN: Final = 1.5
"""Seconds by which a process ends its lease before the database does: requests are on their way meanwhile."""
PATIENCE: Final = 1.5
"""Seconds after which the database counts as away that has not answered."""
EVIDENCE: Final = 3.5
"""Seconds for which a question that was not answered says so: a process that was paused may find it there again."""
UNHEARD: Final = LEASE - MARGIN
"""Seconds without a word from the database in which it may have been away for so long that others lost their leases."""
FORGOTTEN_AFTER: Final = 40.0
"""Seconds after its last lease in which a process that has said nothing keeps its own places."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How many requests a process wants to send in a second."""

    urgent: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one process holds, as the database's row tells it; times are seconds of the database's clock."""

    process_id: str
    places: int = 0
    own: int = 0
    """What it keeps when its lease is over."""
    until: float = 0.0
    """The end of its lease."""
    demand: Demand = Demand()
    closed_until: float = 0.0
    """Discord has said that nothing may be sent before."""
    invalid: int = 0
    """Requests of the last ten minutes that Discord has refused (`InvalidRequests`)."""

    def leased(self, now: float) -> bool:
        """Whether the lease lasts. One that ends later than it can was written before the clock was set back."""
        return now < self.until <= now + LEASE

    def held(self, now: float) -> int:
        """The places that nobody else may have."""
        if self.leased(now):
            return self.places
        return self.own if self.is_known(now) else 0

    def is_known(self, now: float) -> bool:
        """Whether the process is taken for alive."""
        return self.leased(now) or (self.own > 0 and now - FORGOTTEN_AFTER < self.until <= now)


@dataclass(frozen=True, slots=True)
class Lease:
    """What a process has got, and what it learns of the others."""

    share: Share
    target: int
    """What it may have of the places, as everybody's demand is now."""
    processes: int
    """How many there are, itself included."""
    closed_for: float
    """Seconds for which Discord has closed the whole bot."""
    invalid: int
    """Requests of the others that Discord has refused lately."""

    @property
    def is_short(self) -> bool:
        """Whether others have to give back places first."""
        return self.share.places < self.target


def lease(rows: Iterable[Share], asked: Share, now: float, *, cautious: int | None = None) -> Lease:
    """Lease places for the process of `asked`, which believes that it holds `asked.places`.

    One that is `cautious` takes no more than its even part among so many processes at least: the others may not have
    come back since the database was away, and send their parts.

    A process that holds more than its target keeps it until it gives it back: its requests may be on their way.
    """
    known = {row.process_id: row for row in rows if row.is_known(now)}
    before = known.pop(asked.process_id, Share(asked.process_id))
    others = list(known.values())
    free = GLOBAL_RATE - sum(row.held(now) for row in others)
    demands = {row.process_id: row.demand if row.leased(now) else Demand() for row in others}
    target = targets({**demands, asked.process_id: asked.demand})[asked.process_id]
    if cautious is not None:
        target = min(target, GLOBAL_RATE // max(cautious, len(demands) + 1))
    keeps = min(asked.places, before.held(now))
    places = max(0, min(free, max(target, keeps)))
    share = replace(asked, places=places, own=min(OWN, places), until=now + LEASE)
    return Lease(
        share,
        target,
        len(others) + 1,
        max([0.0, asked.closed_until - now, *(min(row.closed_until - now, 3600.0) for row in others)]),
        sum(row.invalid for row in others),
    )


def give_back(rows: Iterable[Share], asked: Share, now: float, *, seconds: float = LEASE) -> Share:
    """The share of a process that keeps `asked.places` for some seconds, and `asked.own` after them, and no others.

    If its lease was over, or it was taken for dead, it keeps what is certainly its own.
    """
    held = next((row.held(now) for row in rows if row.process_id == asked.process_id), 0)
    places = min(asked.places, held)
    return replace(asked, places=places, own=min(asked.own, places), until=now + seconds)


def targets(demands: Mapping[str, Demand], most: int = GLOBAL_RATE) -> dict[str, int]:
    """How many places each process may have.

    First each has its own; then urgent requests go before others, whoever sends them; where there is not enough, those
    who want more get the same. What is left goes to those who send at all, so that more of it finds room at once.
    """
    got = dict.fromkeys(demands, min(OWN, most // len(demands)))
    left = most - sum(got.values())
    left = _fill(got, {each: demand.urgent for each, demand in demands.items()}, left)
    left = _fill(got, {each: demand.urgent + demand.other for each, demand in demands.items()}, left)
    _fill(got, {each: most for each, demand in demands.items() if demand.urgent + demand.other}, left)
    return got


def _fill(got: dict[str, int], wanted: Mapping[str, int], left: int) -> int:
    """Raise the lowest who want more, place by place; returns what is left."""
    while left > 0 and (lower := [each for each, want in wanted.items() if got[each] < want]):
        got[min(lower, key=lambda each: (got[each], each))] += 1
        left -= 1
    return left


class HeldPlaces:
    """How many requests this process may send within a period, by its own clock, whatever the database does.

    A lease is over for it earlier than for the database. While the database is away, nobody can lease: then each
    process has the same part of the limit, by the number of processes that were known last. It takes more than it
    holds only when the leases of all others are over too.
    """

    def __init__(self) -> None:
        self.held = 0
        """What the database counts as this process's."""
        self.goal = 0
        """What of that it uses: the rest is about to be given back."""
        self.processes = GLOBAL_RATE // OWN  # before any is known
        self._joined = 0
        """Processes that have said since that they are there, before the database was asked last."""
        self._joined_since_asked = 0
        """And after that: its answer may not know them."""
        self._own = 0
        self._until = 0.0
        self._known_until = 0.0
        self._failing_since: float | None = None
        self._goes_on_with = 0
        """What it may use while the database is away, until the leases of all others are over."""
        self._unanswered = 0.0
        self._heard_at: float | None = None
        self._cautious_until: float | None = None
        self._unknown_until = math.inf

    def at(self, now: float) -> int:
        """How many places may be taken at a time of this process's clock."""
        if now < self._unknown_until:
            return 0  # nobody knows of this process: the others send the parts that they have without it
        if now < self._until:
            return self.goal
        if self._failing_since is None or now > self._unanswered + EVIDENCE:
            return self._own if now < self._known_until else 0
        part = GLOBAL_RATE // self._at_least
        leases_of_others_end = self._failing_since + LEASE + MARGIN
        return part if now >= leases_of_others_end else min(self._goes_on_with, part)

    def lasts(self, now: float) -> bool:
        """Whether this process has a lease."""
        return now < self._until

    @property
    def failing(self) -> bool:
        """Whether the database was away when it was asked last."""
        return self._failing_since is not None

    def cautious(self, now: float) -> int | None:
        """At first, and after the database was away: how many processes may be there at least; None: all are known."""
        if self.failing or self._may_have_missed_an_outage(now):
            return self._at_least
        if self._cautious_until is None:
            return 0
        return self.processes if now < self._cautious_until else None

    @property
    def _at_least(self) -> int:
        return min(self.processes + self._joined + self._joined_since_asked, GLOBAL_RATE)

    def _may_have_missed_an_outage(self, now: float) -> bool:
        return self._heard_at is not None and now > self._heard_at + UNHEARD

    def heard(self, now: float) -> None:
        """The database has answered to something else at a time of this process's clock.

        One that was paused while the database was away must know that: the others may send their parts still.
        """
        if self._may_have_missed_an_outage(now) and self._cautious_until is not None:
            self._cautious_until = now + LEASE
        self._heard_at = now

    def asked(self) -> None:
        """The database is asked now: its answer knows everybody who has said before that they are there."""
        self._joined += self._joined_since_asked
        self._joined_since_asked = 0

    def leased(self, got: Lease, asked_at: float) -> None:
        """The database has answered to what was asked at `asked_at`."""
        cautious = self.cautious(asked_at)
        if self._unknown_until == math.inf:  # if it began in an outage, the others learn of it when they ask next
            self._unknown_until = asked_at + EVIDENCE if self.failing else -math.inf
        if self.failing or self._cautious_until is None or self._may_have_missed_an_outage(asked_at):
            self._cautious_until = asked_at + LEASE
        self.processes, self._joined = max(got.processes, cautious or 0), 0
        self.goal = min(got.share.places, got.target)
        self.keep(got.share, asked_at)

    def keep(self, share: Share, asked_at: float) -> None:
        """The database counts this share, as it was asked to at `asked_at`."""
        self.held, self._own = share.places, share.own
        self.goal = min(self.goal, self.held)
        self._until = asked_at + LEASE - MARGIN
        self._known_until = asked_at + LEASE + FORGOTTEN_AFTER - MARGIN
        self._failing_since = None
        self._heard_at = asked_at if self._heard_at is None else max(self._heard_at, asked_at)

    def failed(self, now: float, asked_at: float) -> None:
        """The database has not answered to what was asked at `asked_at`."""
        self._unanswered = asked_at
        if self._failing_since is None:
            # One that was paused until its lease was over asks too late: others may have its places.
            own = self._own if asked_at < self._known_until else 0
            self._goes_on_with = self.goal if asked_at < self._until else own
            self._failing_since = now

    def another_joined(self) -> None:
        """There is one process more; the next answer of the database says how many there are."""
        self._joined_since_asked += 1
