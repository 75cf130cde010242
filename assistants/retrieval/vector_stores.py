"""Vector stores: making, changing and deleting them, and the files in them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.errors import InvalidRequestError
from assistants.retrieval.chunks import DEFAULT_OVERLAP, DEFAULT_SIZE
from assistants.retrieval.files import Files
from assistants.store.deleted_objects import note_deleted
from assistants.store.ids import new_id
from assistants.store.store import Store
from assistants.store.vector_stores import (
    FileBatch,
    VectorStore,
    VectorStoreFile,
    find_batch,
    find_vector_store,
    find_vector_store_file,
    remove_from_vector_stores,
)

MAX_FILES = 10_000
"""Files in a vector store; https://platform.openai.com/docs/assistants/tools/file-search"""

Counts = dict[str, int]

_AT_ONCE = 250
"""Rows that are written before other tasks of the event loop get a turn."""


@dataclass(frozen=True, slots=True)
class FileToAdd:
    """A file to add to a vector store, with its attributes and how it is cut into chunks."""

    file_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    size: int = DEFAULT_SIZE
    overlap: int = DEFAULT_OVERLAP

    @classmethod
    def of(cls, file_id: str, attributes: Mapping[str, Any] | None, strategy: Mapping[str, Any] | None) -> "FileToAdd":
        """From the fields of a request.

        Raises:
            InvalidRequestError: the overlap is more than half of the size.
        """
        if strategy is None or strategy["type"] == "auto":
            return cls(file_id, dict(attributes or {}))
        size, overlap = strategy["static"]["max_chunk_size_tokens"], strategy["static"]["chunk_overlap_tokens"]
        if overlap * 2 > size:
            raise InvalidRequestError(
                "Invalid 'chunk_overlap_tokens': the overlap must not exceed half of 'max_chunk_size_tokens'.",
                param="chunking_strategy.static.chunk_overlap_tokens",
                code="invalid_value",
            )
        return cls(file_id, dict(attributes or {}), size, overlap)


