"""Folders and files that only their owner may open: databases and uploads hold what people have said."""

import contextlib
import os
import tempfile
from pathlib import Path

from database.errors import StoreError

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
_BESIDE_DATABASE = ("-wal", "-shm", "-journal")


def make_private_folder(path: Path) -> None:
    """Make a folder for its owner alone, and folders above it; one that exists keeps its permissions, as it may hold
    other things.

    Raises:
        OSError: it cannot be made.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, or take everybody else's permissions from an existing one.

    A file that cannot be opened is left as it is: who opens it next says more.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        path.chmod(PRIVATE_FILE)


def make_private_database(path: Path) -> None:
    """The same for an SQLite file and those beside it; SQLite gives new ones the database's permissions."""
    make_private_file(path)
    for end in _BESIDE_DATABASE:
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).chmod(PRIVATE_FILE)


def check_temporary_folder() -> None:
    """See that there is a folder for temporary files, which documents are read and formulas drawn in.

    Raises:
        StoreError: none of the usual ones may be written, or all are full.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        raise StoreError(
            "There is no folder for temporary files that can be written (TMPDIR, /tmp, /var/tmp): see whether these "
            "are full or read-only, or set TMPDIR to another one."
        ) from None


def keep_new_files_private() -> None:
    """From now on, files and folders that this process makes are for their owner alone, unless they say otherwise."""
    os.umask(0o077)
