"""`saem restore`: puts what a backup holds in the place of what is there, all or nothing."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from assistants.errors import ApiError
from assistants.file_stores.file_store import WholeFile
from assistants.file_stores.opening import place_of
from assistants.files_url import InDatabase
from assistants.store.process_lock import lock_database
from bot.command_line.assistants_server import embedded_settings
from bot.command_line.backup import SCHEMAS, database_files, file_store
from bot.command_line.backup_archive import CHUNK, Backup, read_backup
from bot.command_line.backup_postgres import load, open_connection, others_connected
from bot.errors import StartupError
from bot.settings import Settings
from database.engines import sqlite_file
from database.errors import describe_failure
from database.private_files import make_private_file, make_private_folder
from database.replacement import LIST, NEW, finish_replacement, replace_files
from database.scratch_folders import held, scratch_folder

RUNS = "Saem, or an Assistants server, is running on these databases: stop it first."
_GONE = (
    "DELETE FROM vector_store_files WHERE file_id = :id",
    "DELETE FROM files WHERE id = :id",
)


async def restore(settings: Settings, source: Path) -> int:
    """Restore a backup; the exit code.

    Raises:
        StartupError: it cannot be restored; all is as it was.
    """
    try:
        backup = read_backup(source)
        sqlite = sqlite_file(settings.store_url) is not None
        _check(settings, backup, "sqlite" if sqlite else "postgresql")
        await (_restore_sqlite if sqlite else _restore_postgres)(settings, backup)
    except ApiError as error:
        raise StartupError(f"Nothing was restored: {error.message}") from None
    except sqlite3.Error as error:
        raise StartupError(f"Nothing was restored: {error}.") from None
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartupError(f"Nothing was restored. {describe_failure(error, settings.store_url)}") from None
    except OSError as error:
        raise StartupError(f"Nothing was restored: {error.filename or source}: {error.strerror or error}.") from None
    made = f"made on {backup.manifest.made_at} by release {backup.manifest.release}"
    print(f"Restored from {source} ({made}): {len(backup.files)} files. Start Saem as usual.")
    return 0


def _check(settings: Settings, backup: Backup, kind: str) -> None:
    manifest = backup.manifest
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    if manifest.kind != kind:
        raise StartupError(
            f"The backup is of {names.get(manifest.kind, manifest.kind)}, but DATABASE_URL names {names[kind]}: "
            "restore it where the databases are of its kind."
        )
    for name, revision in manifest.schemas.items():
        if name not in SCHEMAS or not SCHEMAS[name].knows(revision):
            raise StartupError(f"The backup was made by a newer release of Saem ({manifest.release}): use that one.")
    if "assistants" in manifest.schemas and settings.assistants_url is not None:
        raise StartupError("The backup holds an Assistants server's data, but ASSISTANTS_URL names another server.")
    in_database = settings.assistants_url is None and isinstance(place_of(embedded_settings(settings)), InDatabase)
    if in_database and backup.files:
        raise StartupError("The backup's files were not in the database: set FILES_URL as it was, then move them.")
    if manifest.files_in_database and not in_database:
        raise StartupError("The backup's files are in its database: set FILES_URL=database, then move them.")


# SQLite


async def _restore_sqlite(settings: Settings, backup: Backup) -> None:
    targets = {name: path for name, path in database_files(settings).items() if name in backup.manifest.databases}
    if set(targets) != set(backup.manifest.databases):
        raise StartupError("The backup has other databases than these settings: DATABASE_URL was another then.")
    make_private_folder(settings.data_dir)
    for path in targets.values():
        if path.absolute().parent != settings.data_dir.absolute():
            make_private_folder(path.absolute().parent)
    finish_replacement(settings.data_dir)
    _check_room(settings.data_dir, backup)
    with contextlib.ExitStack() as stack:
        if settings.assistants_url is None:
            server = sqlite_file(embedded_settings(settings).store_url)
            assert server is not None
            stack.enter_context(lock_database(server))
        for path in database_files(settings).values():
            stack.enter_context(_alone(path))
        folder = settings.data_dir / NEW
        shutil.rmtree(folder, ignore_errors=True)
        make_private_folder(folder)
        stack.enter_context(held(folder))
        try:
            await _unpack(settings, backup, folder)
            for name in targets:
                _look_at(folder / name, backup)
            # Passages that a backup does not have are those of other files.
            replace_files(settings.data_dir, targets)
        except BaseException:
            if not (settings.data_dir / LIST).exists():
                shutil.rmtree(folder, ignore_errors=True)
            raise


def _check_room(folder: Path, backup: Backup) -> None:
    needed, free = sum(backup.sizes.values()), shutil.disk_usage(folder).free
    if needed > free:
        raise StartupError(
            f"The disk of {folder} has {free >> 20} MB free, but the backup needs {(needed >> 20) + 1} MB, as what is "
            "there stays until all is done."
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a database so that nobody else has it open, with all that was written in the one file."""
    if not path.exists():
        yield
        return
    with contextlib.closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise StartupError(RUNS) from None
        except sqlite3.DatabaseError:  # a damaged one, which is what a backup is for
            pass
        yield


def _look_at(path: Path, backup: Backup) -> None:
    """See that a database is sound, and take out the files that were deleted while the backup was made."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise StartupError(f"The backup's {path.name} is damaged.")
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vector_store_files'").fetchone():
            connection.execute("BEGIN")
            for statement in _GONE:
                connection.executemany(statement, [{"id": each} for each in backup.gone])
            connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = DELETE")  # all of it in one file


# PostgreSQL


async def _restore_postgres(settings: Settings, backup: Backup) -> None:
    with scratch_folder(Path(tempfile.gettempdir()), "saem-restore-") as folder:
        _check_room(folder, backup)
        async with open_connection(settings.store_url) as connection, connection.begin():
            if await others_connected(connection):
                raise StartupError(RUNS)
            await _unpack(settings, backup, folder)
            schemas = {SCHEMAS[each]: revision for each, revision in backup.manifest.schemas.items()}
            await load(connection, folder, backup.manifest.columns, schemas)
            if "files" in backup.manifest.columns:
                for statement in _GONE:
                    for each in backup.gone:
                        await connection.execute(text(statement), {"id": each})


# Both


async def _unpack(settings: Settings, backup: Backup, folder: Path) -> None:
    """Write the databases into a folder, and the files into their store: those of no row are swept there."""
    async with file_store(settings) as store:
        with backup.members() as members:
            for name, content in members:
                kind, _, own = name.partition("/")
                if kind == "databases":
                    _write(folder / own, content)
                elif store is not None:
                    size = backup.sizes[name]
                    _write(folder / "file", content)
                    await store.put(own, WholeFile(folder / "file", size, backup.sums[name]))
                    (folder / "file").unlink(missing_ok=True)


def _write(path: Path, content: IO[bytes]) -> None:
    make_private_file(path)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())
