"""Reactions under messages with files survive a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from playground.server import Playground
from tests.bot.library.dropped_files import WATER, marked, reactions
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI

Places = tuple[Playground, ScriptedOpenAI, Any]


@pytest_asyncio.fixture
async def places(tmp_path: Path) -> AsyncIterator[Places]:
    async with Playground(rate_limits=False) as discord, ScriptedOpenAI() as openai:
        yield discord, openai, settings_for(discord, openai, tmp_path)


async def test_an_end_that_nobody_was_shown_is_shown_after_a_restart(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    with monkeypatch.context() as broken:
        broken.setattr("bot.library.reactions.DONE", "not an emoji")  # Discord refuses it
        broken.setattr("bot.library.library_store.LibraryStore.set_outcome_shown", _die)
        async with bot_in(discord, settings) as bot:
            dropped = await alex.drops("library", ("a.txt", WATER.encode()))
            records = bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
            while not await records.in_state("ready"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert "✅" not in reactions(alex, dropped)
    async with bot_in(discord, settings):
        await marked(alex, dropped, "✅")


async def _die(*_: Any) -> None:
    raise asyncio.CancelledError
