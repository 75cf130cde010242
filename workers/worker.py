"""One worker process, seen from the parent."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgpack
import structlog

from workers import child
from workers.errors import JobCrashed, JobFailed, JobTimedOut

log = structlog.get_logger(__name__)

IMPORT_TIMEOUT = 60.0
"""Seconds to start a process and import a job's module; not the job's own, as a busy machine is slow."""
GRACE = 2.0
"""Seconds that a process has to go by itself once its pipe is closed."""
FRAME_OVERHEAD = 64
FAILURE_FRAME = 4 * (child.MAX_MESSAGE + child.MAX_TRACEBACK) + 1_000
STDERR_LINE = 2_000
STDERR_PER_JOB = 64_000

INHERITED = [
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
"""All that a worker gets of the environment: the keys and tokens in the rest are not its business."""


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `package.module:function`, its MessagePack-able arguments and its limits (seconds, bytes)."""

    function: str
    arguments: Sequence[Any]
    timeout: float
    memory: int
    output: int

    @property
    def module(self) -> str:
        """The module that the function lives in."""
        return self.function.partition(":")[0]

    def frame(self) -> bytes:
        """The job as the child reads it; raises TypeError for arguments that MessagePack cannot carry."""
        body = child.pack([self.function, list(self.arguments), self.memory, self.timeout, self.output])
        return child.HEADER.pack(len(body)) + body


class Died(JobCrashed):
    """The process was gone before the job began."""


def environment() -> dict[str, str]:
    """The child's environment: the parent's import path, one thread per numeric library, no secrets."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("LC_")}
    paths = [os.path.abspath(entry) for entry in sys.path]
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


class Process:
    """A started worker process; does one job at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = asyncio.create_task(self._log_stderr(process.stderr), name=f"worker-{process.pid}-stderr")
        self._stderr_left = STDERR_PER_JOB
        self.modules: set[str] = set()
        self.held = 0

    @classmethod
    async def start(cls) -> "Process":
        """Spawn a worker; raises JobCrashed when the system cannot."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                str(child.__file__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise JobCrashed(f"no worker process could be started: {error}") from error
        log.debug("worker.started", pid=process.pid)
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        return self._process.returncode is None

    async def run(self, job: Job, frame: bytes) -> Any:
        """Do one job; after any error but JobFailed the process must be killed.

        Raises:
            Died: the process was gone before the job began.
            JobFailed, JobTimedOut, JobCrashed: see `workers.errors`.
        """
        self._stderr_left = STDERR_PER_JOB
        await self._begin(frame)
        self.modules.add(job.module)
        try:
            async with asyncio.timeout(job.timeout):
                body = await self._read(max(job.output, FAILURE_FRAME) + FRAME_OVERHEAD)
        except TimeoutError:
            raise JobTimedOut(job.timeout) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise JobCrashed(await self._epitaph()) from None
        return self._result(body)

    async def _begin(self, frame: bytes) -> None:
        """Hand the job over and wait until its module is imported."""
        try:
            async with asyncio.timeout(IMPORT_TIMEOUT):
                self._stdin.write(frame)
                await self._stdin.drain()
                first = await self._read(FAILURE_FRAME)
        except TimeoutError:
            raise JobTimedOut(IMPORT_TIMEOUT) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Died(await self._epitaph()) from None
        if first != ["begun"]:
            self._result(first)

    async def _read(self, limit: int) -> list[Any]:
        """The next frame; raises JobCrashed for one that no honest child would send."""
        header = await self._stdout.readexactly(child.HEADER.size)
        (size,) = child.HEADER.unpack(header)
        if size > limit:
            raise JobCrashed(f"the worker answered with {size} bytes; {limit} are allowed")
        body = await self._stdout.readexactly(size)
        try:
            frame = child.unpack(body)
        except (ValueError, msgpack.UnpackException) as error:
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

    async def _epitaph(self) -> str:
        """Why the process is gone, in words."""
        try:
            code = await asyncio.wait_for(self._process.wait(), GRACE)
        except TimeoutError:
            return "the worker closed its pipe"
        if code >= 0:
            return f"the worker exited with code {code}"
        with contextlib.suppress(ValueError):
            return f"the worker was ended by {signal.Signals(-code).name}"
        return f"the worker was ended by signal {-code}"

    async def _log_stderr(self, stderr: asyncio.StreamReader) -> None:
        """What jobs print, line by line, up to a limit for each job."""
        rest = b""
        while chunk := await stderr.read(4096):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > STDERR_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._log_line(line)
        self._log_line(rest)

    def _log_line(self, line: bytes) -> None:
        if not line.strip() or self._stderr_left <= 0:
            return
        self._stderr_left -= len(line)
        text = line.decode("utf-8", "replace").rstrip()[:STDERR_LINE]
        log.info("worker.printed", pid=self.pid, line=text)

    async def close(self) -> None:
        """Let the process go: close its pipe, and kill it when it lingers."""
        with contextlib.suppress(ConnectionError):
            self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), GRACE)
        except TimeoutError:
            log.warning("worker.lingered", pid=self.pid)
        await self.kill()

    async def kill(self) -> None:
        """End the process and all that it started, and leave nothing of it behind."""
        self._signal_kill()
        self._stdin.close()
        with contextlib.suppress(ConnectionError):
            await self._stdin.wait_closed()
        await self._process.wait()
        await asyncio.gather(self._stderr, return_exceptions=True)
        log.debug("worker.ended", pid=self.pid, code=self._process.returncode)

    def _signal_kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
