"""Several processes that index the files of one database: leases, a process that dies, one that is late."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from assistants.retrieval.leases import LEASE, MAX_SMALL_FILES, SMALL_FILE, LeaseLostError, Leases
from assistants.retrieval.retrieval import Retrieval, open_retrieval
from assistants.retrieval.vector_stores import FileToAdd
from assistants.settings import Settings
from assistants.store.store import Store, open_store
from tests.assistants.retrieval.test_ingestion import TEXT, found, settings_in, settled
from tests.assistants.settable_clock import SettableClock
from workers import Pool

BOOKS = 24

DYING = """
import asyncio, os, signal, sys, time
from pathlib import Path
from assistants.retrieval.retrieval import open_retrieval
from assistants.settings import Settings
from assistants.store.store import open_store
from workers import Pool

seen = []

def reached(point):
    seen.append(point)
    if point == "completed":
        print("indexed", flush=True)
    begun = seen.count("written")
    # Alone on its way: of another that is just being completed, nobody could say who has completed it.
    if point == "written" and begun >= 6 and begun - seen.count("completed") == 1:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    directory, url = Path(sys.argv[1]), sys.argv[2]
    settings = Settings(_env_file=None, data_dir=directory, database_url=url, openai_api_key=None, embedding_model="")
    async with Pool(size=1) as pool, open_store(settings.store_url) as store:
        async with open_retrieval(settings, store, pool, time.time, reached):
            await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as pool:
        yield pool


@pytest.mark.postgres
async def test_two_processes_share_the_files_and_one_takes_over_what_the_other_dies_with(
    tmp_path: Path, pool: Pool, postgres: str
) -> None:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path,
        database_url=SecretStr(postgres),
        openai_api_key=None,
        embedding_model="",
    )
    clock = SettableClock()
    ours: list[str] = []
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        async with open_retrieval(settings, store, pool, clock) as retrieval:
            pass  # its ingestion has ended: what is put into it waits
        files = [await retrieval.files.add(f"{n}.txt", _book(n), purpose="assistants") for n in range(BOOKS)]
        made = await retrieval.vector_stores.create({"file_ids": [file.id for file in files]})
        dying = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DYING, str(tmp_path), postgres, stdout=asyncio.subprocess.PIPE
        )
        assert dying.stdout is not None
        while (line := await dying.stdout.readline()) != b"indexed\n":
            assert line, "it ended before it had indexed anything"
        retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, clock, ours.append))
        out, _ = await dying.communicate()
        assert dying.returncode == -signal.SIGKILL
        theirs = 1 + out.splitlines().count(b"indexed")
        assert len(await _held(store)) >= 1
        clock.ahead = LEASE + 1
        retrieval.vector_stores._changed()
        rows = await settled(retrieval, made.id)
        assert {row.status for row in rows} == {"completed"}
        assert theirs >= 3
        assert ours.count("completed") == BOOKS - theirs
        for row in rows:
            assert len(await retrieval.index.texts(row.seq)) == row.passages > 1
        assert "book 23" in (await found(retrieval, made.id, "book23unique"))[0]


def _book(number: int) -> bytes:
    return (f"book {number}, which is called book{number}unique\n\n" + TEXT[:60_000]).encode()


async def _held(store: Store) -> list[int]:
    async with store.read() as session:
        query = text("SELECT seq FROM vector_store_files WHERE owner IS NOT NULL AND status = 'in_progress'")
        return list(await session.scalars(query))


async def _with_files(stack: AsyncExitStack, directory: Path, pool: Pool, count: int) -> Retrieval:
    """Files that wait to be indexed, in a server whose own indexing has ended."""
    settings = settings_in(directory)
    store = await stack.enter_async_context(open_store(settings.store_url))
    async with open_retrieval(settings, store, pool, SettableClock()) as retrieval:
        pass
    files = [await retrieval.files.add(f"{n}.txt", b"tiny", purpose="assistants") for n in range(count)]
    made = await retrieval.vector_stores.create({})
    await retrieval.vector_stores.add_files(made.id, [FileToAdd(file.id) for file in files])
    return retrieval


async def test_small_files_are_leased_together_and_by_one_process_alone(tmp_path: Path, pool: Pool) -> None:
    async with AsyncExitStack() as stack:
        retrieval = await _with_files(stack, tmp_path, pool, 3 * MAX_SMALL_FILES)
        leases = [Leases(retrieval.vector_stores.store, SettableClock()) for _ in range(3)]
        taken = await asyncio.gather(*(each.acquire() for each in leases))
        assert [len(tasks) for tasks in taken] == [MAX_SMALL_FILES] * 3
        assert len({task.seq for tasks in taken for task in tasks}) == 3 * MAX_SMALL_FILES
        assert await leases[0].acquire() == []


