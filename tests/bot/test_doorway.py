"""The admission: a few questions at a time on their way to the model, in order."""

import asyncio

import pytest

from bot.conversations.admission import Admission

NEVER = 3600.0


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_some_go_through_at_once_and_the_others_wait_in_order() -> None:
    admission = Admission(width=2, patience=NEVER)
    through: list[int] = []
    leave = {}

    async def go(number: int) -> None:
        leave[number] = await admission.enter()
        through.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(go(number))
        await settle()
        assert through == [0, 1]
        crowded = [admission.crowded]
        leave[1]()
        leave[1]()  # once is enough
        await settle()
        assert through == [0, 1, 2]
        leave[0]()
        leave[2]()
        await settle()
    assert through == [0, 1, 2, 3, 4]
    assert [*crowded, admission.crowded] == [True, False]
    for each in leave.values():
        each()


async def test_one_that_takes_long_holds_nobody_up() -> None:
    admission = Admission(width=1, patience=0.01)
    slow = await admission.enter()
    async with asyncio.timeout(5):
        quick = await admission.enter()
    slow()
    quick()
    assert not admission.crowded


async def test_who_gives_up_waiting_leaves_the_place_to_the_next() -> None:
    admission = Admission(width=1, patience=NEVER)
    leave = await admission.enter()
    tired, let_in, next_one = (asyncio.create_task(admission.enter()) for _ in range(3))
    await settle()
    tired.cancel()
    leave()
    let_in.cancel()  # its turn has come, but it does not know yet
    async with asyncio.timeout(5):
        (await next_one)()
    assert tired.cancelled() or tired.cancelling()
    assert not admission.crowded
    (await admission.enter())()


async def test_nobody_is_crowded_by_who_has_given_up() -> None:
    admission = Admission(width=1, patience=NEVER)
    leave = await admission.enter()
    tired = asyncio.create_task(admission.enter())
    await settle()
    other = asyncio.create_task(admission.lull())
    await settle()
    crowded = [admission.crowded]
    tired.cancel()
    async with asyncio.timeout(0.5):
        await other
    assert [*crowded, admission.crowded] == [True, False]
    leave()


async def test_other_work_waits_for_a_lull() -> None:
    admission = Admission(width=1, patience=NEVER)
    await admission.lull()  # at once, where nobody waits
    first = await admission.enter()
    second = asyncio.create_task(admission.enter())
    await settle()
    other = asyncio.create_task(admission.lull())
    await settle()
    assert not other.done()
    first()
    async with asyncio.timeout(0.5):
        await other
        (await second)()


async def test_other_work_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversations.admission.LONGEST_CROWD", 0.01)
    admission = Admission(width=1, patience=NEVER)
    leave = await admission.enter()
    waiting = asyncio.create_task(admission.enter())
    await settle()
    async with asyncio.timeout(5):
        await admission.lull()
    leave()
    (await waiting)()
