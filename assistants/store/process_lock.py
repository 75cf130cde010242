"""Locks an SQLite file for one process: of two servers on it, each would take the other's runs for those of a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from database.errors import StoreError
from database.private_files import make_private_file, make_private_folder


@contextmanager
def lock_database(database: str) -> Iterator[None]:
    """Lock `database` for this process while the block lasts; the lock of a killed process is released.

    Raises:
        StoreError: another process has locked it, or the lock file beside it cannot be written.
    """
    path = Path(f"{database}.lock")
    try:
        make_private_folder(path.parent)
        make_private_file(path)
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}. Check DATA_DIR.") from error
    with file:
        if not _try_lock(file):
            raise StoreError(f"{database} is in use by another Assistants server. Stop that one, or change DATA_DIR.")
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
