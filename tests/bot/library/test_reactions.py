"""Reactions under messages with files survive a restart."""

import asyncio
from typing import Any

import pytest

from bot import retries
from playground.faults import Fault
from playground.world.permissions import Permission
from tests.bot.library.closed_channels import owner_of
from tests.bot.library.dropped_files import WATER, Surroundings, reacted, reactions, said_by_bot
from tests.house import House, bot_in


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


async def test_what_saem_was_not_allowed_to_show_is_shown_once_when_it_may(house: House) -> None:
    alex, owner = await house.discord.student("alex"), await owner_of(house)
    channel = next(each for each in house.discord.world.channels.values() if each.name == "library")
    house.discord.cdn.delay = 0.5
    good = await alex.drops("library", ("a.txt", WATER.encode()))
    bad = await alex.drops("library", ("broken.pdf", b"%PDF-1.4 nonsense"))
    await alex.wait_for(lambda: "⏳" in reactions(alex, good) and "⏳" in reactions(alex, bad))
    path = f"/channels/{channel.id}/permissions/{house.discord.bot.id}"
    for denied in (Permission.ADD_REACTIONS, Permission.SEND_MESSAGES):
        body = {"type": 1, "allow": "0", "deny": str(int(denied))}
        await owner.client.request("PUT", path, body)
        if denied is Permission.ADD_REACTIONS:
            await alex.wait_for(lambda: not reactions(alex, good) and not reactions(alex, bad), timeout=20)
            await alex.sees("library", contains="broken.pdf")
        else:
            await reacted(alex, good, "✅")
            await reacted(alex, bad, "⚠️")
    silent = await alex.drops("library", ("torn.pdf", b"%PDF-1.4 nonsense"))
    await reacted(alex, silent, "⚠️")
    await owner.client.request("PUT", path, {"type": 1, "allow": "0", "deny": "0"})
    await alex.sees("library", contains="torn.pdf")
    said = " ".join(each.text for each in said_by_bot(alex, good.channel_id))
    assert (said.count("broken.pdf"), said.count("torn.pdf")) == (1, 1)
