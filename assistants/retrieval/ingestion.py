"""Indexes the files of vector stores: a worker process reads and cuts a file, then its passages are written.

The process can be killed after every step. A file's passages are found only while its row says `completed`. Other
passages in the index belong to a row that is `in_progress`, which is indexed again, or to a `RemovedFile`, whose
passages are deleted.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import msgpack
import structlog
from sqlalchemy import delete, select, update

from assistants.errors import NotFoundError
from assistants.file_stores.file_store import (
    DamagedFileError,
    DiskFullError,
    DiskUnwritableError,
    FilesUnavailableError,
)
from assistants.retrieval.embeddings import Embedder, NoEmbeddingsError
from assistants.retrieval.files import Files
from assistants.retrieval.index_protocol import BATCH, Index, IndexedChunk
from assistants.retrieval.leases import FileToIndex, LeaseLostError, Leases
from assistants.retrieval.page_scans import PageScans, ScansTooSlowError
from assistants.store.store import Store
from assistants.store.vector_stores import RemovedFile, VectorStore, VectorStoreFile
from database.outages import disk_outage_kind, outage_kind
from workers import JobCrashed, JobFailed, JobTimedOut, LentFile, MadeFile, Pool, WorkerNotStarted

log = structlog.get_logger(__name__)

EXTRACT = "assistants.retrieval.extraction:chunked"
FIRST_TIME = 8.0
"""Seconds of a first attempt to read a file. One that needs longer goes to the back of the queue, with `TIME` then."""
TIME = 60.0
MEMORY = 1 << 30
AGAIN_AFTER = 5.0
"""Seconds until the next attempt while a disk, a database or the store of files cannot be used."""
_ATTEMPTS = 3
_AT_ONCE = 2
_SCANS_AT_ONCE = 20
"""Files whose scanned pages are read page by page in turn, beside the other files."""
_REASONS = {"UnsupportedFileError": "unsupported_file", "InvalidFileError": "invalid_file"}
TOO_SLOW = f"Reading the file takes longer than {TIME:.0f} seconds."
SCANS_TOO_SLOW = "Reading its scanned pages takes longer than 30 minutes."
TOO_MUCH_MEMORY = "Reading the file takes more memory than it may."
CANNOT_BE_INDEXED = "The file could not be indexed. Try to add it again."


class UnindexableError(Exception):
    """The file cannot be indexed; `code` and message become its `last_error`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _TooSlowError(Exception):
    """A first attempt to read the file was too short."""


