"""Months, roles and money hold as days and tokens do, also in a process that has just begun."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.conversations.limits.spending_limits import Amounts, HostLimits, reopens, when
from bot.conversations.limits.token_budgets import TokenBudgets, today
from bot.errors import UserFacingError
from bot.prices import Spent
from bot.store.budget_store import Budget, BudgetStore
from bot.store.store import open_store
from bot.store.token_charges import TokenCharges

ALEX, CLASS, TEACHERS = 7, 1, 30


async def test_a_month_and_money_hold_over_days_and_restarts_and_begin_anew(tmp_path: Path) -> None:
    today = [date(2026, 11, 29)]
    limits = HostLimits(student=Amounts(tokens_per_month=100), server=Amounts(picodollars_per_day=50))
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), limits, lambda: today[0])
        await budgets.add("a", ALEX, CLASS, Spent(99, 49), "answer")
        budgets.check(ALEX, CLASS)
        await budgets.add("b", ALEX, CLASS, Spent(0, 1), "answer")
        with pytest.raises(UserFacingError, match="This server"):
            budgets.check(ALEX, CLASS)
        today[0] = date(2026, 11, 30)
        budgets.check(ALEX, CLASS)
        await budgets.add("c", ALEX, CLASS, Spent(1), "answer")
        again = TokenBudgets(TokenCharges(store), limits, lambda: today[0])
        await again.load()
        for each in (budgets, again):
            with pytest.raises(UserFacingError, match="one student"):
                each.check(ALEX, 0)
            assert not +each._unwritten
        today[0] = date(2026, 12, 1)
        for each in (budgets, again):
            each.check(ALEX, 0)
            assert not +each._used


async def test_roles_are_asked_for_only_where_a_role_has_a_budget(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []

    async def find_roles(guild_id: int, student_id: int) -> frozenset[int]:
        asked.append((guild_id, student_id))
        return frozenset({TEACHERS})

    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), HostLimits(), budget_store=BudgetStore(store))
        budgets.find_roles = find_roles
        await budgets.refresh(ALEX, CLASS)
        assert not asked
        await BudgetStore(store).choose(CLASS, Budget("role", TEACHERS, "tokens", "day", 10))
        await budgets.refresh(0, CLASS)
        await budgets.refresh(ALEX, 0)
        assert not asked
        await budgets.add("a", ALEX, CLASS, Spent(10), "answer")
        await budgets.refresh(ALEX, CLASS)
        assert asked == [(CLASS, ALEX)]
        with pytest.raises(UserFacingError, match="your role"):
            budgets.check(ALEX, CLASS)
        budgets.check(ALEX, 2)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_is_utcs_wherever_the_host_is(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)  # at any hour, one of the two has another date than UTC
    time.tzset()
    try:
        before, found, after = datetime.now(UTC).date(), today(), datetime.now(UTC).date()
        assert before <= found <= after
        assert reopens("day", found).date() == found + timedelta(days=1)
        assert when(reopens("day", date(2026, 12, 31))) == "<t:1798761600:R> (<t:1798761600:f>)"
    finally:
        monkeypatch.undo()
        time.tzset()
