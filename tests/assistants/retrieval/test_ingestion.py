"""Indexing, stopped at every point: after a restart the whole file is found, or it is reported as failed."""

import asyncio
import errno
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from assistants.file_stores.file_store import DiskFullError, DiskUnwritableError, FilesUnavailableError
from assistants.retrieval import ingestion
from assistants.retrieval.index_protocol import IndexedChunk
from assistants.retrieval.ingestion import FIRST_TIME, TIME, _is_about_machine
from assistants.retrieval.retrieval import Retrieval, open_retrieval
from assistants.retrieval.vector_stores import FileToAdd
from assistants.settings import Settings
from assistants.store.store import open_store
from assistants.store.vector_stores import RemovedFile, VectorStoreFile
from database.outages import NotConnectedError
from tests.assistants.retrieval.formats.scans import needs_ocr, scan
from tests.assistants.settable_clock import SettableClock
from workers import JobCrashed, JobTimedOut, Pool, WorkerNotStarted
from workers.process_handle import ProcessHandle
from workers.programs import ProgramStarter

POINTS = ["leased", "extracted", "batch", "written", "embedded", "opened", "completed"]
TEXT = "\n\n".join(f"Paragraph {n} on the river and its tides, number {n * 7}." for n in range(2_000))


class Stop(BaseException):
    """Stands for the end of the process; nothing catches it."""


class KillAt:
    """Ends the process at a point, when that is reached for the `times`th time."""

    def __init__(self, point: str, times: int = 1) -> None:
        self.point = point
        self.left = times
        self.fell = asyncio.Event()

    def __call__(self, point: str) -> None:
        if self.fell.is_set():
            raise Stop
        if point == self.point:
            self.left -= 1
            if not self.left:
                self.fell.set()
                raise Stop


def settings_in(directory: Path) -> Settings:
    return Settings(data_dir=directory, openai_api_key=None, embedding_model="")


@asynccontextmanager
async def opened(directory: Path, pool: Pool, reached: KillAt | None = None) -> AsyncIterator[Retrieval]:
    settings = settings_in(directory)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        yield await stack.enter_async_context(
            open_retrieval(settings, store, pool, SettableClock(), reached if reached is not None else lambda _: None)
        )


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as pool:
        yield pool


async def settled(retrieval: Retrieval, store_id: str) -> list[VectorStoreFile]:
    for _ in range(600):
        async with retrieval.vector_stores.store.read() as session:
            rows = list(
                await session.scalars(select(VectorStoreFile).where(VectorStoreFile.vector_store_id == store_id))
            )
            left = await session.scalar(select(func.count()).select_from(RemovedFile))
        if not left and all(row.status != "in_progress" for row in rows):
            return rows
        await asyncio.sleep(0.02)
    raise AssertionError("it never settles")


async def found(retrieval: Retrieval, store_id: str, query: str) -> list[str]:
    row = await retrieval.vector_stores.find(store_id)
    return [hit.text for hit in await retrieval.search.passages(row, [query], limit=50)]


