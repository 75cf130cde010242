"""The bot killed with SIGKILL, or away for a while: what was begun is finished, and nothing is answered twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from pydantic import SecretStr

from bot.tutor.catchup import MESSAGES
from playground.server import Playground
from tests.house import bot_in, eventually, finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

ROOT = Path(__file__).parents[3]


@dataclass
class Away:
    """A playground and a model, and a bot that comes and goes."""

    discord: Playground
    openai: ScriptedOpenAI
    directory: Path

    @property
    def mention(self) -> str:
        return f"<@{self.discord.bot.id}>"

    @asynccontextmanager
    async def bot_process(self, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`python -m bot run` in a process of its own, connected; killed at the end."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)]),
            "DISCORD_TOKEN": self.discord.bot_token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "OPENAI_API_KEY": self.openai.key,
            "OPENAI_BASE_URL": self.openai.url,
            "DATA_DIR": str(self.directory),
            **more,
        }
        identified = self.discord.stats.identifies
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=self.directory, env=environment
        )
        try:
            await eventually(lambda: self.discord.stats.identifies > identified, seconds=40)
            await asyncio.sleep(0.3)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()


@pytest_asyncio.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        yield Away(discord, openai, tmp_path)


async def test_an_answer_cut_off_by_sigkill_is_marked_as_interrupted_and_can_be_retried(away: Away) -> None:
    away.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    alex = await away.discord.student("alex")
    async with away.bot_process():
        question = await alex.says("math", f"{away.mention} count to three")
        await alex.sees(question, contains="one", timeout=20)
    away.openai.say("one two three, all of them")
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
        interrupted = await finished(alex, question, button="saem:retry:")
        assert "one" in interrupted.text
        await alex.clicks(interrupted, next(each.label for each in interrupted.controls))
        await finished(alex, question, "all of them")
    assert len([post for post in alex.messages(question) if post.by_bot]) == 1


async def test_what_was_asked_while_the_bot_was_away_is_answered_once(away: Away) -> None:
    away.openai.say("Before.")
    alex = await away.discord.student("alex")
    async with away.bot_process():
        question = await alex.says("math", f"{away.mention} before?")
        await finished(alex, question, "Before.")
        direct = await alex.dm(away.discord.bot.id)
        away.openai.say("Private.")
        await alex.says(direct, "are you there?")
        await finished(alex, direct, "Private.")
    away.openai.reply = lambda body: Turn(f"Answer {len(away.openai.requests)}.")
    await alex.says(question.id, "in the thread?")
    mention = await alex.says("general", f"{away.mention} in another channel?")
    await alex.says("general", "not for Saem")
    await alex.says(direct, "in private?")
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        await finished(alex, mention, "Answer")
        await alex.sees(question, contains="Answer")
        await alex.sees(direct, contains="Answer")
    asked = len(away.openai.requests)
    async with bot_in(away.discord, settings) as bot:
        await asyncio.sleep(3)
        assert len(away.openai.requests) == asked
        assert bot.is_ready()


async def test_what_was_left_half_told_is_told_from_what_was_said_since(away: Away) -> None:
    """Students who write on at once are answered before the bot has looked what it left."""
    away.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    alex = await away.discord.student("alex")
    async with away.bot_process():
        question = await alex.says("math", f"{away.mention} count to three")
        half = await alex.sees(question, contains="one", timeout=20)
    away.openai.say("Quick as ever.")
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)) as bot:
        assert not bot.is_ready()
        await alex.says(question.id, "are you back?")
        answer = await finished(alex, question, "Quick as ever.")
        interrupted = await finished(alex, question, "I was interrupted", button="saem:retry:")
        assert interrupted.id == half.id
        assert "one" in interrupted.text
        assert "interrupted" not in alex.now(answer).text


async def test_in_a_busy_channel_the_newest_questions_are_found(away: Away) -> None:
    away.openai.say("Found you.")
    alex = await away.discord.student("alex")
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        pass
    for number in range(MESSAGES + 10):
        await alex.says("general", f"talk {number}")
    question = await alex.says("general", f"{away.mention} am I heard?")
    async with bot_in(away.discord, settings):
        await finished(alex, question, "Found you.")


async def test_a_run_that_ended_while_nobody_looked_is_shown_whole(away: Away) -> None:
    """The Assistants server goes on by itself when it is another process: the bot alone dies."""
    from assistants.http_server import serve_on_loopback
    from assistants.settings import Settings as ServerSettings
    from workers import Pool

    gate = asyncio.Event()
    away.openai.turns.append(Turn("one two three", gate=gate))
    alex = await away.discord.student("alex")
    server = ServerSettings(
        openai_api_key=SecretStr(away.openai.key),
        openai_base_url=away.openai.url,
        data_dir=away.directory / "server",
    )
    async with Pool() as pool, serve_on_loopback(server, pool=pool) as address:
        settings = settings_for(
            away.discord, away.openai, away.directory, assistants_url=address.url, assistants_key=address.key
        )
        async with away.bot_process(ASSISTANTS_URL=address.url, ASSISTANTS_KEY=address.key):
            question = await alex.says("math", f"{away.mention} count")
            await alex.sees(question, contains="one", timeout=20)
        gate.set()
        await asyncio.sleep(0.5)
        async with bot_in(away.discord, settings):
            await finished(alex, question, "one two three")
    shown = [post for post in alex.messages(question) if post.by_bot]
    assert len(shown) == 1
    assert len(away.openai.requests) == 2  # the probe, and one question
