"""The processes of the chaos, which are killed, stopped and started again: bots and Assistants servers."""

import asyncio
import contextlib
import os
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.chaos.records import Line

GRACE = 40.0
"""Seconds that a process may take to end when it is asked to."""
CANNOT_START = ("saem: ", "The database ")
"""How the sentence begins that a process says when it cannot start, the bot's and the server's."""
_EVENT = re.compile(r"\[(warning|error|critical)\s*\]\s+(\S+)")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:.*\n)*?(?=^(?:\d{4}-\d\d-\d\dT|Traceback )|\Z)", re.MULTILINE
)


class Process:
    """`saem run` or `saem serve`, again and again, with one log."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> None:
        self.name = name
        self._command = command
        self._environment = dict(environment)
        self._directory = directory
        self._log = directory / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._copies: list[asyncio.Task[None]] = []
        self.deaths: Counter[str] = Counter()
        self.events: list[Line] = []
        """When it was started, and when it died."""
        self.problems: list[str] = []
        """What was wrong when it ended."""

    @property
    def runs(self) -> bool:
        """Whether it is running."""
        return self._process is not None and self._process.returncode is None

    @property
    def ended_by_itself(self) -> bool:
        """Whether it is not running though nobody has killed or stopped it."""
        return self._process is not None and self._process.returncode is not None

    def _note(self, what: str) -> None:
        self.events.append((time.time(), what))

    async def start(self) -> None:
        """Start it; returns at once."""
        if self._process is not None:
            if self._process.returncode is None:
                return
            self._note(f"has ended by itself, with code {self._process.returncode}")
            if not any(line.startswith(CANNOT_START) for line in self.lines()[-3:]):
                self.problems.append(f"{self.name} ended by itself, with code {self._process.returncode}")
        self._note("is started")
        # Not asyncio's pipe: its `wait()` waits for the children too that hold the pipe.
        reader, writer = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                cwd=self._directory,
                env=self._environment,
                stdout=writer,
                stderr=writer,
            )
        finally:
            os.close(writer)
        self._copies.append(asyncio.create_task(self._write_log(reader)))

    async def _write_log(self, descriptor: int) -> None:
        """Copy what it says into the log: the limits of its disk are not the log's."""
        reader = asyncio.StreamReader()
        pipe = os.fdopen(descriptor, "rb")
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            with self._log.open("ab") as log:
                while data := await reader.read(1 << 16):
                    log.write(data)
                    log.flush()
        finally:
            transport.close()

    async def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process is None:
            return
        self._note("is killed")
        self.deaths[f"{self.name} killed"] += 1
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()

    async def stop(self) -> None:
        """SIGTERM: it has to end by itself, with code 0, and leave no children."""
        process, self._process = self._process, None
        if process is None:
            return
        self._note("is asked to end")
        self.deaths[f"{self.name} stopped"] += 1
        children = []
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(process.pid).children(recursive=True)
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            process.kill()
            await process.wait()
            self.problems.append(f"{self.name} was still running {GRACE:g} s after SIGTERM")
            return
        self._note(f"has ended with code {code}")
        if code not in {0, -signal.SIGTERM}:
            took = time.monotonic() - began
            self.problems.append(f"{self.name} ended with code {code} after SIGTERM ({took:.1f} s)")
        await asyncio.sleep(0.5)
        left = [each for each in children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        if left:
            names = ", ".join(" ".join(each.cmdline()[:4]) for each in left)
            self.problems.append(f"{self.name} left processes: {names}")

    def limit_files(self, size: int | None) -> bool:
        """Let no file of it grow beyond `size` bytes, as on a full disk; None: as it was. False: no process runs."""
        if not self.runs or self._process is None:
            return False
        _, most = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most if size is None else size, most))
        return True

    def text(self) -> str:
        """The log so far, without colours."""
        return _COLOURS.sub("", self._log.read_text(errors="replace")) if self._log.exists() else ""

    def lines(self) -> list[str]:
        """The lines of the log."""
        return self.text().splitlines()

    def warnings(self) -> Counter[str]:
        """The log's warnings and errors by their names, and its tracebacks."""
        text = self.text()
        found = Counter(f"{level} {name}" for level, name in _EVENT.findall(text))
        found["lost exceptions"] = text.count("exception was never retrieved") + text.count("was never awaited")
        return +found

    def tracebacks(self) -> list[tuple[str, str]]:
        """The log's tracebacks: the line with the exception, and the whole."""
        found = []
        for match in _TRACEBACK.finditer(self.text()):
            lines = [each for each in match[0].splitlines() if each and not each.startswith(_BETWEEN)]
            found.append((lines[-1] if len(lines) > 1 else "", match[0]))
        return found


_BETWEEN = (" ", "\t", "|", "+", "The above exception was", "During handling of the above")
"""How lines of a traceback begin that name no exception."""


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """What a process gets: no limits that the students would meet, and little patience with a model that stalls."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "EMBEDDING_MODEL": "",
        "MODEL_API": "responses",
        "MODEL_STALLS_AFTER": "8",
        "QUIZ_CHECK": "off",
        "CODE_INTERPRETER": "off",
        "STUDENT_RUNS": "100",
        "STUDENT_QUEUE": "1000",
        "QUIZZES_PER_STUDENT": "1000",
        "QUIZZES_PER_SERVER": "1000",
        "OPEN_QUIZZES_PER_STUDENT": "1000",
        "OPEN_QUIZZES_PER_SERVER": "1000",
        **values,
    }
