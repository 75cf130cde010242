"""The sandbox that worker processes run in, where the system has one: bubblewrap with a filter of system calls.

Inside there is no network, no process but the worker and its children, no key or token, and no file but the system's
programs, Python, this project's code (all read-only), the folder of the job's files, and an empty /tmp in memory.
See bwrap(1), https://github.com/containers/bubblewrap.

Bubblewrap is Linux's. On macOS and Windows, and where the system lets nobody make namespaces (a container as Docker
starts it), there is no sandbox: `why_none` says so, for `saem check`.
"""

import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from workers.job_files import MADE, SharedFolder
from workers.system_calls import NoFilterError, filter_program

FILES: Final = "/files"
"""Where the process sees the files of its job."""
SCRATCH: Final = 256 << 20
"""Bytes of /tmp, which is in memory."""
NOBODY: Final = 65534
"""The user that the process is when Saem runs as root: the kernel limits the processes of all users but root."""
LIMITS: Final = {"nproc": 512, "nofile": 1024, "fsize": 256 << 20, "core": 0}
"""What a process and its children may have: processes of their user, open files, bytes of a file."""
PROBE_SECONDS: Final = 20
SIGNALLED: Final = 128
"""Added to a signal's number, it is the exit code of a shell whose program was ended by the signal."""
NEEDS_LINUX: Final = "this is not Linux"
NOT_INSTALLED: Final = "bubblewrap is not installed"

SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
CONFIGURATION: Final = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
)
PATH_VARIABLES: Final = ("TESSDATA_PREFIX", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH")
"""Variables of the environment that name folders or files which programs read."""
HOME_VARIABLES: Final = ("HOME", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
"""Variables that name folders which are not there in the sandbox."""


@dataclass(frozen=True, slots=True)
class SandboxedProcess:
    """A program in bubblewrap, whose `process` ends with it."""

    process: asyncio.subprocess.Process
    first: int | None
    """The id of the sandbox's first process, with which all others in it end; None if bubblewrap ended before."""
    files: SharedFolder | None = None
    limit: str = ""

    @property
    def pid(self) -> int:
        """Bubblewrap's."""
        return self.process.pid

    @property
    def stdin(self) -> asyncio.StreamWriter:
        """What it reads."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What it writes."""
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def stderr(self) -> asyncio.StreamReader:
        """What it says about that."""
        assert self.process.stderr is not None
        return self.process.stderr

    @property
    def returncode(self) -> int | None:
        """Bubblewrap tells of a signal as a shell does."""
        code = self.process.returncode
        return SIGNALLED - code if code is not None and code > SIGNALLED else code

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        await self.process.wait()
        assert self.returncode is not None
        return self.returncode

    async def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Lend it files."""
        assert self.files is not None
        return await asyncio.to_thread(self.files.lend, arguments)

    async def take_back(self, arguments: tuple[Any, ...]) -> None:
        """Copy what a job has made."""
        assert self.files is not None
        await asyncio.to_thread(self.files.take_back, arguments)

    def release(self) -> None:
        """Remove the folder of its files."""
        if self.files is not None:
            self.files.remove()

    def kill(self) -> None:
        """Kill everything in the sandbox.

        It is not enough to kill bubblewrap: in its first moments what it has started is not bound to its life yet.
        """
        if self.process.returncode is not None:
            return
        for kill, of in ((os.kill, self.first), (os.killpg, self.process.pid)):
            if of is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(of, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A way to start programs in a sandbox."""

    program: str
    """Bubblewrap."""
    user: int | None
    """The user that the process becomes, if Saem is root and makes the namespaces itself. None: it stays who we are, in
    a user namespace of its own.
    """
    shows_processes: bool
    """Whether there is a /proc, with the sandbox's processes alone; some containers forbid to mount one."""
    can_disable_namespaces: bool
    """Whether this bubblewrap knows `--disable-userns` (0.7 and newer)."""

    @property
    def is_watched(self) -> bool:
        """Without /proc nobody inside can see how much memory the processes hold."""
        return self.shows_processes

    async def start(
        self,
        program: Sequence[str],
        variables: Mapping[str, str],
        *,
        lends_files: bool = False,
        folders: Mapping[str, int] = MappingProxyType({}),
        memory: int | None = None,  # noqa: ARG002 - what runs inside watches it
    ) -> SandboxedProcess:
        """Start `program` in the sandbox, with pipes; `variables` is its environment outside. See `command`.

        Raises:
            OSError: the system refuses.
        """
        files = SharedFolder(FILES, self.user) if lends_files else None
        starting = asyncio.ensure_future(self._start(self.environment(variables), program, files, folders))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # asyncio would kill bubblewrap alone, whose child may not be bound to its life yet, and wait for its pipes.
            await asyncio.wait([starting])
            if not starting.cancelled() and starting.exception() is None:
                sandboxed = starting.result()
                sandboxed.kill()
                await sandboxed.process.communicate()
                sandboxed.release()
            raise

    async def _start(
        self,
        variables: Mapping[str, str],
        program: Sequence[str],
        files: SharedFolder | None,
        folders: Mapping[str, int],
    ) -> SandboxedProcess:
        told, tells = os.pipe()
        try:
            with open_filter() as descriptor:
                process = await asyncio.create_subprocess_exec(
                    *self.command(program, descriptor, files, folders, information_descriptor=tells),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env=variables,
                    pass_fds=(descriptor, tells),
                    cwd="/",
                    start_new_session=True,
                )
        except BaseException:
            os.close(told)
            if files is not None:
                files.remove()
            raise
        finally:
            os.close(tells)
        return SandboxedProcess(process, await asyncio.to_thread(_first_process, told), files)

    def command(
        self,
        program: Sequence[str],
        filter_descriptor: int,
        files: SharedFolder | None = None,
        folders: Mapping[str, int] = MappingProxyType({}),
        *,
        information_descriptor: int | None = None,
    ) -> list[str]:
        """The command that starts `program` in the sandbox.

        It sees `files`, if there are any, and has empty `folders` in memory of so many bytes each. The filter is read
        from `filter_descriptor`; to the other one bubblewrap writes the id of the sandbox's first process.
        """
        readable = readable_paths()
        return [
            self.program,
            *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
            *self._rights(),
            *("--die-with-parent", "--new-session", "--seccomp", str(filter_descriptor)),
            *([] if information_descriptor is None else ["--info-fd", str(information_descriptor)]),
            *_system(),
            *_in_memory({"/tmp": SCRATCH, **folders}),  # noqa: S108 - the sandbox's own
            *("--dev", "/dev"),
            *(["--proc", "/proc"] if self.shows_processes else []),
            *(part for path in _above(readable) for part in ("--perms", "0755", "--dir", path)),
            *(part for path in readable for part in ("--ro-bind", path, path)),
            *(["--ro-bind", str(files.outside), FILES, "--bind", str(files.made), f"{FILES}/{MADE}"] if files else []),
            *("--remount-ro", "/", "--chdir", "/", "--"),
            *_limits(),
            *(["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--"] if self.user else []),
            *program,
        ]

    def _rights(self) -> list[str]:
        if self.user is not None:  # `setpriv` needs two capabilities to become another user, and loses them by that
            return ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        forbidden = ["--disable-userns"] if self.can_disable_namespaces and self.shows_processes else []
        return ["--unshare-user", "--cap-drop", "ALL", *forbidden]

    @staticmethod
    def environment(outside: Mapping[str, str]) -> dict[str, str]:
        """The environment of a process as it is in the sandbox."""
        return {**outside, **{name: "/tmp" for name in HOME_VARIABLES if name in outside or name == "HOME"}}  # noqa: S108


def found() -> Sandbox | None:
    """The sandbox of this machine; None where there is none."""
    return look()[0]


def why_none() -> str:
    """Why this machine has no sandbox, as half a sentence; empty where it has one."""
    return look()[1]


@functools.cache
def look() -> tuple[Sandbox | None, str]:
    """Look for a sandbox, and try it out; once. Returns it, or why there is none."""
    if sys.platform != "linux":
        return None, NEEDS_LINUX
    program = shutil.which("bwrap")
    if program is None:
        return None, NOT_INSTALLED
    try:
        filter_program()
    except NoFilterError as error:
        return None, str(error)
    said = ""
    can_disable_namespaces = "--disable-userns" in _help(program)
    for user in [NOBODY, None] if os.geteuid() == 0 else [None]:
        for shows_processes in (True, False):
            sandbox = Sandbox(program, user, shows_processes, can_disable_namespaces)
            said = _tried(sandbox)
            if not said:
                return sandbox, ""
    return None, f"bubblewrap cannot make one here ({said})"


def _help(program: str) -> str:
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=False, env={}).stdout  # noqa: S603


def _tried(sandbox: Sandbox) -> str:
    """Start Python in the sandbox, with a module that workers need. Returns what went wrong, or nothing."""
    folder = SharedFolder(FILES, sandbox.user)
    try:
        with open_filter() as descriptor:
            done = subprocess.run(  # noqa: S603 - the distribution's bubblewrap
                sandbox.command([sys.executable, "-P", "-c", "import msgpack"], descriptor, folder),
                env=sandbox.environment({"PYTHONPATH": os.pathsep.join(import_path())}),
                pass_fds=(descriptor,),
                capture_output=True,
                text=True,
                timeout=PROBE_SECONDS,
                check=False,
                cwd="/",
            )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    finally:
        folder.remove()
    lines = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else (lines[-1] if lines else f"exit code {done.returncode}")


def _first_process(descriptor: int) -> int | None:
    """What bubblewrap writes there: the id of the sandbox's first process."""
    with os.fdopen(descriptor, "rb") as told:
        text = told.read()
    return int(json.loads(text)["child-pid"]) if text.strip() else None


@contextlib.contextmanager
def open_filter() -> Iterator[int]:
    """Yields a file descriptor from which a new process can read the filter, once."""
    descriptor = os.memfd_create("filter")
    try:
        os.write(descriptor, filter_program())
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _system() -> Iterator[str]:
    """The folders of the system: where one is a link into another, it is one inside too."""
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))


