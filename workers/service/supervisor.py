"""The process that watches over one program of the service: starts it, lends it files, ends it with all its children.

All that the program starts is found again, however it hides: orphans come to this process, which is their subreaper.
"""

import contextlib
import ctypes
import hmac
import os
import secrets
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from workers import landlock
from workers.service.confinement import OWN_FOLDER, ProgramFolders, run_confined, why_none
from workers.service.messages import PROTOCOL, MessageError, encode, receive, send

HELLO_SECONDS: Final = 5.0
LOOK_EVERY: Final = 0.1
"""Seconds between two looks at what the program takes."""
LOOKS_PER_DISK_LOOK: Final = 10
MEMORY: Final = 3 << 30
"""Bytes that the processes of a program may hold together, where the client names no less."""
DISK: Final = 256 << 20
"""Bytes that its files may take, besides those of the folders that the client names."""
MOST_FILES: Final = 20_000
MOST_TASKS: Final = 512
"""Threads that its processes may have together."""
SET_DEATH_SIGNAL, SET_SUBREAPER = 1, 36
"""`PR_SET_PDEATHSIG`, `PR_SET_CHILD_SUBREAPER`."""
FOLDER: Final = "saem-program-"


class RefusedError(Exception):
    """The client's wish is refused; the message says why."""


def supervise(connection: socket.socket, key: str) -> None:
    """Serve one client, until it or its program has ended; in a process of its own."""
    die_with_parent()
    connection.settimeout(HELLO_SECONDS)
    descriptors: list[int] = []
    try:
        received = receive(connection)
        if received is None:
            return
        message, descriptors = received
        if message[1:2] != [PROTOCOL]:
            raise RefusedError("it is of another version of Saem: start both anew")
        if not hmac.compare_digest(str(message[2:3]), str([key])):
            raise RefusedError("it was told another key")
        if why := why_none():
            send(connection, encode("no sandbox", why))
        elif message[0] == "hello":
            send(connection, encode("welcome"))
        else:
            _run(connection, message, descriptors)
    except RefusedError as error:
        send(connection, encode("refused", str(error)))
    except (MessageError, TimeoutError):
        return
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def die_with_parent() -> None:
    """Let this process end with the one that has started it."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _run(connection: socket.socket, message: list[Any], pipes: list[int]) -> None:
    match message:
        case ["start", _, _, list(program), dict(variables), dict(sizes), int() | None as memory] if len(pipes) == 3:
            pass
        case _:
            raise RefusedError("it cannot read what is asked for")
    _check_folders(sizes)
    _keep_to_itself()
    folders = ProgramFolders(Path(tempfile.gettempdir()) / f"{FOLDER}{secrets.token_hex(16)}")
    folders.make()
    try:
        process = _started(program, variables, folders, pipes)
        while pipes:
            os.close(pipes.pop())
        supervisor = Supervisor(connection, process, folders, memory or MEMORY, DISK + sum(sizes.values()))
        send(connection, encode("started", process, str(folders.files)))
        supervisor.watch()
    finally:
        kill_children()
        shutil.rmtree(folders.root, ignore_errors=True)
    send(connection, encode("ended", supervisor.code, supervisor.limit))


def _check_folders(sizes: dict[str, int]) -> None:
    for folder in sizes:
        try:
            target = os.readlink(folder)
        except OSError:
            target = ""
        if target != OWN_FOLDER:
            raise RefusedError(f"{folder} must be a link to {OWN_FOLDER} there")
    if len(sizes) > 1:
        raise RefusedError("a program can have one folder there")


def _keep_to_itself() -> None:
    """From now on signals reach nobody but children: `kill_children` relies on that."""
    ctypes.CDLL(None).prctl(SET_SUBREAPER, 1, 0, 0, 0)
    landlock.keep_to_itself()
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    raise RefusedError("its signals are not kept apart")


def kill_children() -> None:
    """Kill every process that this one may send signals to, which are its children and theirs, all at once."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _started(program: list[str], variables: dict[str, str], folders: ProgramFolders, pipes: list[int]) -> int:
    """Start the program; its process id.

    Raises:
        RefusedError: it cannot be started.
    """
    told, tells = os.pipe2(os.O_CLOEXEC)
    process = os.fork()
    if process == 0:
        run_confined(program, variables, folders, pipes, tells)
    os.close(tells)
    with os.fdopen(told, "rb") as failure:
        reason = failure.read()
    if reason:
        raise RefusedError(f"the program could not be confined ({reason.decode('utf-8', 'replace')})")
    return process


