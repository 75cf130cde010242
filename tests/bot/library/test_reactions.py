"""Reactions under messages with files survive a restart."""

import asyncio
from typing import Any

import pytest

from bot import retries
from playground.faults import Fault
from tests.bot.library.dropped_files import WATER, Surroundings, reacted, reactions, said_by_bot
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


async def test_after_a_restart_no_hourglass_is_left_and_what_discord_refuses_for_now_is_shown_later(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.05)
    discord, _, settings = surroundings
    alex = await discord.student("alex")
    discord.cdn.delay = 30
    async with bot_in(discord, settings):
        kept = await alex.drops("library", ("kept.txt", WATER.encode()))
        edited_out = await alex.drops("library", ("edited-out.txt", b"I should not have sent this"))
        await alex.wait_for(lambda: "⏳" in reactions(alex, kept) and "⏳" in reactions(alex, edited_out))
    discord.cdn.delay = 0
    await alex.client.request(
        "PATCH",
        f"/channels/{edited_out.channel_id}/messages/{edited_out.id}",
        {"content": "nothing", "attachments": []},
    )
    discord.fail(Fault("status", "GET */messages/*", status=503, times=2))
    discord.fail(Fault("status", "PUT */reactions/*", status=503, times=3))
    discord.fail(Fault("disconnect", "DELETE */reactions/*", times=1))
    async with bot_in(discord, settings):
        await reacted(alex, kept, "✅")
        await alex.wait_for(lambda: not reactions(alex, edited_out))
    assert said_by_bot(alex, kept.channel_id) == []
