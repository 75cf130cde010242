"""The store: migrations and tables agree, one transaction writes at a time, and one process opens a file."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import OperationalError

from assistants.store.cached_statements import change_row, find_row, insert_rows
from assistants.store.ids import new_id
from assistants.store.process_lock import lock_database
from assistants.store.schema import MIGRATIONS, Base, Thread
from assistants.store.store import Store, StoreError, open_store
from database.checkpoint import Checkpoints
from database.outages import Outage
from tests.assistants.conftest import running


def address(directory: Path) -> str:
    return f"sqlite:///{directory / 'assistants.sqlite3'}"


def thread(**metadata: str) -> Thread:
    return Thread(id=new_id("thread"), created_at=1, tool_resources={}, metadata_=metadata)


async def test_the_migrations_make_exactly_what_the_models_say(tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": MIGRATIONS.version_table,
                "compare_type": False,  # a JSON column is text in the database
                # Full-text tables are SQLite's own and belong to the search index.
                "include_name": lambda name, type_, _: type_ != "table" or name in Base.metadata.tables,
            },
        )
        return list(compare_metadata(context, Base.metadata))

    async with open_store(address(tmp_path)) as store, store.engines[1].connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_migrations_stand_in_one_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS.directory))

    assert script.get_heads() == [MIGRATIONS.newest]
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"


async def test_opening_again_finds_everything_as_it_was(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store, store.write() as session:
        session.add(kept := thread(channel="math"))
    async with open_store(address(tmp_path)) as store, store.read() as session:
        (found,) = (await session.scalars(select(Thread))).all()

    assert (found.id, found.metadata_) == (kept.id, {"channel": "math"})


async def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:

        async def fail() -> None:
            async with store.write() as session:
                session.add(thread())
                await session.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fail()
        assert await count(store) == 0


async def test_writers_take_turns_and_readers_do_not_wait(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        inside = 0

        async def write() -> None:
            nonlocal inside
            async with store.write() as session:
                session.add(thread())
                await session.flush()
                inside += 1
                assert inside == 1
                await asyncio.sleep(0.01)
                assert await count(store) <= 20  # a reader does not wait
                inside -= 1

        await asyncio.gather(*(write() for _ in range(20)))
        assert await count(store) == 20


async def test_a_writer_waits_for_another_process_without_blocking_the_loop(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        other = sqlite3.connect(tmp_path / "assistants.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with store.write() as session:
                session.add(thread())

        writing = asyncio.create_task(write())
        await asyncio.sleep(0.1)
        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        await writing
        assert await count(store) == 1


async def test_rows_are_written_and_changed_the_short_way(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        rows = [thread(number=str(number)) for number in range(3)]
        async with store.write_connection() as transaction:
            await insert_rows(transaction, rows)
        async with store.write_connection() as transaction:
            assert await change_row(transaction, rows[1], {"metadata_": {"number": "one"}})
            assert not await change_row(transaction, thread(), {"metadata_": {}})
        async with store.read() as session:
            found = (await session.scalars(select(Thread).order_by(Thread.seq))).all()

    assert [row.metadata_["number"] for row in found] == ["0", "one", "2"]
    assert rows[1].metadata_ == {"number": "one"}


async def test_a_row_is_found_the_short_way_with_a_session_and_without(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        row = thread(number="1")
        async with store.write_connection() as transaction:
            await insert_rows(transaction, [row])
        async with store.write() as session:
            followed = await find_row(session, Thread, row.id, lock=True)
            assert followed is not None
            followed.metadata_ = {"number": "one"}
        async with store.write_connection() as transaction:
            found = await find_row(transaction, Thread, row.id, lock=True)
            assert await find_row(transaction, Thread, "thread_none") is None

    assert found is not None
    assert (found.id, found.seq, found.tool_resources) == (row.id, followed.seq, row.tool_resources)
    assert found.metadata_ == {"number": "one"}


async def test_what_was_read_outlives_the_connection_and_holds_nothing_open(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        async with store.write_connection() as transaction:
            await insert_rows(transaction, [thread(), thread()])
        async with store.read_connection() as connection:
            found = await connection.execute(select(Thread.id))
        async with store.read() as session:
            left = await session.execute(select(Thread.id))  # the result is not read
        async with store.write_connection() as transaction:
            await transaction.execute(delete(Thread))
        with contextlib.closing(sqlite3.connect(tmp_path / "assistants.sqlite3")) as other:
            busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

        assert len(found.all()) == 2
        assert await count(store) == 0
        assert busy == 0  # no transaction still reads the old rows
        del left


async def test_a_writer_that_gives_up_waiting_leaves_the_queue(tmp_path: Path) -> None:
    async with open_store(address(tmp_path)) as store:
        other = sqlite3.connect(tmp_path / "assistants.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with store.write_connection() as transaction:
                await insert_rows(transaction, [thread()])

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(write(), 0.1)
        other.execute("ROLLBACK")
        other.close()
        await asyncio.wait_for(write(), 10)
        assert await count(store) == 1


async def test_strange_text_survives(tmp_path: Path) -> None:
    strange = "쌤 👩‍🏫 \N{RIGHT-TO-LEFT OVERRIDE} \\u0000 ' \" ; DROP TABLE threads; --"
    async with open_store(address(tmp_path)) as store:
        async with store.write() as session:
            session.add(thread(said=strange))
        async with store.read() as session:
            (found,) = (await session.scalars(select(Thread))).all()

    assert found.metadata_ == {"said": strange}


async def test_what_was_written_moves_into_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.checkpoint.INTERVAL", 0.01)
    async with open_store(address(tmp_path)) as store:
        size = (tmp_path / "assistants.sqlite3").stat().st_size
        async with store.write() as session:
            session.add(thread(said="x" * 200_000))
        for _ in range(200):
            await asyncio.sleep(0.02)
            if (tmp_path / "assistants.sqlite3").stat().st_size > size + 200_000:
                break
        else:
            raise AssertionError("no checkpoint came")


async def test_checkpoints_can_be_closed_before_one_is_due(tmp_path: Path) -> None:
    checkpoints = Checkpoints(str(tmp_path / "assistants.sqlite3"), Outage())
    checkpoints.schedule()
    await checkpoints.close()


async def test_a_store_that_cannot_be_opened_says_so_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "assistants.sqlite3").write_bytes(b"this is no database" * 100)

    with pytest.raises(StoreError, match=r"assistants\.sqlite3 cannot be opened: it is no SQLite database"):
        async with open_store(address(tmp_path)):
            pass


async def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(StoreError, match="in use by another"):
            async with running(tmp_path):
                pass
    with lock_database(str(tmp_path / "assistants.sqlite3")):
        pass  # it is unlocked again


async def test_a_locked_database_is_reported_after_some_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.05)
    async with open_store(address(tmp_path)) as store:
        other = sqlite3.connect(tmp_path / "assistants.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            async with store.write() as session:
                session.add(thread())
        other.close()


async def count(store: Store) -> int:
    async with store.read() as session:
        number: int = await session.scalar(text("SELECT count(*) FROM threads")) or 0
        return number
