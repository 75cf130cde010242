"""`saem status`: what runs, and whether it is well, from the rows alone."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.command_line.status import SILENT_AFTER, WAITS_LONG, Process, Snapshot, report, status
from bot.shards.lease_store import LEASE, LeaseStore, SessionStarts
from bot.store.store import open_store
from bot.tutor.catchup import ALIVE_AT
from playground.server import Playground
from tests.house import House, settings_for
from tests.migrated import bot_database
from tests.scripted_openai import ScriptedOpenAI

NOW = 1_800_000_000.0
ALONE = Snapshot(now=NOW, heard_until={ALIVE_AT: NOW - 14})
A = Process("a", "one", 11, NOW - 7_300, NOW - 2, closing=False)
B = Process("b", "two", 12, NOW - 30, NOW - 1, closing=True)
MANY = Snapshot(
    now=NOW,
    heard_until={f"{ALIVE_AT}:0/3": NOW - 5, f"{ALIVE_AT}:1/3": NOW - 5, f"{ALIVE_AT}:2/3": NOW - 5},
    processes=[A, B],
    shards={0: "a", 1: "a", 2: "b"},
)


def lines(seen: Snapshot, tokens_per_day: int = 0) -> list[str]:
    return [str(each) for each in report(seen, tokens_per_day)]


def test_one_that_is_well_says_so() -> None:
    assert lines(replace(ALONE, waiting=2, oldest_waiting=NOW - 130, running=3, tokens=1234), 5000) == [
        "✓ Saem: runs, and hears Discord.",
        "✓ Questions: 2 waiting (the oldest for 2 minutes), 3 being answered.",
        "✓ Tokens of today (UTC): 1,234 of 5,000.",
    ]


def test_several_say_who_holds_what() -> None:
    assert lines(MANY) == [
        "✓ Process 11 on one: runs for 2 hours, holds shards 0, 1.",
        "✓ Process 12 on two: runs for 30 seconds, holds shard 2, and is about to end.",
        "✓ Questions: 0 waiting, 0 being answered.",
        "✓ Tokens of today (UTC): 0.",
    ]
    stands_by = replace(MANY, shards={0: "a"}, heard_until={ALIVE_AT: NOW})
    assert "✓ Process 12 on two: runs for 30 seconds, holds no shard, and stands by, and is about to end." in lines(
        stands_by
    )


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        (replace(ALONE, heard_until={}), "Saem: has never been connected to Discord with this database."),
        (
            replace(ALONE, heard_until={ALIVE_AT: NOW - SILENT_AFTER - 1}),
            "Saem: does not run, or does not hear Discord; it heard everything until 61 seconds ago.",
        ),
        (
            replace(ALONE, waiting=1, oldest_waiting=NOW - WAITS_LONG - 1),
            "Questions: 1 waiting (the oldest for 10 minutes), 0 being answered.",
        ),
        (replace(ALONE, tokens=5_000), "Tokens of today (UTC): 5,000 of 5,000. Nothing more is answered today."),
        (
            replace(MANY, processes=[replace(each, heartbeat_at=NOW - 200_000) for each in (A, B)]),
            "Saem: does not run; the last process was there 2 days ago.",
        ),
        (replace(MANY, processes=[]), "Saem: does not run."),
        (replace(MANY, processes=[A, replace(B, heartbeat_at=NOW - LEASE)]), "Shard 2: nobody has it just now."),
        (replace(MANY, shards={0: "a", 1: None, 2: None}), "Shards 1, 2: nobody has them just now."),
        (
            replace(MANY, heard_until={**MANY.heard_until, f"{ALIVE_AT}:1/3": NOW - 61}),
            "Shard 1: not everything is heard, or caught up with, yet.",
        ),
        (
            replace(MANY, starts_reset_at=NOW + 7_201),
            "Discord: no further session may be begun today; shards without one wait for 2 hours.",
        ),
    ],
)
def test_what_is_wrong_is_marked(seen: Snapshot, wrong: str) -> None:
    assert [line for line in lines(seen, 5_000) if line.startswith("✗")] == [f"✗ {wrong}"]


async def test_a_bot_that_runs_is_seen_and_nothing_is_changed(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    await house.bot.notes.set(ALIVE_AT, "2026-01-01T00:00:00+00:00")
    assert await status(house.settings) == 1
    assert "does not hear Discord" in capsys.readouterr().out
    await house.bot.notes.set(ALIVE_AT, house.bot.outbox.request_trace.clock.now().isoformat())
    assert await status(house.settings) == 0
    assert "✓ Saem: runs, and hears Discord." in capsys.readouterr().out


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
    assert "on here: runs for 0 seconds, holds shard 1." in said
    assert "✗ Shard 0: nobody has it just now." in said
    assert "✗ Shard 1: not everything is heard, or caught up with, yet." in said
    assert "✗ Discord: no further session may be begun today; shards without one wait for" in said
