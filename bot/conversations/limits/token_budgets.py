"""Budgets: how many tokens and how much money a student, a role, a server and the whole bot may use in a day and in a
month, and how much they have used.

A run is charged an estimate before it begins, so that many at once cannot all pass below a limit, and what it has
really used when it ends, however it ends. A charge that is not settled says which process is at it, which run it is,
and where: what a crash leaves is settled by the next start (`open_charges.py`), or stays as estimated if nobody knows
the run.
All days and months are UTC's, and a run belongs to the day when it began.

Where several processes share a database, its rows are what counts: `reserve` reads and writes them while no other
process does, so that all together keep a limit as one alone does.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import structlog

from bot.conversations.limits.spending_limits import (
    EVERYBODY,
    SPENT,
    Admission,
    HostLimits,
    Limit,
    Whose,
    admit,
    first_day,
    limits_of,
    reopens,
    when,
)
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.prices import Prices, Spent
from bot.store.budget_store import Budget, BudgetStore, Period, Unit
from bot.store.token_charges import Charge, Kind, TokenCharges
from database.outages import is_outage

log = structlog.get_logger(__name__)

KEPT = timedelta(days=62)
"""How long charges are kept: a month, and the one before it."""
NEARLY = 0.8
"""The share of a limit at which whoever has set it is told, and a student of one's own."""
_REMEMBERED = 20_000
"""Students whose roles are remembered."""
_Counted = tuple[Unit, Period, Whose]

FindRoles = Callable[[int, int], Awaitable[frozenset[int]]]
"""The ids of a student's roles in a guild."""
NearlySpent = Callable[[int, Limit, int], None]
"""Is told a guild, its limit, and how much of it is used."""


def today() -> date:
    """The day in UTC, by Discord's clock."""
    return DISCORD_CLOCK.now().date()


async def no_roles(_guild_id: int, _student_id: int) -> frozenset[int]:
    """Nobody has a role."""
    return frozenset()