async def test_who_comes_back_after_its_lease_ran_out_ends_nothing(tmp_path: Path, pool: Pool) -> None:
    async with AsyncExitStack() as stack:
        retrieval = await _with_files(stack, tmp_path, pool, 1)
        slow, quick = (
            Leases(retrieval.vector_stores.store, SettableClock()),
            Leases(retrieval.vector_stores.store, SettableClock(LEASE + 1)),
        )
        (late,), (again,) = await slow.acquire(), await quick.acquire()
        assert (late.seq, late.attempts, again.attempts) == (again.seq, 1, 2)
        with pytest.raises(LeaseLostError):
            await slow.check(late)
        with pytest.raises(LeaseLostError):
            await slow.complete(late, passages=1)
        await slow.fail(late, "server_error", "late")
        await slow.release(late)
        await quick.complete(again, passages=1)
        assert not await slow.is_over(late)


async def test_a_process_that_lost_its_file_leaves_the_passages_of_who_has_it_now(tmp_path: Path, pool: Pool) -> None:
    """Indexing stopped for longer than the lease; meanwhile another process did all of it."""

    def overtaken(point: str) -> None:
        if point == "written":
            with sqlite3.connect(tmp_path / "assistants.sqlite3") as connection:
                connection.execute("UPDATE vector_store_files SET owner = NULL, status = 'completed'")
            connection.close()

    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, SettableClock(), overtaken))
        file = await retrieval.files.add("river.txt", TEXT.encode(), purpose="assistants")
        made = await retrieval.vector_stores.create({"file_ids": [file.id]})
        (row,) = await settled(retrieval, made.id)
        other = await retrieval.files.add("later.txt", b"tiny", purpose="assistants")
        await retrieval.vector_stores.add_files(made.id, [FileToAdd(other.id)])
        await settled(retrieval, made.id)
        assert len(await retrieval.index.texts(row.seq)) == 66


async def _of_people(stack: AsyncExitStack, directory: Path, pool: Pool, *turns: str) -> Retrieval:
    """Big files, one for each of `turns` in that order, each in a vector store of its own."""
    retrieval = await _with_files(stack, directory, pool, 0)
    for number, turn in enumerate(turns):
        async with retrieval.files.blobs.receive() as upload:
            await upload.write(b"x" * (SMALL_FILE + 1))
            name = f"{number} {turn.replace(chr(47), chr(46))}"
            file = await retrieval.files.keep(upload, name, purpose="assistants", turn=turn or None)
        made = await retrieval.vector_stores.create({})
        await retrieval.vector_stores.add_files(made.id, [FileToAdd(file.id)])
    return retrieval


async def _order(leases: Leases) -> list[str]:
    names = []
    while files := await leases.acquire():
        names += [file.filename for file in files]
    return names


async def test_groups_take_turns_and_the_people_in_a_group(tmp_path: Path, pool: Pool) -> None:
    async with AsyncExitStack() as stack:
        turns = ["a/kim", "a/kim", "a/kim", "a/lee", "b/park", "b/park", ""]
        retrieval = await _of_people(stack, tmp_path, pool, *turns)
        order = await _order(Leases(retrieval.vector_stores.store, SettableClock()))
        assert [name.split()[1:] for name in order[:3]] == [["a.kim"], ["b.park"], []]
        assert order[3:] == ["3 a.lee", "5 b.park", "1 a.kim", "2 a.kim"]


async def test_a_file_that_is_put_back_comes_after_all_others_and_keeps_its_attempts(
    tmp_path: Path, pool: Pool
) -> None:
    async with AsyncExitStack() as stack:
        retrieval = await _of_people(stack, tmp_path, pool, "a/kim", "a/lee", "a/lee")
        leases = Leases(retrieval.vector_stores.store, SettableClock())
        (first,) = await leases.acquire()
        assert (first.filename, first.slow, first.attempts) == ("0 a.kim", False, 1)
        await leases.put_back(first)
        (second,), (third,) = await leases.acquire(slow=False), await leases.acquire(slow=False)
        assert {second.filename, third.filename} == {"1 a.lee", "2 a.lee"}
        assert await leases.acquire(slow=False) == []
        (again,) = await leases.acquire()
        assert (again.filename, again.slow, again.attempts) == ("0 a.kim", True, 1)
