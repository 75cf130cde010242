"""Every stage of the chaos ends, and says what still ran."""

import asyncio

from benchmarks.chaos.stages import Stages


async def _waits_for_ever() -> None:
    await asyncio.Event().wait()


async def _fails() -> None:
    raise ValueError("a wrong word")


async def test_a_stage_that_is_done_in_time_breaks_nothing() -> None:
    stages = Stages()
    assert await stages.within("the work", 5.0, asyncio.sleep(0), asyncio.sleep(0))
    assert await stages.within("nothing", 5.0)
    assert not stages.violations


async def test_what_still_runs_is_told_with_its_place_and_cancelled() -> None:
    stages = Stages()
    assert not await stages.within("the work", 0.0, _waits_for_ever())
    (violation,) = stages.violations
    assert violation.about == "the work: 1 of 1 still ran after 0 s"
    assert "_waits_for_ever > locks.py:" in violation.history[0]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_fails_is_told_with_its_traceback_and_the_others_go_on() -> None:
    stages, done = Stages(), asyncio.Event()

    async def ends() -> None:
        await asyncio.sleep(0)
        done.set()

    assert not await stages.within("the work", 5.0, _fails(), ends())
    (violation,) = stages.violations
    assert violation.about == "the work: ValueError('a wrong word')"
    assert any("in _fails" in line for line in violation.history)
    assert done.is_set()
