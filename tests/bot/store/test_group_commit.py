"""Group commit: writes that come at once share one transaction."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.store.conversation_store import ConversationStore, StoredAnswer
from bot.store.store import Store, open_store
from database import outages
from database.database import Database
from tests.bot.store.questions import add_question
from tests.failing_disks import locked
from tests.migrated import bot_database


async def test_writes_that_come_at_once_share_commits(store: Store) -> None:
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(store.database.writer.sync_engine, "commit", count)
    conversation_store = ConversationStore(store)
    await asyncio.gather(*(add_question(conversation_store, number, number) for number in range(1, 101)))
    assert commits <= 3
    assert len(await conversation_store.handled(list(range(1, 101)))) == 100


async def test_a_write_that_fails_does_not_spoil_those_it_shares_a_commit_with(store: Store) -> None:
    conversation_store = ConversationStore(store)
    await add_question(conversation_store, 1)
    results = await asyncio.gather(
        *(add_question(conversation_store, each) for each in (2, 1, 3)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert await conversation_store.handled([1, 2, 3]) == {1, 2, 3}


async def test_a_database_that_refuses_connections_gives_its_error_to_whoever_writes_and_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outages, "PATIENCE", 0.1)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    store = Store(Database(f"postgresql+asyncpg://saem:secret@127.0.0.1:{port}/saem"))
    conversation_store = ConversationStore(store)
    with structlog.testing.capture_logs() as logged:
        results = await asyncio.gather(
            *(add_question(conversation_store, each) for each in range(50)), return_exceptions=True
        )
        assert {type(result) for result in results} == {outages.NotConnectedError}
        with pytest.raises(outages.NotConnectedError):
            await conversation_store.handled([1])
    assert [each["event"] for each in logged] == ["database.away"]
    assert "secret" not in str(logged) + str(results[0])
    await store.database.close()


async def test_a_database_that_comes_back_in_time_loses_nothing_and_is_told_of_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outages, "FIRST_DELAY", 0.001)
    outage, calls = outages.Outage(), 0

    async def work() -> str:
        nonlocal calls
        calls += 1
        if calls < 5:
            raise outages.NotConnectedError("connect", None, ConnectionRefusedError("refused"))
        return "done"

    with structlog.testing.capture_logs() as logged:
        assert await outage.bridge(work) == "done"
    assert [each["event"] for each in logged] == ["database.away", "database.back"]
    assert not outage.lasts


async def test_what_breaks_off_after_it_was_begun_is_not_done_twice() -> None:
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1
        raise OperationalError("insert", None, ConnectionResetError())

    with pytest.raises(OperationalError):
        await outages.Outage().bridge(work)
    assert calls == 1


async def test_an_error_that_no_database_raises_reaches_those_who_wrote(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ConnectionResetError("while it began")

    monkeypatch.setattr("bot.store.group_commit._execute_together", broken)
    results = await asyncio.gather(
        *(add_question(ConversationStore(store), each) for each in (1, 2)), return_exceptions=True
    )
    assert [type(result) for result in results] == [ConnectionResetError, ConnectionResetError]


@pytest_asyncio.fixture
async def file_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A store in SQLite, which another program can lock; it waits for nobody."""
    monkeypatch.setattr("bot.store.group_commit.TRIED_EVERY", 0.01)
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.0)
    async with open_store(f"sqlite:///{bot_database(tmp_path)}") as opened:
        yield opened


async def test_what_has_happened_already_is_written_when_an_outage_is_over_in_order(
    file_store: Store, tmp_path: Path
) -> None:
    conversation_store = ConversationStore(file_store)
    await add_question(conversation_store, 1)
    with locked(tmp_path / "saem.sqlite3"):
        await conversation_store.begin_answer(StoredAnswer("a", 1, None, "running"), [1])
        await conversation_store.set_run("a", "run_1", 1, "thread_1")
        await conversation_store.end_answer("a", "completed", answered=[1], shown=[9])
        with pytest.raises(OperationalError, match="locked"):  # what has not been shown is refused
            await add_question(conversation_store, 2)
        assert await conversation_store.answer("a") is None
    await add_question(conversation_store, 3)  # goes after those that wait
    answer = await conversation_store.answer("a")
    assert answer is not None
    assert (answer.state, answer.run_id) == ("completed", "run_1")
    assert await conversation_store.messages_of("a") == [9]


async def test_what_waits_for_the_end_of_an_outage_needs_no_other_write(file_store: Store, tmp_path: Path) -> None:
    conversation_store = ConversationStore(file_store)
    with locked(tmp_path / "saem.sqlite3"):
        await conversation_store.add_shown("a", [9])
    async with asyncio.timeout(5):
        while await conversation_store.messages_of("a") != [9]:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
