"""Real processes that share shards, killed with SIGKILL while a student writes on."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from playground.server import Playground
from tests.bot_process import Away
from tests.house import eventually
from tests.scripted_openai import ScriptedOpenAI, Turn, last_user_text


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Away]:
    """A playground that recommends two shards, a model, and bots that come and go."""
    async with Playground() as discord, ScriptedOpenAI() as openai:
        discord.gateway.recommended_shards = 2
        yield Away(discord, openai, tmp_path)


async def test_what_is_asked_while_a_process_is_killed_is_answered_once_by_the_other(many: Away, postgres: str) -> None:
    many.openai.reply = lambda body: Turn(f"Answer to {last_user_text(body)}.")
    alex = await many.discord.student("alex")
    database = postgres.replace("+asyncpg", "")
    async with AsyncExitStack() as stack:
        killed = await stack.enter_async_context(many.bot_process(DATABASE_URL=database, FILES_URL="database"))
        await eventually(lambda: many.discord.stats.identifies == 3, seconds=30)  # alex's, and two shards'
        other = await stack.enter_async_context(
            many.bot_process(identifies=False, DATABASE_URL=database, FILES_URL="database")
        )
        await eventually(lambda: many.discord.stats.resumes == 1, seconds=30)  # it was given a shard
        killed.send_signal(signal.SIGKILL)
        questions = [await alex.says("math", f"{many.mention} question {number}") for number in range(3)]
        for number, question in enumerate(questions):
            await alex.sees(question, contains=f"question {number}.", timeout=30)
        for question in questions:
            assert len([post for post in alex.messages(question) if post.by_bot]) == 1
        assert (many.discord.stats.identifies, many.discord.stats.resumes) == (3, 2)
        assert other.returncode is None