class TokenBudgets:
    """Charges what is used, and refuses when a limit is reached. The tightest limit holds."""

    def __init__(
        self,
        charges: TokenCharges,
        limits: HostLimits,
        day: Callable[[], date] = today,
        *,
        prices: Prices | None = None,
        budget_store: BudgetStore | None = None,
        process_id: str = "",
        model: str = "",
        cheaper_model: str | None = None,
    ) -> None:
        self.prices = prices or Prices()
        self.model = model
        """What runs are estimated by."""
        self.cheaper_model = cheaper_model
        self.find_roles: FindRoles = no_roles
        self.on_nearly_spent: NearlySpent | None = None
        self.host_limits = limits
        self.charges = charges
        self.budget_store = budget_store
        self._process_id = process_id
        self._day = day
        self._counted_day = ""
        self._used: Counter[_Counted] = Counter()
        """What was used in the day and the month of `_counted_day`."""
        self._unwritten: Counter[_Counted] = Counter()
        """What of that is on its way into the database."""
        self._open: dict[str, Charge] = {}
        """By id: charges of runs under way."""
        self._budgets: dict[int, Sequence[Budget]] = {}
        """By guild: what its managers have set, as it was read last."""
        self._roles: OrderedDict[tuple[int, int], frozenset[int]] = OrderedDict()
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Read what was used this month already, and delete what is old."""
        self._today()
        for day, guild_id, student_id, tokens, picodollars in await self.charges.since(self._first_day("month")):
            self._count(Charge("", day, guild_id, student_id, tokens, picodollars=picodollars))
        await self.charges.delete_before((self._day() - KEPT).isoformat())

    async def refresh(self, student_id: int, guild_id: int) -> None:
        """Read what the managers have set, and what all processes have charged; where this one is alone, it knows."""
        if guild_id and self.budget_store is not None:
            self._budgets[guild_id] = await self.budget_store.of(guild_id)
            if student_id and any(each.scope == "role" for each in self._budgets[guild_id]):
                self._note_roles(guild_id, student_id, await self.find_roles(guild_id, student_id))
        if self.charges.shared:
            limits = self.limits(student_id, guild_id)
            found = await self.charges.used([self._asked(each) for each in limits])
            self._note_used(limits, found)

    def limits(self, student_id: int, guild_id: int) -> list[Limit]:
        """The limits that hold for a student in a guild, as far as is known since the last `refresh`."""
        roles = self._roles.get((guild_id, student_id), frozenset())
        return limits_of(self.host_limits, self._budgets.get(guild_id, ()), student_id, guild_id, roles)

    def used(self, limit: Limit) -> int:
        """How much of a limit is used, in its unit."""
        self._today()
        return self._used[limit.unit, limit.period, limit.whose]

    def check(self, student_id: int, guild_id: int) -> Admission:
        """Look whether a run may begin; `guild_id` is 0 in a direct message.

        Raises:
            UserFacingError: a limit is used up; the sentence says whose, and when it is open again.
        """
        found = admit(self.limits(student_id, guild_id), self.used, has_cheaper=self.cheaper_model is not None)
        if isinstance(found, Limit):
            raise UserFacingError(SPENT[found.scope], when=when(reopens(found.period, self._day())))
        return found

    async def reserve(
        self, charge_id: str, student_id: int, guild_id: int, estimate: Spent, kind: Kind = "answer"
    ) -> str | None:
        """Charge an estimate for a run that begins; returns when it is stored: the model that it has to take, if it may
        not take the usual one.

        Raises:
            UserFacingError: as `check`.
        """
        if not self.charges.shared:
            charge, model = self._admitted(charge_id, student_id, guild_id, estimate, kind)
            await self._put(charge)
            return model
        limits = self.limits(student_id, guild_id)
        try:
            async with self._turn, self.charges.turn() as connection:
                found = await self.charges.used_now(connection, [self._asked(each) for each in limits])
                self._note_used(limits, found)
                charge, model = self._admitted(charge_id, student_id, guild_id, estimate, kind)
                await self.charges.put_now(connection, charge)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("budgets.not_read", cause=error)  # what is known holds; the charge is written when it can be
            charge, model = self._admitted(charge_id, student_id, guild_id, estimate, kind)
            await self._put(charge)
            return model
        self._open[charge.id] = charge
        self._count(charge)
        return model

    def _admitted(
        self, charge_id: str, student_id: int, guild_id: int, estimate: Spent, kind: Kind
    ) -> tuple[Charge, str | None]:
        cheaper = self.check(student_id, guild_id).cheaper
        return self._estimated(charge_id, student_id, guild_id, estimate, kind), self.cheaper_model if cheaper else None

    def _estimated(self, charge_id: str, student_id: int, guild_id: int, estimate: Spent, kind: Kind) -> Charge:
        return Charge(
            charge_id,
            self._today(),
            guild_id,
            student_id,
            max(0, estimate.tokens),
            picodollars=max(0, estimate.picodollars),
            model=estimate.model or self.model,
            kind=kind,
            process_id=self._process_id,
            settled=False,
        )

    async def go_on(self, charge_id: str, run_id: str, guild_id: int, estimate: Spent) -> None:
        """Charge an estimate for a run that goes on; it is charged to the student who began it, if that is known."""
        earlier = await self.charges.of_run(run_id)
        student_id = next((charge.student_id for charge in earlier if charge.student_id), 0)
        thread_id = next((charge.thread_id for charge in earlier if charge.thread_id), None)
        charge = self._estimated(charge_id, student_id, guild_id, estimate, "results")
        await self._put(replace(charge, run_id=run_id, thread_id=thread_id))

    async def run_began(self, charge_id: str, run_id: str, thread_id: str) -> None:
        """Note which run a charge is of. If it was another's before, that one is settled by itself."""
        charge = self._open.get(charge_id)
        if charge is None or charge.run_id == run_id:
            return
        now = self._open[charge_id] = replace(charge, run_id=run_id, thread_id=thread_id)
        if charge.run_id is None:
            await self.charges.put(now)
            return
        left = replace(charge, id=f"{charge.id}/{charge.run_id}", process_id="")
        await self._write(left, Spent(left.tokens, left.picodollars), now)

    async def settle(self, charge_id: str, run_id: str | None, spent: Spent | None) -> None:
        """Charge what a run has used in all; None: nobody knows yet, so the estimate stays until somebody does."""
        charge = self._open.pop(charge_id, None)
        if charge is None:
            return
        if spent is None:
            await self.charges.put(replace(charge, run_id=charge.run_id or run_id, process_id=""))
            return
        settled = replace(charge, run_id=run_id, process_id="", settled=True)
        if run_id is not None and charge.kind == "results":
            others = [each for each in await self.charges.of_run(run_id) if each.id != charge_id]
            spent -= Spent(sum(each.tokens for each in others), sum(each.picodollars for each in others))
        await self.correct(charge, settled, spent)

    async def correct(self, charge: Charge, settled: Charge, spent: Spent) -> None:
        """Write a charge as `settled`, with what was `spent` in the place of its estimate."""
        settled = replace(
            settled, tokens=spent.tokens, picodollars=spent.picodollars, model=spent.model or charge.model
        )
        await self._write(settled, Spent(spent.tokens - charge.tokens, spent.picodollars - charge.picodollars))

    async def add(self, charge_id: str, student_id: int, guild_id: int, spent: Spent, kind: Kind) -> None:
        """Charge what has been used without a run; the same charge again replaces what it was."""
        if spent.tokens > 0 or spent.picodollars > 0:
            earlier = await self.charges.of_id(charge_id)
            charge = replace(self._estimated(charge_id, student_id, guild_id, spent, kind), process_id="", settled=True)
            await self._write(charge, spent - Spent(earlier.tokens, earlier.picodollars) if earlier else spent)

    async def reopen(self, run_id: str, thread_id: str) -> None:
        """Note that a run that was settled may have used more since."""
        await self.charges.reopen(run_id, thread_id)

    async def spent_today(self) -> Spent:
        """What the whole bot has used today, by all processes."""
        ((tokens, picodollars),) = await self.charges.used([(self._today(), *EVERYBODY)])
        return Spent(tokens, picodollars)

    async def _put(self, charge: Charge) -> None:
        self._open[charge.id] = charge
        await self._write(charge, Spent(charge.tokens, charge.picodollars))

    async def _write(self, charge: Charge, more: Spent, *others: Charge) -> None:
        """Write a charge that has become `more` than it was, which counts at once; and others that count already."""
        added = self._count(replace(charge, tokens=more.tokens, picodollars=more.picodollars))
        self._unwritten.update(added)
        try:
            await self.charges.put(charge, *others)
        finally:
            self._unwritten.subtract(added)
            for key in added:
                if not self._unwritten[key]:
                    del self._unwritten[key]

    def _today(self) -> str:
        """The day; counting begins anew with each, and with each month."""
        day = self._day().isoformat()
        if day != self._counted_day:
            if day[:7] != self._counted_day[:7]:
                self._used.clear()
            for key in [each for each in self._used if each[1] == "day"]:
                del self._used[key]
            self._counted_day = day
        return day

    def _first_day(self, period: Period) -> str:
        return first_day(period, self._day())

    def _asked(self, limit: Limit) -> tuple[str, int | None, int | None]:
        return (self._first_day(limit.period), *limit.whose)

    def _note_used(self, limits: Sequence[Limit], found: Sequence[tuple[int, int]]) -> None:
        self._today()
        for limit, (tokens, picodollars) in zip(limits, found, strict=True):
            for unit, amount in (("tokens", tokens), ("dollars", picodollars)):
                key: _Counted = (unit, limit.period, limit.whose)  # type: ignore[assignment]
                self._used[key] = amount + self._unwritten[key]

    def _note_roles(self, guild_id: int, student_id: int, roles: frozenset[int]) -> None:
        self._roles[guild_id, student_id] = roles
        self._roles.move_to_end((guild_id, student_id))
        while len(self._roles) > _REMEMBERED:
            self._roles.popitem(last=False)

    def _count(self, charge: Charge) -> Counter[_Counted]:
        """Count what a charge adds; returns by what it counts."""
        today = self._today()
        periods: list[Period] = ["day"] if charge.day == today else []
        periods += ["month"] if charge.day[:7] == today[:7] else []
        guild_id, student_id = charge.guild_id, charge.student_id
        added: Counter[_Counted] = Counter()
        for period in periods:
            for whose in (EVERYBODY, (guild_id, None), (None, student_id), (guild_id, student_id)):
                added["tokens", period, whose] += charge.tokens
                added["dollars", period, whose] += charge.picodollars
        self._used.update(added)
        self._tell_what_is_nearly_spent(student_id, guild_id)
        return added

    def nearly_spent(self, student_id: int, guild_id: int) -> tuple[int, str] | None:
        """How many percent a student has used of the own limit that is used most, what runs now included, and when it
        begins anew; None: none is nearly used up.
        """
        own = [each for each in self.limits(student_id, guild_id) if each.scope in ("student", "role")]
        near = [each for each in own if self._is_near(each)]
        if not near:
            return None
        most = max(near, key=lambda each: self.used(each) / each.amount)
        return min(100, 100 * self.used(most) // most.amount), when(reopens(most.period, self._day()))

    def _is_near(self, limit: Limit) -> bool:
        return self.used(limit) >= NEARLY * limit.amount

    def _tell_what_is_nearly_spent(self, student_id: int, guild_id: int) -> None:
        """Tell whoever has set it. The host's limit of a student is told to the student alone, in the answer."""
        if self.on_nearly_spent is None:
            return
        for limit in self.limits(student_id, guild_id):
            if (limit.by_managers or limit.scope in ("bot", "server")) and self._is_near(limit):
                self.on_nearly_spent(guild_id, limit, self.used(limit))
