"""PostgreSQL in a backup: each table as `COPY` writes it, all of one snapshot.

Not pg_dump: it need not be on the bot's machine, and refuses servers newer than itself. The schema is made by our own
migrations, so that rows are all that has to be kept, and `COPY`'s text is the same in all of PostgreSQL's releases.
"""
# ruff: noqa: S608 - names of our own tables

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

import assistants.store.schema
import bot.store.schema
from assistants.retrieval.postgres_index import PASSAGES, make_tables
from database.addresses import connect_options, for_asyncpg, parse_address
from database.migrations import Migrations

VERSION_TABLES = (bot.store.schema.MIGRATIONS.version_table, assistants.store.schema.MIGRATIONS.version_table)
INDEX_TABLES = (PASSAGES, "embeddings")


def our_tables() -> list[str]:
    """The names of all tables of ours, those that others refer to first."""
    rows = [*bot.store.schema.whole_schema().sorted_tables, *assistants.store.schema.Base.metadata.sorted_tables]
    return [*(table.name for table in rows), *INDEX_TABLES]


@asynccontextmanager
async def open_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection on which a statement may take as long as it takes."""
    address = for_asyncpg(parse_address(url))
    options = connect_options(address)
    engine = create_async_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=options)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_snapshot(url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """asyncpg's own connection, in a transaction that sees one moment."""
    async with open_connection(url) as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        async with driver.transaction(isolation="repeatable_read", readonly=True):
            yield driver


async def dump(connection: "asyncpg.Connection[Any]", folder: Path) -> dict[str, list[str]]:
    """Write each table of ours that is there into a file; returns their columns."""
    columns: dict[str, list[str]] = {}
    for table in our_tables():
        names = await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' ORDER BY attnum",
            table,
        )
        if names:
            columns[table] = [row["attname"] for row in names]
            await connection.copy_from_table(table, output=folder / table, columns=columns[table], format="text")
    return columns


async def others_connected(connection: AsyncConnection) -> int:
    """How many other connections the database has."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return int(await connection.scalar(text(f"{query} AND backend_type = 'client backend'")) or 0)


async def load(
    connection: AsyncConnection, folder: Path, columns: Mapping[str, list[str]], schemas: Mapping[Migrations, str]
) -> None:
    """Put other rows in the place of all tables of ours. The caller commits, or nothing has happened."""
    existing = await connection.scalars(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())")
    )
    ours = {*our_tables(), *VERSION_TABLES}
    for name in existing.all():
        if name in ours or name.startswith("passages_v"):
            await connection.execute(text(f"DROP TABLE {name} CASCADE"))
    for migrations, revision in schemas.items():
        await connection.run_sync(migrations.upgrade, revision)
    with_vectors = "embeddings" in columns
    if PASSAGES in columns:
        await make_tables(connection, embeddings=with_vectors)
    driver: Any = (await connection.get_raw_connection()).driver_connection
    for table, names in columns.items():
        if table == "embeddings" and PASSAGES not in columns:
            continue  # passages of an older release are made anew
        with contextlib.suppress(FileNotFoundError):
            await driver.copy_to_table(table, source=folder / table, columns=names, format="text")
    for table, names in columns.items():
        if "seq" in names:
            sequence = f"pg_get_serial_sequence('{table}', 'seq')"
            last = f"SELECT setval({sequence}, coalesce(max(seq), 1), max(seq) IS NOT NULL) FROM {table}"
            await connection.execute(text(f"{last} HAVING {sequence} IS NOT NULL"))
