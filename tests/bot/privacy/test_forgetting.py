"""Requests to be forgotten: two at once, a start in the middle, and a server that does not delete for now."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import insert, select

from bot import retries
from bot.conversations.registry import Conversations
from bot.privacy.forgetting import AT_ONCE, Forgetter
from bot.privacy.forgetting_store import ForgettingStore
from bot.store.base import table_of
from bot.store.store import Store
from bot.store.tables import TokenChargeRow
from tests.bot.store.conftest import store

__all__ = ["store"]

ALEX = 7


class Rooms:
    """The other rooms, whose deletion waits for a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[int] = []
        self.files_left = 0
        self.at_work = self.most_at_work = 0

    def owns(self, guild_id: int) -> bool:
        return guild_id >= 0

    async def tell(self, student_id: int) -> None:
        raise AssertionError(student_id)

    async def delete_results(self, student_id: int) -> int:
        self.asked.append(student_id)
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        await self.gate.wait()
        self.at_work -= 1
        return 3

    async def files_of(self, _student_id: int) -> list[Any]:
        return [object()] * self.files_left

    async def remove_files(self, _records: list[Any]) -> None:
        self.files_left = max(0, self.files_left - 1)


def forgetter_of(store: Store, rooms: Rooms) -> Forgetter:
    return Forgetter(
        ForgettingStore(store),
        cast("Conversations", None),  # no conversation is known
        others=rooms,
        delete_results=rooms.delete_results,
        files_of=rooms.files_of,
        remove_files=rooms.remove_files,
    )


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)


async def test_a_start_in_the_middle_breaks_nothing_off_and_what_went_is_told(store: Store) -> None:
    rooms = Rooms()
    forgetter = forgetter_of(store, rooms)
    asking = asyncio.create_task(forgetter.ask(ALEX, ("results",)))
    await until(lambda: rooms.asked)
    await forgetter.recover()  # discord.py says `ready` again and again
    rooms.gate.set()
    assert await asking == Counter(results=3)
    assert rooms.asked == [ALEX]
    assert await ForgettingStore(store).unfinished() == []


async def test_what_is_asked_for_meanwhile_is_done_too_and_both_are_told(store: Store) -> None:
    rooms = Rooms()
    rooms.files_left = 1
    forgetter = forgetter_of(store, rooms)
    first = asyncio.create_task(forgetter.ask(ALEX, ("results",)))
    await until(lambda: rooms.asked)
    second = asyncio.create_task(forgetter.ask(ALEX, ("results", "files")))
    await asyncio.sleep(0.05)
    rooms.gate.set()
    assert (await first)["results"] == (await second)["results"] == 6  # the later request was not done by the earlier
    assert (await second)["files"] == 1
    assert await ForgettingStore(store).unfinished() == []


async def test_files_that_do_not_go_now_are_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.0)
    rooms = Rooms()
    rooms.files_left = 3
    assert (await forgetter_of(store, rooms).ask(ALEX, ("files",)))["files"] == 1  # those that the last try has found
    assert rooms.files_left == 0


async def test_who_waits_for_the_server_holds_up_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 60.0)
    rooms = Rooms()
    rooms.files_left = 10_000
    forgetter = forgetter_of(store, rooms)
    stuck = [asyncio.create_task(forgetter.ask(student, ("files",))) for student in range(1, AT_ONCE + 1)]
    await until(lambda: rooms.files_left <= 10_000 - AT_ONCE)
    rooms.gate.set()
    async with asyncio.timeout(5):
        assert await forgetter.ask(ALEX * 100, ("results",)) == Counter(results=3)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    await forgetter.close()


async def test_what_this_month_has_cost_still_counts_and_earlier_months_are_nobodys(store: Store) -> None:
    """Else whoever is forgotten could spend a budget of a month again."""
    charges = table_of(TokenChargeRow)
    for number, day in enumerate(("2026-11-30", "2026-12-01", "2026-12-14", "2026-12-15")):
        values = {
            "id": str(number),
            "day": day,
            "guild_id": 1,
            "student_id": ALEX,
            "tokens": 5,
            "thread_id": "thread_1",
        }
        await store.write((insert(charges), values))
    await ForgettingStore(store).forget_charges(ALEX, date(2026, 12, 15))
    query = select(charges.c.student_id, charges.c.thread_id).order_by(charges.c.id)
    assert [tuple(row) for row in await store.read(query)] == [
        (0, "thread_1"), (ALEX, None), (ALEX, None), (ALEX, "thread_1"),
    ]  # fmt: skip


async def test_of_many_at_once_a_few_are_at_work_and_all_are_forgotten(store: Store) -> None:
    rooms = Rooms()
    forgetter = forgetter_of(store, rooms)
    asking = [asyncio.create_task(forgetter.ask(student, ("results",))) for student in range(1, 41)]
    await until(lambda: rooms.at_work == AT_ONCE)
    rooms.gate.set()
    await asyncio.gather(*asking)
    assert sorted(rooms.asked) == list(range(1, 41))
    assert rooms.most_at_work == AT_ONCE
    assert await ForgettingStore(store).unfinished() == []