def indexed(directory: Path) -> int:
    with sqlite3.connect(directory / "passages.sqlite3") as connection:
        (count,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    connection.close()
    return int(count)


async def killed_at(
    directory: Path, pool: Pool, reached: KillAt, name: str = "river.txt", data: bytes = TEXT.encode()
) -> str:
    """Begin to index a file, die at a point, and return the vector store's id."""
    try:
        async with opened(directory, pool, reached) as retrieval:
            file = await retrieval.files.add(name, data, purpose="assistants")
            store = await retrieval.vector_stores.create({"file_ids": [file.id]})
            async with asyncio.timeout(30):
                await reached.fell.wait()
    except* Stop:
        pass
    return store.id


@pytest.mark.parametrize("point", POINTS)
async def test_a_file_whose_indexing_was_cut_off_is_whole_after_a_restart(
    tmp_path: Path, pool: Pool, point: str
) -> None:
    store_id = await killed_at(tmp_path, pool, KillAt(point))
    async with opened(tmp_path, pool) as retrieval:
        (row,) = await settled(retrieval, store_id)
        assert (row.status, row.last_error) == ("completed", None)
        assert row.passages == indexed(tmp_path) == len(await retrieval.index.texts(row.seq))
        (first, *_) = await found(retrieval, store_id, "paragraph 1999 tides")
        assert "Paragraph 1999 " in first
        hits = await found(retrieval, store_id, "river")
        assert len(hits) == len(set(hits))


@needs_ocr
async def test_a_scan_whose_reading_was_cut_off_is_whole_after_a_restart(tmp_path: Path, pool: Pool) -> None:
    data = scan(["The otter eats nine crabs a day."], ["The quick brown fox jumps over the dog."])
    store_id = await killed_at(tmp_path, pool, KillAt("scanned"), "scan.pdf", data)
    async with opened(tmp_path, pool) as retrieval:
        (row,) = await settled(retrieval, store_id)
        assert (row.status, row.last_error, row.passages) == ("completed", None, 2)
        vector_store = await retrieval.vector_stores.find(store_id)
        hit, *_ = await retrieval.search.passages(vector_store, ["otter"], limit=1)
        assert (hit.page, hit.confidence is not None) == (1, True)


@needs_ocr
async def test_other_files_do_not_wait_for_a_scan(tmp_path: Path) -> None:
    async with Pool(size=2) as pool, opened(tmp_path, pool) as retrieval:
        long = await retrieval.files.add("scan.pdf", scan(*[["The otter eats crabs."]] * 4), purpose="assistants")
        store = await retrieval.vector_stores.create({"file_ids": [long.id]})
        others = [await retrieval.files.add(f"{n}.txt", b"tides", purpose="assistants") for n in range(3)]
        other = await retrieval.vector_stores.create({"file_ids": [file.id for file in others]})
        assert {row.status for row in await settled(retrieval, other.id)} == {"completed"}
        assert await status(retrieval, store.id) == "in_progress"
        (row,) = await settled_slowly(retrieval, store.id)
        assert row.status == "completed"


async def status(retrieval: Retrieval, store_id: str) -> str | None:
    """The status of a vector store's only file."""
    async with retrieval.vector_stores.store.read() as session:
        return await session.scalar(select(VectorStoreFile.status).where(VectorStoreFile.vector_store_id == store_id))


async def settled_slowly(retrieval: Retrieval, store_id: str) -> list[VectorStoreFile]:
    """As `settled`, for pages that are read one by one."""
    async with asyncio.timeout(100):
        while True:
            try:
                return await settled(retrieval, store_id)
            except AssertionError:
                continue


async def test_nothing_of_a_half_indexed_file_is_found_meanwhile(tmp_path: Path, pool: Pool) -> None:
    gate = asyncio.Event()
    seen: list[str] = []

    def reached(point: str) -> None:
        seen.append(point)
        if point == "written":
            gate.set()

    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, SettableClock(), reached))
        made = await retrieval.vector_stores.create({})
        # A file that is never done: its passages are there, its row says `in_progress`.
        file = await retrieval.files.add("x.txt", b"something", purpose="assistants")
        async with store.write() as session:
            session.add(
                VectorStoreFile(
                    created_at=1,
                    vector_store_id=made.id,
                    file_id=file.id,
                    status="in_progress",
                    chunk_size=800,
                    chunk_overlap=400,
                    attributes={},
                    usage_bytes=0,
                    passages=0,
                    attempts=1,
                    owner="another",
                    lease_until=1 << 60,
                )
            )
        (row,) = await _rows(retrieval, made.id)
        await retrieval.index.write(made.seq, row.seq, 0, [IndexedChunk("half of it", 3, None, None, "half of it")])
        assert await found(retrieval, made.id, "half") == []


