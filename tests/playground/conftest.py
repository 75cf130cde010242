"""Fixtures of the playground's tests: a playground, students, REST clients and a discord.py bot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import pytest_asyncio
import yarl
from discord.ext import commands

from playground.pilot import Student
from playground.server import Playground
from tests.playground.everything import everything
from tests.playground.rest_client import RestClient

Json = dict[str, Any]


@pytest_asyncio.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    """Yield a playground that is kept in a file; whatever a test does to it must be there at the next start."""
    path = tmp_path / "discord.sqlite3"
    async with Playground(state=path) as running:
        yield running
    # Not before it has closed: an interaction that waits can fail until then.
    expected = everything(running)
    portal = running.application
    again = Playground(
        state=path,
        message_content=portal.message_content,
        members=portal.members_intent,
        presences=portal.presences_intent,
    )
    found = everything(again)
    again.close_file()
    assert found == expected


@pytest_asyncio.fixture
async def minji(playground: Playground) -> Student:
    return await playground.student("minji")


@pytest_asyncio.fixture
async def junho(playground: Playground) -> Student:
    return await playground.student("junho")


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture
async def as_bot(http: aiohttp.ClientSession, playground: Playground) -> RestClient:
    return RestClient(http, playground, f"Bot {playground.bot_token}")


@pytest_asyncio.fixture
async def as_minji(http: aiohttp.ClientSession, playground: Playground) -> RestClient:
    return RestClient(http, playground, playground.user("minji").token)


Running = Callable[..., AbstractAsyncContextManager[commands.AutoShardedBot]]


@pytest.fixture
def running(playground: Playground, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Return a context manager that runs a discord.py bot against the playground."""
    monkeypatch.setattr(discord.http.Route, "BASE", playground.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(playground.gateway_url))

    @contextlib.asynccontextmanager
    async def run(bot: commands.AutoShardedBot) -> AsyncIterator[commands.AutoShardedBot]:
        ready = asyncio.Event()

        async def on_ready() -> None:
            ready.set()

        bot.add_listener(on_ready)
        async with bot:
            task = asyncio.create_task(bot.start(playground.bot_token))
            waiting = asyncio.create_task(ready.wait())
            done, _ = await asyncio.wait({task, waiting}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            if task in done:
                waiting.cancel()
                await task
            assert ready.is_set(), "the bot did not get ready"
            try:
                yield bot
            finally:
                await bot.close()
                await task

    return run


def make_bot(intents: discord.Intents | None = None, **options: Any) -> commands.AutoShardedBot:
    bot = commands.AutoShardedBot("!", intents=intents or discord.Intents.all(), **options)
    # Guilds are few here: there is no need to wait for more of them.
    bot._connection.guild_ready_timeout = 0.1
    return bot


@pytest.fixture
def bot() -> commands.AutoShardedBot:
    return make_bot()


async def eventually(condition: Callable[[], Any], timeout: float = 5.0) -> Any:
    """Wait until a condition holds; fail when it never does."""
    async with asyncio.timeout(timeout):
        while not (found := condition()):  # noqa: ASYNC110 - conditions are of all kinds
            await asyncio.sleep(0.01)
        return found
