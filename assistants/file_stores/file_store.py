"""What a store of files does, and how it fails."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistants.errors import ApiError
from database.errors import StoreError

CHUNK = 1 << 20
"""Bytes that are read or written at once."""


class DiskFullError(ApiError):
    """The server's disk is full; the file was not kept."""

    status = 507
    type = "server_error"
    default_code = "disk_full"


class DiskUnwritableError(ApiError):
    """The server's disk may not be written at the moment; the file was not kept. Try again later."""

    status = 507
    type = "server_error"
    default_code = "disk_unwritable"


class FilesUnavailableError(ApiError):
    """The server cannot reach its files at the moment. Try again in a minute."""

    status = 503
    type = "server_error"
    default_code = "files_unavailable"


class DamagedFileError(ApiError):
    """The file is damaged: its bytes are not those that were uploaded."""

    status = 500
    type = "server_error"
    default_code = "file_damaged"


class FileStoreError(StoreError):
    """The store of files cannot be used; the message is one plain sentence for the owner."""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file on this machine's disk that is to be kept; `sha256` is in hexadecimal."""

    path: Path
    size: int
    sha256: str


class FileStore(Protocol):
    """Holds the bytes of files, each under its file's id. A file is there whole or not at all.

    All methods but `check` raise `FilesUnavailableError` when the store cannot be reached.
    """

    async def check(self) -> None:
        """Return if files can be written and read.

        Raises:
            FileStoreError: they cannot.
        """

    def path(self, file_id: str) -> Path | None:
        """The path of a file's bytes, where they are files of this machine; the file may be missing."""

    async def put(self, file_id: str, file: WholeFile) -> None:
        """Keep the bytes of `file`, which may be moved.

        Raises:
            DiskFullError: there is no room.
            DiskUnwritableError: the disk may not be written.
        """

    def read(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """The bytes of a file, in chunks of about `CHUNK`.

        Raises:
            FileNotFoundError: there is no such file.
        """

    async def remove(self, file_ids: Collection[str]) -> None:
        """Delete files, if they exist."""

    async def names(self, *, older_than: float) -> list[str]:
        """The ids of the files that were written at least so many seconds ago."""

    async def close(self) -> None:
        """Let go of connections."""