class Supervisor:
    """Watches one program: `code` is its exit code when it has ended, `limit` the limit that it was ended for."""

    def __init__(
        self, connection: socket.socket, process: int, folders: ProgramFolders, memory: int, disk: int
    ) -> None:
        self._connection = connection
        self._process = process
        self._folders = folders
        self._memory = memory
        self._disk = disk
        self.code = -int(signal.SIGKILL)
        self.limit = ""

    def watch(self) -> None:
        """Do what the client asks for, until the program or the client has ended, or it takes more than it may."""
        poll = select.poll()
        ended = os.pidfd_open(self._process)
        poll.register(self._connection, select.POLLIN)
        poll.register(ended, select.POLLIN)
        looks, next_look = 0, time.monotonic()
        try:
            while True:
                ready = dict(poll.poll(max(0.0, next_look - time.monotonic()) * 1000))
                if self._reap() or (self._connection.fileno() in ready and not self._do_next()):
                    return
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + LOOK_EVERY
                    looks += 1
                    self.limit = self._too_much(with_disk=looks % LOOKS_PER_DISK_LOOK == 0)
                    if self.limit:
                        return
        finally:
            os.close(ended)

    def _reap(self) -> bool:
        """Let orphans go that have ended; whether the program itself has."""
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == self._process:
                self.code = os.waitstatus_to_exitcode(status)
                return True
            if process == 0:
                return False

    def _do_next(self) -> bool:
        """Do what the client asks for next; whether there was something."""
        try:
            received = receive(self._connection)
        except (MessageError, OSError):
            return False
        if received is None:
            return False
        message, descriptors = received
        try:
            self._do(message, descriptors)
        except OSError as error:
            send(self._connection, encode("failed", error.errno))
        else:
            send(self._connection, encode("done"))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _do(self, message: list[Any], descriptors: list[int]) -> None:
        match message, descriptors:
            case ["lend", str(name)], [source]:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                copy(source, os.open(self._folders.files / os.path.basename(name), flags, 0o400))
            case ["drop", str(name)], []:
                (self._folders.files / os.path.basename(name)).unlink()
            case ["take"], [target]:
                made = os.open(self._folders.made, os.O_RDWR | os.O_NOFOLLOW)
                copy(made, os.dup(target))
                self._folders.made.write_bytes(b"")
            case _:
                raise OSError(22, "it cannot be read")

    def _too_much(self, *, with_disk: bool) -> str:
        """The limit that the program has passed; empty for none."""
        memory, tasks = held(os.getpid())
        if memory > self._memory:
            return "memory"
        if tasks > MOST_TASKS:
            return "processes"
        if with_disk:
            size = self._folders.size(MOST_FILES)
            return "disk" if size is None or size > self._disk else ""
        return ""


def copy(source: int, target: int) -> None:
    """Copy what is left to read of one file to another, and close the latter; the former is the caller's."""
    with os.fdopen(os.dup(source), "rb") as reader, os.fdopen(target, "wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)


def held(root: int) -> tuple[int, int]:
    """The memory that the children of a process, and theirs, hold together, in bytes, and their threads."""
    parents: dict[int, int] = {}
    takes: dict[int, tuple[int, int]] = {}
    for process, parent, threads, pages in _processes():
        parents[process] = parent
        takes[process] = (pages, threads)
    found = [takes[process] for process in parents if _descends(process, root, parents)]
    return sum(pages for pages, _ in found) * os.sysconf("SC_PAGE_SIZE"), sum(threads for _, threads in found)


def _processes() -> Iterator[tuple[int, int, int, int]]:
    """All processes that run: id, parent, threads, pages of memory (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/stat", "rb") as stat:
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:  # it has ended
                continue
            if fields[0] not in b"ZX":
                yield int(entry.name), int(fields[1]), int(fields[17]), int(fields[21])


def _descends(process: int, root: int, parents: dict[int, int]) -> bool:
    while process := parents.get(process, 0):
        if process == root:
            return True
    return False
