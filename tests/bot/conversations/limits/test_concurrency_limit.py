"""The limit on concurrent questions: a few questions at a time on their way to the model, in order."""

import asyncio

import pytest

from bot.conversations.limits.concurrency_limit import ConcurrencyLimit

NEVER = 3600.0


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_some_go_through_at_once_and_the_others_wait_in_order() -> None:
    limit = ConcurrencyLimit(width=2, patience=NEVER)
    through: list[int] = []
    leave = {}

    async def go(number: int) -> None:
        leave[number] = await limit.acquire()
        through.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(go(number))
        await settle()
        assert through == [0, 1]
        crowded = [limit.crowded]
        leave[1]()
        leave[1]()  # once is enough
        await settle()
        assert through == [0, 1, 2]
        leave[0]()
        leave[2]()
        await settle()
    assert through == [0, 1, 2, 3, 4]
    assert [*crowded, limit.crowded] == [True, False]
    for each in leave.values():
        each()


async def test_one_that_takes_long_holds_nobody_up() -> None:
    limit = ConcurrencyLimit(width=1, patience=0.01)
    slow = await limit.acquire()
    async with asyncio.timeout(5):
        quick = await limit.acquire()
    slow()
    quick()
    assert not limit.crowded


async def test_who_gives_up_waiting_leaves_the_place_to_the_next() -> None:
    limit = ConcurrencyLimit(width=1, patience=NEVER)
    leave = await limit.acquire()
    tired, let_in, next_one = (asyncio.create_task(limit.acquire()) for _ in range(3))
    await settle()
    tired.cancel()
    leave()
    let_in.cancel()  # its turn has come, but it does not know yet
    async with asyncio.timeout(5):
        (await next_one)()
    assert tired.cancelled() or tired.cancelling()
    assert not limit.crowded
    (await limit.acquire())()


async def test_nobody_is_crowded_by_who_has_given_up() -> None:
    limit = ConcurrencyLimit(width=1, patience=NEVER)
    leave = await limit.acquire()
    tired = asyncio.create_task(limit.acquire())
    await settle()
    other = asyncio.create_task(limit.lull())
    await settle()
    crowded = [limit.crowded]
    tired.cancel()
    async with asyncio.timeout(0.5):
        await other
    assert [*crowded, limit.crowded] == [True, False]
    leave()


async def test_other_work_waits_for_a_lull() -> None:
    limit = ConcurrencyLimit(width=1, patience=NEVER)
    await limit.lull()  # at once, where nobody waits
    first = await limit.acquire()
    second = asyncio.create_task(limit.acquire())
    await settle()
    other = asyncio.create_task(limit.lull())
    await settle()
    assert not other.done()
    first()
    async with asyncio.timeout(0.5):
        await other
        (await second)()


async def test_other_work_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversations.limits.concurrency_limit.LONGEST_LULL_WAIT", 0.01)
    limit = ConcurrencyLimit(width=1, patience=NEVER)
    leave = await limit.acquire()
    waiting = asyncio.create_task(limit.acquire())
    await settle()
    async with asyncio.timeout(5):
        await limit.lull()
    leave()
    (await waiting)()
