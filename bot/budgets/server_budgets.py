"""The budgets of servers, as commands set and remove them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.budgets import sentences as say
from bot.budgets.amounts import parse_amount
from bot.errors import UserFacingError
from bot.store.budget_store import Budget, BudgetStore, Period, Scope, Unit, change_of, read_change
from bot.store.server_settings import ServerSettings, SettingChange
from bot.store.store import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The budget that another took the place of, and who had set it when; None: that is not known."""

    budget: Budget
    change: SettingChange | None


class ServerBudgets:
    """Sets and removes budgets; whoever asks may manage the server. Each change stands in the server's history."""

    def __init__(self, store: Store, settings: ServerSettings) -> None:
        self.budget_store = BudgetStore(store)
        self._settings = settings
        self._turn = asyncio.Lock()
        """One change after the other (all of a server come to one process): each tells truly what it has replaced."""

    async def of(self, guild_id: int) -> Sequence[Budget]:
        """What the managers of a server have set."""
        return await self.budget_store.of(guild_id)

    async def set(
        self, guild_id: int, role_id: int | None, student_id: int | None, amount: str, *, of: str, per: str, by: int
    ) -> tuple[Budget, Replaced | None]:
        """Set a budget: of a role, of a student, or (both None) of the server. Tells which one it has replaced.

        Raises:
            UserFacingError: it is no amount, or both are given.
        """
        (scope, subject_id), unit, period = _subject(role_id, student_id), _unit(of), _period(per)
        budget = Budget(scope, subject_id, unit, period, parse_amount(amount, unit))
        async with self._turn:
            before = await self._like(guild_id, budget)
            replaced = Replaced(before, await self._last_change(guild_id, before)) if before is not None else None
            await self.budget_store.choose(guild_id, budget, by)
        log.info("budget.set", guild=guild_id, by=by, scope=scope, subject=subject_id, unit=unit, period=period)
        return budget, replaced

    async def remove(self, guild_id: int, key: str, *, by: int) -> Budget:
        """Remove the budget with a `budget_key`; roles and members that are gone are no hindrance.

        Raises:
            UserFacingError: there is none (any more).
        """
        async with self._turn:
            found = next((each for each in await self.of(guild_id) if budget_key(each) == key), None)
            if found is None:
                raise UserFacingError(say.NO_SUCH_BUDGET)
            await self.budget_store.remove(guild_id, found, by)
        log.info("budget.removed", guild=guild_id, by=by, budget=key)
        return found

    async def _like(self, guild_id: int, budget: Budget) -> Budget | None:
        return next((each for each in await self.of(guild_id) if budget_key(each) == budget_key(budget)), None)

    async def _last_change(self, guild_id: int, budget: Budget) -> SettingChange | None:
        """Who has set a budget as it is."""
        name, value = change_of(budget, budget.amount)
        for change in await self._settings.changes_of(name, guild_id):
            found = read_change(change.name, change.value or "")
            if found is not None and found.subject_id == budget.subject_id:
                return change if change.value == value else None
        return None


def budget_key(budget: Budget) -> str:
    """What tells a budget from the others of its server: `role/123/tokens/day`."""
    return f"{budget.scope}/{budget.subject_id}/{budget.unit}/{budget.period}"


def _subject(role_id: int | None, student_id: int | None) -> tuple[Scope, int]:
    if role_id is not None and student_id is not None:
        raise UserFacingError(say.ROLE_OR_STUDENT)
    if student_id is not None:
        return "student", student_id
    return ("role", role_id) if role_id is not None else ("server", 0)


def _unit(value: str) -> Unit:
    return "dollars" if value == "dollars" else "tokens"


def _period(value: str) -> Period:
    return "month" if value == "month" else "day"
