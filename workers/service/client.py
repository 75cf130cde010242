"""The client of the service: programs that run there, as if they ran in a sandbox of this machine."""

import asyncio
import contextlib
import functools
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import structlog

from workers import sandbox
from workers.child_main import HEADER, unpack
from workers.job_files import MADE, LentFile, MadeFile
from workers.programs import ProgramStarter
from workers.service.messages import KEY_ENDING, LARGEST, PROTOCOL, MessageError, encode, receive, send

log = structlog.get_logger(__name__)

CONNECT_SECONDS: Final = 10.0
"""How long the service may be away: while it starts anew."""
RETRY_EVERY: Final = 0.1
ANSWER_SECONDS: Final = 20.0
KILL_SECONDS: Final = 10.0
"""How long the end of a program is waited for."""
KILLED: Final = -9


def finder(path: Path | None) -> Callable[[], ProgramStarter | None]:
    """Finds the sandbox: that of the service which listens on `path`, or this machine's where there is no path."""
    return lambda: sandbox.found() if path is None else _found(path)


@functools.cache
def _found(path: Path) -> ProgramStarter | None:
    """The service's sandbox, unless it says that it can have none; asked once.

    A service that does not answer is one all the same: what is started there is refused until it does.
    """
    if not hasattr(socket, "AF_UNIX") or not hasattr(socket, "send_fds"):
        log.warning("service.no_sandbox", reason=sandbox.NEEDS_LINUX)
        return None
    found = ServiceSandbox(path)
    try:
        found.ask()
    except NoSandboxError as error:
        log.warning("service.no_sandbox", reason=str(error))
        return None
    except ServiceError as error:
        log.warning("service.not_there", reason=str(error))
    return found


class ServiceError(OSError):
    """The service starts no program now; the message says why."""


class NoSandboxError(ServiceError):
    """The service can confine no program on its machine."""


@dataclass(frozen=True, slots=True)
class ServiceSandbox:
    """Starts programs in the service that listens on `path`."""

    path: Path

    @property
    def is_watched(self) -> bool:
        """The service looks itself."""
        return True

    def ask(self) -> None:
        """Ask whether programs can be started, and wait for the answer.

        Raises:
            ServiceError: they cannot.
        """
        self._exchange("hello", [], []).close()

    async def start(
        self,
        program: Sequence[str],
        variables: Mapping[str, str],
        *,
        lends_files: bool = False,  # noqa: ARG002 - it costs nothing here
        folders: Mapping[str, int] = MappingProxyType({}),
        memory: int | None = None,
    ) -> "ServiceProgram":
        """Start a program in the service.

        Raises:
            ServiceError: it cannot be started.
        """
        starting = asyncio.ensure_future(self._start(program, variables, folders, memory))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(_abandon)
            raise

    async def _start(
        self, program: Sequence[str], variables: Mapping[str, str], folders: Mapping[str, int], memory: int | None
    ) -> "ServiceProgram":
        pairs = [socket.socketpair() for _ in range(3)]
        ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        parts = [list(program), dict(variables), dict(folders), memory]
        try:
            started = await asyncio.to_thread(self._exchange, "start", parts, [each.fileno() for each in theirs])
        except BaseException:
            for each in ours:
                each.close()
            raise
        finally:
            for each in theirs:
                each.close()
        return await ServiceProgram.opened(started, ours)

    def _exchange(self, kind: str, parts: Sequence[Any], descriptors: Sequence[int]) -> "Started":
        """Connect, send a message and read its answer.

        Raises:
            ServiceError: the service is not there, is too slow, or refuses.
        """
        connection = self._connected()
        try:
            connection.settimeout(ANSWER_SECONDS)
            key = Path(f"{self.path}{KEY_ENDING}").read_text(encoding="utf-8")
            with contextlib.suppress(BrokenPipeError):  # it may have said why before it hung up
                send(connection, encode(kind, PROTOCOL, key, *parts), descriptors)
            received = receive(connection)
        except (OSError, MessageError) as error:
            connection.close()
            raise ServiceError(f"the interpreter service at {self.path} does not answer ({error})") from error
        match received:
            case [["welcome"], []]:
                return Started(connection)
            case [["started", int(pid), str(folder)], []]:
                return Started(connection, pid, folder)
        connection.close()
        match received:
            case [["no sandbox", str(why)], []]:
                raise NoSandboxError(why)
            case [["refused", str(why)], []]:
                raise ServiceError(f"the interpreter service refuses: {why}")
        raise ServiceError(f"the interpreter service at {self.path} gave no answer")

    def _connected(self) -> socket.socket:
        """Connect; a service that starts anew is waited for."""
        end = time.monotonic() + CONNECT_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(str(self.path))
            except OSError as error:
                connection.close()
                if time.monotonic() >= end or not isinstance(error, ConnectionError | FileNotFoundError):
                    reason = error.strerror or error
                    raise ServiceError(f"the interpreter service at {self.path} does not answer ({reason})") from error
                time.sleep(RETRY_EVERY)
            else:
                return connection


