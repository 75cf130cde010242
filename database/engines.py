"""SQLAlchemy engines for a database's address: SQLite with its pragmas, PostgreSQL with a pool of connections."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from database.addresses import connect_options, for_asyncpg, parse_address
from database.errors import StoreError, describe_failure
from database.inline_sqlite import CONNECT, InlineEngine
from database.outages import Outage, translate_errors
from database.private_files import make_private_database, make_private_folder

PRAGMAS: Mapping[str, str | int] = {
    "auto_vacuum": "INCREMENTAL",  # of a new file alone; before the first table is made
    "journal_mode": "WAL",  # readers and the writer do not wait for each other
    "synchronous": "NORMAL",  # with WAL a killed process loses nothing; a power cut may lose the last commits
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is deleted is written over: students may have all of theirs forgotten
    "temp_store": "MEMORY",
    "cache_size": -4_000,  # KiB per connection
    "wal_autocheckpoint": 0,  # checkpoint.py makes the checkpoints
    "journal_size_limit": 16 << 20,
}

STATEMENT_TIMEOUT = 20
"""Seconds that a statement may take: a server that has stopped, or a machine that has gone, answers nothing for ever.
Migrations take as long as they take."""

READERS = 4
"""Connections that read an SQLite file at the same time; further reads wait for one of them."""


def open_engines(url: str, outage: Outage) -> tuple[AsyncEngine, AsyncEngine]:
    """The engines for reading and for writing; their failures are told to `outage`.

    SQLite takes one writer at a time: the writer's pool has one connection, for which writes wait in turn.
    """
    if (database := sqlite_file(url)) is not None:
        make_private_folder(Path(database).parent)
        make_private_database(Path(database))
        reader = _sqlite(database, size=READERS, begin=None)
        writer = _sqlite(database, size=1, begin="BEGIN IMMEDIATE")
        for each in (reader, writer):
            translate_errors(each.sync_engine, outage)
        return reader, writer
    address = for_asyncpg(parse_address(url))
    engine = create_async_engine(
        address,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=connect_options(address) | {"command_timeout": STATEMENT_TIMEOUT},
    )
    translate_errors(engine.sync_engine, outage)
    return engine.execution_options(isolation_level="AUTOCOMMIT"), engine


def sqlite_file(url: str) -> str | None:
    """The file of an SQLite address, whatever driver it names; None when the address is of another database.

    Raises:
        StoreError: it is no address, or that of a database in memory, where each connection has a database of its own.
    """
    try:
        parsed = parse_address(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(describe_failure(error, url)) from error
    if parsed.get_backend_name() != "sqlite":
        return None
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("DATABASE_URL names no file; an address of SQLite is sqlite:///name.sqlite3.")
    return parsed.database


def _sqlite(database: str, *, size: int, begin: str | None) -> InlineEngine:
    engine = create_engine(
        URL.create("sqlite+inline", database=database),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        connect_args=CONNECT,
        hide_parameters=True,  # they hold what people say, which must not stand in a log
        begin=begin,
    )

    @event.listens_for(engine, "connect")
    def tune(connection: Any, _record: object) -> None:
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")

    return InlineEngine(engine)
