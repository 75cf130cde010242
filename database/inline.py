"""SQLite on the event loop's own thread, behind the interface of aiosqlite that SQLAlchemy expects of a driver.

aiosqlite sends every single step (open a cursor, execute, fetch, close) to a thread and back: some seventy
hand-overs for a run, which wait for the interpreter's lock when the process is busy, while a statement itself takes
about twenty microseconds. What does take time on a disk, the checkpoint, has a thread of its own (`checkpoint.py`).
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Self

LOCK_PATIENCE = 10.0
"""Seconds to wait, without blocking the loop, while another process writes."""
LOCK_RETRY = 0.005
"""Seconds between two looks at the lock."""


async def connect(database: str) -> "InlineConnection":
    """Open `database`, for SQLAlchemy's `async_creator`."""
    # No transactions but those that are asked for; a lock is waited for below, not inside SQLite.
    return InlineConnection(sqlite3.connect(database, isolation_level=None, check_same_thread=False, timeout=0.02))


class InlineCursor:
    """A cursor whose awaitables are done when they are made."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cursor.close()

    async def __aiter__(self) -> AsyncIterator[Any]:
        for row in self._cursor:
            yield row

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement; one that begins a transaction waits its turn."""
        if sql.startswith("BEGIN"):
            await self._begin(sql)
        else:
            self._cursor.execute(sql, tuple(parameters))
        return self

    async def _begin(self, sql: str) -> None:
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                self._cursor.execute(sql)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(LOCK_RETRY)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> Self:
        """Run a statement for each row of parameters."""
        self._cursor.executemany(sql, parameters)
        return self

    async def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Some rows."""
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()

    @property
    def description(self) -> Any:
        """The columns of the result."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Key of the row inserted last."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """Rows that `fetchmany` takes."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._cursor.arraysize = value


class InlineConnection:
    """A connection that does at once what it is asked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection  # the name that SQLAlchemy looks under

    @property
    def isolation_level(self) -> str | None:
        """None: transactions are begun by hand."""
        return None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("Connection closed")  # what SQLAlchemy takes for a lost connection
        return self._connection

    def cursor(self) -> InlineCursor:
        """A new cursor.

        Raises:
            ValueError: the connection is closed; so it is with the other methods, but for closing it again.
        """
        return InlineCursor(self._open())

    async def create_function(self, name: str, arity: int, function: Callable[..., Any], **options: bool) -> None:
        """Make a Python function known to SQL."""
        self._open().create_function(name, arity, function, **options)

    async def commit(self) -> None:
        """End the transaction, if one was begun."""
        self._open().commit()

    async def rollback(self) -> None:
        """Undo the transaction, if one was begun."""
        self._open().rollback()

    async def close(self) -> None:
        """Close."""
        self.stop()

    def stop(self) -> None:
        """Close without waiting."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
