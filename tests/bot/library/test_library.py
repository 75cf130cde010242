"""What happened while the bot was away: dropped files are taken in, deleted ones are taken out."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.client import SaemBot
from playground.server import Playground
from tests.bot.library.dropped_files import PLAN, WATER, marked
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI


@pytest_asyncio.fixture
async def places(tmp_path: Path) -> AsyncIterator[tuple[Playground, ScriptedOpenAI, Any]]:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        yield discord, openai, settings_for(discord, openai, tmp_path)


async def test_files_dropped_while_the_bot_was_away_are_taken_in(
    places: tuple[Playground, ScriptedOpenAI, Any],
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        known = await alex.drops("library", ("known.txt", WATER.encode()))
        await marked(alex, known, "✅")
    missed = await alex.drops("library", ("missed.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        await marked(alex, missed, "✅")
        assert await _filenames(bot) == {"known.txt", "missed.txt"}


async def test_files_deleted_while_the_bot_was_away_are_taken_out(
    places: tuple[Playground, ScriptedOpenAI, Any],
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        gone = await alex.drops("library", ("gone.txt", WATER.encode()))
        await marked(alex, gone, "✅")
        stays = await alex.drops("library", ("stays.txt", PLAN.encode()))
        await marked(alex, stays, "✅")
    await alex.deletes(gone)
    async with bot_in(discord, settings) as bot:
        for _ in range(400):
            if await _filenames(bot) == {"stays.txt"}:
                break
            await _soon()
        assert await _filenames(bot) == {"stays.txt"}


async def _filenames(bot: SaemBot) -> set[str]:
    return {file.filename async for file in bot.openai.files.list()}


async def _soon() -> None:
    await asyncio.sleep(0.05)
