"""Two bots on one PostgreSQL and one playground with two shards, and how a shard goes from one to the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.client import SaemBot
from bot.command_line.run import bot_factory
from bot.settings import Settings
from bot.shards.ownership import SoleOwnership, shard_of
from playground.server import Playground
from tests.house import eventually, settings_for
from tests.scripted_openai import ScriptedOpenAI

SHARDS = 2
CLASS, OTHER = 0, 1
"""The shard of the class and of direct messages, and that of another guild."""


@dataclass
class Leases:
    """Which process has which shard, and which processes live."""

    owners: dict[int, str] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)


class Leased(SoleOwnership):
    """What a process owns by the leases of all."""

    leases: Leases

    def __init__(self, process_id: str) -> None:
        super().__init__(process_id)
        self.shard_count = SHARDS
        self.leases.alive.add(process_id)

    @property
    def shard_ids(self) -> frozenset[int]:
        return frozenset(shard for shard, owner in self.leases.owners.items() if owner == self.process_id)

    def owns(self, guild_id: int) -> bool:
        return self.leases.owners.get(shard_of(guild_id, SHARDS)) == self.process_id

    async def live_processes(self) -> frozenset[str]:
        return frozenset(self.leases.alive)


@dataclass
class Pair:
    """Two bots; the class is the first one's at the beginning."""

    discord: Playground
    openai: ScriptedOpenAI
    first: SaemBot
    second: SaemBot
    leases: Leases

    @property
    def mention(self) -> str:
        """How a student mentions the bot."""
        return f"<@{self.discord.bot.id}>"

    async def hand_over(self, giver: SaemBot, taker: SaemBot) -> None:
        """The giver lets the class go in order, and the taker has it."""
        await disconnect(giver)
        del self.leases.owners[CLASS]
        await giver.taking_over.shards_lost(frozenset({CLASS}))
        await self._take(taker)

    async def cut_off(self, giver: SaemBot, taker: SaemBot) -> None:
        """The giver lost its lease (it was paused, or the database was away for it alone), and notices that late."""
        await disconnect(giver)
        self.leases.alive.discard(giver.ownership.process_id)
        await self._take(taker)
        await giver.taking_over.shards_cut_off(frozenset({CLASS}))

    async def _take(self, taker: SaemBot) -> None:
        self.leases.owners[CLASS] = taker.ownership.process_id
        await taker.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, CLASS)
        await connected(taker, CLASS)
        await taker.taking_over.shards_gained(frozenset({CLASS}))


async def disconnect(bot: SaemBot) -> None:
    """End the connection of the class's shard."""
    shards: dict[int, Any] = bot._AutoShardedClient__shards  # type: ignore[attr-defined]
    shard = shards.pop(CLASS)
    shard._cancel_task()
    await shard.ws.close(4900)


async def connected(bot: SaemBot, shard: int) -> None:
    """Wait until the guilds of a shard are known."""
    await eventually(
        lambda: any(shard_of(guild.id, SHARDS) == shard and not guild.unavailable for guild in bot.guilds), 20
    )


@contextmanager
def leased(leases: Leases) -> Iterator[None]:
    """Bots that are made have what the leases say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Leased, "leases", leases, raising=False)
        patch.setattr("bot.client.SoleOwnership", Leased)
        patch.setattr(SaemBot, "_open_leases", lambda _bot: None)
        yield


@asynccontextmanager
async def bot_of(playground: Playground, settings: Settings, leases: Leases, shard: int) -> AsyncIterator[SaemBot]:
    """A bot that has one shard, connected and ready."""
    async with AsyncExitStack() as stack:
        make_bot = await stack.enter_async_context(bot_factory(settings))
        bot = make_bot(message_content=True)
        bot.shard_ids, bot.shard_count = [shard], SHARDS
        leases.owners[shard] = bot.ownership.process_id
        await stack.enter_async_context(bot)
        running = asyncio.create_task(bot.start(playground.bot_token))
        try:
            await connected(bot, shard)
            await bot.taking_over.shards_gained(frozenset({shard}))
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def open_pair(directory: Path, database_url: str, *turns: Any, **settings: Any) -> AsyncIterator[Pair]:
    """Both bots, connected; the first has the class."""
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    leases, url = Leases(), database_url.replace("+asyncpg", "")
    try:
        async with Playground(shards=SHARDS) as local, ScriptedOpenAI(*turns) as openai:
            local.add_guild("Another school", shard=OTHER)
            with leased(leases):
                first, second = [
                    settings_for(local, openai, directory / name, database_url=url, files_url="database", **settings)
                    for name in ("first", "second")
                ]
                async with (
                    bot_of(local, first, leases, CLASS) as having,
                    bot_of(local, second, leases, OTHER) as taking,
                ):
                    yield Pair(local, openai, having, taking, leases)
    finally:
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
