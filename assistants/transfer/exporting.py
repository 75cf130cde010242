"""`saem export`: everything that an import takes, as JSON lines with the bytes of files beside them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from assistants.errors import NotFoundError
from assistants.file_stores.file_store import DamagedFileError
from assistants.json_objects import vector_store_object
from assistants.retrieval.files import Files
from assistants.retrieval.vector_stores import counts_of
from assistants.store.made_files import made_files
from assistants.store.schema import Assistant, File, Message, Run, RunStep, Thread, VectorStore, VectorStoreFile
from assistants.store.store import Store
from assistants.transfer.importing import EXPORT, VERSION
from assistants.transfer.records import shown
from assistants.transfer.report import Report, TransferError

LINES: Final = "assistants.jsonl"
FOLDER: Final = "files"

_AT_ONCE: Final = 500


class Export:
    """Writes what the store holds into a folder."""

    def __init__(self, store: Store, files: Files, folder: Path, report: Report) -> None:
        self._store = store
        self._files = files
        self._folder = folder
        self._report = report

    async def write(self, progress: Callable[[int], None]) -> None:
        """Write everything; `progress` is told of lines. The lines have their name when they are complete.

        Raises:
            TransferError: the folder cannot be written, or holds something.
        """
        unfinished = self._folder / f"{LINES}.unfinished"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if any(path.name not in {unfinished.name, FOLDER} for path in self._folder.iterdir()):
                raise TransferError(f"{self._folder} is not empty: name a new folder.")
            if (self._folder / FOLDER).exists() and not unfinished.exists():
                raise TransferError(f"{self._folder} is not empty: name a new folder.")
            (self._folder / FOLDER).mkdir(exist_ok=True)
            with unfinished.open("wb") as lines:
                lines.write(orjson.dumps({"object": EXPORT, "version": VERSION}) + b"\n")
                await self._write(lines, progress)
                lines.flush()
                os.fsync(lines.fileno())
            unfinished.replace(self._folder / LINES)
        except OSError as error:
            raise TransferError(f"{self._folder} cannot be written: {error.strerror or error}.") from error

    async def _write(self, lines: IO[bytes], progress: Callable[[int], None]) -> None:
        def line(kind: str, shown_object: dict[str, Any]) -> None:
            lines.write(orjson.dumps(shown_object) + b"\n")
            self._report.new[kind] += 1
            progress(1)

        async with self._store.read() as session:
            async for file in _rows(session, File):
                if await self._copy(file):
                    line("file", shown("file", file))
            async for store in _rows(session, VectorStore):
                counts = await counts_of(session, VectorStoreFile.vector_store_id, [store.id])
                expired = store.expires_at is not None and store.expires_at <= time.time()
                line("vector_store", vector_store_object(store, counts[store.id], expired=expired))
                async for held in _rows(session, VectorStoreFile, VectorStoreFile.vector_store_id == store.id):
                    line("vector_store.file", shown("vector_store.file", held))
            async for assistant in _rows(session, Assistant):
                line("assistant", shown("assistant", assistant))
            async for thread in _rows(session, Thread):
                made = await made_files(session, thread.id)
                line("thread", {**shown("thread", thread), **({"made_files": made} if made else {})})
                for kind, table in (("thread.message", Message), ("thread.run", Run), ("thread.run.step", RunStep)):
                    async for row in _rows(session, table, table.thread_id == thread.id):
                        line(kind, shown(kind, row))

    async def _copy(self, file: File) -> bool:
        if file.expires_at is not None and file.expires_at <= time.time():
            return False
        target = self._folder / FOLDER / file.id
        if target.exists() and target.stat().st_size == file.bytes:  # of an export that was interrupted
            return True
        try:
            with target.open("wb") as opened:
                async for chunk in self._files.chunks(file):
                    await asyncio.to_thread(opened.write, chunk)
        except (NotFoundError, DamagedFileError) as error:
            target.unlink()
            why = "are gone" if isinstance(error, NotFoundError) else "are damaged"
            self._report.refuse(file.id, f"Its bytes ({file.filename}) {why}.")
            return False
        return True


async def _rows(session: AsyncSession, table: Any, *conditions: Any) -> AsyncIterator[Any]:
    """All rows in the order in which they were made, some at a time."""
    last = -1
    while True:
        query = select(table).where(table.seq > last, *conditions).order_by(table.seq).limit(_AT_ONCE)
        if table is Message:
            query = query.options(undefer(Message.calls))
        rows = list(await session.scalars(query))
        for row in rows:
            yield row
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].seq
        session.expunge_all()