@dataclass(frozen=True, slots=True)
class Started:
    """A connection to the service, and what it told of the program that it has started."""

    connection: socket.socket
    pid: int = 0
    folder: str = ""

    def close(self) -> None:
        """End the program."""
        self.connection.close()


@dataclass(eq=False, slots=True)
class ServiceProgram:
    """A program in the service; see `workers.programs.Program`."""

    pid: int
    """Its id within the service's container."""
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    _folder: str
    _connection: socket.socket
    """For messages with descriptors, which asyncio cannot send."""
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter
    _others: Sequence[asyncio.StreamWriter]
    """What must be closed at last: there may still be something to read."""
    returncode: int | None = None
    limit: str = ""
    _answers: asyncio.Queue[list[Any] | None] = field(default_factory=asyncio.Queue)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Task[None] | None = None
    _lent: dict[tuple[str, int, int], str] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    async def opened(cls, started: Started, pipes: Sequence[socket.socket]) -> "ServiceProgram":
        """The program behind these connections."""
        started.connection.setblocking(False)
        connection = started.connection.dup()
        streams = [await asyncio.open_unix_connection(sock=each) for each in (*pipes, started.connection)]
        (_, stdin), (stdout, out), (stderr, err), (reader, writer) = streams
        program = cls(
            started.pid, stdin, stdout, stderr, started.folder, connection, reader, writer, _others=(out, err)
        )
        program._reading = asyncio.create_task(program._read_messages(), name=f"program-{program.pid}")
        return program

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """End it with everything that it has started: the service sees that we want no more."""
        if self.returncode is None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_WR)
            asyncio.get_running_loop().call_later(KILL_SECONDS, self._end, KILLED)

    def release(self) -> None:
        """Close the pipes; the service removes the files."""
        for writer in self._others:
            writer.close()

    async def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Lend it the files among the arguments; what was lent before and is not wanted any more is taken away."""
        wanted = {_key(each.path): each.path for each in arguments if isinstance(each, LentFile)}
        for key in [key for key in self._lent if key not in wanted]:
            await self._ask("drop", self._lent.pop(key))
        for key, path in wanted.items():
            if key not in self._lent:
                self._count += 1
                name = f"lent-{self._count}{path.suffix}"
                descriptor = os.open(path, os.O_RDONLY)
                await self._ask("lend", name, descriptor=descriptor)
                self._lent[key] = name
        return [self._inner(each) for each in arguments]

    async def take_back(self, arguments: tuple[Any, ...]) -> None:
        """Have the service copy what a job has made."""
        for each in arguments:
            if isinstance(each, MadeFile):
                descriptor = os.open(each.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                await self._ask("take", descriptor=descriptor)

    def _inner(self, argument: Any) -> Any:
        if isinstance(argument, LentFile):
            return f"{self._folder}/{self._lent[_key(argument.path)]}"
        return f"{self._folder}/{MADE}" if isinstance(argument, MadeFile) else argument

    async def _ask(self, *parts: Any, descriptor: int | None = None) -> None:
        """Send a message, with a descriptor that is closed here, and wait for its answer.

        Raises:
            OSError: the answer tells of one, or the program has ended.
        """
        try:
            send(self._connection, encode(*parts), [] if descriptor is None else [descriptor])
        finally:
            if descriptor is not None:
                os.close(descriptor)
        match await self._answers.get():
            case ["done"]:
                return
            case ["failed", int(number)]:
                raise OSError(number, os.strerror(number))
        raise ConnectionResetError("the program has ended")

    async def _read_messages(self) -> None:
        try:
            while True:
                (size,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
                if size > LARGEST:
                    break
                match unpack(await self._reader.readexactly(size)):
                    case ["ended", int(code), str(limit)]:
                        self.limit = limit
                        self._end(code)
                        return
                    case list(answer):
                        self._answers.put_nowait(answer)
        except (OSError, asyncio.IncompleteReadError, ValueError, TypeError):
            pass
        log.warning("service.lost", pid=self.pid)
        self._end(KILLED)

    def _end(self, code: int) -> None:
        """It has ended, or the service has, or is as good as ended."""
        if self.returncode is not None:
            return
        self.returncode = code
        self._answers.put_nowait(None)
        self._ended.set()
        self._connection.close()
        for writer in (self._writer, self.stdin):
            writer.close()
        if self._reading is not None and self._reading is not asyncio.current_task():
            self._reading.cancel()


def _key(path: Path) -> tuple[str, int, int]:
    state = path.stat()
    return str(path), state.st_mtime_ns, state.st_size


def _abandon(starting: asyncio.Future[ServiceProgram]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().kill()
        starting.result().release()
