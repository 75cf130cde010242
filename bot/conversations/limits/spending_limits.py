"""What may be used: the limits of the host and of a server's managers that hold for a student, and until when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from bot import sentences
from bot.sentences import Sentence
from bot.store.budget_store import Budget, Period, Unit

Whose = tuple[int | None, int | None]
"""A guild and a student: what is used in the guild by the student; None: in all guilds, or by all."""
EVERYBODY: Whose = (None, None)
LimitScope = Literal["bot", "server", "role", "student"]

SPENT: dict[LimitScope, Sentence] = {
    "bot": sentences.BOT_SPENT,
    "server": sentences.SERVER_SPENT,
    "role": sentences.ROLE_SPENT,
    "student": sentences.STUDENT_SPENT,
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """What may be used in a day and in a month (UTC); 0: no limit."""

    tokens_per_day: int = 0
    tokens_per_month: int = 0
    picodollars_per_day: int = 0
    picodollars_per_month: int = 0

    def limits(self, scope: LimitScope, whose: Whose) -> "Iterator[Limit]":
        """Those that are limits."""
        amounts: tuple[tuple[Unit, Period, int], ...] = (
            ("tokens", "day", self.tokens_per_day),
            ("tokens", "month", self.tokens_per_month),
            ("dollars", "day", self.picodollars_per_day),
            ("dollars", "month", self.picodollars_per_month),
        )
        for unit, period, amount in amounts:
            if amount:
                yield Limit(scope, whose, unit, period, amount)


@dataclass(frozen=True, slots=True)
class HostLimits:
    """The host's limits: of the whole bot, of each server, of each student on all servers together."""

    bot: Amounts = field(default_factory=Amounts)
    server: Amounts = field(default_factory=Amounts)
    student: Amounts = field(default_factory=Amounts)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be used (`amount`: tokens or picodollars) in each period."""

    scope: LimitScope
    whose: Whose
    unit: Unit
    period: Period
    amount: int
    by_managers: bool = False
    """Whether the server's managers have set it; else the host has."""
    subject_id: int = 0
    """The role's id, of a role's."""

    @property
    def name(self) -> str:
        """What tells it from the other limits of its server."""
        return f"{self.scope}/{self.subject_id}/{self.unit}/{self.period}/{'managers' if self.by_managers else 'host'}"


def limits_of(
    host: HostLimits, budgets: Sequence[Budget], student_id: int, guild_id: int, roles: frozenset[int]
) -> list[Limit]:
    """All limits that hold for a student in a guild (0: a direct message); the tightest decides.

    A role's budget is what each of its students may use in the server. Of several roles' budgets for the same unit and
    period the largest holds, as permissions of roles add up in Discord. The role with the server's own id is that of
    everyone.
    """
    found = list(host.bot.limits("bot", EVERYBODY))
    if student_id:
        found += host.student.limits("student", (None, student_id))
    if not guild_id:
        return found
    found += host.server.limits("server", (guild_id, None))
    best: dict[tuple[Unit, Period], Budget] = {}
    for each in budgets:
        if each.scope == "server":
            found.append(_by_managers(each, (guild_id, None)))
        elif not student_id:
            continue
        elif each.scope == "student" and each.subject_id == student_id:
            found.append(_by_managers(each, (guild_id, student_id)))
        elif each.scope == "role" and each.subject_id in (*roles, guild_id):
            known = best.get((each.unit, each.period))
            if known is None or each.amount > known.amount:
                best[each.unit, each.period] = each
    return found + [_by_managers(each, (guild_id, student_id)) for each in best.values()]


def _by_managers(budget: Budget, whose: Whose) -> Limit:
    return Limit(budget.scope, whose, budget.unit, budget.period, budget.amount, True, budget.subject_id)


def first_day(period: Period, day: date) -> str:
    """The first day of the period that a day is in."""
    return (day if period == "day" else day.replace(day=1)).isoformat()


def reopens(period: Period, day: date) -> datetime:
    """When the period after the one that a day is in begins: at midnight in UTC."""
    following = day + timedelta(days=1) if period == "day" else (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC)


def when(moment: datetime) -> str:
    """A moment as each reader's Discord tells it: how long until then, and the time in the reader's time zone."""
    at = int(moment.timestamp())
    return f"<t:{at}:R> (<t:{at}:f>)"


Used = Callable[[Limit], int]
"""How much of a limit is used, estimates of what is under way included."""


@dataclass(frozen=True, slots=True)
class Admission:
    """That a run may begin; `cheaper`: with the cheaper model alone."""

    cheaper: bool = False


def admit(limits: Sequence[Limit], used: Used, *, has_cheaper: bool) -> Admission | Limit:
    """Whether a run may begin: or the limit that is used up, and of several the one that lasts longest.

    With a cheaper model at hand, each limit has as much again for it.
    """
    reached = [each for each in limits if used(each) >= each.amount]
    closed = [each for each in reached if not has_cheaper or used(each) >= 2 * each.amount]
    if closed:
        order: list[LimitScope] = ["student", "role", "server", "bot"]
        return min(closed, key=lambda each: (each.period != "month", order.index(each.scope)))
    return Admission(cheaper=bool(reached))
