"""An open database: its engines for reading and writing, opened and closed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from database.addresses import connect_options, for_asyncpg, parse_address
from database.checkpoint import Checkpoints
from database.engines import open_engines, sqlite_file
from database.errors import StoreError, describe_failure
from database.free_pages import give_back
from database.migrations import Migrations
from database.outages import outage_of_file, outage_of_server, translate_errors
from database.snapshots import keep_copy

log = structlog.get_logger(__name__)

CLOSE_TIMEOUT = 5.0
"""Seconds that closing waits for connections in use."""


class Database:
    """Two engines: `reader` (locks nothing; each statement sees the newest state) and `writer`."""

    def __init__(self, url: str) -> None:
        self._file = file = sqlite_file(url)
        self.outage = outage_of_server(parse_address(url)) if file is None else outage_of_file(file)
        self.reader, self.writer = open_engines(url, self.outage)
        self.outage.opened()
        self.checkpoints = None if file is None else Checkpoints(file, self.outage)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    def written(self) -> None:
        """Call it after each commit."""
        self.outage.succeeded()
        if self.checkpoints is not None:
            self.checkpoints.schedule()

    async def give_back_space(self) -> None:
        """Return what deleted rows took to the disk, some pages at a time. PostgreSQL does that by itself."""
        if self._file is not None:
            await give_back(self._file)

    async def close(self) -> None:
        """Wait for reads that are under way, then close the connections."""
        if self.checkpoints is not None:
            await self.checkpoints.close()
        for engine in (self.reader, self.writer):
            await _wait_until_unused(engine)
            await engine.dispose()
        self.outage.closed()


@asynccontextmanager
async def open_database(url: str, migrations: Migrations) -> AsyncIterator[Database]:
    """Open the database at `url`, bring its schema up to date, and close it at the end.

    Raises:
        StoreError: it cannot be reached, written or migrated.
    """
    try:
        database = Database(url)
    except (ArgumentError, ImportError, InvalidRequestError, OSError) as error:
        raise StoreError(describe_failure(error, url)) from error
    try:
        try:
            await _migrate(url, database, migrations)
        except (DBAPIError, OSError, TypeError, ValueError) as error:
            raise StoreError(describe_failure(error, url)) from error
        yield database
    finally:
        await database.close()


async def _migrate(url: str, database: Database, migrations: Migrations) -> None:
    """Bring the schema up to date. On PostgreSQL by a connection on which a statement may take as long as it takes."""
    if (file := sqlite_file(url)) is not None:
        async with database.reader.connect() as connection:
            current = await connection.run_sync(migrations.current)
        if current is not None and migrations.is_behind(current):
            try:
                copy = await asyncio.to_thread(keep_copy, Path(file), current)
            except (OSError, sqlite3.Error) as error:
                raise StoreError(
                    f"{file} cannot be copied before its update ({error}): make room on the disk."
                ) from error
            log.info("database.copied_before_update", copy=copy.name)
        await migrations.apply(database.writer)
        return
    address = for_asyncpg(parse_address(url))
    options = connect_options(address)
    engine = create_async_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=options)
    translate_errors(engine.sync_engine, database.outage)
    try:
        await migrations.apply(engine)
    finally:
        await engine.dispose()


async def _wait_until_unused(engine: AsyncEngine) -> None:
    """Wait until no connection is in use (CLOSE_TIMEOUT at most): one returned after the end is never closed."""
    pool = engine.sync_engine.pool
    now = asyncio.get_running_loop().time
    deadline = now() + CLOSE_TIMEOUT
    # The pool does not tell when a connection is returned.
    while isinstance(pool, QueuePool) and pool.checkedout() and now() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
