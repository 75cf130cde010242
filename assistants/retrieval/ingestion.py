"""The way of a file into a vector store: read by a worker process, cut, indexed, and only then found.

Every step can be the last one of a killed process. A file's passages are found only while its row says `completed`;
whatever else lies in the tables belongs to a row that is `in_progress` and is done over, or to a `Discard` that is
swept up.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import msgpack
import structlog
from sqlalchemy import delete, select, update

from assistants.retrieval.embeddings import Embedder, NoEmbeddingsError
from assistants.retrieval.files import Files
from assistants.retrieval.index import PIECE, Chunk, Index
from assistants.retrieval.leases import Claims, LeftError, Task
from assistants.store.store import Store
from assistants.store.vector_stores import Discard, VectorStore, VectorStoreFile
from workers import JobCrashed, JobFailed, JobTimedOut, Pool

log = structlog.get_logger(__name__)

EXTRACT = "assistants.retrieval.extraction:chunked"
TIME = 60.0
MEMORY = 1 << 30
_ATTEMPTS = 3
_AT_ONCE = 2
_REASONS = {"UnsupportedFileError": "unsupported_file", "InvalidFileError": "invalid_file"}
SLOW = f"Reading the file takes longer than {TIME:.0f} seconds."
FAT = "Reading the file takes more memory than it may."
LOST = "The file could not be indexed. Try to add it again."


class RefusedError(Exception):
    """The file cannot be indexed; `code` and message become its `last_error`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Ingestion:
    """Indexes the files that are `in_progress`, a few at a time, vector stores in turn.

    `reached` is called with the name of each point between two facts; tests stop the world there.
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
        self._claims = Claims(store, clock)
        self._pages: dict[int, tuple[int, int]] = {}
        self._work = asyncio.Event()
        self._dirt = asyncio.Event()

    def wake(self) -> None:
        """There is something to index, or to sweep."""
        self._work.set()
        self._dirt.set()

    def progress(self, file: int) -> tuple[int, int] | None:
        """Up to which page of how many a file (`seq`) is read; None when this process does not know, or is done."""
        return self._pages.get(file)

    async def take_over(self) -> None:
        """Make the index ready. On SQLite nobody else can be at work: what a dead process held is free."""
        if not await self._index.prepare():  # a new index, or a new version of the terms: everything is read anew
            completed = update(VectorStoreFile).where(VectorStoreFile.status == "completed")
            async with self._store.write() as session:
                await session.execute(completed.values(status="in_progress", attempts=0))
        if self._store.dialect == "sqlite":
            await self._claims.free_all()
        self.wake()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._serve(), name="ingestion")
            group.create_task(self._clean(), name="sweeping")

    async def _serve(self) -> None:
        while True:
            tasks = await self._claims.claim()
            if not tasks:
                await self._wait(self._work)
                continue
            async with self._claims.held(tasks):
                for task in tasks:
                    await self._index_file(task)

    async def _wait(self, event: asyncio.Event) -> None:
        """Until there is something to do; other processes cannot wake this one, so it looks by itself, too."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5 if self._store.dialect == "postgresql" else 60):
                await event.wait()
        event.clear()

    async def _index_file(self, task: Task) -> None:
        try:
            await self._index_or_refuse(task)
        except LeftError:
            log.info("ingestion_abandoned", file=task.file_id, vector_store=task.vector_store_id)
            if await self._claims.is_over(task):  # else another process has it, and its passages
                await self._index.sweep(task.seq)
        except Exception:
            # What is not a property of the file: it is tried again, and given up in the end.
            log.exception("ingestion_failed", file=task.file_id, vector_store=task.vector_store_id)
            await self._claims.give_back(task)

    async def _index_or_refuse(self, task: Task) -> None:
        try:
            if task.attempts > _ATTEMPTS:
                raise RefusedError("server_error", LOST)
            await self._index_held(task)
        except RefusedError as refusal:
            log.info("file_refused", file=task.file_id, code=refusal.code, reason=str(refusal))
            await self._claims.check(task)
            await self._index.sweep(task.seq)
            await self._claims.fail(task, refusal.code, str(refusal))

    async def _index_held(self, task: Task) -> None:
        self._reached("claimed")
        if task.attempts > 1:
            await self._index.sweep(task.seq)  # what an earlier attempt left
        scratch = self._files.blobs.scratch(f"chunks-{self._claims.owner}-{task.seq}")
        try:
            await self._extract(task, scratch)
            self._reached("extracted")
            count, size = await self._write(task, scratch)
            self._reached("written")
            model = await self._embed(task, count)
        finally:
            self._pages.pop(task.seq, None)
            await asyncio.to_thread(scratch.unlink, missing_ok=True)
        self._reached("embedded")
        size += await self._index.opened(task.store, task.seq, model)
        self._reached("opened")
        await self._claims.complete(task, passages=count, usage_bytes=size, embedded_by=model)
        self._reached("completed")
        log.info("file_indexed", file=task.file_id, vector_store=task.vector_store_id, passages=count)

    async def _extract(self, task: Task, target: Path) -> None:
        source = self._files.blobs.path(task.file_id)
        if not source.exists():
            raise RefusedError("server_error", LOST)
        arguments = (str(source), task.filename, task.size, task.overlap, str(target))
        try:
            made = await self._pool.run(EXTRACT, *arguments, timeout=TIME, memory=MEMORY)
            if made["pages"]:
                self._pages[task.seq] = (0, made["pages"])
        except JobFailed as error:
            if error.kind in _REASONS:
                raise RefusedError(_REASONS[error.kind], error.message) from None
            raise
        except JobTimedOut:
            raise RefusedError("invalid_file", SLOW) from None
        except JobCrashed:
            if task.attempts >= _ATTEMPTS - 1:  # once may be the machine's fault
                raise RefusedError("invalid_file", FAT) from None
            raise

    async def _write(self, task: Task, source: Path) -> tuple[int, int]:
        """Write the passages of `source`; returns their number, and the bytes of their text."""
        count = size = 0
        with contextlib.closing(_pieces(source)) as pieces:
            while piece := await asyncio.to_thread(next, pieces, None):
                if count:
                    await self._claims.check(task)
                await self._index.write(task.store, task.seq, count, piece)
                count += len(piece)
                if self._embedder is None or not self._embedder.ready:
                    self._read_up_to(task, piece[-1].page or 0)  # else the vectors are what takes long
                size += sum(len(chunk.text.encode()) for chunk in piece)
                self._reached("piece")
        return count, size

    def _read_up_to(self, task: Task, page: float) -> None:
        if known := self._pages.get(task.seq):
            self._pages[task.seq] = (min(int(page), known[1]), known[1])

    async def _embed(self, task: Task, passages: int) -> str | None:
        """The model that all passages have vectors by; None if the file has to do without."""
        if self._embedder is None or not self._embedder.ready:
            return None
        try:
            pages = self.progress(task.seq) or (0, 0)
            await self._embed_file(
                self._embedder, task.store, task.seq, lambda done: self._read_up_to(task, pages[1] * done / passages)
            )
        except NoEmbeddingsError:
            return None  # it was logged; words alone find the file, and the vectors are made up for later
        return self._embedder.model

    async def _embed_file(
        self, embedder: Embedder, store: int, file: int, heard: Callable[[int], None] = lambda _: None
    ) -> None:
        done = 0
        while lacking := await self._index.lacking(file, embedder.model):
            made = await embedder.documents(list(lacking.values()))
            await self._index.add_vectors(store, file, embedder.model, dict(zip(lacking, made, strict=True)))
            done += len(made)
            heard(done)
            self._reached("vectors")

    async def _clean(self) -> None:
        """Sweep up what has left, and make up for missing vectors."""
        looked = False
        while True:
            try:
                await self._sweep_discards()
                if not looked:
                    await self._sweep_orphans()
                    looked = True
                await self._catch_up()
            except Exception:
                log.exception("sweeping_failed")
            await self._wait(self._dirt)

    async def _sweep_discards(self) -> None:
        while True:
            async with self._store.read() as session:
                left = list(await session.scalars(select(Discard.seq).limit(50)))
            if not left:
                return
            for file in left:
                await self._index.sweep(file)
                self._reached("swept")
                async with self._store.write() as session:
                    await session.execute(delete(Discard).where(Discard.seq == file))

    async def _sweep_orphans(self) -> None:
        """Passages of files that left while a process died in the middle of writing them."""
        indexed = await self._index.files()
        async with self._store.read() as session:
            known = set(await session.scalars(select(VectorStoreFile.seq)))
        for file in indexed - known:
            log.info("orphan_swept", file=file)
            await self._index.sweep(file)

    async def _catch_up(self) -> None:
        """Embed what was indexed without vectors, or with another model's; then forget the other models' vectors."""
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


def _pieces(path: Path) -> Generator[Sequence[Chunk]]:
    with path.open("rb") as file:
        unpacker = msgpack.Unpacker(file)
        while piece := [Chunk(*row) for row in itertools.islice(unpacker, PIECE)]:
            yield piece
