"""Database engines: SQLite tuned for one process, PostgreSQL for many."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from database.errors import StoreError, describe_failure
from database.inline import connect

PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "WAL",  # readers and the writer do not wait for each other
    "synchronous": "NORMAL",  # with WAL a killed process loses nothing; only a power cut may lose the last commits
    "foreign_keys": "ON",
    "temp_store": "MEMORY",
    "cache_size": -4_000,  # KiB per connection
    "wal_autocheckpoint": 0,  # checkpoint.py does it
    "journal_size_limit": 16 << 20,
}

LIBPQ_ALONE = frozenset({"channel_binding", "gssencmode"})
"""What stands in hosted PostgreSQL's addresses for libpq, and asyncpg neither knows nor needs."""

READERS = 4
"""Connections that read an SQLite file at the same time; who comes then waits for one of them."""


def open_engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """The engines to read and to write with.

    SQLite has one writer: its pool of one connection is the queue in which writes wait their turn.
    """
    if (database := sqlite_file(url)) is not None:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        return _sqlite(url, database, size=READERS, begin=None), _sqlite(url, database, size=1, begin="BEGIN IMMEDIATE")
    engine = create_async_engine(_for_asyncpg(make_url(url)), pool_size=8, max_overflow=8, pool_pre_ping=True)
    return engine.execution_options(isolation_level="AUTOCOMMIT"), engine


def _for_asyncpg(url: URL) -> URL:
    """The address as hosted PostgreSQL gives it out, with libpq's names for what asyncpg calls otherwise."""
    query = {name: value for name, value in url.query.items() if name not in LIBPQ_ALONE}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(query=query)


def sqlite_file(url: str) -> str | None:
    """The file of an SQLite address; None when it is another database's.

    Raises:
        StoreError: it is no address.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(describe_failure(error, url)) from error
    return parsed.database if parsed.get_backend_name() == "sqlite" else None


def _sqlite(url: str, database: str, *, size: int, begin: str | None) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        async_creator=partial(connect, database),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def tune(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for name, value in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        cursor.close()

    if begin is not None:

        @event.listens_for(engine.sync_engine, "begin")
        def start(connection: Any) -> None:
            connection.exec_driver_sql(begin)

    return engine
