"""Files in a folder: the default."""

import asyncio
import contextlib
import errno
import os
import shutil
from collections.abc import AsyncGenerator, Collection, Iterator
from pathlib import Path

from assistants.file_stores.file_store import (
    CHUNK,
    DiskFullError,
    DiskUnwritableError,
    FileStoreError,
    FilesUnavailableError,
    WholeFile,
)
from database.outages import Outage, disk_outage_kind, outage_of_folder
from database.private_files import PRIVATE_FOLDER, make_private_folder
from database.steady_clock import steady_time


class FolderStore:
    """The folder that holds files' bytes, each under its file's id."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._outage = outage_of_folder(directory, "files")

    async def check(self) -> None:
        """See `FileStore`."""
        try:
            await asyncio.to_thread(self._prepare)
        except OSError as error:
            raise FileStoreError(
                f"The folder of files {self._directory} cannot be written: {error.strerror or error}."
            ) from error

    def _prepare(self) -> None:
        make_private_folder(self._directory)
        self._directory.chmod(PRIVATE_FOLDER)  # one of an earlier release was open to everybody
        probe = self._directory / f"probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()

    def path(self, file_id: str) -> Path:
        """See `FileStore`."""
        return self._directory / file_id[-2:].lower() / file_id

    async def put(self, file_id: str, file: WholeFile) -> None:
        """See `FileStore`."""
        with disk_errors(self._outage):
            await asyncio.to_thread(_move, file.path, self.path(file_id))
        self._outage.succeeded()

    async def read(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """See `FileStore`."""
        with disk_errors(self._outage, reading=True):
            file = await asyncio.to_thread(self.path(file_id).open, "rb")
            try:
                while chunk := await asyncio.to_thread(file.read, CHUNK):
                    yield chunk
            finally:
                file.close()

    async def remove(self, file_ids: Collection[str]) -> None:
        """See `FileStore`."""
        with disk_errors(self._outage):
            await asyncio.to_thread(self._remove, file_ids)

    async def names(self, *, older_than: float) -> list[str]:
        """See `FileStore`."""
        with disk_errors(self._outage, reading=True):
            return await asyncio.to_thread(self._names, steady_time() - older_than)

    async def close(self) -> None:
        """See `FileStore`."""

    def _remove(self, file_ids: Collection[str]) -> None:
        for file_id in file_ids:
            self.path(file_id).unlink(missing_ok=True)

    def _names(self, before: float) -> list[str]:
        names = []
        for path in self._directory.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    names.append(path.name)
        return names


def _move(source: Path, target: Path) -> None:
    make_private_folder(target.parent)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The folder is on another disk: what is being copied has a name that is no file's, until it is whole.
        copy = target.with_name(f"{target.name}.part")
        shutil.copyfile(source, copy)
        copy.replace(target)


@contextlib.contextmanager
def disk_errors(outage: Outage, *, reading: bool = False) -> Iterator[None]:
    """Turn what goes wrong with a disk into an answer for the client, and let its outage know."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        kind = "failing" if reading else disk_outage_kind(error)
        outage.failed(kind, error)
        if kind == "full":
            raise DiskFullError from error
        if kind == "read_only":
            raise DiskUnwritableError from error
        raise FilesUnavailableError from error  # a disk that fails, or a shared one that is away
