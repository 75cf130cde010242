"""What was put off when a process ended is told of by the next one."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.client import SaemBot
from bot.store.base import table_of
from bot.store.tables import DeferredResponseRow
from tests.bot_process import Away, away
from tests.house import bot_in, eventually, settings_for

__all__ = ["away"]

ROWS = table_of(DeferredResponseRow)


async def put_off(bot: SaemBot) -> list[int]:
    return [row.interaction_id for row in await bot.store.read(select(ROWS))]


async def test_whoever_waits_for_a_process_that_died_is_told_once(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    alex = await away.discord.student("alex")
    settings = settings_for(away.discord, away.openai, away.directory)
    begun = asyncio.Event()

    async def never(*_: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with bot_in(away.discord, settings) as bot:
        await (await alex.runs("/progress", where="math")).says("There is nothing here yet")
        await eventually(lambda: not bot.deferred_responses._tasks)
        assert await put_off(bot) == [], "what was answered is forgotten"
        monkeypatch.setattr(bot.get_cog("ExportCog"), "_decks", never)
        waiting = await alex.runs("/export", where="math")
        await begun.wait()
        assert await put_off(bot) == [waiting.id]
        assert waiting.message.thinking
        old = {"application_id": 1, "token": "t", "guild_id": 0, "locale": "en", "process_id": "another"}
        await bot.store.write((insert(ROWS), {"interaction_id": 1 << 22, **old}))  # of 2015
    async with bot_in(away.discord, settings) as bot:
        told = await waiting.says("I was interrupted just now")
        assert told.ephemeral
        assert len([each for each in alex.messages() if "interrupted" in each.text]) == 1
        await eventually(lambda: not bot.deferred_responses._tasks)
        assert await put_off(bot) == []
