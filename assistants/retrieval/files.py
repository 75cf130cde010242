"""Files that clients upload and tools make: bytes in a store of files, and rows in the database."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy import delete, select

from assistants.errors import InvalidRequestError, NotFoundError
from assistants.file_stores.opening import open_file_store, place_of
from assistants.retrieval.blobs import Blobs, Upload
from assistants.retrieval.file_names import safe_name
from assistants.settings import Settings
from assistants.store.deleted_objects import note_deleted
from assistants.store.files import File, find_file
from assistants.store.ids import new_id
from assistants.store.store import Store
from assistants.store.vector_stores import VectorStoreFile, remove_from_vector_stores

log = structlog.get_logger(__name__)


_STRAY = 3600.0  # seconds; younger blobs without a row belong to uploads under way


class Files:
    """The files that clients uploaded and tools made; `on_removed` is called when some have been deleted."""

    def __init__(self, store: Store, blobs: Blobs, clock: Callable[[], float]) -> None:
        self._store = store
        self.blobs = blobs
        self._clock = clock
        self.on_removed: Callable[[], None] = lambda: None

    def path(self, file: File) -> Path | None:
        """The path of a file's bytes, for reading, where they are on this machine."""
        return self.blobs.path(file.id)

    async def add(self, name: str, data: bytes, *, purpose: str, lifetime: int | None = None) -> File:
        """Keep `data` as a file.

        Raises:
            ApiError: too large, or no room.
        """
        async with self.blobs.receive() as upload:
            await upload.write(data)
            return await self.keep(upload, name, purpose=purpose, lifetime=lifetime)

    async def keep(
        self, upload: Upload, name: str, *, purpose: str, lifetime: int | None = None, turn: str | None = None
    ) -> File:
        """Make a file of a finished upload; it expires after `lifetime` seconds if that is given (`File` has `turn`).

        Raises:
            ApiError: it is empty, or there is no room.
        """
        if not upload.size:
            raise InvalidRequestError("The file is empty.", param="file", code="empty_file")
        now = int(self._clock())
        row = File(
            id=new_id("file"),
            created_at=now,
            filename=safe_name(name),
            purpose=purpose,
            bytes=upload.size,
            expires_at=None if lifetime is None else now + lifetime,
            turn=turn,
        )
        await self.blobs.keep(upload, row.id)
        row.sha256 = upload.sha256
        async with self._store.write() as session:
            session.add(row)
        return row

    async def restore(self, upload: Upload, row: File) -> None:
        """Keep a finished upload as the file of another server, whose id and times stand in `row`.

        Raises:
            DiskFullError: there is no room.
        """
        await self.blobs.keep(upload, row.id)
        row.bytes, row.sha256 = upload.size, upload.sha256
        async with self._store.write() as session:
            session.add(row)

    async def find(self, file_id: str) -> File:
        """A file that exists and has not expired.

        Raises:
            NotFoundError: there is none.
        """
        async with self._store.read() as session:
            row = await find_file(session, file_id)
        if row.expires_at is not None and row.expires_at <= self._clock():
            raise NotFoundError.of("file", file_id)
        return row

    async def require(self, file_ids: Sequence[str]) -> None:
        """Return if all of these files exist.

        Raises:
            NotFoundError: naming the first that does not.
        """
        if not file_ids:
            return
        known: set[str] = set()
        wanted = list(dict.fromkeys(file_ids))
        now = int(self._clock())
        async with self._store.read() as session:
            for start in range(0, len(wanted), 500):
                some = [id_ for id_ in wanted[start : start + 500] if "\0" not in id_]
                alive = (File.expires_at.is_(None)) | (File.expires_at > now)
                known.update(await session.scalars(select(File.id).where(File.id.in_(some), alive)))
        for id_ in wanted:
            if id_ not in known:
                raise NotFoundError.of("file", id_)

    async def read(self, file: File) -> bytes:
        """A file's bytes.

        Raises:
            NotFoundError: it was deleted meanwhile.
            ApiError: it is damaged, or cannot be reached.
        """
        async with contextlib.aclosing(self.chunks(file)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def first_bytes(self, file: File, count: int) -> bytes:
        """The first `count` bytes of a file.

        Raises:
            NotFoundError: it was deleted meanwhile.
            ApiError: it cannot be reached.
        """
        first = b""
        try:
            async with contextlib.aclosing(self.blobs.store.read(file.id)) as chunks:
                async for chunk in chunks:
                    first += chunk
                    if len(first) >= count:
                        break
        except FileNotFoundError:
            raise NotFoundError.of("file", file.id) from None
        return first[:count]

    async def chunks(self, file: File) -> AsyncGenerator[bytes, None]:
        """A file's bytes in chunks.

        Raises:
            NotFoundError: it was deleted meanwhile.
            ApiError: it is damaged, or cannot be reached.
        """
        try:
            async with contextlib.aclosing(self.blobs.read(file.id, file.sha256)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except FileNotFoundError:
            raise NotFoundError.of("file", file.id) from None

    @asynccontextmanager
    async def local(self, file_id: str) -> AsyncIterator[Path]:
        """The path of a file's bytes on this machine, for reading in the block.

        Raises:
            NotFoundError: there is no such file.
            ApiError: it is damaged, or cannot be reached.
        """
        async with self._store.read() as session:
            row = await find_file(session, file_id)
        async with contextlib.AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(self.blobs.local(row.id, row.sha256))
            except FileNotFoundError:
                raise NotFoundError.of("file", file_id) from None
            yield path

    async def delete(self, file_id: str) -> None:
        """Delete a file and take it out of all vector stores.

        Raises:
            NotFoundError: there is none.
        """
        await self.find(file_id)
        await self._delete([file_id])

    async def sweep(self) -> None:
        """Delete expired files."""
        now = int(self._clock())
        async with self._store.read() as session:
            expired = list(await session.scalars(select(File.id).where(File.expires_at <= now).limit(1000)))
        if expired:
            log.info("files_expired", count=len(expired))
            await self._delete(expired)

    async def sweep_strays(self) -> None:
        """Delete bytes without a row: a process died after writing them."""
        await self.blobs.sweep_unfinished()
        names = await self.blobs.names(older_than=_STRAY)
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            async with self._store.read() as session:
                known = set(await session.scalars(select(File.id).where(File.id.in_(some))))
            await self.blobs.remove([name for name in some if name not in known])

    async def _delete(self, file_ids: Sequence[str]) -> None:
        async with self._store.write() as session:
            await remove_from_vector_stores(session, VectorStoreFile.file_id.in_(file_ids))
            await note_deleted(session, File, File.id.in_(file_ids))
            await session.execute(delete(File).where(File.id.in_(file_ids)))
        await self.blobs.remove(file_ids)
        self.on_removed()


@asynccontextmanager
async def open_files(settings: Settings, store: Store, clock: Callable[[], float]) -> AsyncIterator[Files]:
    """The files of a server, in the store that its settings name, for the time of the block.

    Raises:
        FileStoreError: files cannot be written or read there.
    """
    async with open_file_store(place_of(settings), store) as file_store:
        blobs = Blobs(file_store, settings.data_dir / "files" / "incoming")
        blobs.prepare()
        yield Files(store, blobs, clock)
