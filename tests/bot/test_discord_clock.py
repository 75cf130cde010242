"""The bot's time is Discord's, whatever the clocks of its machines say."""

from datetime import UTC, date, datetime
from email.utils import format_datetime

import pytest

from bot.conversations.limits.token_budgets import today
from bot.discord_clock import DISCORD_CLOCK, DiscordClock
from bot.store.base import now
from tests.database.test_steady_clock import DAY, HOUR, Machine

START = 1_000_050.0


def clock_of(machine: Machine) -> DiscordClock:
    return DiscordClock(machine.clock())


def http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@pytest.mark.parametrize("wrong", [-400 * DAY, -DAY, -HOUR, -60.0, 60.0, HOUR, DAY, 400 * DAY])
def test_a_machine_that_is_wrong_from_the_start(wrong: float) -> None:
    machine = Machine(ahead=wrong)
    clock = clock_of(machine)
    assert clock.seconds() == START + wrong
    clock.hear(http_date(START))
    assert clock.seconds() == START + 0.5
    machine.ahead, machine.passed = 0.0, 60.0
    assert clock.seconds() == START + 10.5
    assert clock.now() == datetime.fromtimestamp(START + 10.5, UTC)


@pytest.mark.parametrize("step", [-DAY, -HOUR, HOUR, DAY])
def test_a_clock_that_is_set_and_set_back(step: float) -> None:
    machine = Machine()
    clock = clock_of(machine)
    clock.hear(http_date(START))
    for passed, ahead in ((50.25, 0.0), (51.0, step), (52.0, step), (53.0, 0.0)):
        machine.passed, machine.ahead = passed, ahead
        assert clock.seconds() == START - 50 + passed


def test_two_machines_that_differ_by_a_minute_agree() -> None:
    clocks = [clock_of(Machine(ahead=ahead)) for ahead in (0.0, 60.0)]
    for each in clocks:
        each.hear(http_date(START))
    assert abs(clocks[0].seconds() - clocks[1].seconds()) < 1


@pytest.mark.parametrize("late", [-1.0, 0.0, 1.0, 2.9])
def test_what_a_response_takes_moves_nothing(late: float) -> None:
    machine = Machine()
    clock = clock_of(machine)
    for _ in range(3):
        clock.hear(http_date(START - late))
        assert clock.seconds() == START


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 01 Jan"])
def test_a_date_that_cannot_be_read_changes_nothing(date: str | None) -> None:
    machine = Machine()
    clock = clock_of(machine)
    clock.hear(date)
    machine.ahead = -HOUR
    assert clock.seconds() == START - HOUR


def test_stored_times_and_the_days_of_budgets_are_discords(monkeypatch: pytest.MonkeyPatch) -> None:
    DISCORD_CLOCK.hear("Wed, 02 Feb 2033 23:59:58 GMT")
    assert abs((now() - datetime(2033, 2, 2, 23, 59, 58, tzinfo=UTC)).total_seconds()) < 5
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert today() in (date(2033, 2, 2), date(2033, 2, 3))
    DISCORD_CLOCK.begin_anew()
    assert today() == date(1970, 1, 1)  # this machine's
