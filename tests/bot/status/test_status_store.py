"""The rows in which processes note how they are."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.status.condition import read_condition
from bot.status.process_status import Problem, ProcessStatus, ShardChange, ShardStatus
from bot.status.status_store import FORGOTTEN_AFTER, StatusStore, noted_process
from bot.status.tables import ProcessStatusRow
from bot.store.store import Store, open_store
from bot.store.tables import AnswerRow, QuestionRow, TokenChargeRow
from tests.bot.status.conditions import process_status
from tests.migrated import bot_database


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    bot_database(tmp_path)
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        yield store


async def noted(store: Store) -> dict[str, ProcessStatus | None]:
    condition = await read_condition(store.read, "sqlite")
    return {each.process_id: each.status for each in condition.processes}


async def make_old(store: Store, process_id: str, seconds: float) -> None:
    older = ProcessStatusRow.noted_at - seconds
    row = update(ProcessStatusRow).where(ProcessStatusRow.process_id == process_id)
    await store.write((row.values(noted_at=older), {}))


STATUS = process_status(
    "a",
    ShardStatus(0, connected=False),
    problems=(Problem("outage", "x", "full", 5.0),),
    changes=(ShardChange(1.0, 0, gained=True),),
    starts_again_at=99.0,
)


async def test_what_is_noted_is_read_and_goes_with_its_process(sqlite: Store) -> None:
    rows = StatusStore(sqlite)
    await rows.put(STATUS)
    assert await noted(sqlite) == {"a": STATUS}
    condition = await read_condition(sqlite.read, "sqlite")
    assert 0 <= condition.now - condition.processes[0].seen_at < 5
    assert condition.living
    assert condition.starts_again_at == 99.0
    await make_old(sqlite, "a", 60)
    assert not (await read_condition(sqlite.read, "sqlite")).living
    await rows.put(replace(STATUS, pid=12))  # its row, whatever it says
    assert (await read_condition(sqlite.read, "sqlite")).living
    await rows.remove("a")
    assert await noted(sqlite) == {}


async def test_questions_answers_and_charges_are_counted(sqlite: Store) -> None:
    questions = {"conversation_id": 1, "author_id": 1, "digest": ""}
    before, after = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    for number, (state, at) in enumerate((("waiting", after), ("waiting", before), ("dropped", before))):
        row = {**questions, "message_id": number, "state": state, "created_at": at}
        await sqlite.write((insert(QuestionRow), row))
    for number, state in enumerate(("running", "completed")):
        await sqlite.write((insert(AnswerRow), {"id": str(number), "conversation_id": 1, "state": state}))
    today = datetime.now(UTC).date()
    for number, day in enumerate((today, today, today - timedelta(days=2))):
        charge = {"id": str(number), "day": day.isoformat(), "guild_id": 1, "student_id": 1}
        await sqlite.write((insert(TokenChargeRow), {**charge, "tokens": 5, "picodollars": 7}))
    seen = await read_condition(sqlite.read, "sqlite")
    assert (seen.waiting, seen.running, seen.tokens, seen.picodollars) == (2, 1, 10, 14)
    assert seen.oldest_waiting == before.timestamp()


async def test_with_sqlite_whoever_was_there_before_is_dead(sqlite: Store) -> None:
    await StatusStore(sqlite).put(STATUS)
    await StatusStore(sqlite).put(process_status("b"))
    assert list(await noted(sqlite)) == ["b"]


async def test_on_postgresql_the_dead_are_forgotten_after_a_while(postgres: str) -> None:
    async with open_store(postgres) as store:
        rows = StatusStore(store)
        for name in "abc":
            await rows.put(process_status(name))
        await make_old(store, "a", FORGOTTEN_AFTER + 1)
        await make_old(store, "b", FORGOTTEN_AFTER - 60)
        await rows.put(process_status("c"))
        rows_left = await store.read(select(ProcessStatusRow.process_id).order_by(ProcessStatusRow.process_id))
        assert [row.process_id for row in rows_left] == ["b", "c"]
        condition = await read_condition(store.read, "postgresql")
        assert condition.shared
        assert (condition.database_bytes or 0) > 1_000_000


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"process_id": "a"}', '{"shards": [1]}'])
def test_what_cannot_be_read_is_of_another_release(text: str) -> None:
    assert noted_process("a", "one", 1, 5.0, text).status is None


def test_what_another_release_has_added_is_left_out() -> None:
    value = json.loads(STATUS.as_json())
    value["new"] = value["model"]["new"] = value["shards"][0]["new"] = 1
    assert noted_process("a", "one", 1, 5.0, json.dumps(value)).status == STATUS