def _above(paths: Sequence[str]) -> list[str]:
    """The folders above these paths, from the top; bubblewrap would make them for root alone."""
    return sorted({str(above) for path in paths for above in Path(path).parents[:-1] if not _of_system(above)})


def _in_memory(folders: Mapping[str, int]) -> Iterator[str]:
    """Empty folders that everybody inside may use, and the bytes that fit into each."""
    for path, size in folders.items():
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", path)


def _limits() -> list[str]:
    return ["prlimit", *(f"--{name}={limit}:{limit}" for name, limit in LIMITS.items()), "--"]


def import_path() -> list[str]:
    """Where Python looks for modules."""
    return [os.path.abspath(entry) for entry in sys.path]


def _code() -> Iterator[str]:
    """What a process must read to run our code: Python, its packages, and of other folders that Python imports from the
    packages alone. Beside those may lie `.env` and data.
    """
    python = [Path(each) for each in dict.fromkeys((sys.base_prefix, sys.prefix)) if not _of_system(Path(each))]
    yield from map(str, python)
    for path in map(Path, import_path()):
        if _of_system(path) or any(path.is_relative_to(each) for each in python):
            continue
        if path.is_dir():
            yield from (str(each) for each in sorted(path.iterdir()) if (each / "__init__.py").is_file())
        elif path.exists():
            yield str(path)
    for name in PATH_VARIABLES:
        yield from (entry for entry in os.environ.get(name, "").split(os.pathsep) if entry and os.path.exists(entry))


def readable_paths() -> list[str]:
    """What there is to read inside besides the system's folders: configuration, Python, our code."""
    return [path for path in (*CONFIGURATION, *_code()) if os.path.exists(path)]


def _of_system(path: Path) -> bool:
    return any(path.is_relative_to(each) for each in SYSTEM)
