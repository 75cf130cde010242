"""The browser of tests: a run does not wait for one that hangs."""

import asyncio
import signal
import sys

import psutil
import pytest

from tests.browser import ending

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""


async def test_a_browser_that_does_not_close_is_killed_with_what_it_has_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.browser.CLOSING", 0.05)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    child = psutil.Process(int(await process.stdout.readline()))
    async with ending(asyncio.Event().wait, [psutil.Process(process.pid)]):
        pass
    assert await process.wait() == -signal.SIGKILL
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_what_closes_in_time_is_not_killed() -> None:
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    async with ending(close, [psutil.Process()]):
        assert not closed.is_set()
    assert closed.is_set()
