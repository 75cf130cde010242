"""Imports and exports of the database and files that the settings name."""

import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from tqdm import tqdm

from assistants.errors import ApiError
from assistants.retrieval.files import Files, open_files
from assistants.settings import Settings
from assistants.store.process_lock import lock_database
from assistants.store.store import Store, open_store
from assistants.transfer.exporting import Export
from assistants.transfer.importing import Import, read_into
from assistants.transfer.report import Report, TransferError
from assistants.transfer.sources import open_source
from assistants.transfer.spool import open_spool
from database.engines import sqlite_file


async def import_from(
    settings: Settings, path: Path, files: Path | None, *, replace: bool, say: Callable[[str], None]
) -> Report:
    """Import what stands at `path`, with the files of the folder `files`; `say` is told what is left out.

    Raises:
        TransferError: it cannot be read to its end (nothing has been written then), or written.
        StoreError: the database cannot be opened, or is in use.
    """
    report = Report(say)
    async with _open(settings) as (store, kept):
        try:
            source = open_source(path, files)
            with open_spool(settings.data_dir) as spool:
                size = sum(document.size or 0 for document in source.documents)
                known = all(document.size is not None for document in source.documents)
                with _bar("Reading", size if known else None, "B") as bar:
                    await read_into(spool, source, report, bar.update)
                with _bar("Writing", spool.count_threads(), " threads") as bar:
                    await Import(store, kept, source, report, replace=replace).write(spool, bar.update)
        except (ApiError, DBAPIError, OSError, sqlite3.Error) as error:
            raise TransferError(f"{_cause(error)} What was written stays; import again to go on.") from error
    return report


async def export_to(settings: Settings, folder: Path, *, say: Callable[[str], None]) -> Report:
    """Export everything into `folder`; `say` is told what is left out.

    Raises:
        TransferError: it cannot be written.
        StoreError: the database cannot be opened, or is in use.
    """
    report = Report(say)
    async with _open(settings) as (store, kept):
        with _bar("Writing", None, " lines") as bar:
            await Export(store, kept, folder, report).write(bar.update)
    return report


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Store, Files]]:
    with ExitStack() as stack:
        if (database := sqlite_file(settings.store_url)) is not None:
            stack.enter_context(lock_database(database))
        async with open_store(settings.store_url) as store, open_files(settings, store, time.time) as files:
            yield store, files


def _bar(title: str, total: int | None, unit: str) -> Any:
    """A progress bar, where a person looks on."""
    return tqdm(desc=title, total=total, unit=unit, unit_scale=True, disable=None, file=sys.stderr)


def _cause(error: Exception) -> str:
    """What is wrong, as a sentence."""
    if isinstance(error, ApiError):
        return error.message
    if isinstance(error, OSError):
        return f"The data directory cannot be written: {error.strerror or error}."
    return f"The database cannot be written: {str(getattr(error, 'orig', error)).splitlines()[0]}."
