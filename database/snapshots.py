"""Copies of SQLite databases while they are used, all of one moment."""

import contextlib
import errno
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from database.private_files import make_private_file

BUSY = 30.0
"""Seconds to wait for whoever writes."""
PAGES = 2_000
"""Pages that are copied at once."""
KEPT = 2
"""Copies from before updates that are kept of a database."""


class ChangedMeanwhileError(Exception):
    """Somebody writes to a database whose disk may only be read here; the message names it."""


@contextmanager
def snapshots(databases: Sequence[Path], scratch: Path) -> Iterator[Mapping[Path, sqlite3.Connection]]:
    """Connections that see all these databases as they were at one moment, at which nobody wrote to any of them.

    SQLite opens no database with a log (WAL) on a disk that may only be read. Such are copied into the folder
    `scratch` first.

    Raises:
        sqlite3.Error: one of them cannot be opened, or is locked for long.
        OSError: it cannot be copied.
        ChangedMeanwhileError: it changed while it was copied.
    """
    if any(_is_read_only(path.parent) for path in databases):
        with _copies(databases, scratch) as copies, _held(list(copies.values())) as reading:
            yield {path: reading[copy] for path, copy in copies.items()}
        return
    with _held(databases) as reading:
        yield reading


@contextmanager
def _copies(databases: Sequence[Path], scratch: Path) -> Iterator[Mapping[Path, Path]]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        before = {path: _state(path) for path in databases}
        copies = {path: Path(folder) / f"{number}.sqlite3" for number, path in enumerate(databases)}
        for path, copy in copies.items():
            for source, target in ((path, copy), (_log_of(path), _log_of(copy))):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(source, target)
        if changed := [path for path in databases if _state(path) != before[path]]:
            raise ChangedMeanwhileError(str(changed[0]))
        yield copies


def _state(path: Path) -> list[tuple[int, int]]:
    """Sizes and times of a database and its log."""
    states = []
    for file in (path, _log_of(path)):
        with contextlib.suppress(FileNotFoundError):
            found = file.stat()
            states.append((found.st_size, found.st_mtime_ns))
    return states


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _is_read_only(folder: Path) -> bool:
    """Whether a folder's disk may only be read (which permissions do not say)."""
    if sys.platform != "win32" and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return True
    try:
        with tempfile.TemporaryFile(dir=folder):
            return False
    except OSError as error:
        return error.errno == errno.EROFS


@contextmanager
def _held(databases: Sequence[Path]) -> Iterator[Mapping[Path, sqlite3.Connection]]:
    with contextlib.ExitStack() as stack:
        reading = {}
        with contextlib.ExitStack() as holding:
            for path in databases:
                writer = holding.enter_context(contextlib.closing(_open(path)))
                writer.execute("BEGIN IMMEDIATE")
            for path in databases:
                reader = stack.enter_context(contextlib.closing(_open(path)))
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees this moment
                reading[path] = reader
        yield reading


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Copy what a connection sees into a new file.

    Raises:
        sqlite3.Error: the disk is full, for example.
    """
    make_private_file(target)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy, pages=PAGES)


def keep_copy(path: Path, revision: str) -> Path:
    """Keep a copy of a database beside it, as it is before an update; the last `KEPT` stay.

    Raises:
        sqlite3.Error, OSError: it cannot be written.
    """
    target = path.with_name(f"{path.name}.before-{revision}")
    part = path.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with contextlib.closing(_open(path)) as source:
            copy_database(source, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    copies = sorted(
        path.parent.glob(f"{path.name}.before-[0-9][0-9][0-9][0-9]"), key=lambda each: each.stat().st_mtime_ns
    )
    for old in sorted(copies, key=lambda each: each.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=BUSY, isolation_level=None, uri=True)
