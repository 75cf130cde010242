"""The handle of one worker process in the parent: starts the process, gives it a job, reads the result, kills it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgpack
import structlog

from workers import child_main
from workers.errors import JobCrashed, JobFailed, JobTimedOut, WorkerNotStarted
from workers.job import Job
from workers.job_files import OwnPaths
from workers.programs import Program, ProgramStarter

log = structlog.get_logger(__name__)

IMPORT_TIMEOUT = 60.0
"""Seconds to start a process and import a job's module. They are not part of the job's time: a busy machine is slow."""
EXIT_TIMEOUT = 2.0
"""Seconds that a process has to exit by itself after its pipe is closed."""
FRAME_OVERHEAD = 64
"""Bytes of a result's frame beside the result."""
MAX_FAILURE_FRAME = 4 * (child_main.MAX_MESSAGE + child_main.MAX_TRACEBACK) + 1_000
MAX_STDERR_LINE = 2_000
"""Bytes of a printed line that are logged."""
MAX_STDERR_PER_JOB = 64_000
"""Bytes that are logged of what one job prints."""

INHERITED_VARIABLES = [
    "APPDATA",
    "COMSPEC",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "LOCALAPPDATA",
    "PATH",
    "PATHEXT",
    "PROGRAMDATA",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TESSDATA_PREFIX",
    "TMP",
    "TMPDIR",
    "TZ",
    "USERPROFILE",
    "VIRTUAL_ENV",
    "WINDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
]
"""The environment variables that a worker process gets: not the others, which hold keys and tokens."""


class DiedBeforeJob(JobCrashed):
    """The process ended before the job began."""


def environment() -> dict[str, str]:
    """The child's environment variables: the parent's import path, one thread for numeric libraries, no secrets."""
    kept = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("LC_")}
    paths = [os.path.abspath(entry) for entry in sys.path]
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


