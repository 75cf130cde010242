"""`saem backup`: both databases, the passages and the files in one file, while the bot runs or not."""
# ruff: noqa: ASYNC240 - a command of its own: nobody waits for the loop

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

import asyncpg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

import assistants.store.schema
import bot.store.schema
from assistants.errors import ApiError
from assistants.file_stores.file_store import FileStore
from assistants.file_stores.opening import open_file_store, place_of
from assistants.files_url import InDatabase
from assistants.store.store import Store
from bot.command_line.assistants_server import embedded_settings
from bot.command_line.backup_archive import BackupWriter, Manifest
from bot.command_line.backup_postgres import dump, open_snapshot
from bot.errors import StartupError
from bot.settings import Settings
from database.database import Database
from database.engines import sqlite_file
from database.errors import describe_failure
from database.migrations import Migrations
from database.replacement import sync
from database.scratch_folders import scratch_folder
from database.snapshots import ChangedMeanwhileError, copy_database, snapshots

SCRATCH = ".saem-backup-"
"""How the folders begin in which backups are written; what was killed there the next backup deletes."""
SCHEMAS: dict[str, Migrations] = {
    "bot": bot.store.schema.MIGRATIONS,
    "assistants": assistants.store.schema.MIGRATIONS,
}


def database_files(settings: Settings) -> dict[str, Path]:
    """The SQLite files by the names that they have in a backup; those of a server elsewhere are not ours.

    The bot's comes first: what it knows of, the others must have.
    """
    own = sqlite_file(settings.store_url)
    assert own is not None
    files = {"saem.sqlite3": Path(own)}
    if settings.assistants_url is None:
        server = sqlite_file(embedded_settings(settings).store_url)
        if server is not None and Path(server) != Path(own):
            files["assistants.sqlite3"] = Path(server)
        files["passages.sqlite3"] = settings.data_dir / "passages.sqlite3"
    return files


