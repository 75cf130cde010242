"""Files in PostgreSQL, as chunks in a table: whoever shares the database shares the files."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection, Iterator

import structlog
from sqlalchemy.exc import SQLAlchemyError

from assistants.file_stores.file_store import CHUNK, FileStoreError, FilesUnavailableError, WholeFile
from assistants.store.file_chunks import add_chunk, files_in_chunks, find_chunk, remove_chunks
from assistants.store.store import Store
from database.steady_clock import steady_time

log = structlog.get_logger(__name__)


class DatabaseStore:
    """Holds files' bytes in the server's own database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def check(self) -> None:
        """See `FileStore`. The database was opened before."""
        if self._store.dialect == "sqlite":
            raise FileStoreError(
                "FILES_URL=database is for PostgreSQL (DATABASE_URL): SQLite has one server alone, which keeps its "
                "files in a folder."
            )

    def path(self, file_id: str) -> None:
        """See `FileStore`."""

    async def put(self, file_id: str, file: WholeFile) -> None:
        """See `FileStore`."""
        now = int(steady_time())
        with file.path.open("rb") as opened, _errors():
            async with self._store.write_connection() as transaction:
                number = 0
                while data := await asyncio.to_thread(opened.read, CHUNK):
                    await add_chunk(transaction, file_id, number, data, now)
                    number += 1

    async def read(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """See `FileStore`."""
        number = 0
        while True:
            with _errors():
                async with self._store.read_connection() as connection:
                    data = await find_chunk(connection, file_id, number)
            if data is None:
                break
            yield data
            number += 1
        if not number:
            raise FileNotFoundError(file_id)

    async def remove(self, file_ids: Collection[str]) -> None:
        """See `FileStore`."""
        with _errors():
            async with self._store.write_connection() as transaction:
                await remove_chunks(transaction, file_ids)

    async def names(self, *, older_than: float) -> list[str]:
        """See `FileStore`."""
        with _errors():
            async with self._store.read_connection() as connection:
                return await files_in_chunks(connection, int(steady_time() - older_than))

    async def close(self) -> None:
        """See `FileStore`. The database is closed by whoever opened it."""


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("files_unavailable", reason=type(getattr(error, "orig", None) or error).__name__)
        raise FilesUnavailableError from error