class PlainProcess:
    """A program outside a sandbox, which reads and writes files where they are."""

    limit = ""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self.pid = process.pid
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr

    @classmethod
    async def start(cls, program: Sequence[str]) -> "PlainProcess":
        """Start it; raises OSError when the system refuses."""
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
        return cls(process)

    @property
    def returncode(self) -> int | None:
        """None as long as it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end."""
        return await self._process.wait()

    async def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """The paths of the files."""
        return OwnPaths().lend(arguments)

    async def take_back(self, arguments: tuple[Any, ...]) -> None:
        """What was made stands where it should."""

    def release(self) -> None:
        """There are no copies."""

    def kill(self) -> None:
        """Kill it, and what it has started in its session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self._process.kill()


class ProcessHandle:
    """A worker process that was started; it does one job at a time.

    `modules` are those that it has imported, `held` is the memory that it holds after its last job, in bytes.
    """

    def __init__(self, process: Program) -> None:
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = asyncio.create_task(self._log_stderr(process.stderr), name=f"worker-{process.pid}-stderr")
        self._stderr_left = MAX_STDERR_PER_JOB
        self.modules: set[str] = set()
        self.held = 0

    @classmethod
    async def start(cls, sandbox: ProgramStarter | None) -> "ProcessHandle":
        """Start a worker process, in a sandbox if there is one; raises WorkerNotStarted when the system refuses."""
        program = [sys.executable, "-P", str(child_main.__file__)]
        process: Program
        try:
            if sandbox is None:
                process = await PlainProcess.start(program)
            else:
                process = await sandbox.start(program, environment(), lends_files=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise WorkerNotStarted(f"no worker process could be started: {error}") from error
        log.debug("worker.started", pid=process.pid, sandbox=sandbox is not None)
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process.returncode is None

    async def run(self, job: Job) -> Any:
        """Do one job; after any error but JobFailed the process must be killed.

        Raises:
            DiedBeforeJob: the process ended before the job began.
            JobFailed, JobTimedOut, JobCrashed: see `workers.errors`.
            OSError: a file cannot be lent to the job, or what it has made cannot be written.
        """
        if not job.has_files:
            return await self._run(job, job.frame(job.arguments))
        lent = await self._process.lend(job.arguments)
        result = await self._run(job, job.frame(lent))
        await self._process.take_back(job.arguments)
        return result

    async def _run(self, job: Job, frame: bytes) -> Any:
        self._stderr_left = MAX_STDERR_PER_JOB
        await self._send(frame)
        self.modules.add(job.module)
        try:
            async with asyncio.timeout(job.timeout):
                body = await self._read(max(job.output, MAX_FAILURE_FRAME) + FRAME_OVERHEAD)
        except TimeoutError:
            raise JobTimedOut(job.timeout) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise JobCrashed(await self._exit_reason()) from None
        return self._result(body)

    async def _send(self, frame: bytes) -> None:
        """Send the job and wait until the child has imported its module."""
        try:
            async with asyncio.timeout(IMPORT_TIMEOUT):
                self._stdin.write(frame)
                await self._stdin.drain()
                first = await self._read(MAX_FAILURE_FRAME)
        except TimeoutError:
            raise JobTimedOut(IMPORT_TIMEOUT) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise DiedBeforeJob(await self._exit_reason()) from None
        if first != ["begun"]:
            self._result(first)

    async def _read(self, limit: int) -> list[Any]:
        """The next frame; raises JobCrashed for a frame that our child program never sends."""
        header = await self._stdout.readexactly(child_main.HEADER.size)
        (size,) = child_main.HEADER.unpack(header)
        if size > limit:
            raise JobCrashed(f"the worker answered with {size} bytes; {limit} are allowed")
        body = await self._stdout.readexactly(size)
        try:
            frame = child_main.unpack(body)
        except (ValueError, TypeError, OverflowError, msgpack.UnpackException) as error:
            raise JobCrashed("the worker's answer cannot be read") from error
        if not isinstance(frame, list):
            raise JobCrashed("the worker's answer cannot be read")
        return frame

    def _result(self, frame: list[Any]) -> Any:
        match frame:
            case ["done", result, int(held)]:
                self.held = held
                return result
            case ["failed", str(kind), str(message), str(trace), int(held)]:
                self.held = held
                raise JobFailed(kind, message, trace)
            case ["memory"]:
                raise JobCrashed("the job ran out of memory")
        raise JobCrashed("the worker's answer cannot be read")

    async def _exit_reason(self) -> str:
        """Why the process ended, as a message for an error."""
        try:
            code = await asyncio.wait_for(self._process.wait(), EXIT_TIMEOUT)
        except TimeoutError:
            return "the worker closed its pipe"
        if self._process.limit:
            return f"the worker was ended: it took more than it may ({self._process.limit})"
        if code >= 0:
            return f"the worker exited with code {code}"
        with contextlib.suppress(ValueError):
            return f"the worker was ended by {signal.Signals(-code).name}"
        return f"the worker was ended by signal {-code}"

    async def _log_stderr(self, stderr: asyncio.StreamReader) -> None:
        """Log what jobs print, line by line, up to a limit for each job."""
        rest = b""
        while chunk := await stderr.read(4096):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > MAX_STDERR_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._log_line(line)
        self._log_line(rest)

    def _log_line(self, line: bytes) -> None:
        if not line.strip() or self._stderr_left <= 0:
            return
        self._stderr_left -= len(line)
        text = line.decode("utf-8", "replace").rstrip()[:MAX_STDERR_LINE]
        log.debug("worker.printed", pid=self.pid, line=text)

    async def close(self) -> None:
        """End the process by closing its pipe; kill it if it does not exit in time."""
        with contextlib.suppress(ConnectionError):
            self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), EXIT_TIMEOUT)
        except TimeoutError:
            log.warning("worker.not_exited", pid=self.pid)
        await self.kill()

    async def kill(self) -> None:
        """Kill the process and the processes that it has started, and wait for their end."""
        self._process.kill()
        self._stdin.close()
        with contextlib.suppress(ConnectionError):
            await self._stdin.wait_closed()
        try:
            async with asyncio.timeout(EXIT_TIMEOUT):
                await self._process.wait()
                await asyncio.gather(self._stderr, return_exceptions=True)
        except TimeoutError:  # outside a sandbox, a child in a session of its own can hold the pipes open
            log.warning("worker.pipes_held", pid=self.pid)
            self._stderr.cancel()
        self._process.release()
        log.debug("worker.ended", pid=self.pid, code=self._process.returncode)
