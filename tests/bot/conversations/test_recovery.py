"""The bot killed with SIGKILL: what was begun is finished or marked as interrupted."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from playground.faults import Fault
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, handled, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]


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


def run_is_noted(directory: Path) -> bool:
    """Whether the bot's process has stored which run answers."""
    with contextlib.closing(sqlite3.connect(directory / "saem.sqlite3")) as database:
        return bool(database.execute("SELECT 1 FROM answers WHERE run_id IS NOT NULL").fetchone())


@pytest.mark.parametrize("made", [True, False], ids=["its thread made", "its thread not made yet"])
async def test_a_run_that_ended_while_nobody_looked_is_shown_whole(away: Away, made: bool) -> None:
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
            if not made:
                away.discord.fail(Fault("slow", "POST */threads", seconds=60, bots_only=True))
            question = await alex.says("math", f"{away.mention} count")
            if made:
                await alex.sees(question, contains="one", timeout=20)
            else:
                await eventually(lambda: run_is_noted(away.directory))
        gate.set()
        await asyncio.sleep(0.5)
        async with bot_in(away.discord, settings):
            await finished(alex, question, "one two three")
    shown = [post for post in alex.messages(question) if post.by_bot]
    assert len(shown) == 1
    assert len(away.openai.requests) == 2  # the probe, and one question


async def test_a_question_that_another_process_stored_and_lost_is_asked_once_by_the_next_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process had just lost the guild: its row is there, and nobody has asked."""
    house.openai.say("Hello.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "hello")
    await finished(alex, question, "Hello.")
    store = house.bot.conversation_store
    store_once = store.add_question

    async def store_first(*arguments: Any, **options: Any) -> None:
        await store_once(*arguments, **options)
        await store_once(*arguments, **options)

    monkeypatch.setattr(store, "add_question", store_first)
    lost = await alex.says(question.id, "are you there?")
    await handled(house, lost.id)
    await eventually(lambda: lost.id not in house.bot.conversations._seen)  # it was refused as known
    monkeypatch.undo()
    assert [each.message_id for each in await store.questions_in("waiting")] == [lost.id]
    house.openai.say("Yes.")
    look = house.bot.taking_over._take_up_left
    await asyncio.gather(look(), look())
    await finished(alex, question, "Yes.")
    await look()
    assert await store.questions_in("waiting") == []
    assert [each.text for each in alex.messages(question) if each.by_bot] == ["Hello.", "Yes."]
