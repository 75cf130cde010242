"""The clock of stored deadlines, while the machine's clock is set forth and back."""

from dataclasses import dataclass

import pytest
import structlog

from database.steady_clock import SteadyClock, boot_time, steady_time


@dataclass
class Machine:
    """A machine's two clocks."""

    passed: float = 50.0
    """Seconds since it was started."""
    ahead: float = 0.0
    """Seconds by which its clock is wrong."""

    def wall(self) -> float:
        return 1_000_000.0 + self.passed + self.ahead

    def boot(self) -> float:
        return self.passed

    def clock(self) -> SteadyClock:
        return SteadyClock(self.wall, self.boot)


HOUR, DAY = 3_600.0, 86_400.0


@pytest.mark.parametrize("step", [2.0, HOUR, DAY, 400 * DAY])
def test_a_step_forward_and_back_changes_nothing(step: float) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passed, machine.ahead = 60.0, step
    assert clock() == 1_000_060.0
    machine.passed = 70.0
    assert clock() == 1_000_070.0
    machine.passed, machine.ahead = 80.0, 0.0
    assert clock() == 1_000_080.0


@pytest.mark.parametrize("step", [2.0, HOUR, DAY])
def test_a_step_back_is_followed_and_its_correction_is_not(step: float) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.ahead = -step
    assert clock() == 1_000_050.0 - step
    machine.ahead, machine.passed = 0.0, 60.0
    assert clock() == 1_000_060.0 - step


def test_a_clock_that_was_ahead_at_the_start_is_put_right() -> None:
    machine = Machine(ahead=DAY)
    clock = machine.clock()
    assert clock() == 1_000_050.0 + DAY
    machine.ahead = 0.0
    assert clock() == 1_000_050.0


def test_drift_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(10):
        machine.passed, machine.ahead = machine.passed + 60, machine.ahead + 1.9
        assert clock() == machine.wall()


def test_a_better_clock_counts_alone() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.set(5_000.0)
    machine.passed, machine.ahead = 51.5, -HOUR
    assert clock() == 5_001.5


def test_each_step_is_said_once() -> None:
    machine = Machine()
    clock = machine.clock()
    with structlog.testing.capture_logs() as lines:
        for ahead in (0.0, HOUR, HOUR + 1, HOUR, DAY, DAY, 0.0, 0.5):
            machine.ahead = ahead
            clock()
    assert [(each["event"], each["seconds"]) for each in lines] == [("clock.set", 3_600), ("clock.set", 86_400)]


def test_this_machine() -> None:
    assert 0 <= boot_time() - boot_time() + 1 <= 1
    assert steady_time() <= steady_time()
