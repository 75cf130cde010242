"""Folders for what is being written, which whoever comes next deletes if their process was killed."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent`, deleted at the end; those of the same prefix that no process holds are deleted first.

    Raises:
        OSError: it cannot be made.
    """
    for left in parent.glob(f"{prefix}*"):
        remove_unheld(left)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as name, held(Path(name)):
        yield Path(name)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Let `remove_unheld` see, in all processes, that somebody works in a folder."""
    descriptor = _locked(folder)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def remove_unheld(folder: Path) -> None:
    """Delete a folder if no process holds it."""
    with contextlib.suppress(OSError):
        descriptor = _locked(folder)
        if descriptor is not None:
            try:
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock until it is closed; None where there are no such locks.

    Raises:
        OSError: another process holds it.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