async def backup(settings: Settings, target: Path) -> int:
    """Write a backup; the exit code.

    Raises:
        StartupError: it cannot be made; nothing is left of it.
    """
    if target.exists():
        raise StartupError(f"{target} exists already: name a new file.")
    try:
        # Beside the backup, as there is room for that.
        with scratch_folder(target.absolute().parent, SCRATCH) as folder:
            part = folder / "backup"
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                if sqlite_file(settings.store_url) is None:
                    count, missing = await _backup_postgres(settings, folder, file)
                else:
                    count, missing = await _backup_sqlite(settings, folder, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            sync(target.absolute().parent)
    except ApiError as error:
        raise StartupError(f"There is no backup: {error.message}") from None
    except ChangedMeanwhileError as error:
        raise StartupError(
            f"There is no backup: the disk of {error} may only be read here, but somebody writes to it. Back up where "
            "Saem runs."
        ) from None
    except sqlite3.Error as error:
        raise StartupError(f"There is no backup: a database cannot be copied ({error}).") from None
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartupError(f"There is no backup. {describe_failure(error, settings.store_url)}") from None
    except OSError as error:
        raise StartupError(f"There is no backup: {error.filename or target}: {error.strerror or error}.") from None
    elsewhere = "" if settings.assistants_url is None else " The Assistants server elsewhere has its own backup."
    lacking = f" {missing} files that the database names were not there." if missing else ""
    print(f"{target}: {target.stat().st_size >> 20} MB, {count} files.{lacking}{elsewhere}")
    return 0


async def _backup_sqlite(settings: Settings, folder: Path, target: IO[bytes]) -> tuple[int, int]:
    databases = {name: path for name, path in database_files(settings).items() if path.exists()}
    if "saem.sqlite3" not in databases:
        raise StartupError(f"There is nothing to back up in {settings.data_dir}: Saem has never run there.")
    with contextlib.ExitStack() as stack:
        seen = stack.enter_context(snapshots(list(databases.values()), folder))
        for name, path in databases.items():
            copy_database(seen[path], folder / name)
    schemas: dict[str, str] = {}
    ids: list[str] = []
    for name in databases:
        with create_engine(f"sqlite:///{folder / name}").connect() as connection:
            schemas |= _schemas(connection)
            if schemas.get("assistants") and not ids:
                with contextlib.suppress(SQLAlchemyError):
                    ids = list(connection.execute(text("SELECT id FROM files ORDER BY seq")).scalars())
    manifest = _manifest("sqlite", schemas, list(databases), in_database=False)
    writer = BackupWriter(target, manifest)
    for name in databases:
        writer.add_file(f"databases/{name}", folder / name)
        (folder / name).unlink()
    async with file_store(settings, to_read=True) as files:
        gone = await _add_files(writer, files, ids, folder)
    writer.finish(gone)
    return len(ids) - len(gone), len(gone)


async def _backup_postgres(settings: Settings, folder: Path, target: IO[bytes]) -> tuple[int, int]:
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(open_snapshot(settings.store_url))
        schemas = {}
        for name, migrations in SCHEMAS.items():
            if await connection.fetchval("SELECT to_regclass($1)", migrations.version_table) is not None:
                schemas[name] = await connection.fetchval(f"SELECT version_num FROM {migrations.version_table}")  # noqa: S608
        if not schemas:
            raise StartupError("There is nothing to back up: Saem has never run on this database.")
        in_database = "assistants" in schemas and isinstance(place_of(embedded_settings(settings)), InDatabase)
        columns = await dump(connection, folder)
        ids = []
        if "files" in columns:
            ids = [row["id"] for row in await connection.fetch("SELECT id FROM files ORDER BY seq")]
        manifest = _manifest("postgresql", schemas, list(columns), in_database=in_database, columns=columns)
        writer = BackupWriter(target, manifest)
        for name in columns:
            writer.add_file(f"databases/{name}", folder / name)
            (folder / name).unlink()
        gone: list[str] = []
        if not in_database and "assistants" in schemas:
            async with file_store(settings, to_read=True) as files:
                gone = await _add_files(writer, files, ids, folder)
        writer.finish(gone)
        return len(ids) - len(gone), len(gone)


def _manifest(
    kind: str,
    schemas: dict[str, str],
    databases: list[str],
    *,
    in_database: bool,
    columns: dict[str, list[str]] | None = None,
) -> Manifest:
    try:
        release = version("saem")
    except PackageNotFoundError:
        release = "unknown"
    made_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Manifest(kind, made_at, release, schemas, databases, in_database, columns or {})


def _schemas(connection: Connection) -> dict[str, str]:
    """The newest migration of each schema that a database has."""
    found = {name: migrations.current(connection) for name, migrations in SCHEMAS.items()}
    return {name: revision for name, revision in found.items() if revision is not None}


@asynccontextmanager
async def file_store(settings: Settings, *, to_read: bool = False) -> AsyncIterator[FileStore | None]:
    """The store of files; None where the server is elsewhere, and they are its."""
    if settings.assistants_url is not None:
        yield None
        return
    server = embedded_settings(settings)
    place = place_of(server)
    if isinstance(place, InDatabase):
        yield None
        return
    # A folder and a bucket need no database.
    database = Database(server.store_url)
    try:
        async with open_file_store(place, Store(database), to_read=to_read) as store:
            yield store
    finally:
        await database.close()


async def _add_files(writer: BackupWriter, store: FileStore | None, ids: list[str], folder: Path) -> list[str]:
    """Add the files' bytes; returns those that were deleted meanwhile."""
    gone: list[str] = []
    for file_id in ids if store is not None else []:
        assert store is not None
        copy = folder / "file"
        try:
            with copy.open("wb") as file:
                async with aclosing(store.read(file_id)) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
        except FileNotFoundError:
            gone.append(file_id)
            continue
        await asyncio.to_thread(writer.add_file, f"files/{file_id}", copy)
    return gone
