"""The bytes of files on disk: uploads that are being written, and files that are kept."""

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from assistants.errors import ApiError, TooLargeError
from database.private_files import PRIVATE_FOLDER, make_private_folder

MAX_BYTES = 512 << 20
"""https://platform.openai.com/docs/api-reference/files/create"""

_BUFFER = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFullError(ApiError):
    """The server's disk is full; the file was not kept."""

    status = 507
    type = "server_error"
    default_code = "disk_full"


class Upload:
    """A file that is being written; its size and hash are complete after `flush`."""

    def __init__(self, path: Path, descriptor: int) -> None:
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
            DiskFullError: there is no room.
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
            DiskFullError: there is no room.
        """
        data, self._buffer = bytes(self._buffer), bytearray()
        with _disk_errors():
            await asyncio.to_thread(self._append, data)

    def _append(self, data: bytes) -> None:
        self._hash.update(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]


class Blobs:
    """The folder that holds files' bytes, each under its file's id."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._incoming = directory / "incoming"

    def prepare(self) -> None:
        """Make the folders."""
        make_private_folder(self._incoming)
        for folder in (self._directory, self._incoming):
            folder.chmod(PRIVATE_FOLDER)  # one of an earlier release was open to everybody

    def path(self, file_id: str) -> Path:
        """The path of a kept file's bytes."""
        return self._directory / file_id[-2:].lower() / file_id

    def scratch(self, name: str) -> Path:
        """A path for what a worker process writes for a while."""
        return self._incoming / name

    @asynccontextmanager
    async def receive(self) -> AsyncIterator[Upload]:
        """A new upload; it is deleted at the end of the block unless `keep` was called.

        Raises:
            DiskFullError: there is no room.
        """
        with _disk_errors():
            descriptor, name = await asyncio.to_thread(tempfile.mkstemp, dir=self._incoming)
        try:
            yield Upload(Path(name), descriptor)
        finally:
            os.close(descriptor)
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)

    async def keep(self, upload: Upload, file_id: str) -> None:
        """Keep an upload as the bytes of a file.

        Raises:
            DiskFullError: there is no room.
        """
        await upload.flush()
        with _disk_errors():
            await asyncio.to_thread(self._move, upload.path, self.path(file_id))

    async def remove(self, file_ids: Collection[str]) -> None:
        """Delete the bytes of these files, if they exist."""
        await asyncio.to_thread(self._remove, file_ids)

    async def names(self, *, older_than: float) -> list[str]:
        """The file ids of blobs that were written at least so many seconds ago; deletes old unfinished uploads too."""
        return await asyncio.to_thread(self._names, time.time() - older_than)

    @staticmethod
    def _move(source: Path, target: Path) -> None:
        make_private_folder(target.parent)
        source.replace(target)

    def _remove(self, file_ids: Collection[str]) -> None:
        for file_id in file_ids:
            self.path(file_id).unlink(missing_ok=True)

    def _names(self, before: float) -> list[str]:
        for path in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
        return [path.name for path in self._directory.glob("??/*") if path.stat().st_mtime < before]


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError from error
        raise
