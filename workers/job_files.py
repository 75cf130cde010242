"""Files that a job reads or makes: lent to the worker process for the job, and taken back.

A sandboxed process sees no folder of the parent's but one: what is lent to it is copied there, and there is one file
that it may write to. Others read and write the files where they are.
"""

import functools
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

MADE: Final = "made"
FOLDERS: Final = "saem-worker-"
"""How the names of shared folders begin; the id of their owner's process follows."""


@dataclass(frozen=True, slots=True)
class LentFile:
    """An argument of a job: a file that it may read. The function gets its path as a str."""

    path: Path


@dataclass(frozen=True, slots=True)
class MadeFile:
    """An argument of a job, one at most: a file that it writes. The function gets a path as a str; what it has written
    there stands in `path` when the job has returned.
    """

    path: Path


def has_files(arguments: tuple[Any, ...]) -> bool:
    """Whether files are among the arguments of a job."""
    return any(isinstance(each, LentFile | MadeFile) for each in arguments)


class OwnPaths:
    """For a process that reads and writes files where they are."""

    def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """The arguments as the function gets them."""
        return [str(each.path) if isinstance(each, LentFile | MadeFile) else each for each in arguments]

    def take_back(self, arguments: tuple[Any, ...]) -> None:
        """The job has returned: what it has made stands where it should."""

    def remove(self) -> None:
        """The process has ended."""


@dataclass(slots=True)
class SharedFolder:
    """The folder that a sandboxed process sees as `inside`: it may read what is there, and write to one file of it.

    A file that is lent for one job after the other (a scan, page by page) is copied once.
    """

    inside: str
    owner: int | None
    """The user id that the process has, if it is not ours."""
    outside: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix=f"{FOLDERS}{os.getpid()}-")))
    _lent: dict[tuple[str, int, int], Path] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        remove_left_behind(Path(tempfile.gettempdir()))
        self.made.touch(mode=0o600)
        self._give(self.outside)
        self._give(self.made)

    @property
    def made(self) -> Path:
        """The file that the process may write to."""
        return self.outside / MADE

    def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Copy the files; the arguments as the function gets them.

        Raises:
            OSError: a file cannot be read, or there is no room for the copy.
        """
        wanted = {self._key(each.path): each.path for each in arguments if isinstance(each, LentFile)}
        for key in [key for key in self._lent if key not in wanted]:
            self._lent.pop(key).unlink()
        for key, path in wanted.items():
            if key not in self._lent:
                self._lent[key] = self._copied(path)
        return [self._inner(each) for each in arguments]

    def take_back(self, arguments: tuple[Any, ...]) -> None:
        """Copy what the job has made to where it should stand.

        Raises:
            OSError: it cannot be written there.
        """
        for each in arguments:
            if isinstance(each, MadeFile):
                shutil.copyfile(self.made, each.path)
                self.made.write_bytes(b"")

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.outside, ignore_errors=True)

    def _inner(self, argument: Any) -> Any:
        if isinstance(argument, LentFile):
            return f"{self.inside}/{self._lent[self._key(argument.path)].name}"
        return f"{self.inside}/{MADE}" if isinstance(argument, MadeFile) else argument

    def _copied(self, path: Path) -> Path:
        self._count += 1
        copy = self.outside / f"lent-{self._count}{path.suffix}"
        shutil.copyfile(path, copy)
        copy.chmod(0o400)
        self._give(copy)
        return copy

    def _give(self, path: Path) -> None:
        if self.owner is not None:
            shutil.chown(path, self.owner, self.owner)

    @staticmethod
    def _key(path: Path) -> tuple[str, int, int]:
        state = path.stat()
        return str(path), state.st_mtime_ns, state.st_size


@functools.cache
def remove_left_behind(parent: Path) -> None:
    """Delete the folders of processes that were killed before they could; once."""
    for folder in parent.glob(f"{FOLDERS}*-*"):
        process = folder.name.removeprefix(FOLDERS).partition("-")[0]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
