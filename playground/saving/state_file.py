"""The file of a saved playground: an SQLite database of JSON records. One process at a time has it open.

What a committed `write` holds survives the end of the process, however it ends.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from playground.saving.records import FORMAT

APPLICATION_ID: Final = 0x5AE3_D15C
"""What tells a playground's file from other SQLite files (`PRAGMA application_id`)."""
_TABLES: Final = """
CREATE TABLE records (kind TEXT NOT NULL, id INTEGER NOT NULL, home INTEGER, data BLOB NOT NULL, PRIMARY KEY (kind, id))
    WITHOUT ROWID;
CREATE INDEX records_by_home ON records (home) WHERE home IS NOT NULL;
CREATE TABLE files (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""
Row = tuple[str, int, int | None, bytes]
"""Kind, id, the channel that it lives in and goes with (or None), JSON."""


class SavedStateError(Exception):
    """A file cannot be opened as a saved playground. The text is a sentence about why.

    StateInUseError      another playground has it open
    """


class StateInUseError(SavedStateError):
    """Another process has the file open."""


class StateFile:
    """An open file. It makes a new one, for its owner alone, where there is none.

    Raises:
        SavedStateError: the file is of another format, is broken or is none of ours.
        StateInUseError: another playground has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = False
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise SavedStateError(f"{path} cannot be opened: {error.strerror}.") from error
        self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._open()
        except sqlite3.Error as error:
            self._database.close()
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise StateInUseError(f"{path} is in use by another playground.") from error
            raise SavedStateError(f"{path} is broken ({error}).") from error
        except SavedStateError:
            self._database.close()
            raise

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")  # from here to the end nobody else can
        found, ours = run("PRAGMA user_version").fetchone()[0], run("PRAGMA application_id").fetchone()[0]
        self.is_new = not run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        run("COMMIT")
        if self.is_new:
            self._database.executescript(
                f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; PRAGMA application_id = {APPLICATION_ID}; COMMIT"
            )
        elif ours != APPLICATION_ID:
            raise SavedStateError(f"{self.path} is not a saved playground.")
        elif found != FORMAT:
            age = "an older" if found < FORMAT else "a newer"
            raise SavedStateError(f"{self.path} was saved by {age} version (format {found}; this one reads {FORMAT}).")
        elif (damage := run("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise SavedStateError(f"{self.path} is broken ({damage}).")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")

    def records(self, kind: str) -> Iterator[bytes]:
        """Yield the records of a kind in the order of their ids."""
        rows = self._database.execute("SELECT data FROM records WHERE kind = ? ORDER BY id", (kind,))
        return (data for (data,) in rows)

    def files(self) -> dict[int, bytes]:
        """Return the bytes of all attachments by id."""
        return dict(self._database.execute("SELECT id, data FROM files"))

    def write(
        self,
        rows: Iterable[Row],
        removed: Iterable[tuple[str, int]] = (),
        files: Iterable[tuple[int, bytes]] = (),
        removed_files: Iterable[int] = (),
        removed_homes: Iterable[int] = (),
    ) -> None:
        """Write and remove records and files, all or nothing; with a home go all records that live there.

        Raises:
            sqlite3.Error: the disk is full, for example. Nothing is written then.
        """
        run = self._database.executemany
        self._database.execute("BEGIN")
        try:
            run("DELETE FROM records WHERE home = ?", ((each,) for each in removed_homes))
            run("DELETE FROM records WHERE kind = ? AND id = ?", removed)
            run("DELETE FROM files WHERE id = ?", ((each,) for each in removed_files))
            run("INSERT OR REPLACE INTO files VALUES (?, ?)", files)
            run("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)
            self._database.execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._database.close()
