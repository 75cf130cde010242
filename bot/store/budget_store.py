"""Budgets that a server's managers have set, and that they were told of what is nearly used up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import Executable, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.server_settings import WHOLE_SERVER, change_rows
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


CHANGE: Final = "budget/"
"""How the names of budgets begin among the changes of a server's settings: `budget/role/tokens/day`."""


def change_of(budget: Budget, amount: int) -> tuple[str, str]:
    """The name and the value of a change in a server's history: whose, and how much then; 0: removed."""
    return f"{CHANGE}{budget.scope}/{budget.unit}/{budget.period}", f"{budget.subject_id}/{amount}"


def read_change(name: str, value: str) -> Budget | None:
    """The budget after a change (amount 0: it was removed); None: this is no change of a budget that we know."""
    scope, unit, period = (*name.removeprefix(CHANGE).split("/"), "", "", "")[:3]
    subject, _, amount = value.partition("/")
    if scope not in get_args(Scope) or unit not in get_args(Unit) or period not in get_args(Period):
        return None
    if not (subject.isdecimal() and amount.isdecimal()):
        return None
    return Budget(scope, int(subject), unit, period, int(amount))  # type: ignore[arg-type]


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

    async def choose(self, guild_id: int, budget: Budget, by: int = 0) -> None:
        """Set a budget, in the place of the one with the same subject, unit and period. `by`: who did so."""
        values = {name: getattr(budget, name) for name in Budget.__dataclass_fields__}
        await self._store.write(
            (self._set, {"guild_id": guild_id, **values}), *_note(guild_id, budget, budget.amount, by)
        )

    async def remove(self, guild_id: int, budget: Budget, by: int = 0) -> None:
        """Remove the budget with the same subject, unit and period. `by`: who did so."""
        values: dict[str, Any] = {"guild": guild_id, "of": budget.scope, "subject": budget.subject_id}
        values |= {"counts": budget.unit, "each": budget.period}
        await self._store.write((_REMOVE, values), *_note(guild_id, budget, 0, by))

    async def claim_notice(self, guild_id: int, budget: str, begins_on: str) -> bool:
        """Whether this process is the one that tells of a budget in the period that begins on a day."""
        values = {"guild_id": guild_id, "budget": budget, "begins_on": begins_on}
        return await self._store.change(self._claim, values) > 0


def _note(guild_id: int, budget: Budget, amount: int, by: int) -> list[tuple[Executable, Mapping[str, Any]]]:
    name, value = change_of(budget, amount)
    return change_rows({"guild_id": guild_id, "channel_id": WHOLE_SERVER, "name": name, "value": value}, by)


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
