"""Budgets that a server's managers have set, and that they were told of what is nearly used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import BudgetNoticeRow, BudgetRow

Scope = Literal["server", "role", "student"]
Unit = Literal["tokens", "dollars"]
Period = Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be used in each period: `amount` are tokens, or picodollars. `subject_id` is 0 for the server."""

    scope: Scope
    subject_id: int
    unit: Unit
    period: Period
    amount: int


class BudgetStore:
    """Reads and writes budgets. Direct messages have none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        row = insert(BudgetRow)
        self._set = row.on_conflict_do_update(
            index_elements=["guild_id", "scope", "subject_id", "unit", "period"], set_={"amount": row.excluded.amount}
        )
        self._claim = insert(BudgetNoticeRow).on_conflict_do_nothing()

    async def of(self, guild_id: int) -> Sequence[Budget]:
        """The budgets of a server, in a fixed order."""
        return [Budget(*row) for row in await self._store.read(_OF, {"guild": guild_id})]

    async def choose(self, guild_id: int, budget: Budget) -> None:
        """Set a budget, in the place of the one with the same subject, unit and period."""
        values = {name: getattr(budget, name) for name in Budget.__dataclass_fields__}
        await self._store.write((self._set, {"guild_id": guild_id, **values}))

    async def remove(self, guild_id: int, scope: Scope, subject_id: int, unit: Unit, period: Period) -> bool:
        """Remove a budget; False if there is none."""
        values = {"guild": guild_id, "of": scope, "subject": subject_id, "counts": unit, "each": period}
        return await self._store.change(_REMOVE, values) > 0

    async def claim_notice(self, guild_id: int, budget: str, begins_on: str) -> bool:
        """Whether this process is the one that tells of a budget in the period that begins on a day."""
        values = {"guild_id": guild_id, "budget": budget, "begins_on": begins_on}
        return await self._store.change(self._claim, values) > 0


_OF = (
    select(BudgetRow.scope, BudgetRow.subject_id, BudgetRow.unit, BudgetRow.period, BudgetRow.amount)
    .where(BudgetRow.guild_id == bindparam("guild"))
    .order_by(BudgetRow.scope.desc(), BudgetRow.subject_id, BudgetRow.unit.desc(), BudgetRow.period)
)
_REMOVE = delete(BudgetRow).where(
    BudgetRow.guild_id == bindparam("guild"),
    BudgetRow.scope == bindparam("of"),
    BudgetRow.subject_id == bindparam("subject"),
    BudgetRow.unit == bindparam("counts"),
    BudgetRow.period == bindparam("each"),
)
