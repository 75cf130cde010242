"""Records in memory: once each, read back when they are wanted, and idle ones make room."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.store import live_records
from bot.store.live_records import LiveRecords


@dataclass(eq=False)
class Kept:
    name: str
    is_idle: bool = True


async def test_a_record_is_read_once_however_many_ask_for_it_at_once() -> None:
    read: list[str] = []

    async def load(record_id: str) -> Kept | None:
        read.append(record_id)
        await asyncio.sleep(0)
        return Kept(record_id) if record_id != "none" else None

    records = LiveRecords(load)
    first, again, none = await asyncio.gather(records.find("a"), records.find("a"), records.find("none"))
    assert first is again
    assert first is not None
    assert none is None
    assert await records.find("a") is first
    assert read == ["a", "none"]
    records.forget("a", Kept("another"))
    assert await records.find("a") is first
    records.forget("a", first)
    assert await records.find("a") is not first


async def test_idle_records_make_room_and_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_records, "REMEMBERED", 20)

    async def load(record_id: str) -> Kept | None:
        return Kept(record_id)

    records = LiveRecords(load)
    for number in range(21):
        records.keep(str(number), Kept(str(number), is_idle=number != 0))
        await records.find("1")
    assert [each.name for each in records.in_memory()][:2] == ["0", "3"]
    assert len(records.in_memory()) == 20
