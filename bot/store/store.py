"""The bot's memory, open: an engine to read from and a writer that joins commits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from bot.store.base import make_engine
from bot.store.migrate import migrate
from bot.store.writer import Statement, Writer

PATIENCE = 5.0
"""Seconds that closing waits for reads under way."""


class StoreError(Exception):
    """The bot's database cannot be used; the message is one plain sentence for the owner."""


class Store:
    """Reads go straight to the engine; writes go through `write`, which groups commits."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = Writer(engine)

    async def write(self, *statements: Statement) -> None:
        """Execute `(statement, parameters)` pairs in one transaction; returns when committed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: they failed; `IntegrityError` when a row is there already.
        """
        await self._writer.write(*statements)

    async def read(self, query: Executable, values: dict[str, Any] | None = None) -> Sequence[Any]:
        """All rows of `query`: named tuples of its columns."""
        async with self.engine.connect() as connection:
            return (await connection.execute(query, values)).all()

    async def close(self) -> None:
        """Write what waits, let those who are reading finish, then let go of the database."""
        await self._writer.close()
        await self._returned()
        await self.engine.dispose()

    async def _returned(self) -> None:
        """Return when no connection is in use (or after a while): one that comes back after the end is never closed."""
        pool = self.engine.sync_engine.pool
        now = asyncio.get_running_loop().time
        deadline = now() + PATIENCE
        # The pool tells nobody when a connection comes back.
        while isinstance(pool, QueuePool) and pool.checkedout() and now() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open (and bring up to date) the database at `url`.

    Raises:
        StoreError: it cannot be reached, written or migrated.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = make_engine(url)
    except (ArgumentError, ImportError, OSError) as error:
        raise StoreError(f"The database cannot be opened: {error}.") from error
    store = Store(engine)
    try:
        try:
            await migrate(engine)
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise StoreError(f"The database cannot be opened: {cause}.") from error
        yield store
    finally:
        await store.close()
