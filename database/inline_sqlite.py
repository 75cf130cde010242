"""SQLite on the event loop's own thread, behind SQLAlchemy's asyncio interface.

A statement takes about twenty microseconds. Handing it to a thread and back takes longer, and waits for the
interpreter's lock when the process is busy. So Python's `sqlite3` is called on the loop's own thread, without what
SQLAlchemy does for drivers that wait (greenlets around every statement, tasks that survive a cancellation). The
checkpoint, which does take time on a disk, has a thread of its own (`checkpoint.py`).
"""

import asyncio
import sqlite3
import time
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteExecutionContext
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import await_only

LOCK_TIMEOUT = 10.0
"""Seconds to wait, without blocking the loop, while another process writes; counted from when it was first in the way,
so that what is written one after the other does not wait for as long each."""
LOCK_RETRY = 0.005
"""Seconds between two tries to take the lock."""


class _Cursor(sqlite3.Cursor):
    """A cursor with the method by which SQLAlchemy's sessions close the cursors of asyncio drivers."""

    async def _async_soft_close(self) -> None:
        """Nothing to do: all rows have been read, so that the cursor holds nothing open."""


class _Connection(sqlite3.Connection):
    def cursor(self, factory: type[sqlite3.Cursor] | None = None) -> sqlite3.Cursor:  # type: ignore[override]
        return super().cursor(factory or _Cursor)


class _Buffered(SQLiteExecutionContext):
    """Reads all rows of a result at once, as an asyncio driver does, so that no cursor stays open."""

    def post_exec(self) -> None:
        if self.cursor.description is not None:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)


CONNECT = {
    "factory": _Connection,
    "isolation_level": None,  # no transactions except those that are begun explicitly
    "check_same_thread": False,
    "timeout": 0.02,  # `do_begin` waits for a lock, not SQLite
}


class InlineDialect(SQLiteDialect_pysqlite):
    """`sqlite3` as an asyncio dialect; `begin` is the statement that begins a transaction, None for no transactions."""

    driver = "inline"
    is_async = True
    has_terminate = True
    supports_statement_cache = True
    execution_ctx_cls = _Buffered

    def __init__(self, begin: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._begin = begin
        self._locked_since: float | None = None

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction; wait while another process has the lock."""
        if self._begin is None:
            return
        while True:
            try:
                dbapi_connection.execute(self._begin)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # its primary code
                    raise
                now = time.monotonic()
                self._locked_since = since = self._locked_since or now
                if now > since + LOCK_TIMEOUT:
                    raise
            else:
                self._locked_since = None
                return
            await_only(asyncio.sleep(LOCK_RETRY))


class InlineConnection(AsyncConnection):
    """A connection that executes statements at once; only its opening and `begin` can wait."""

    __slots__ = ()

    async def execute(self, statement: Executable, parameters: Any = None, **options: Any) -> CursorResult[Any]:
        """See `AsyncConnection.execute`."""
        return self._proxied.execute(statement, parameters, **options)

    async def __aexit__(self, *_: object) -> None:
        self._proxied.close()


class InlineEngine(AsyncEngine):
    """The engine whose connections are `InlineConnection`s."""

    __slots__ = ()

    def connect(self) -> InlineConnection:
        """See `AsyncEngine.connect`."""
        return InlineConnection(self)


registry.register("sqlite.inline", __name__, InlineDialect.__name__)
