"""`saem status`: what runs, and whether it is well, from the rows alone."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.command_line.status import status
from bot.settings import Settings
from bot.shards.lease_store import LeaseStore, SessionStarts
from bot.store.notes import ALIVE_AT
from bot.store.store import open_store
from playground.server import Playground
from tests.failing_disks import fill, small_disk
from tests.house import House, settings_for
from tests.migrated import bot_database
from tests.scripted_openai import ScriptedOpenAI


async def test_a_bot_that_runs_is_seen_and_nothing_is_changed(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    await house.bot.notes.set(ALIVE_AT, "2026-01-01T00:00:00+00:00")
    assert await status(house.settings) == 1
    assert "does not hear Discord" in capsys.readouterr().out
    await house.bot.notes.set(ALIVE_AT, house.bot.outbox.request_trace.clock.now().isoformat())
    await house.bot.bot_status.note()
    assert await status(house.settings) == 0
    assert "✓ Discord: everything is heard." in capsys.readouterr().out


async def test_a_full_disk_is_told_though_saem_cannot_note_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk", 3) as disk:
        bot_database(disk)
        settings = Settings(_env_file=None, data_dir=disk)  # type: ignore[call-arg]
        async with open_store(settings.store_url):
            fill(disk)
            assert await status(settings) == 1
            assert await status(settings, check=True) == 1
        said = capsys.readouterr().out
        assert said.count("✗ saem.sqlite3: the disk is full: make room on it.") == 2
        assert "✗ Saem: does not run." in said
        assert await status(settings) == 1  # SQLite needs some room, even to read
        assert "the disk is full" in capsys.readouterr().out


async def test_no_database_an_old_one_and_another_programs_get_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        settings = settings_for(discord, openai, tmp_path)
        file = tmp_path / "saem.sqlite3"
        assert await status(settings) == 1
        assert not file.exists()
        sqlite3.connect(file).close()
        assert await status(settings) == 1
        file.unlink()
        bot_database(tmp_path)
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE saem_schema SET version_num = '0001'")
        assert await status(settings) == 1
        file.write_bytes(b"no database at all, but a text that is long enough" * 100)
        assert await status(settings) == 1
    said = capsys.readouterr().out.splitlines()
    assert "there is none at" in said[0]
    assert "holds nothing of Saem's yet" in said[1]
    assert "it is at version 0001" in said[2]
    assert said[3].startswith("✗ Database: ")


async def test_processes_on_postgresql_are_seen(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_store(postgres) as store:
        async with store.database.writer.begin() as connection:
            await connection.execute(text("TRUNCATE shard_processes, shards, shard_guilds, shard_cluster, notes"))
        leases = LeaseStore(store.database, "here-1", "here")
        try:
            await leases.join(None, 2, SessionStarts(max_concurrency=1, remaining=0, reset_after=500.0))
            await leases.take(1)
            async with Playground() as discord, ScriptedOpenAI() as openai:
                assert await status(settings_for(discord, openai, tmp_path, database_url=postgres)) == 1
        finally:
            await leases.close()
    said = capsys.readouterr().out
    assert "✓ Database: answers (PostgreSQL)." in said
    assert "on here): runs for 0 seconds, holds shard 1." in said
    assert "✗ Shard 0: nobody has it just now." in said
    assert "✗ Shard 1: not everything is heard, or caught up with, yet." in said
    assert "✗ Discord: no further session may be begun today; shards without one wait for" in said
