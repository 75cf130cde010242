"""A bot in a process of its own, for tests that kill it and start it again.

The process is forked from one that has loaded the bot and runs nothing: to load it takes some three seconds, at each
start. What a start from nothing does is tested with `saem_process` and in `tests/e2e/test_demo.py`.
"""

import asyncio
import io
import os
import runpy
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest_asyncio

from benchmarks.kill_points.bot_process import forking
from playground.server import Playground
from tests.house import eventually
from tests.scripted_openai import ScriptedOpenAI

ROOT = Path(__file__).parents[1]


class BotProcess:
    """`python -m bot` with arguments; what `asyncio.subprocess.Process` has, as far as tests need it."""

    def __init__(self, process: ForkServerProcess, said: asyncio.StreamReader | None = None) -> None:
        self._process = process
        self._said = said

    @classmethod
    async def start(
        cls, *arguments: str, directory: Path, environment: Mapping[str, str], heard: bool = False
    ) -> "BotProcess":
        """Start it in a folder with an environment; `heard`: what it prints is for `said`."""
        context = forking()
        ours, theirs = context.Pipe(duplex=False) if heard else (None, None)
        process = context.Process(target=_main, args=(arguments, directory, dict(environment), theirs), daemon=False)
        await asyncio.to_thread(process.start)  # the first one waits until all is loaded
        if ours is None or theirs is None:
            return cls(process)
        theirs.close()
        said = asyncio.StreamReader()
        with ours:
            pipe = os.fdopen(os.dup(ours.fileno()), "rb")
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), pipe)
        return cls(process, said)

    @property
    def said(self) -> asyncio.StreamReader:
        """What it prints, errors too."""
        assert self._said is not None
        return self._said

    @property
    def returncode(self) -> int | None:
        """The exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.returncode is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        assert self.returncode is not None
        return self.returncode


def _main(
    arguments: tuple[str, ...], directory: Path, environment: dict[str, str], output: "Connection[Any, Any] | None"
) -> None:
    """Be a process as `python -m bot` starts it: its folder, its environment, its arguments, its output."""
    if output is not None:
        with output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
    # What the first process has opened was perhaps a file.
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8", line_buffering=True)
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", closefd=False), encoding="utf-8", line_buffering=True)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["bot", *arguments]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


@dataclass
class Away:
    """A playground and a model, and a bot that comes and goes."""

    discord: Playground
    openai: ScriptedOpenAI
    directory: Path

    @property
    def mention(self) -> str:
        return f"<@{self.discord.bot.id}>"

    @asynccontextmanager
    async def bot_process(self, *, identifies: bool = True, **more: str) -> AsyncIterator[BotProcess]:
        """`python -m bot run` in a process of its own, connected (where it identifies); killed at the end."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)]),
            "DISCORD_TOKEN": self.discord.bot_token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "OPENAI_API_KEY": self.openai.key,
            "OPENAI_BASE_URL": self.openai.url,
            "DATA_DIR": str(self.directory),
            "QUIZ_CHECK": "off",
            **more,
        }
        identified = self.discord.stats.identifies
        process = await BotProcess.start("run", directory=self.directory, environment=environment)
        try:
            if identifies:
                await eventually(lambda: self.discord.stats.identifies > identified, seconds=40)
            await asyncio.sleep(0.3)
            yield process
        finally:
            process.kill()
            await process.wait()


@pytest_asyncio.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        yield Away(discord, openai, tmp_path)
