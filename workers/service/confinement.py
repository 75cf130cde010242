"""What a program of the service may do: no namespaces are needed for it, and no rights.

Programs of different clients run in one container, as one user. Landlock keeps each from the files of the others, from
tracing them, and from sending them signals; the filter of system calls keeps it from sockets but those of Unix, from
memory and queues that are shared by name, and from being told of files that others make.
"""

import os
import resource
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from workers import landlock
from workers.job_files import MADE
from workers.sandbox import HOME_VARIABLES, LIMITS, SYSTEM, import_path, readable_paths
from workers.system_calls import NoFilterError, filter_program, install

READABLE: Final = ("/dev/urandom", "/dev/random", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
CHANGEABLE: Final = ("/dev/null",)
RESOURCES: Final = {
    resource.RLIMIT_NOFILE: LIMITS["nofile"],
    resource.RLIMIT_FSIZE: LIMITS["fsize"],
    resource.RLIMIT_CORE: LIMITS["core"],
}
OWN_FOLDER: Final = "/proc/self/cwd"
"""What a folder that each program should find empty must be a link to: without namespaces a path leads all programs to
the same place, but for this one. Each begins in a folder of its own."""


def why_none() -> str:
    """Why programs cannot be confined here, as half a sentence; empty where they can be."""
    if landlock.version() < landlock.NEEDED:
        return "the kernel of this machine has no Landlock that keeps signals apart: that needs Linux 6.12 or newer"
    try:
        filter_program(namespaces=False)
    except NoFilterError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class ProgramFolders:
    """The folders of one program, in a folder that nobody can guess."""

    root: Path

    @property
    def data(self) -> Path:
        """Where it begins, and what /mnt/data is for it."""
        return self.root / "data"

    @property
    def scratch(self) -> Path:
        """Its home, and its folder of temporary files."""
        return self.root / "tmp"

    @property
    def files(self) -> Path:
        """What is lent to it."""
        return self.root / "files"

    @property
    def made(self) -> Path:
        """The file that a job of it may write."""
        return self.files / MADE

    def make(self) -> None:
        """Make them; raises OSError."""
        for folder in (self.root, self.data, self.scratch, self.files):
            folder.mkdir(mode=0o700)
        self.made.touch(mode=0o600)

    def size(self, most_entries: int) -> int | None:
        """How many bytes its files take; None when there are more files than that."""
        total, entries = 0, 0
        for folder, _, names in os.walk(self.root):
            for name in names:
                entries += 1
                if entries > most_entries:
                    return None
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except OSError:  # gone since
                    continue
        return total


def _listable(root: Path) -> list[str]:
    """The folders that Python looks through for packages. None that the programs' own folders are in: their names are
    nobody else's business.
    """
    return [path for path in import_path() if os.path.isdir(path) and not root.is_relative_to(path)]


def run_confined(
    program: Sequence[str], variables: Mapping[str, str], folders: ProgramFolders, pipes: Sequence[int], failure: int
) -> NoReturn:
    """Become the program, in a process that was made for it. What goes wrong is written to `failure`."""
    try:
        os.setsid()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
        os.closerange(len(pipes), failure)
        os.closerange(failure + 1, os.sysconf("SC_OPEN_MAX"))
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for limit, value in RESOURCES.items():
            resource.setrlimit(limit, (value, value))
        os.chdir(folders.data)
        code = filter_program(namespaces=False)
        landlock.confine(
            readable=[*filter(os.path.exists, (*SYSTEM, *READABLE)), *readable_paths(), str(folders.files)],
            listable=_listable(folders.root),
            usable=[str(folders.data), str(folders.scratch)],
            changeable=[*CHANGEABLE, str(folders.made)],
        )
        install(code)
        home = {name: str(folders.scratch) for name in HOME_VARIABLES if name in variables} | {
            name: str(folders.scratch) for name in ("HOME", "TMPDIR")
        }
        os.execve(program[0], list(program), {**variables, **home})  # noqa: S606 - confined by now
    except BaseException as error:  # noqa: BLE001 - this process has nobody else to tell
        os.write(failure, str(error).encode()[:1000] or b"it failed")
    os._exit(127)
