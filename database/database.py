"""An open database: its engines for reading and writing, opened and closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from database.checkpoint import Checkpoints
from database.engines import open_engines, sqlite_file
from database.errors import StoreError, describe_failure
from database.migrations import Migrations
from database.outages import Outage

CLOSE_TIMEOUT = 5.0
"""Seconds that closing waits for connections in use."""


class Database:
    """Two engines: `reader` (locks nothing; each statement sees the newest state) and `writer`."""

    def __init__(self, url: str) -> None:
        file = sqlite_file(url)
        self.reader, self.writer = open_engines(url)
        self.outage = Outage()
        self._checkpoints = None if file is None else Checkpoints(file)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    def written(self) -> None:
        """Call it after each commit."""
        if self._checkpoints is not None:
            self._checkpoints.schedule()

    async def close(self) -> None:
        """Wait for reads that are under way, then close the connections."""
        if self._checkpoints is not None:
            await self._checkpoints.close()
        for engine in (self.reader, self.writer):
            await _wait_until_unused(engine)
            await engine.dispose()


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
            await migrations.apply(database.writer)
        except (DBAPIError, OSError, TypeError, ValueError) as error:
            raise StoreError(describe_failure(error, url)) from error
        yield database
    finally:
        await database.close()


async def _wait_until_unused(engine: AsyncEngine) -> None:
    """Wait until no connection is in use (CLOSE_TIMEOUT at most): one returned after the end is never closed."""
    pool = engine.sync_engine.pool
    now = asyncio.get_running_loop().time
    deadline = now() + CLOSE_TIMEOUT
    # The pool does not tell when a connection is returned.
    while isinstance(pool, QueuePool) and pool.checkedout() and now() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
