import asyncio

import pytest

from playground.clock import Clock
from playground.snowflakes import Snowflakes, snowflake_at, time_of


async def test_timers_run_in_order_each_at_its_own_time() -> None:
    clock = Clock(lambda: 1000.0)
    rang: list[tuple[str, float]] = []
    clock.after(20, lambda: rang.append(("late", clock.now())))
    clock.after(10, lambda: rang.append(("early", clock.now())))
    clock.advance(5)
    assert rang == []
    clock.advance(30)
    assert rang == [("early", 1010.0), ("late", 1020.0)]
    assert clock.now() == 1035.0
    clock.close()


async def test_a_timer_may_set_another_on_the_way() -> None:
    clock = Clock(lambda: 0.0)
    rang: list[float] = []

    def first() -> None:
        rang.append(clock.now())
        clock.after(1, lambda: rang.append(clock.now()))

    clock.after(1, first)
    clock.advance(10)
    assert rang == [1.0, 2.0]
    clock.close()


async def test_a_cancelled_timer_does_not_run() -> None:
    clock = Clock(lambda: 0.0)
    rang: list[int] = []
    timer = clock.after(1, lambda: rang.append(1))
    timer.cancel()
    clock.advance(2)
    assert rang == []
    clock.close()


async def test_timers_run_by_themselves() -> None:
    clock = Clock()
    rang = asyncio.Event()
    clock.after(0.01, rang.set)
    async with asyncio.timeout(5):
        await rang.wait()
    clock.close()


def test_snowflakes_grow_and_tell_their_time() -> None:
    makes = Snowflakes(lambda: 1_700_000_000.5)
    made = [makes.next() for _ in range(5000)]
    assert made == sorted(set(made))
    assert time_of(made[0]) == pytest.approx(1_700_000_000.5)
    assert snowflake_at(0) == 0