class VectorStores:
    """The vector stores; `changed` is called when there are files to index or passages to delete."""

    def __init__(self, store: Store, files: Files, clock: Callable[[], float], changed: Callable[[], None]) -> None:
        self.store = store
        self._files = files
        self._clock = clock
        self._changed = changed

    async def create(self, params: Mapping[str, Any]) -> VectorStore:
        """Make a vector store from the body of POST /vector_stores.

        Raises:
            ApiError: a file does not exist.
        """
        strategy = params.get("chunking_strategy")
        files = [FileToAdd.of(file_id, None, strategy) for file_id in dict.fromkeys(params.get("file_ids") or ())]
        await self._files.require([file.file_id for file in files])
        now = int(self._clock())
        row = VectorStore(
            id=new_id("vector store"),
            created_at=now,
            name=params.get("name"),
            description=params.get("description"),
            metadata_=params.get("metadata") or {},
            expires_after=params.get("expires_after"),
            last_active_at=now,
        )
        async with self.store.write() as session:
            session.add(row)
            await session.flush()
            await self._add(session, row, files, None)
        self._changed()
        return row

    async def find(self, id_: str) -> VectorStore:
        """The row.

        Raises:
            NotFoundError: there is none.
        """
        async with self.store.read_connection() as connection:
            return await find_vector_store(connection, id_)

    async def modify(self, id_: str, params: Mapping[str, Any]) -> VectorStore:
        """Change name, metadata or expiry.

        Raises:
            NotFoundError: there is none.
        """
        async with self.store.write() as session:
            row = await find_vector_store(session, id_)
            if "name" in params:
                row.name = params["name"]
            if "metadata" in params:
                row.metadata_ = params["metadata"] or {}
            if "expires_after" in params:
                row.expires_after = params["expires_after"]
                row.last_active_at = int(self._clock())
        return row

    async def delete(self, id_: str) -> None:
        """Delete a vector store; its files stay files.

        Raises:
            NotFoundError: there is none.
        """
        async with self.store.write() as session:
            await find_vector_store(session, id_)
            await remove_from_vector_stores(session, VectorStoreFile.vector_store_id == id_)
            await note_deleted(session, VectorStore, VectorStore.id == id_)
            await session.execute(delete(VectorStore).where(VectorStore.id == id_))
        self._changed()

    async def add_files(self, id_: str, files: Sequence[FileToAdd], *, batch: bool = False) -> FileBatch | None:
        """Put files into a vector store, as a batch if asked for.

        Raises:
            ApiError: the store or a file does not exist, or the store would hold too many.
        """
        await self._files.require([file.file_id for file in files])
        async with self.store.write() as session:
            row = await find_vector_store(session, id_)
            made = None
            if batch:
                made = FileBatch(id=new_id("file batch"), created_at=int(self._clock()), vector_store_id=id_)
                session.add(made)
            row.last_active_at = int(self._clock())
            await self._add(session, row, files, made)
        self._changed()
        return made

    async def remove_file(self, id_: str, file_id: str) -> None:
        """Take a file out of a vector store.

        Raises:
            NotFoundError: it is not there.
        """
        async with self.store.write() as session:
            row = await find_vector_store_file(session, id_, file_id)
            await remove_from_vector_stores(session, VectorStoreFile.seq == row.seq)
        self._changed()

    async def set_attributes(self, id_: str, file_id: str, attributes: Mapping[str, Any]) -> VectorStoreFile:
        """Replace the attributes of a file.

        Raises:
            NotFoundError: it is not there.
        """
        async with self.store.write() as session:
            row = await find_vector_store_file(session, id_, file_id)
            row.attributes = dict(attributes)
        return row

    async def cancel_batch(self, id_: str, batch_id: str) -> FileBatch:
        """Stop indexing the files of a batch that are not done.

        Raises:
            NotFoundError: there is no such batch.
        """
        async with self.store.write() as session:
            row = await find_batch(session, id_, batch_id)
            cancelled = update(VectorStoreFile).where(
                VectorStoreFile.batch_id == batch_id, VectorStoreFile.status == "in_progress"
            )
            if (await session.execute(cancelled.values(status="cancelled"))).rowcount:  # type: ignore[attr-defined]
                row.cancelled_at = int(self._clock())
        return row

    async def touch(self, row: VectorStore) -> None:
        """Note that a vector store was used, which delays its expiry: at most hourly, daily if it does not expire."""
        now = int(self._clock())
        if now - row.last_active_at < (3600 if row.expires_after else 86400):
            return
        async with self.store.write() as session:
            await session.execute(update(VectorStore).where(VectorStore.id == row.id).values(last_active_at=now))

    def expired(self, row: VectorStore) -> bool:
        """Whether it has not been used for too long."""
        return row.expires_at is not None and row.expires_at <= self._clock()

    async def sweep(self) -> None:
        """Take all files out of vector stores that have expired."""
        async with self.store.read() as session:
            rows = list(await session.scalars(select(VectorStore).where(VectorStore.expires_after.is_not(None))))
        for row in rows:
            if self.expired(row):
                async with self.store.write() as session:
                    await remove_from_vector_stores(session, VectorStoreFile.vector_store_id == row.id)
        self._changed()

    async def _add(
        self, session: AsyncSession, row: VectorStore, files: Iterable[FileToAdd], batch: FileBatch | None
    ) -> None:
        wanted = {file.file_id: file for file in files}
        await self._make_room(session, row, wanted)
        shared = {
            "created_at": int(self._clock()),
            "vector_store_id": row.id,
            "batch_id": None if batch is None else batch.id,
            "status": "in_progress",
            "usage_bytes": 0,
            "passages": 0,
            "attempts": 0,
        }
        rows = [{**shared, **_columns(file)} for file in wanted.values()]
        await session.flush()  # the batch is written first, as the rows refer to it
        for start in range(0, len(rows), _AT_ONCE):
            await session.execute(insert(VectorStoreFile), rows[start : start + _AT_ONCE])
            await asyncio.sleep(0)  # two thousand rows in one go would delay every stream

    async def _make_room(self, session: AsyncSession, row: VectorStore, wanted: Mapping[str, FileToAdd]) -> None:
        """Take out the files that are there already, so that they are indexed anew; refuse too many files."""
        ids = list(wanted)
        for start in range(0, len(ids), _AT_ONCE):
            again = VectorStoreFile.file_id.in_(ids[start : start + _AT_ONCE])
            await remove_from_vector_stores(session, VectorStoreFile.vector_store_id == row.id, again)
            await asyncio.sleep(0)
        held = select(func.count()).where(VectorStoreFile.vector_store_id == row.id)
        if (await session.scalar(held) or 0) + len(wanted) > MAX_FILES:
            raise InvalidRequestError(f"A vector store holds at most {MAX_FILES:,} files.", code="too_many_files")


def _columns(file: FileToAdd) -> dict[str, Any]:
    return {
        "file_id": file.file_id,
        "chunk_size": file.size,
        "chunk_overlap": file.overlap,
        "attributes": dict(file.attributes),
    }


async def counts_of(session: AsyncSession, column: Any, ids: Sequence[str]) -> dict[str, Counts]:
    """How many files have each status, by vector store or batch (`column`), and the `bytes` that they take."""
    zero = {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0, "bytes": 0}
    counts = {id_: dict(zero) for id_ in ids}
    query = (
        select(column, VectorStoreFile.status, func.count(), func.sum(VectorStoreFile.usage_bytes))
        .where(column.in_(ids))
        .group_by(column, VectorStoreFile.status)
    )
    for id_, status, count, size in await session.execute(query):
        counts[id_][status] = count
        counts[id_]["total"] += count
        counts[id_]["bytes"] += int(size or 0)
    return counts
