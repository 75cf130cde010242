"""The server's open database: sessions, connections and transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from assistants.store.schema import MIGRATIONS
from database.database import Database, open_database
from database.errors import StoreError
from database.steady_clock import SteadyClock

__all__ = ["Store", "StoreError", "open_store"]

_DATABASE_TIME = text("SELECT extract(epoch FROM clock_timestamp())")


class Store:
    """Transactions on the server's database.

    Queries live beside their tables (`store/threads.py` and so on) as functions that take a session.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._database.dialect

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """The engines for reading and for writing."""
        return self._database.reader, self._database.writer

    async def give_back_space(self) -> None:
        """Return what deleted rows took to the disk, some pages at a time."""
        await self._database.give_back_space()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: it locks nothing, and each statement sees the newest state."""
        async with AsyncSession(self._database.reader, expire_on_commit=False, autoflush=False) as session:
            await self._connect(session)
            yield session

    @asynccontextmanager
    async def read_connection(self) -> AsyncIterator[AsyncConnection]:
        """As `read`, but a connection without a session."""
        async with self._connection(self._database.reader) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        On SQLite only one such block runs at a time, so await nothing in it but the database.
        """
        async with AsyncSession(self._database.writer, expire_on_commit=False) as session, session.begin():
            await self._connect(session)
            yield session
        self._database.written()

    async def database_time(self) -> float:
        """Seconds since the epoch, by PostgreSQL's clock."""
        async with self.read_connection() as connection:
            return float((await connection.execute(_DATABASE_TIME)).scalar_one())

    async def steady_clock(self) -> SteadyClock:
        """The clock of a server on this database: all that share a PostgreSQL go by its time, whatever theirs is."""
        clock = SteadyClock()
        if self.dialect == "postgresql":
            clock.set(await self.database_time())
        return clock

    async def _connect(self, session: AsyncSession) -> None:
        """Open a session's connection to PostgreSQL, which may be away for some seconds."""
        if self.dialect == "postgresql":
            await self._database.outage.bridge(session.connection)

    @asynccontextmanager
    async def write_connection(self) -> AsyncIterator[AsyncConnection]:
        """As `write`, but a connection without a session: for `cached_statements.py`."""
        async with self._connection(self._database.writer) as connection, connection.begin():
            yield connection
        self._database.written()

    @asynccontextmanager
    async def _connection(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        if self.dialect != "postgresql":
            async with engine.connect() as connection:
                yield connection
            return

        async def connect() -> AsyncConnection:
            return await engine.connect()

        connection = await self._database.outage.bridge(connect)
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the database at `url`, bring its schema up to date, and close it in the end.

    Raises:
        StoreError: it cannot be opened.
    """
    async with open_database(url, MIGRATIONS) as database:
        yield Store(database)
