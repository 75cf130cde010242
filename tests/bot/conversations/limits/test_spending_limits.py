"""Which limits hold for whom, when they open again, and that the tightest decides."""

from datetime import UTC, date, datetime

import pytest

from bot.conversations.limits.spending_limits import (
    Admission,
    Amounts,
    HostLimits,
    Limit,
    admit,
    first_day,
    limits_of,
    reopens,
    when,
)
from bot.store.budget_store import Budget

GUILD, ALEX, MINJI = 1, 7, 8
TEACHERS, EVERYONE = 30, GUILD
HOST = HostLimits(Amounts(1_000, picodollars_per_month=9), Amounts(500), Amounts(tokens_per_month=100))
BUDGETS = [
    Budget("server", 0, "dollars", "day", 5),
    Budget("role", EVERYONE, "tokens", "day", 10),
    Budget("role", TEACHERS, "tokens", "day", 40),
    Budget("role", TEACHERS, "tokens", "month", 70),
    Budget("student", ALEX, "tokens", "day", 20),
    Budget("student", MINJI, "tokens", "day", 1),
]


def held(student: int, guild: int, *roles: int) -> set[tuple[str, str, str, int, bool]]:
    found = limits_of(HOST, BUDGETS, student, guild, frozenset(roles))
    return {(each.scope, each.unit, each.period, each.amount, each.by_managers) for each in found}


OF_BOT = {("bot", "tokens", "day", 1_000, False), ("bot", "dollars", "month", 9, False)}
OF_STUDENT = {("student", "tokens", "month", 100, False)}
OF_SERVER = {("server", "tokens", "day", 500, False), ("server", "dollars", "day", 5, True)}


def test_of_several_roles_the_largest_budget_holds_and_a_gone_roles_counts_for_nobody() -> None:
    of_alex = OF_BOT | OF_STUDENT | OF_SERVER | {("student", "tokens", "day", 20, True)}
    assert held(ALEX, GUILD) == of_alex | {("role", "tokens", "day", 10, True)}
    as_teacher = {("role", "tokens", "day", 40, True), ("role", "tokens", "month", 70, True)}
    assert held(ALEX, GUILD, TEACHERS, 99) == of_alex | as_teacher


def test_direct_messages_and_what_nobody_asked_have_no_budgets_of_servers_and_students() -> None:
    assert held(ALEX, 0) == OF_BOT | OF_STUDENT
    assert held(0, GUILD) == OF_BOT | OF_SERVER


def test_what_a_student_uses_elsewhere_does_not_count_for_a_servers_managers() -> None:
    for each in limits_of(HOST, BUDGETS, ALEX, GUILD, frozenset({TEACHERS})):
        if each.scope in ("role", "student"):
            assert each.whose == ((GUILD, ALEX) if each.by_managers else (None, ALEX))


@pytest.mark.parametrize(
    ("period", "day", "first", "opens"),
    [
        ("day", date(2026, 12, 31), "2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        ("month", date(2026, 12, 31), "2026-12-01", datetime(2027, 1, 1, tzinfo=UTC)),
        ("month", date(2027, 1, 1), "2027-01-01", datetime(2027, 2, 1, tzinfo=UTC)),
        ("month", date(2028, 2, 29), "2028-02-01", datetime(2028, 3, 1, tzinfo=UTC)),
        ("day", date(2028, 2, 28), "2028-02-28", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_periods_begin_and_end_at_midnight_in_utc(period: str, day: date, first: str, opens: datetime) -> None:
    assert first_day(period, day) == first  # type: ignore[arg-type]
    assert reopens(period, day) == opens  # type: ignore[arg-type]
    assert when(opens).startswith(f"<t:{int(opens.timestamp())}:R>")


DAY = Limit("student", (None, ALEX), "tokens", "day", 10)
MONTH = Limit("bot", (None, None), "tokens", "month", 100)


@pytest.mark.parametrize(
    ("day", "month", "has_cheaper", "expected"),
    [
        (9, 99, False, Admission()),
        (10, 99, False, DAY),
        (10, 100, False, MONTH),
        (9, 100, False, MONTH),
        (9, 99, True, Admission()),
        (10, 99, True, Admission(cheaper=True)),
        (19, 199, True, Admission(cheaper=True)),
        (20, 199, True, DAY),
        (9, 200, True, MONTH),
    ],
)
def test_a_run_is_admitted_below_all_limits_or_by_the_cheaper_model_for_as_much_again(
    day: int, month: int, *, has_cheaper: bool, expected: Admission | Limit
) -> None:
    used = {DAY: day, MONTH: month}
    assert admit([DAY, MONTH], used.__getitem__, has_cheaper=has_cheaper) == expected
    assert admit([MONTH, DAY], used.__getitem__, has_cheaper=has_cheaper) == expected
