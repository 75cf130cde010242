"""Disks that are full or may not be written, and databases that another program holds: for tests and the chaos."""

import contextlib
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILLER = "filler"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of a few megabytes of its own at `folder`. Skips the test where it may not be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "saem-test", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("a disk can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """Folders whose disk may only be read, for the time of the block; what is open already goes on.

    Skips the test where they may not be mounted.
    """
    with contextlib.ExitStack() as stack:
        for folder in folders:
            bound = subprocess.run(["mount", "--bind", str(folder), str(folder)], check=False, capture_output=True)
            if bound.returncode:
                pytest.skip("a disk can be mounted by root alone")
            stack.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True, capture_output=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True, capture_output=True)
        yield


def fill(folder: Path) -> None:
    """Fill the disk that holds a folder to the last byte."""
    with (folder / FILLER).open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 16, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


def make_room(folder: Path) -> None:
    """Take away what `fill` has made."""
    (folder / FILLER).unlink(missing_ok=True)


def refuse_writes(pid: int) -> None:
    """Let all writing to files fail in a running process, as on a full disk (EFBIG); needs no root."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))


def allow_writes(pid: int) -> None:
    """Take that back."""
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program that writes to an SQLite database, and does not let go."""
    with contextlib.closing(sqlite3.connect(database, timeout=5, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def long_read(database: Path) -> Iterator[None]:
    """Another program that reads an SQLite database for long, so that its WAL file cannot be begun anew."""
    with contextlib.closing(sqlite3.connect(database, timeout=5, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def may_write_anything() -> bool:
    """Whether permissions of files hold nobody up: the tests run as root."""
    return os.geteuid() == 0
