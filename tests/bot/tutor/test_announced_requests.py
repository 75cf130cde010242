"""What Saem has said to be on its way comes, although its process dies, or Discord's answer to it is lost."""

import asyncio
import signal
from typing import Any

import pytest

from bot.client import SaemBot
from playground.faults import Fault
from tests.bot.learning.cards.making import cards_turn
from tests.bot.quizzes.playing import quiz_turn
from tests.bot_process import Away, away
from tests.house import House, bot_in, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]


def reply(body: dict[str, Any]) -> Turn:
    """What the model answers: the function that it must call, or a word."""
    wanted = str(body.get("tool_choice"))
    turns = {"make_cards": cards_turn(), "generate_quiz": quiz_turn()}
    return next((turn for name, turn in turns.items() if name in wanted), Turn("Here."))


async def test_a_quiz_and_cards_that_were_promised_come_after_sigkill(away: Away) -> None:
    alex, minji = [await away.discord.student(name) for name in ("alex", "minji")]
    away.discord.fail(Fault("slow", "POST */threads", seconds=60, times=2))
    async with away.bot_process() as process:
        for student, command in ((alex, "/quiz"), (minji, "/cards")):
            outcome = await student.runs(command, topic="fractions", where="math")
            assert outcome.ok
            await student.sees("math", contains=f"<@{student.id}>")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    away.discord.faults.clear()
    away.discord.fail(Fault("status", "GET /channels/*", status=503, times=1))
    away.openai.reply = reply
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings) as bot:
        await alex.sees(None, contains="1/2 + 1/3", timeout=20)
        await minji.wait_for(lambda: [post for post in minji.messages() if "½" in post.text], timeout=20)
        assert await bot.announced_requests._left("quiz") == []
        assert await bot.announced_requests._left("cards") == []
    async with bot_in(away.discord, settings) as bot:
        await bot.wait_until_ready()
        await asyncio.sleep(0.3)
    assert len([post for post in alex.messages() if "1/2 + 1/3" in post.text]) == 1


async def test_what_is_asked_while_the_bot_closes_is_answered_by_the_next_process(away: Away) -> None:
    away.openai.reply = reply
    alex, minji, junho = [await away.discord.student(name) for name in ("alex", "minji", "junho")]
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings) as bot:
        await bot.conversations.close()  # the connection is closed after it
        assert (await alex.runs("/quiz", topic="fractions", where="math")).ok
        assert (await minji.runs("/cards", topic="fractions", where="math")).ok
        question = await junho.says("math", f"{away.mention} what is 2 + 2?")
        await eventually_stored(bot, question.id)
    async with bot_in(away.discord, settings):
        await alex.sees(None, contains="1/2 + 1/3", timeout=20)
        await minji.wait_for(lambda: [post for post in minji.messages() if "½" in post.text], timeout=20)
        await junho.sees(question, contains="Here.", timeout=20)
    assert len([post for post in alex.messages() if "1/2 + 1/3" in post.text]) == 1


async def eventually_stored(bot: SaemBot, message_id: int) -> None:
    async with asyncio.timeout(10):
        while await bot.conversation_store.question(message_id) is None:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", ["disconnect", "status"])
async def test_a_quiz_comes_although_discords_answer_to_the_response_is_lost(house: House, kind: str) -> None:
    house.openai.turns += [quiz_turn(), Turn("Well done.")]
    alex = await house.discord.student("alex")
    house.discord.fail(Fault(kind, "POST /interactions/*/callback", after=True))  # type: ignore[arg-type]
    await alex.runs("/quiz", topic="fractions", where="math")
    await alex.sees(contains="1/2 + 1/3")
    assert len([post for post in alex.messages("math") if post.by_bot]) == 1
    assert await house.bot.announced_requests._left("quiz") == []


async def test_of_a_quiz_that_failed_for_good_nothing_is_left_to_be_taken_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.bot.conversations, "ask", broken)
    alex = await house.discord.student("alex")
    outcome = await alex.runs("/quiz", topic="fractions", where="math")
    await outcome.says("that did not work")
    assert await house.bot.announced_requests._left("quiz") == []
