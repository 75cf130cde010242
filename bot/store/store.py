"""The bot's open database: reads go straight to it, writes share commits."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable

from bot.store.group_commit import COUNTED, GroupCommit, Statement
from bot.store.schema import MIGRATIONS
from database.database import Database, open_database
from database.errors import StoreError

__all__ = ["Store", "StoreError", "open_store"]


class Store:
    """Reads go straight to the database; writes that come at once share a commit."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._group_commit = GroupCommit(database)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database.dialect

    async def write(self, *statements: Statement) -> None:
        """Execute `(statement, parameters)` pairs in one transaction; returns when committed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: they failed; `IntegrityError` when a row exists already.
        """
        await self._group_commit.write(*statements)

    async def change(self, statement: Executable, values: Mapping[str, Any]) -> int:
        """Execute an update, with other writes; returns when committed: how many rows it has changed.

        So a process claims a deed: of several that set a row from one state to the next, one changes it.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it failed.
        """
        counted: list[int] = []
        await self._group_commit.write((statement.execution_options(**{COUNTED: counted}), values))
        return counted[-1]

    async def write_when_possible(self, *statements: Statement) -> None:
        """As `write`, but in an outage of the database they are kept in memory and written when it is over.

        For what has happened, or is shown already, so that nobody need be told that it cannot be written.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: they failed for another reason.
        """
        await self._group_commit.write_when_possible(*statements)

    async def read(self, query: Executable, values: dict[str, Any] | None = None) -> Sequence[Any]:
        """All rows of `query`: named tuples of its columns."""

        async def select() -> Sequence[Any]:
            async with self.database.reader.connect() as connection:
                return (await connection.execute(query, values)).all()

        return await self.database.outage.bridge(select)

    async def close(self) -> None:
        """Return when all writes are committed."""
        await self._group_commit.close()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the database at `url`, after bringing its schema up to date.

    Raises:
        StoreError: it cannot be reached, written or migrated.
    """
    async with open_database(url, MIGRATIONS) as database:
        store = Store(database)
        try:
            yield store
        finally:
            await store.close()
