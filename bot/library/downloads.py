"""Downloads attachments from Discord's CDN to temporary files, up to a size."""

import asyncio
import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from bot.library.errors import FileFailedError
from database.outages import disk_outage_kind, outage_of_folder
from database.private_files import make_private_folder

log = structlog.get_logger(__name__)

SIZE_LIMIT = 512 << 20
"""Bytes of a file; the Assistants API takes no more."""

LEFT_BEHIND = 3_600.0
"""Age in seconds of a download that nobody works on any more: fetching and reading end before that."""
_CHUNK = 1 << 18
_TIMEOUT = aiohttp.ClientTimeout(total=600, sock_connect=15, sock_read=60)
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class DownloadedFile:
    """A file on disk."""

    path: Path
    sha256: str
    size: int


class Downloader:
    """Downloads attachments; each gets a temporary folder of its own in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._outage = outage_of_folder(directory, "downloads")
        self._session: aiohttp.ClientSession | None = None

    async def remove_left_behind(self) -> None:
        """Remove what processes that died have left; what another process works on is younger."""
        await asyncio.to_thread(self._remove_older_than, time.time() - LEFT_BEHIND)

    def _remove_older_than(self, at: float) -> None:
        for folder in self._directory.glob("tmp*"):
            with contextlib.suppress(FileNotFoundError):  # another process that starts now removes it
                if folder.stat().st_mtime < at:
                    shutil.rmtree(folder)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def downloaded(self, url: str, size: int) -> AsyncIterator[DownloadedFile]:
        """Download the file at `url` and delete it at the end of the block; `size` is the size that Discord tells.

        Raises:
            FileFailedError: the file is too big or gone, or the disk is full or may not be written.
        """
        if size > SIZE_LIMIT:
            raise FileFailedError("too_big")
        try:
            await asyncio.to_thread(make_private_folder, self._directory)
            folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self._directory)
        except OSError as error:
            raise self._disk_fails(error) from error
        try:
            yield await self._download(url, Path(folder.name) / "file")
        finally:
            with contextlib.suppress(OSError):  # what cannot be deleted now the next start removes
                await asyncio.to_thread(folder.cleanup)

    def _disk_fails(self, error: OSError) -> FileFailedError:
        """Note that the disk cannot be written; what the file's sender is told."""
        kind = disk_outage_kind(error)
        self._outage.failed(kind, error)
        return FileFailedError("disk_full" if kind == "full" else "disk_unwritable")

    async def _download(self, url: str, path: Path) -> DownloadedFile:
        for attempts_left in range(_ATTEMPTS - 1, -1, -1):
            try:
                return await self._download_once(url, path)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("library.not_downloaded", cause=error, attempts_left=attempts_left)
                if not attempts_left or (isinstance(error, aiohttp.ClientResponseError) and error.status < 500):
                    raise FileFailedError("gone") from error
                await asyncio.sleep(1)
        raise AssertionError

    async def _download_once(self, url: str, path: Path) -> DownloadedFile:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        digest, size = hashlib.sha256(), 0
        async with self._session.get(url, raise_for_status=True) as response:
            # Not in a thread: a file that is opened while its task is cancelled would be nobody's to close.
            try:
                file = path.open("wb")
            except OSError as error:
                raise self._disk_fails(error) from error
            with file:
                async for chunk in response.content.iter_chunked(_CHUNK):
                    size += len(chunk)
                    if size > SIZE_LIMIT:
                        raise FileFailedError("too_big")
                    await self._write(file, chunk, digest)
        self._outage.succeeded()
        return DownloadedFile(path, digest.hexdigest(), size)

    async def _write(self, file: Any, chunk: bytes, digest: Any) -> None:
        def write() -> None:
            digest.update(chunk)
            file.write(chunk)

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            raise self._disk_fails(error) from error
