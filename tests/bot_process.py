"""A bot in a process of its own, for tests that kill it and start it again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from playground.server import Playground
from tests.house import eventually
from tests.scripted_openai import ScriptedOpenAI

ROOT = Path(__file__).parents[1]


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
    async def bot_process(self, *, identifies: bool = True, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
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
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=self.directory, env=environment
        )
        try:
            if identifies:
                await eventually(lambda: self.discord.stats.identifies > identified, seconds=40)
            await asyncio.sleep(0.3)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()


@pytest_asyncio.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        yield Away(discord, openai, tmp_path)
