"""Reactions under messages with files survive a restart."""

import asyncio
from typing import Any

import pytest

from tests.bot.library.dropped_files import WATER, Surroundings, reacted, reactions
from tests.house import bot_in


async def test_an_outcome_that_nobody_was_shown_is_shown_after_a_restart(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord, _, settings = surroundings
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
        await reacted(alex, dropped, "✅")


async def _die(*_: Any) -> None:
    raise asyncio.CancelledError
