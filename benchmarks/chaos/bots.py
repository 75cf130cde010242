"""The bots of the chaos: processes that are killed, stopped and started again."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import psutil

GRACE = 40.0
"""Seconds that a bot may take to end when it is asked to."""
_EVENT = re.compile(r"\[(warning|error|critical)\s*\]\s+(\S+)")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Bot:
    """`saem run`, again and again, with one log."""

    def __init__(self, environment: Mapping[str, str], directory: Path, name: str = "bot") -> None:
        self._environment = dict(environment)
        self._directory = directory
        self.log = directory / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self.deaths: Counter[str] = Counter()
        self.problems: list[str] = []
        """What was wrong when it ended."""

    async def start(self) -> None:
        """Start it; returns at once."""
        if self._process is not None:
            if self._process.returncode is None:
                return
            self.problems.append(f"it ended by itself, with code {self._process.returncode}")
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self._directory, env=self._environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """SIGKILL."""
        if self._process is None:
            return
        self.deaths["killed"] += 1
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        self._process = None

    async def stop(self) -> None:
        """SIGTERM: it has to end by itself, with code 0, and leave no children."""
        process, self._process = self._process, None
        if process is None:
            return
        self.deaths["stopped"] += 1
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
            self.problems.append(f"it was still running {GRACE:g} s after SIGTERM")
            return
        if code not in {0, -signal.SIGTERM}:
            self.problems.append(f"it ended with code {code} after SIGTERM ({time.monotonic() - began:.1f} s)")
        await asyncio.sleep(0.5)
        left = [each for each in children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        if left:
            self.problems.append(f"it left processes: {', '.join(' '.join(each.cmdline()[:4]) for each in left)}")

    def warnings(self) -> Counter[str]:
        """The log's warnings and errors by their names, and its tracebacks."""
        text = _COLOURS.sub("", self.log.read_text(errors="replace")) if self.log.exists() else ""
        found = Counter(f"{level} {name}" for level, name in _EVENT.findall(text))
        found["lost exceptions"] = text.count("exception was never retrieved") + text.count("was never awaited")
        return +found


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """What a bot's process gets: no limits that the students would meet."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "EMBEDDING_MODEL": "",
        "MODEL_API": "responses",
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
