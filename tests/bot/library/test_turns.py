"""Turns: nobody's files hold up those of others."""

import asyncio
from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.turns import PER_GUILD, PER_STUDENT, Turn, TurnQueue

KIM, LEE, PARK = Turn(1, 10), Turn(1, 11), Turn(2, 12)


async def _filled(*turns: Turn) -> TurnQueue[int]:
    queue: TurnQueue[int] = TurnQueue()
    for number, turn in enumerate(turns):
        await queue.put(turn, number)
    return queue


async def _now(queue: TurnQueue[int]) -> tuple[Turn, int] | None:
    """What can be taken at once."""
    try:
        async with asyncio.timeout(0.01):
            return await queue.take()
    except TimeoutError:
        return None


async def test_guilds_take_turns_and_the_students_in_a_guild() -> None:
    queue = await _filled(KIM, KIM, KIM, LEE, PARK, PARK)
    order = []
    while (taken := await _now(queue)) is not None:
        order.append(taken[1])
        await queue.end(taken[0])
    assert order == [0, 4, 3, 5, 1, 2]


async def test_a_student_has_few_under_way_and_the_rest_waits_for_them_alone() -> None:
    queue = await _filled(*[KIM] * 5, LEE)
    taken = [await _now(queue) for _ in range(PER_STUDENT + 1)]
    assert [each[0] for each in taken if each] == [KIM, LEE, KIM]
    assert await _now(queue) is None
    await queue.end(KIM)
    assert await _now(queue) == (KIM, 2)


async def test_what_is_done_in_bulk_comes_last() -> None:
    bulk = Turn(1, 0, bulk=True)
    queue = await _filled(bulk, KIM, PARK)
    assert [(await queue.take())[1] for _ in range(3)] == [1, 2, 0]


async def test_who_waits_is_woken() -> None:
    queue = await _filled()
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    await queue.put(KIM, 7)
    assert await waiting == (KIM, 7)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.booleans()), max_size=60), st.randoms())
def test_all_is_taken_once_and_nobody_has_too_much_under_way(
    waiting: list[tuple[int, int, bool]], random: Random
) -> None:
    async def run() -> None:
        turns = [Turn(guild, guild * 10 + student, bulk) for guild, student, bulk in waiting]
        queue = await _filled(*turns)
        under_way: list[Turn] = []
        seen: list[int] = []
        while len(seen) < len(turns):
            taken = await _now(queue)
            if taken is not None:
                seen.append(taken[1])
                under_way.append(taken[0])
                assert max(Counter(under_way).values()) <= PER_STUDENT
                assert max(Counter(turn.guild_id for turn in under_way).values()) <= PER_GUILD
            if under_way and (taken is None or random.random() < 0.3):
                await queue.end(under_way.pop(random.randrange(len(under_way))))
        assert sorted(seen) == list(range(len(turns)))

    asyncio.run(run())
