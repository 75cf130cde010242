"""The bot's store: group commit, migrations, what is written once."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from bot.store.conversation_store import ConversationStore, StoredAnswer, StoredConversation, StoredToolCall
from bot.store.notes import Notes
from bot.store.schema import whole_schema
from bot.store.store import Store, StoreError, open_store
from bot.store.tables import QuestionState
from bot.store.token_usage import TokenUsage


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """The same tests for both databases."""
    if request.param == "sqlite":
        async with open_store(f"sqlite:///{tmp_path / 'new' / 'saem.sqlite3'}") as opened:
            yield opened
        return
    async with open_store(request.getfixturevalue("postgres")) as opened:
        async with opened.database.writer.begin() as connection:
            for table in reversed(whole_schema().sorted_tables):
                await connection.execute(table.delete())
        yield opened


@pytest.mark.parametrize(
    "parameter", ["?sslmode=disable", "?sslmode=disable&channel_binding=prefer&gssencmode=disable"]
)
@pytest.mark.postgres
async def test_an_address_as_hosted_postgresql_gives_it_out_is_understood(postgres: str, parameter: str) -> None:
    async with open_store(postgres.replace("?", parameter + "&")) as opened:
        assert opened.dialect == "postgresql"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql+asyncpg://me:hidden@host:port/db", "DATABASE_URL"),
        ("postgresql+asyncpg://me:hidden@127.0.0.1:9/db?pgbouncer=true", "pgbouncer"),
        ("postgresql+asyncpg://me:hidden@127.0.0.1:9/db", "DATABASE_URL"),
        ("mysql://me:hidden@host/db", "DATABASE_URL"),
    ],
)
async def test_an_address_that_leads_nowhere_is_one_sentence(url: str, named: str) -> None:
    with pytest.raises(StoreError, match=named) as refused:
        async with open_store(url):
            pass
    assert "hidden" not in str(refused.value)


async def test_a_database_that_another_program_writes_to_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.1)
    file = tmp_path / "saem.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program") as refused:
            async with open_store(f"sqlite:///{file}"):
                pass
    assert str(file) in str(refused.value)


async def take_up(
    memory: ConversationStore, message_id: int, conversation_id: int = 1, state: QuestionState = "waiting"
) -> None:
    conversation = StoredConversation(conversation_id, 5, conversation_id, None, True, 0)
    await memory.add_question(conversation, message_id=message_id, channel_id=9, author_id=7, state=state)


async def test_the_migrations_make_the_schema_that_the_models_describe(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), whole_schema())

    async with store.database.reader.connect() as connection:
        found = await connection.run_sync(differences)
    assert [each for each in found if "saem_schema" not in str(each)] == []  # type: ignore[attr-defined]


async def test_a_database_can_be_opened_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'saem.sqlite3'}"
    async with open_store(url) as store:
        await Notes(store).set("name", "value")
    async with open_store(url) as store:
        assert await Notes(store).get("name") == "value"


async def test_an_address_that_means_nothing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL is no address"):
        async with open_store("nonsense"):
            pass


async def test_a_message_is_taken_up_once(store: Store) -> None:
    memory = ConversationStore(store)
    await take_up(memory, 100)
    with pytest.raises(IntegrityError):
        await take_up(memory, 100)
    assert await memory.handled([99, 100, 101]) == {100}


async def test_writes_that_come_at_once_share_commits(store: Store) -> None:
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(store.database.writer.sync_engine, "commit", count)
    memory = ConversationStore(store)
    await asyncio.gather(*(take_up(memory, number, number) for number in range(1, 101)))
    assert commits <= 3
    assert len(await memory.handled(list(range(1, 101)))) == 100


async def test_a_write_that_fails_does_not_spoil_those_it_shares_a_commit_with(store: Store) -> None:
    memory = ConversationStore(store)
    await take_up(memory, 1)
    results = await asyncio.gather(*(take_up(memory, each) for each in (2, 1, 3)), return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert await memory.handled([1, 2, 3]) == {1, 2, 3}


async def test_an_answer_is_found_by_the_messages_that_show_it(store: Store) -> None:
    memory = ConversationStore(store)
    await take_up(memory, 100)
    await memory.begin_answer(StoredAnswer("answer", 1, None, "running"), [100])
    await memory.set_run("answer", "run_1", 1, "thread_1")
    await memory.end_answer("answer", "completed", answered=[100], shown=[200, 201])
    found = await memory.conversation_of(201)
    assert found is not None
    assert (found.id, found.thread_id, found.last_message_id) == (1, "thread_1", 100)
    assert await memory.messages_of("answer") == [200, 201]
    assert await memory.shown_after(1, 200) == {201}
    assert await memory.shown_after(2, 200) == set()
    assert [(each.message_id, each.state) for each in await memory.questions_of("answer")] == [(100, "answered")]


async def test_an_answer_takes_the_questions_of_the_one_it_replaces_in_one_write(store: Store) -> None:
    memory = ConversationStore(store)
    await take_up(memory, 100)
    await memory.begin_answer(StoredAnswer("old", 1, "run_1", "running"), [100])
    await memory.begin_answer(StoredAnswer("new", 1, "run_1", "running"), [100], replaced="old")
    assert [answer.id for answer in await memory.answers_in("running")] == ["new"]
    assert [each.message_id for each in await memory.questions_of("new")] == [100]
    assert await memory.questions_of("old") == []


async def test_context_stays_context_and_is_found_until_an_answer_takes_it(store: Store) -> None:
    memory = ConversationStore(store)
    await take_up(memory, 100)
    for number in (101, 102, 103):
        await take_up(memory, number, state="context")
    assert [each.message_id for each in await memory.context_of(1, 2)] == [102, 103]
    await memory.begin_answer(StoredAnswer("answer", 1, None, "running"), [100, 101])
    assert [each.message_id for each in await memory.context_of(1, 9)] == [102, 103]
    await memory.end_answer("answer", "completed", answered=[100, 101])
    states = [(each.message_id, each.state) for each in await memory.questions_of("answer")]
    assert states == [(100, "answered"), (101, "context")]
    await memory.set_questions([103], "dropped")
    assert [each.message_id for each in await memory.context_of(1, 9)] == [102]
    assert await memory.context_of(2, 9) == []


async def test_open_calls_are_those_not_handed_in(store: Store) -> None:
    memory = ConversationStore(store)
    calls = [StoredToolCall(f"call_{n}", 1, "a", "thread", f"run_{n}", "quiz", "{}", None, False) for n in (1, 2)]
    await memory.add_calls(calls)
    await memory.set_output("call_1", "done")
    await memory.set_submitted("run_1")
    assert [call.call_id for call in await memory.open_calls(1)] == ["call_2"]
    first = await memory.call("call_1")
    assert first is not None
    assert (first.output, first.submitted) == ("done", True)


async def test_the_tokens_of_a_day_add_up(store: Store) -> None:
    usage = TokenUsage(store)
    await asyncio.gather(*(usage.add("2026-11-21", 10) for _ in range(5)))
    assert await usage.on("2026-11-21") == 50
    assert await usage.on("2026-11-22") == 0