class Ingestion:
    """Indexes the files that are `in_progress`, a few at a time, vector stores in turn.

    `reached` is called with the name of each point between two steps; tests kill the process there.
    """

    def __init__(
        self,
        *,
        store: Store,
        files: Files,
        index: Index,
        embedder: Embedder | None,
        pool: Pool,
        clock: Callable[[], float],
        reached: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._files = files
        self._index = index
        self._embedder = embedder
        self._pool = pool
        self._reached = reached
        self._leases = Leases(store, clock)
        self._scans = PageScans(pool)
        self._scanning = asyncio.Semaphore(_SCANS_AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None
        self._pages: dict[int, tuple[int, int]] = {}
        self._to_index = asyncio.Event()
        self._to_sweep = asyncio.Event()

    def wake(self) -> None:
        """Look for files to index and passages to delete."""
        self._to_index.set()
        self._to_sweep.set()

    def progress(self, file: int) -> tuple[int, int] | None:
        """Up to which page of how many a file (`seq`) is indexed; None if this process does not index it."""
        return self._pages.get(file)

    async def prepare(self) -> None:
        """Make the index ready, and end the leases of a dead process (with SQLite, where no other can be at work)."""
        if not await self._index.prepare():  # a new index, or a new version of the terms: all files are indexed again
            completed = update(VectorStoreFile).where(VectorStoreFile.status == "completed")
            async with self._store.write() as session:
                await session.execute(completed.values(status="in_progress", attempts=0))
        if self._store.dialect == "sqlite":
            await self._leases.release_all()
        self.wake()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._tasks = group
            for number in range(_AT_ONCE):
                # One of them leaves slow files alone, so that these never hold up all the others.
                group.create_task(self._index_files(slow=number > 0), name="ingestion")
            group.create_task(self._sweep(), name="sweeping")

    async def _index_files(self, *, slow: bool) -> None:
        while True:
            try:
                files = await self._leases.acquire(slow=slow)
                if not files:
                    await self._wait(self._to_index)
                    continue
                async with self._leases.renewed(files):
                    for file in files:
                        await self._index_file(file)
            except Exception:
                log.exception("indexing_failed")
                await asyncio.sleep(AGAIN_AFTER)  # the database may be there again

    async def _wait(self, event: asyncio.Event) -> None:
        """Wait until there is something to do, or for a while: other processes cannot wake this one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5 if self._store.dialect == "postgresql" else 60):
                await event.wait()
        event.clear()

    async def _index_file(self, file: FileToIndex, scanned: Sequence[int] = ()) -> None:
        try:
            await self._index_or_refuse(file, scanned)
        except LeaseLostError:
            log.info("ingestion_abandoned", file=file.file_id, vector_store=file.vector_store_id)
            if await self._leases.is_over(file):  # else another process indexes it, and the passages are that one's
                await self._index.sweep(file.seq)
        except Exception as error:
            # The cause may not be the file: it is tried again, a few times; what the machine cannot do
            # now does not count.
            if _is_about_machine(error):
                log.info("ingestion_postponed", file=file.file_id, cause=error)
                await self._leases.postpone(file)
                await asyncio.sleep(AGAIN_AFTER)
            else:
                log.exception("ingestion_failed", file=file.file_id, vector_store=file.vector_store_id)
                await self._leases.release(file)

    async def _index_scanned(self, file: FileToIndex, scanned: Sequence[int]) -> None:
        """Index a file of which some pages are pictures: it takes minutes, and the other files go on meanwhile."""
        try:
            async with self._leases.renewed([file]):
                await self._index_file(file, scanned)
        finally:
            self._scanning.release()

    async def _index_or_refuse(self, file: FileToIndex, scanned: Sequence[int]) -> None:
        try:
            if file.attempts > _ATTEMPTS:
                raise UnindexableError("server_error", CANNOT_BE_INDEXED)
            await self._index_leased(file, scanned)
        except _TooSlowError:
            log.info("file_is_slow", file=file.file_id)
            await self._leases.put_back(file)
            self._to_index.set()
        except UnindexableError as refusal:
            log.info(
                "file_refused", file=file.file_id, code=refusal.code, reason=str(refusal).split("[", maxsplit=1)[0]
            )
            await self._leases.check(file)
            await self._index.sweep(file.seq)
            await self._leases.fail(file, refusal.code, str(refusal))

    async def _index_leased(self, file: FileToIndex, scanned: Sequence[int]) -> None:
        self._reached("leased")
        if file.attempts > 1:
            await self._index.sweep(file.seq)  # the passages of an earlier attempt
        scratch = self._files.blobs.scratch(f"chunks-{self._leases.owner}-{file.seq}")
        scans = self._files.blobs.scratch(f"scans-{self._leases.owner}-{file.seq}")
        try:
            waiting, unread = await self._read(file, scanned, scratch, scans)
            if waiting:
                if self._scanning.locked() and not file.slow:
                    raise _TooSlowError  # as many are read by OCR as may be: the others go on meanwhile
                await self._scanning.acquire()
                assert self._tasks is not None
                self._tasks.create_task(self._index_scanned(file, waiting), name="scanning")
                return
            self._reached("extracted")
            count, size = await self._write(file, scratch)
            self._reached("written")
            model = await self._embed(file, count)
        finally:
            self._pages.pop(file.seq, None)
            with contextlib.suppress(OSError):  # what cannot be deleted now is swept
                await asyncio.to_thread(scratch.unlink, missing_ok=True)
                await asyncio.to_thread(scans.unlink, missing_ok=True)
        self._reached("embedded")
        size += await self._index.opened(file.store, file.seq, model)
        self._reached("opened")
        await self._leases.complete(
            file, passages=count, usage_bytes=size, embedded_by=model, unread_pages=unread or None
        )
        self._reached("completed")
        log.info("file_indexed", file=file.file_id, vector_store=file.vector_store_id, passages=count)

    async def _read(
        self, file: FileToIndex, scanned: Sequence[int], target: Path, scans: Path
    ) -> tuple[Sequence[int], Sequence[int]]:
        """Read the file, its scanned pages first; see `_extract`."""
        try:
            async with self._files.local(file.file_id) as source:
                if scanned:
                    await self._read_scans(file, source, scanned, scans)
                return await self._extract(file, source, target, scans if scanned else None)
        except (NotFoundError, DamagedFileError) as error:
            log.warning("file_without_bytes", file=file.file_id, reason=error.code or "not_found")
            raise UnindexableError("server_error", CANNOT_BE_INDEXED) from None

    async def _read_scans(self, file: FileToIndex, source: Path, scanned: Sequence[int], target: Path) -> None:
        def heard(done: int) -> None:
            self._pages[file.seq] = (done, len(scanned))

        heard(0)
        try:
            await self._scans.read(source, scanned, target, heard)
        except ScansTooSlowError:
            raise UnindexableError("invalid_file", SCANS_TOO_SLOW) from None
        self._reached("scanned")

    async def _extract(
        self, file: FileToIndex, source: Path, target: Path, scans: Path | None
    ) -> tuple[Sequence[int], Sequence[int]]:
        """Have the file cut into chunks.

        Returns the pages that have to be read by OCR before, if there are any; and those that could not be read.
        """
        read_scans = LentFile(scans) if scans is not None else ""
        known = (file.filename, file.size, file.overlap)
        arguments = (LentFile(source), *known, MadeFile(target), file.read_as or "", read_scans)
        short = not file.slow and scans is None
        try:
            made = await self._pool.run(EXTRACT, *arguments, timeout=FIRST_TIME if short else TIME, memory=MEMORY)
            if made["pages"]:
                self._pages[file.seq] = (0, made["pages"])
            waiting: list[int] = made["scanned"]
        except JobFailed as error:
            if error.kind in _REASONS:
                raise UnindexableError(_REASONS[error.kind], error.message) from None
            raise
        except JobTimedOut:
            if short:
                raise _TooSlowError from None
            raise UnindexableError("invalid_file", TOO_SLOW) from None
        except WorkerNotStarted:
            raise
        except JobCrashed:
            if file.attempts >= _ATTEMPTS - 1:  # the first time it may be the machine's fault
                raise UnindexableError("invalid_file", TOO_MUCH_MEMORY) from None
            raise
        return waiting, made["unread"]

    async def _write(self, file: FileToIndex, source: Path) -> tuple[int, int]:
        """Write the passages in the file `source` to the index; returns their number, and the bytes of their text."""
        count = size = 0
        with contextlib.closing(_batches(source)) as batches:
            while batch := await asyncio.to_thread(next, batches, None):
                if count:
                    await self._leases.check(file)
                await self._index.write(file.store, file.seq, count, batch)
                count += len(batch)
                if self._embedder is None or not self._embedder.ready:
                    self._read_up_to(file, batch[-1].page or 0)  # else it is the vectors that take long
                size += sum(len(chunk.text.encode()) for chunk in batch)
                self._reached("batch")
        return count, size

    def _read_up_to(self, file: FileToIndex, page: float) -> None:
        if known := self._pages.get(file.seq):
            self._pages[file.seq] = (min(int(page), known[1]), known[1])

    async def _embed(self, file: FileToIndex, passages: int) -> str | None:
        """Make vectors of all passages; returns their model, None if there are no vectors."""
        if self._embedder is None or not self._embedder.ready:
            return None
        try:
            pages = self.progress(file.seq) or (0, 0)
            await self._embed_file(
                self._embedder, file.store, file.seq, lambda done: self._read_up_to(file, pages[1] * done / passages)
            )
        except NoEmbeddingsError:
            return None  # it was logged; words alone find the file, and the vectors are made later
        return self._embedder.model

    async def _embed_file(
        self, embedder: Embedder, store: int, file: int, heard: Callable[[int], None] = lambda _: None
    ) -> None:
        done = 0
        while lacking := await self._index.lacking(file, embedder.model):
            made = await embedder.documents(list(lacking.values()))
            await self._count_embedded(file, made.tokens)
            await self._index.add_vectors(store, file, embedder.model, dict(zip(lacking, made.vectors, strict=True)))
            done += len(made.vectors)
            heard(done)
            self._reached("vectors")

    async def _count_embedded(self, file: int, tokens: int) -> None:
        """Write down what the provider has read, before anything else can fail."""
        read = VectorStoreFile.embedding_tokens + tokens
        async with self._store.write() as session:
            await session.execute(
                update(VectorStoreFile).where(VectorStoreFile.seq == file).values(embedding_tokens=read)
            )

    async def _sweep(self) -> None:
        """Delete the passages of files that are gone, and make missing vectors."""
        looked = False
        while True:
            try:
                await self._sweep_discards()
                if not looked:
                    await self._sweep_orphans()
                    looked = True
                await self._add_missing_vectors()
            except Exception:
                log.exception("sweeping_failed")
            await self._wait(self._to_sweep)

    async def _sweep_discards(self) -> None:
        swept = False
        while True:
            async with self._store.read() as session:
                discarded = list(await session.scalars(select(RemovedFile.seq).limit(50)))
            if not discarded:
                break
            swept = True
            for file in discarded:
                await self._index.sweep(file)
                self._reached("swept")
                async with self._store.write() as session:
                    await session.execute(delete(RemovedFile).where(RemovedFile.seq == file))
        if swept:
            await self._index.compact()

    async def _sweep_orphans(self) -> None:
        """Delete passages without a file: it was taken out while a process wrote them and died."""
        indexed = await self._index.files()
        async with self._store.read() as session:
            known = set(await session.scalars(select(VectorStoreFile.seq)))
        for file in indexed - known:
            log.info("orphan_swept", file=file)
            await self._index.sweep(file)

    async def _add_missing_vectors(self) -> None:
        """Make the vectors of files that have none by this model; then delete those of other models."""
        if self._embedder is None or not self._embedder.ready:
            return
        model, changed = self._embedder.model, False
        lacking = (
            select(VectorStoreFile.seq, VectorStore.seq)
            .join(VectorStore, VectorStore.id == VectorStoreFile.vector_store_id)
            .where(VectorStoreFile.status == "completed", VectorStoreFile.embedded_by.is_distinct_from(model))
            .limit(1)
        )
        while True:
            async with self._store.read() as session:
                row = (await session.execute(lacking)).first()
            if row is None:
                break
            file, store = row
            with contextlib.suppress(NoEmbeddingsError):
                await self._embed_file(self._embedder, store, file)
                changed = True
                await self._index.opened(store, file, model)
                await self._embedded(file)
                continue
            return
        if changed:
            await self._index.keep_model(model)

    async def _embedded(self, file: int) -> None:
        assert self._embedder is not None
        async with self._store.write() as session:
            by = {"embedded_by": self._embedder.model}
            await session.execute(update(VectorStoreFile).where(VectorStoreFile.seq == file).values(**by))


def _is_about_machine(error: Exception) -> bool:
    """Whether a disk, a database or the store of files cannot be used: the file is not at fault."""
    if isinstance(error, FilesUnavailableError | DiskFullError | DiskUnwritableError | WorkerNotStarted):
        return True
    if isinstance(error, OSError):
        return disk_outage_kind(error) in {"full", "read_only"}
    return outage_kind(error) not in {None, "damaged"}


def _batches(path: Path) -> Generator[Sequence[IndexedChunk]]:
    with path.open("rb") as file:
        unpacker = msgpack.Unpacker(file)
        while batch := [IndexedChunk(*row) for row in itertools.islice(unpacker, BATCH)]:
            yield batch
