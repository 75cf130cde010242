"""Replaces SQLite files by others, all or none: what a restore does, over any crash.

The new files stand whole in a folder beside the old ones before a list is written that names them. From then on the
replacement is decided: whoever starts next goes on with it.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from database.scratch_folders import remove_unheld

LIST = "restore.json"
NEW = "restore"
"""The folder of new files, in the data directory."""
_BESIDE = ("-wal", "-shm", "-journal")


def sync(path: Path) -> None:
    """Have a file or a folder written to the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_files(folder: Path, targets: Mapping[str, Path]) -> None:
    """Let the files of `folder/NEW` take the place of `targets` (by the new files' names)."""
    for name in targets:
        sync(folder / NEW / name)
    sync(folder / NEW)
    written = folder / f"{LIST}.part"
    written.write_text(json.dumps({name: str(target) for name, target in targets.items()}), encoding="utf-8")
    sync(written)
    written.replace(folder / LIST)
    sync(folder)
    finish_replacement(folder)


def finish_replacement(folder: Path) -> bool:
    """Go on with a replacement that was decided and broken off; whether there was one. One that was broken off before
    is undone.

    Raises:
        OSError: the files cannot be written.
    """
    try:
        listed = (folder / LIST).open("rb")
    except (FileNotFoundError, NotADirectoryError):  # who opens the folder next says what is wrong with it
        remove_unheld(folder / NEW)
        return False
    with listed:
        _lock(listed)
        if not (folder / LIST).exists():  # another process has done it meanwhile
            return True
        targets: dict[str, str] = json.load(listed)
        for name, target in targets.items():
            new = folder / NEW / name
            if new.exists():
                # The log of the old file would be taken for the new one's.
                for end in _BESIDE:
                    Path(target + end).unlink(missing_ok=True)
                new.replace(target)
                sync(Path(target).parent)
        (folder / LIST).unlink()
        shutil.rmtree(folder / NEW, ignore_errors=True)
    return True


def _lock(file: IO[bytes]) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX)
