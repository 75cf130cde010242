"""The bot ends in time, whatever Discord does."""

import asyncio
from pathlib import Path

import pytest

from bot import client
from playground.faults import Fault
from tests.house import open_house
from tests.scripted_openai import Turn


async def test_the_bot_ends_in_time_although_discord_answers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CLOSING", 0.5)
    async with open_house(tmp_path) as house:
        house.openai.turns.append(Turn("one two", gate=asyncio.Event()))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "count")
        await alex.sees(question, contains="one")
        house.discord.fail(Fault("slow", "*", seconds=60, times=1_000))
        began = asyncio.get_running_loop().time()
        await house.bot.close()
        assert asyncio.get_running_loop().time() - began < 4
        house.discord.faults.clear()
