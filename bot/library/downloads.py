"""Files from Discord's CDN to a place on disk, within limits."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog

log = structlog.get_logger(__name__)

LIMIT = 512 << 20
"""Bytes of a file; the Assistants API takes no more."""

_PIECE = 1 << 18
_PATIENCE = aiohttp.ClientTimeout(total=600, sock_connect=15, sock_read=60)
_TRIES = 3


class NotFetchedError(Exception):
    """The file cannot be had; `reason` names a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on disk."""

    path: Path
    sha256: str
    size: int


class Fetcher:
    """Downloads attachments into a folder of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def fetched(self, url: str, size: int) -> AsyncIterator[Fetched]:
        """The file behind `url` while the block lasts; `size` is what Discord says of it.

        Raises:
            NotFetchedError: it is too big, gone, or there is no room for it.
        """
        if size > LIMIT:
            raise NotFetchedError("too_big")
        try:
            await asyncio.to_thread(self._directory.mkdir, parents=True, exist_ok=True)
            folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self._directory)
        except OSError as error:
            log.warning("library.no_room", cause=str(error))
            raise NotFetchedError("disk_full") from error
        try:
            yield await self._download(url, Path(folder.name) / "file")
        finally:
            await asyncio.to_thread(folder.cleanup)

    async def _download(self, url: str, path: Path) -> Fetched:
        for left in range(_TRIES - 1, -1, -1):
            try:
                return await self._try(url, path)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("library.not_fetched", cause=str(error) or type(error).__name__, tries_left=left)
                if not left or (isinstance(error, aiohttp.ClientResponseError) and error.status < 500):
                    raise NotFetchedError("gone") from error
                await asyncio.sleep(1)
        raise AssertionError

    async def _try(self, url: str, path: Path) -> Fetched:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        digest, size = hashlib.sha256(), 0
        async with self._session.get(url, raise_for_status=True) as answer:
            with await asyncio.to_thread(path.open, "wb") as file:
                async for piece in answer.content.iter_chunked(_PIECE):
                    size += len(piece)
                    if size > LIMIT:
                        raise NotFetchedError("too_big")
                    await _write(file, piece, digest)
        return Fetched(path, digest.hexdigest(), size)


async def _write(file: Any, piece: bytes, digest: Any) -> None:
    def write() -> None:
        digest.update(piece)
        file.write(piece)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        log.warning("library.no_room", cause=str(error))
        raise NotFetchedError("disk_full") from error