async def test_a_file_deleted_while_it_is_indexed_leaves_nothing(tmp_path: Path, pool: Pool) -> None:
    class Deleter:
        def __init__(self) -> None:
            self.reached = asyncio.Event()

        def __call__(self, point: str) -> None:
            if point == "batch":
                self.reached.set()

    deleter = Deleter()
    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, SettableClock(), deleter))
        file = await retrieval.files.add("river.txt", TEXT.encode(), purpose="assistants")
        made = await retrieval.vector_stores.create({"file_ids": [file.id]})
        await deleter.reached.wait()
        await retrieval.files.delete(file.id)
        for _ in range(300):
            if not indexed(tmp_path) and not await _rows(retrieval, made.id):
                break
            await asyncio.sleep(0.02)
        await settled(retrieval, made.id)
        assert await found(retrieval, made.id, "river") == []
    assert indexed(tmp_path) == 0


async def test_passages_of_a_file_that_left_while_the_process_died_are_swept(tmp_path: Path, pool: Pool) -> None:
    async with opened(tmp_path, pool) as retrieval:
        made = await retrieval.vector_stores.create({})
        await retrieval.index.write(made.seq, 77, 0, [IndexedChunk("orphan words", 2, None, None, "orphan words")])
    assert indexed(tmp_path) == 1
    async with opened(tmp_path, pool):
        for _ in range(200):
            if not indexed(tmp_path):
                break
            await asyncio.sleep(0.02)
    assert indexed(tmp_path) == 0


async def test_a_lost_index_is_made_anew_from_the_files(tmp_path: Path, pool: Pool) -> None:
    async with opened(tmp_path, pool) as retrieval:
        file = await retrieval.files.add("river.txt", TEXT.encode(), purpose="assistants")
        made = await retrieval.vector_stores.create({"file_ids": [file.id]})
        await settled(retrieval, made.id)
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"passages.sqlite3{ending}").unlink(missing_ok=True)
    async with opened(tmp_path, pool) as retrieval:
        (row,) = await settled(retrieval, made.id)
        assert row.status == "completed"
        assert await found(retrieval, made.id, "river")


async def test_one_stores_many_files_do_not_keep_another_stores_file_waiting(tmp_path: Path, pool: Pool) -> None:
    done: list[str] = []
    async with opened(tmp_path, pool) as retrieval:
        files = [await retrieval.files.add(f"{n}.txt", f"tiny {n}".encode(), purpose="assistants") for n in range(60)]
        many = await retrieval.vector_stores.create({})
        await retrieval.vector_stores.add_files(many.id, [FileToAdd(file.id) for file in files])
        last = await retrieval.files.add("last.txt", b"last one", purpose="assistants")
        one = await retrieval.vector_stores.create({"file_ids": [last.id]})
        for _ in range(500):
            if all(row.status == "completed" for row in await _rows(retrieval, one.id)):
                break
            await asyncio.sleep(0.01)
        done = [row.status for row in await _rows(retrieval, many.id)]
        assert done.count("in_progress") > 20
        await settled(retrieval, many.id)


async def _rows(retrieval: Retrieval, store_id: str) -> list[VectorStoreFile]:
    async with retrieval.vector_stores.store.read() as session:
        return list(await session.scalars(select(VectorStoreFile).where(VectorStoreFile.vector_store_id == store_id)))


