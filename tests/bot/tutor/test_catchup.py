"""What was asked while the bot was away is answered, once."""

import asyncio

from bot.tutor.catchup import MESSAGES
from tests.bot_process import Away, away
from tests.house import bot_in, finished, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]


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
