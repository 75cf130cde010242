"""SQLite files whose migrations have run: they run once in each process of pytest, all further files are copies.

How an empty folder gets its schema is tested where no copy is put: by the stores' own tests, and by `saem` and
`python -m assistants` in processes of their own.
"""

import functools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import assistants.store.schema
import bot.store.schema
from database.migrations import Migrations
from database.private_files import make_private_database, make_private_folder


def bot_database(directory: Path) -> Path:
    """The bot's database in its data directory, empty and up to date; one that is there stays as it is."""
    return _put(directory / "saem.sqlite3", bot.store.schema.MIGRATIONS)


def server_database(directory: Path) -> Path:
    """The server's database in its data directory, as `bot_database`."""
    return _put(directory / "assistants.sqlite3", assistants.store.schema.MIGRATIONS)


def _put(path: Path, migrations: Migrations) -> Path:
    if not path.exists():
        make_private_folder(path.parent)
        make_private_database(path)
        path.write_bytes(_migrated(migrations))
    return path


@functools.cache
def _migrated(migrations: Migrations) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "PRAGMA journal_mode = WAL"
            )  # as `database.engines` opens it: to turn it on takes a write
        with create_engine(f"sqlite:///{path}", poolclass=NullPool).begin() as connection:
            migrations.upgrade(connection)
        return path.read_bytes()
