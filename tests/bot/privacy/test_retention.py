"""What is kept no longer goes on both sides: old conversations, and all of a server that removed Saem."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openai
import pytest

from bot.store.base import now
from bot.store.server_settings import CALCULATOR
from tests.bot.library.closed_channels import owner_of
from tests.house import House, eventually, finished, open_house


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose host keeps conversations for thirty days."""
    async with open_house(tmp_path, retention_days=30) as house:
        yield house


async def test_an_old_conversation_goes_on_both_sides_and_can_be_gone_on_with(room: House) -> None:
    owner, alex = await owner_of(room), await room.discord.student("alex")
    cog: Any = room.bot.get_cog("RetentionCog")
    old, assistants = cog.old_conversations, room.bot.openai.beta
    told = await (await owner.runs("/settings retention", where="math", days=30)).says("The host keeps")
    assert "30 days" in told.text
    await (await owner.runs("/settings retention", where="math", days=7)).says("7 days")
    notice = await (await alex.runs("/privacy", where="math")).says("nobody has written for 7 days are deleted")
    assert notice.ephemeral
    room.openai.say("One.", "Two.")
    start = await room.ask(alex, "one")
    await finished(alex, start, "One.")
    conversation = await room.bot.conversations.find(start.id)
    assert conversation is not None
    thread_id = conversation.thread_id
    assert thread_id is not None
    old._clock = lambda: now() + timedelta(days=6.9)
    assert await old.run_once() == 0
    old._clock = lambda: now() + timedelta(days=7.1)
    assert await old.run_once() == 1
    with pytest.raises(openai.NotFoundError):
        await assistants.threads.retrieve(thread_id)
    assert await room.bot.conversation_store.question(start.id) is None
    await alex.says(start.id, "two")
    await finished(alex, start, "Two.")


async def test_a_server_that_removed_saem_is_forgotten_after_a_month(room: House) -> None:
    alex, guild = await room.discord.student("alex"), room.discord.guild.id
    cog: Any = room.bot.get_cog("RetentionCog")
    left, settings = cog.left_servers, room.bot.server_settings
    await settings.choose(CALCULATOR, "off", guild, by=alex.id)
    room.openai.say("One.")
    await finished(alex, await room.ask(alex, "one"), "One.")
    assistant = await room.bot.guild_assistants.assistant(guild)
    await eventually(lambda: bool(room.bot.ownership.shard_ids))
    assert await left.run_once() == []
    left._is_there = lambda _guild_id: False
    for days, gone in ((0, []), (29, []), (31, [guild])):
        left._clock = lambda days=days: now() + timedelta(days=days)
        assert await left.run_once() == gone
    with pytest.raises(openai.NotFoundError):
        await room.bot.openai.beta.assistants.retrieve(assistant)
    await settings.load()
    assert settings.value(CALCULATOR, guild) == "on"
    assert await settings.changes(guild, 5) == []
