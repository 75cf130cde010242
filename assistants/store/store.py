"""The server's memory: one object that hands out transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from assistants.store.checkpoint import Checkpoints
from assistants.store.engine import describe_failure, open_engines, sqlite_file
from assistants.store.errors import StoreError
from assistants.store.migrate import upgrade

__all__ = ["Store", "StoreError", "open_store"]


class Store:
    """Transactions on the server's database.

    Queries live beside their tables (`store/threads.py` and so on) as functions that take a session.
    """

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine, checkpoints: Checkpoints | None) -> None:
        self._reader = reader
        self._writer = writer
        self._checkpoints = checkpoints

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """The engines for reading and for writing."""
        return self._reader, self._writer

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: nothing is locked, each statement sees the newest state."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """As `read`, without a session around it."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        On SQLite the block holds the only writer, so do not wait in it for anything but the database.
        """
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
        self._written()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """As `write`, without a session around it: for `store/rows.py`."""
        async with self._writer.begin() as connection:
            yield connection
        self._written()

    def _written(self) -> None:
        if self._checkpoints is not None:
            self._checkpoints.nudge()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the database at `url`, bring its schema up to date, and close it in the end.

    Raises:
        StoreError: it cannot be opened.
    """
    try:
        database = sqlite_file(url)
        reader, writer = open_engines(url)
    except (OSError, ArgumentError, ImportError, InvalidRequestError) as error:
        raise StoreError(describe_failure(error)) from error
    checkpoints = None if database is None else Checkpoints(database)
    try:
        try:
            await upgrade(writer)
        except (DBAPIError, OSError) as error:
            raise StoreError(describe_failure(error)) from error
        yield Store(reader, writer, checkpoints)
    finally:
        if checkpoints is not None:
            await checkpoints.close()
        await reader.dispose()
        await writer.dispose()
