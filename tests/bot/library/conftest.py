"""What a bot runs in, for tests that start and stop the bot themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest_asyncio

from playground.server import Playground
from tests.bot.library.dropped_files import Surroundings
from tests.house import settings_for
from tests.scripted_openai import ScriptedOpenAI


@pytest_asyncio.fixture
async def surroundings(tmp_path: Path) -> AsyncIterator[Surroundings]:
    """A playground without rate limits and a scripted model; no bot runs yet."""
    async with _opened(tmp_path, rate_limits=False) as opened:
        yield opened


@pytest_asyncio.fixture
async def limited_surroundings(tmp_path: Path) -> AsyncIterator[Surroundings]:
    """A playground with Discord's rate limits and a scripted model; no bot runs yet."""
    async with _opened(tmp_path, rate_limits=True) as opened:
        yield opened


@asynccontextmanager
async def _opened(directory: Path, *, rate_limits: bool) -> AsyncIterator[Surroundings]:
    async with Playground(rate_limits=rate_limits) as discord, ScriptedOpenAI() as openai:
        yield Surroundings(discord, openai, settings_for(discord, openai, directory))
