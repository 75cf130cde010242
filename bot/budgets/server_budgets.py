"""The budgets of servers, as commands set and remove them."""

from collections.abc import Sequence

import structlog

from bot.budgets import sentences as say
from bot.budgets.amounts import parse_amount
from bot.errors import UserFacingError
from bot.store.budget_store import Budget, BudgetStore, Period, Scope, Unit
from bot.store.store import Store

log = structlog.get_logger(__name__)


class ServerBudgets:
    """Sets and removes budgets; whoever asks may manage the server."""

    def __init__(self, store: Store) -> None:
        self.budget_store = BudgetStore(store)

    async def of(self, guild_id: int) -> Sequence[Budget]:
        """What the managers of a server have set."""
        return await self.budget_store.of(guild_id)

    async def set(
        self, guild_id: int, role_id: int | None, student_id: int | None, amount: str, *, of: str, per: str, by: int
    ) -> Budget:
        """Set a budget: of a role, of a student, or (both None) of the server.

        Raises:
            UserFacingError: it is no amount, or both are given.
        """
        (scope, subject_id), unit, period = _subject(role_id, student_id), _unit(of), _period(per)
        budget = Budget(scope, subject_id, unit, period, parse_amount(amount, unit))
        await self.budget_store.choose(guild_id, budget)
        log.info("budget.set", guild=guild_id, by=by, scope=scope, subject=subject_id, unit=unit, period=period)
        return budget

    async def remove(
        self, guild_id: int, role_id: int | None, student_id: int | None, *, of: str, per: str, by: int
    ) -> None:
        """Remove a budget.

        Raises:
            UserFacingError: there is none, or both a role and a student are given.
        """
        (scope, subject_id), unit, period = _subject(role_id, student_id), _unit(of), _period(per)
        if not await self.budget_store.remove(guild_id, scope, subject_id, unit, period):
            raise UserFacingError(say.NO_SUCH_BUDGET)
        log.info("budget.removed", guild=guild_id, by=by, scope=scope, subject=subject_id, unit=unit, period=period)


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
