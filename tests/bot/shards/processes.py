"""Several processes of one bot, as the tests of shards run them: within one process of pytest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.client import SaemBot
from bot.command_line.run import bot_factory
from bot.shards import shard_leases
from bot.shards.shard_leases import ShardLeases
from playground.pilot import Student
from playground.server import Playground
from tests.house import settings_for
from tests.scripted_openai import ScriptedOpenAI


class Processes:
    """A playground with several shards, and bots on one PostgreSQL."""

    def __init__(self, local: Playground, openai: ScriptedOpenAI, directory: Path, postgres: str) -> None:
        self.discord, self.openai = local, openai
        self._directory, self._postgres = directory, postgres
        self._stack = AsyncExitStack()
        self._bots: dict[SaemBot, asyncio.Task[None]] = {}
        self._student: Student | None = None
        self.heard: list[tuple[str, str]] = []
        """What was heard of students, and in which process."""

    async def start(self, **settings: Any) -> SaemBot:
        """Start a bot; returns when it is ready."""
        number = len(self._bots)
        make_bot = await self._stack.enter_async_context(
            bot_factory(
                settings_for(
                    self.discord,
                    self.openai,
                    self._directory / str(number),
                    database_url=self._postgres.replace("+asyncpg", ""),
                    files_url="database",
                    **settings,
                )
            )
        )
        bot = make_bot()
        await bot.__aenter__()
        bot._connection.guild_ready_timeout = 0.2  # the playground sends all guilds at once

        async def on_message(message: discord.Message) -> None:
            if not message.author.bot:
                self.heard.append((message.content, leases_of(bot).process_id))

        bot.add_listener(on_message)
        self._bots[bot] = asyncio.create_task(bot.start(self.discord.bot_token))
        async with asyncio.timeout(30):
            while not bot.is_ready():
                assert not self._bots[bot].done(), self._bots[bot].exception()
                await asyncio.sleep(0.01)
        return bot

    async def stop(self, bot: SaemBot) -> None:
        """Stop a bot in order."""
        running = self._bots.pop(bot)
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)

    async def cut(self, bot: SaemBot) -> None:
        """End a bot as SIGKILL does, as far as others can see: nothing is given back, nothing is said."""
        leases = leases_of(bot)
        assert leases._loop is not None
        leases._loop.cancel()
        for shard_id in tuple(leases._held):
            assert leases._connections is not None
            await leases._connections.disconnect(shard_id)
        leases._held.clear()
        leases._gained.clear()

    async def close(self) -> None:
        """Stop all that run."""
        for bot in tuple(self._bots):
            await self.stop(bot)
        await self._stack.aclose()

    def shards(self) -> list[list[int]]:
        """The shards of each bot, in the order of their starts."""
        return [sorted(leases_of(bot).shard_ids) for bot in self._bots]

    async def student(self) -> Student:
        """A student in the default guild."""
        self._student = self._student or await self.discord.student("alex")
        return self._student


def leases_of(bot: SaemBot) -> ShardLeases:
    """A bot's leases."""
    assert bot.shard_leases is not None
    return bot.shard_leases


@asynccontextmanager
async def open_processes(
    directory: Path, postgres: str, monkeypatch: pytest.MonkeyPatch, *, shards: int
) -> AsyncIterator[Processes]:
    """A playground that recommends some shards; heartbeats come quickly, and identifying takes no time."""
    monkeypatch.setattr(shard_leases, "BEAT", 0.1)
    monkeypatch.setattr(shard_leases, "RETRY", 0.05)
    monkeypatch.setattr("bot.shards.lease_store.IDENTIFY_INTERVAL", 0.0)
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with Playground() as local, ScriptedOpenAI() as openai:
        local.gateway.recommended_shards = shards
        processes = Processes(local, openai, directory, postgres)
        try:
            yield processes
        finally:
            await processes.close()
            discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
