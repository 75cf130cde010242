"""Child processes that announce themselves with one line, so that what is measured runs by itself."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psutil


class Child:
    """A running child: what it announced, and what it costs."""

    def __init__(self, process: asyncio.subprocess.Process, announced: str) -> None:
        self.line = announced
        self._process = psutil.Process(process.pid)

    @property
    def announced(self) -> dict[str, Any]:
        """What it announced, as JSON."""
        found: dict[str, Any] = json.loads(self.line)
        return found

    def pin(self, core: int) -> None:
        """Let it run on one core alone."""
        self._process.cpu_affinity([core])

    def cpu_seconds(self) -> float:
        """User and system time so far, of this process alone."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def resident_mib(self) -> float:
        """Resident memory now, of this process alone."""
        return float(self._process.memory_info().rss) / (1 << 20)


@asynccontextmanager
async def child(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> AsyncIterator[Child]:
    """Run `python -m module arguments…` until the block ends; waits for its first line on standard output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 22,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield Child(process, line.decode())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
