"""The bytes of files: uploads that are being written to this machine's disk, and files that are kept in their store."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from assistants.errors import TooLargeError
from assistants.file_stores.file_store import DamagedFileError, FileStore, WholeFile
from assistants.file_stores.folder_store import disk_errors
from database.outages import Outage, outage_of_folder
from database.private_files import PRIVATE_FOLDER, make_private_folder
from database.steady_clock import steady_time

MAX_BYTES = 512 << 20
"""https://platform.openai.com/docs/api-reference/files/create"""

_BUFFER = 1 << 20
UNFINISHED = 3600.0
"""Seconds after which what is being written is left over from a process that died."""


class Upload:
    """A file that is being written; its size and hash are complete after `flush`."""

    def __init__(self, path: Path, descriptor: int, outage: Outage) -> None:
        self._outage = outage
        self.path = path
        self.size = 0
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The content's hash, in hexadecimal."""
        return self._hash.hexdigest()

    async def write(self, data: bytes) -> None:
        """Append bytes; a thread writes them to the disk.

        Raises:
            TooLargeError: there are more than `MAX_BYTES`.
            DiskFullError, DiskUnwritableError: there is no room, or the disk may not be written.
        """
        self.size += len(data)
        if self.size > MAX_BYTES:
            raise TooLargeError(f"The file is too large: at most {MAX_BYTES >> 20} MB are accepted.")
        self._buffer += data
        if len(self._buffer) >= _BUFFER:
            await self.flush()

    async def flush(self) -> None:
        """Write all bytes to the disk.

        Raises:
            DiskFullError, DiskUnwritableError: there is no room, or the disk may not be written.
        """
        data, self._buffer = bytes(self._buffer), bytearray()
        with disk_errors(self._outage):
            await asyncio.to_thread(self._append, data)
        self._outage.succeeded()

    def _append(self, data: bytes) -> None:
        self._hash.update(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]


class Blobs:
    """The bytes of files, each under its file's id, in `store`; `incoming` is a folder for what is not whole yet."""

    def __init__(self, store: FileStore, incoming: Path) -> None:
        self.store = store
        self._incoming = incoming
        self._outage = outage_of_folder(incoming, "incoming files")

    def prepare(self) -> None:
        """Make the folder, which one of an earlier release left open to everybody."""
        make_private_folder(self._incoming)
        for folder in (self._incoming.parent, self._incoming):
            folder.chmod(PRIVATE_FOLDER)

    def path(self, file_id: str) -> Path | None:
        """The path of a kept file's bytes, where they are on this machine."""
        return self.store.path(file_id)

    def scratch(self, name: str) -> Path:
        """A path for what a worker process writes for a while."""
        return self._incoming / name

    @asynccontextmanager
    async def receive(self) -> AsyncIterator[Upload]:
        """A new upload; it is deleted at the end of the block unless `keep` was called.

        Raises:
            DiskFullError, DiskUnwritableError: there is no room, or the disk may not be written.
        """
        with disk_errors(self._outage):
            descriptor, name = await asyncio.to_thread(tempfile.mkstemp, dir=self._incoming)
        try:
            yield Upload(Path(name), descriptor, self._outage)
        finally:
            os.close(descriptor)
            with contextlib.suppress(OSError):  # it is swept
                await asyncio.to_thread(Path(name).unlink, missing_ok=True)

    async def keep(self, upload: Upload, file_id: str) -> None:
        """Keep an upload as the bytes of a file.

        Raises:
            DiskFullError, DiskUnwritableError: there is no room, or the disk may not be written.
            FilesUnavailableError: the store cannot be reached.
        """
        await upload.flush()
        await self.store.put(file_id, WholeFile(upload.path, upload.size, upload.sha256))

    async def read(self, file_id: str, sha256: str) -> AsyncGenerator[bytes, None]:
        """A file's bytes in chunks. The last one comes only when all have the hash that they had when they came.

        Raises:
            FileNotFoundError: there is no such file.
            DamagedFileError: they are others.
            FilesUnavailableError: the store cannot be reached.
        """
        digest, held = hashlib.sha256(), b""
        async with contextlib.aclosing(self.store.read(file_id)) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(digest.update, chunk)
                if held:
                    yield held
                held = chunk
        if digest.hexdigest() != sha256:
            raise DamagedFileError
        yield held

    @asynccontextmanager
    async def local(self, file_id: str, sha256: str) -> AsyncIterator[Path]:
        """The path of a file's bytes on this machine, for reading in the block: a copy where they are elsewhere.

        Raises:
            FileNotFoundError: there is no such file.
            DamagedFileError: a copy has other bytes.
            FilesUnavailableError: the store cannot be reached.
            DiskFullError, DiskUnwritableError: there is no room for a copy, or the disk may not be written.
        """
        path = self.path(file_id)
        if path is not None:
            if not await asyncio.to_thread(path.exists):
                raise FileNotFoundError(file_id)
            yield path
            return
        async with self.receive() as copy:
            async with contextlib.aclosing(self.read(file_id, sha256)) as chunks:
                async for chunk in chunks:
                    await copy.write(chunk)
            await copy.flush()
            yield copy.path

    async def remove(self, file_ids: Collection[str]) -> None:
        """Delete the bytes of these files, if they exist."""
        await self.store.remove(file_ids)

    async def names(self, *, older_than: float) -> list[str]:
        """The file ids of blobs that were written at least so many seconds ago."""
        return await self.store.names(older_than=older_than)

    async def sweep_unfinished(self) -> None:
        """Delete what a process has left that died while it wrote."""
        await asyncio.to_thread(self._sweep_unfinished, steady_time() - UNFINISHED)

    def _sweep_unfinished(self, before: float) -> None:
        for path in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
