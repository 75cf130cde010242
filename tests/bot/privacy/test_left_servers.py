"""Servers that have removed Saem: noted, forgotten after a month, or come back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import insert, select

from bot.privacy.left_servers import KEPT_TABLES, LeftServers, rows_of
from bot.store.base import table_of
from bot.store.notes import Notes
from bot.store.schema import whole_schema
from bot.store.server_settings import CALCULATOR, ServerSettings
from bot.store.store import Store, open_store
from bot.store.tables import GuildRow, ServerSettingRow

GUILD, STAYS, ELSEWHERE = 7, 8, 9


class Forgotten:
    """Notes what the other rooms are asked to delete; `refuses` some."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.refuses = ""

    async def conversations(self, guild_id: int) -> bool:
        self.steps.append(("conversations", guild_id))
        return self.refuses != "conversations"

    async def library(self, guild_id: int) -> bool:
        self.steps.append(("library", guild_id))
        return self.refuses != "library"

    async def assistant(self, guild_id: int) -> None:
        self.steps.append(("assistant", guild_id))


class World:
    """Three servers in the store, the time, and where Saem is."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = datetime(2026, 12, 1, tzinfo=UTC)
        self.there = {STAYS}
        self.forgotten = Forgotten()

    def left(self) -> LeftServers:
        return LeftServers(
            self.store,
            self.forgotten,
            owns=lambda guild_id: guild_id != ELSEWHERE,
            is_there=lambda guild_id: guild_id in self.there,
            clock=lambda: self.at,
        )

    async def looks(self, days: float = 0) -> list[int]:
        """Let days pass, and look again, as another process."""
        self.at += timedelta(days=days)
        return await self.left().run_once()

    async def rows(self, row: type[Any]) -> set[int]:
        return {each.guild_id for each in await self.store.read(select(table_of(row)))}


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        settings = ServerSettings(store)
        for guild in (GUILD, STAYS, ELSEWHERE):
            await settings.choose(CALCULATOR, "off", guild)
        row = {"guild_id": GUILD, "assistant_id": "asst_1", "digest": "x", "vector_store_id": None}
        await store.write((insert(table_of(GuildRow)), row))
        yield World(store)


async def test_a_server_that_left_is_forgotten_after_a_month_with_all_its_rows(world: World) -> None:
    assert await world.looks() == []
    assert await world.looks(29.9) == []
    assert world.forgotten.steps == []
    assert await world.looks(0.2) == [GUILD]
    assert world.forgotten.steps == [("conversations", GUILD), ("library", GUILD), ("assistant", GUILD)]
    assert await world.rows(ServerSettingRow) == {STAYS, ELSEWHERE}
    assert await world.rows(GuildRow) == set()
    assert await Notes(world.store).beginning_with("left:") == {}
    assert await world.looks(100) == []


async def test_a_server_that_comes_back_keeps_its_things_and_its_month_begins_anew(world: World) -> None:
    await world.looks()
    world.there.add(GUILD)
    assert await world.looks(29) == []
    world.there.remove(GUILD)
    assert await world.looks(5) == []
    assert await world.looks(29) == []
    assert await world.rows(ServerSettingRow) == {GUILD, STAYS, ELSEWHERE}
    assert await world.looks(2) == [GUILD]


async def test_what_does_not_go_now_goes_the_next_time(world: World) -> None:
    await world.looks()
    for refuses in ("conversations", "library"):
        world.forgotten.refuses = refuses
        assert await world.looks(31) == []
        assert await world.rows(ServerSettingRow) == {GUILD, STAYS, ELSEWHERE}
    assert ("assistant", GUILD) not in world.forgotten.steps
    world.forgotten.refuses = ""
    assert await world.looks(1) == [GUILD]


def test_every_table_of_servers_is_either_deleted_or_named() -> None:
    with_servers = {table.name for table in whole_schema().sorted_tables if "guild_id" in table.columns}
    deleted = {statement.table.name for statement, _ in rows_of(GUILD)}
    assert deleted | KEPT_TABLES == with_servers
    assert not deleted & KEPT_TABLES
    assert {"conversations", "library_files", "quizzes", "server_settings", "server_setting_changes"} <= deleted