SERVER = """
import asyncio, os, signal, sys
from pathlib import Path
from typing import Any
from tests.assistants.retrieval.test_ingestion import TEXT, settings_in
from assistants.retrieval.retrieval import open_retrieval
from assistants.store.store import open_store
from workers import JobCrashed, JobTimedOut, Pool, WorkerNotStarted
from workers.process_handle import ProcessHandle
from workers.programs import ProgramStarter
import time

def reached(point):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    settings = settings_in(Path(sys.argv[1]))
    async with Pool(size=1) as pool, open_store(settings.store_url) as store:
        async with open_retrieval(settings, store, pool, time.time, reached) as retrieval:
            file = await retrieval.files.add("river.txt", TEXT.encode(), purpose="assistants")
            made = await retrieval.vector_stores.create({"file_ids": [file.id]})
            print(made.id, flush=True)
            await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("point", ["extracted", "batch", "opened"])
async def test_a_process_that_is_killed_leaves_nothing_half(tmp_path: Path, pool: Pool, point: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVER,
        str(tmp_path),
        point,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == -signal.SIGKILL, err.decode()
    store_id = next(line for line in out.decode().splitlines() if line.startswith("vs_"))
    async with opened(tmp_path, pool) as retrieval:
        (row,) = await settled(retrieval, store_id)
        assert row.status == "completed"
        assert row.passages == indexed(tmp_path)
        assert "Paragraph 1999 " in (await found(retrieval, store_id, "paragraph 1999 tides"))[0]


class HoldingUp(Pool):
    """Reading takes longer than a first attempt may, for files whose names say so."""

    def __init__(self) -> None:
        super().__init__(size=1)
        self.read: list[tuple[str, float]] = []
        self.go_on = asyncio.Event()

    async def run(self, function: str, *args: Any, timeout: float = 30.0, **limits: Any) -> Any:
        name = str(args[1])
        self.read.append((name, timeout))
        if name.startswith("slow"):
            if timeout == FIRST_TIME:
                raise JobTimedOut(timeout)
            await self.go_on.wait()
        return await super().run(function, *args, timeout=timeout, **limits)


async def test_files_that_take_long_wait_behind_the_others_and_hold_nobody_up(tmp_path: Path) -> None:
    """Four slow files of one student come first; the others' files are read while the first slow one is."""
    async with HoldingUp() as pool, opened(tmp_path, pool) as retrieval:
        stores: dict[str, str] = {}
        names = [*(f"slow{n}.txt" for n in range(4)), *(f"quick{n}.txt" for n in range(3))]
        for name in names:
            file = await retrieval.files.add(name, TEXT[:2_000].encode(), purpose="assistants")
            stores[name] = (await retrieval.vector_stores.create({"file_ids": [file.id]})).id
        for name in names[4:]:
            (row,) = await settled(retrieval, stores[name])
            assert row.status == "completed"
        await _until(lambda: any(timeout == TIME for _, timeout in pool.read))
        late = await retrieval.files.add("quick3.txt", TEXT[:2_000].encode(), purpose="assistants")
        (row,) = await settled(retrieval, (await retrieval.vector_stores.create({"file_ids": [late.id]})).id)
        assert row.status == "completed", "while a slow one is being read"
        pool.go_on.set()
        for name in names[:4]:
            (row,) = await settled(retrieval, stores[name])
            assert (row.status, row.attempts) == ("completed", 1)
        slow = [timeout for name, timeout in pool.read if name.startswith("slow")]
        assert sorted(slow) == [FIRST_TIME] * 4 + [TIME] * 4


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("error", "postponed"),
    [
        (DiskFullError(), True),
        (DiskUnwritableError(), True),
        (FilesUnavailableError(), True),
        (WorkerNotStarted("no memory"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (NotConnectedError("connect", None, OSError(), hide_parameters=True), True),
        (JobCrashed("killed"), False),
        (FileNotFoundError(errno.ENOENT, "gone"), False),
        (ValueError("a fault of ours"), False),
    ],
)
def test_what_the_machine_cannot_do_is_not_held_against_a_file(error: Exception, postponed: bool) -> None:
    assert _is_about_machine(error) is postponed


async def test_a_file_waits_while_no_process_can_read_it(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "AGAIN_AFTER", 0.0)
    refused = 0
    start = ProcessHandle.start

    async def full(sandbox: ProgramStarter | None) -> ProcessHandle:
        nonlocal refused
        refused += 1
        if refused <= 5:
            raise WorkerNotStarted("no worker process could be started: [Errno 28] No space left on device")
        return await start(sandbox)

    monkeypatch.setattr(ProcessHandle, "start", full)
    async with opened(tmp_path, pool) as retrieval:
        file = await retrieval.files.add("river.txt", b"The river.", purpose="assistants")
        made = await retrieval.vector_stores.create({"file_ids": [file.id]})
        (row,) = await settled(retrieval, made.id)
    assert (row.status, row.last_error) == ("completed", None)
    assert refused > 5
