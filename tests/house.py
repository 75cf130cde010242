"""The whole house for tests: the playground, a scripted model, the embedded server, and the bot, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from discord.gateway import DiscordWebSocket

from bot.client import SaemBot
from bot.command_line.run import bot_factory
from bot.settings import Settings
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.migrated import bot_database, server_database
from tests.scripted_openai import ScriptedOpenAI, content_text


@dataclass
class House:
    """What runs, and shorthands for what tests do with it."""

    discord: Playground
    openai: ScriptedOpenAI
    settings: Settings
    bot: SaemBot

    @property
    def mention(self) -> str:
        """How a student mentions the bot."""
        return f"<@{self.discord.bot.id}>"

    async def ask(self, student: Student, text: str, channel: str = "math") -> SeenMessage:
        """Mention the bot with a question in a channel."""
        return await student.says(channel, f"{self.mention} {text}")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What the model was asked so far (the first, empty request only finds out what the provider speaks)."""
        return [body for body in self.openai.requests if body]

    def user_texts(self, request: int = -1) -> list[str]:
        """What users say in one of the model's requests, oldest first."""
        items = self.requests[request]["input"]
        return [content_text(item["content"]) for item in items if item.get("role") == "user"]

    def calls_since(self, before: Mapping[str, int]) -> dict[str, int]:
        """The bot's requests that write messages, by their routes, since the counts `before`."""
        now = self.discord.stats.requests
        return {
            route: count - before.get(route, 0)
            for route, count in now.items()
            if count > before.get(route, 0)
            and ("message" in route or "webhook" in route)
            and not route.startswith("GET")
        }


async def finished(student: Student, place: Any, contains: str = "", button: str = "saem:again:") -> SeenMessage:
    """Wait for a bot's message that carries a button, by how its custom_id begins."""
    return await student.sees(
        place,
        contains=contains,
        matching=lambda post: any((each.custom_id or "").startswith(button) for each in post.controls),
    )


async def handled(house: House, message_id: int) -> None:
    """Wait until the bot has stored a message."""
    async with asyncio.timeout(10):
        while await house.bot.conversation_store.question(message_id) is None:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


async def eventually(condition: Any, seconds: float = 10.0) -> None:
    """Wait until `condition()` is true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it may be about anything
            await asyncio.sleep(0.01)


def settings_for(playground: Playground, openai: ScriptedOpenAI, directory: Path, **more: Any) -> Settings:
    """The bot's settings for a playground and a scripted model; nothing is read from the environment's `.env`."""
    given: Mapping[str, Any] = {
        "discord_token": playground.bot_token,
        "discord_api_url": playground.api_url,
        "discord_gateway_url": playground.gateway_url,
        "openai_api_key": openai.key,
        "openai_base_url": openai.url,
        "data_dir": directory,
        "quiz_check": "off",
        **more,
    }
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


@asynccontextmanager
async def open_house(
    directory: Path,
    *turns: Any,
    playground: Mapping[str, Any] | None = None,
    furnish: Callable[[Playground], None] | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """Everything, connected and ready; `furnish` arranges the playground before anybody is there."""
    async with Playground(**(playground or {})) as local, ScriptedOpenAI(*turns) as openai:
        if furnish is not None:
            furnish(local)
        bot_database(directory)
        server_database(directory)
        async with bot_in(local, settings_for(local, openai, directory, **settings)) as bot:
            yield House(local, openai, bot.settings, bot)


@asynccontextmanager
async def bot_in(playground: Playground, settings: Settings) -> AsyncIterator[SaemBot]:
    """A bot that is connected and ready."""
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with AsyncExitStack() as stack:
        stack.callback(setattr, DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        stack.callback(setattr, discord.http.Route, "BASE", base)
        make_bot = await stack.enter_async_context(bot_factory(settings))
        bot = make_bot(message_content=playground.application.message_content)
        await stack.enter_async_context(bot)
        running = asyncio.create_task(bot.start(playground.bot_token))
        try:
            async with asyncio.timeout(20):
                # discord.py's own `ready` comes two seconds after the last guild.
                while not any(not guild.unavailable for guild in bot.guilds):
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.01)
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)
