"""A question reported as wrong: by who played it, to those who look after the library, over restarts."""

from typing import Any

from playground.pilot import Outcome, SeenMessage, Student
from tests.bot.quizzes.playing import cog, press, question, quiz_turn, record, updated, with_button
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]


async def finished(alex: Student, away: Away) -> SeenMessage:
    """A quiz that alex has played, with its results."""
    away.openai.turns += [quiz_turn(), Turn("Well done.")]
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    for label, text in (("2/5", "largest"), ("A", "Is 4/8"), ("Yes", "Check your answers")):
        await alex.clicks(post, label)
        post = await updated(alex, post, text)
    await alex.clicks(post, "Send")
    return await updated(alex, post, "2 of 3 right" if "2 of 3" in alex.now(post).text else "of 3 right")


async def looked(student: Student, post: SeenMessage, quiz_id: str, index: int) -> Outcome:
    return await student.selects(post, f"quiz:{quiz_id}:look:0:0", str(index))


async def test_a_report_takes_the_question_out_and_reaches_those_who_look_after_the_library(away: Away) -> None:
    alex, sora = await away.discord.student("alex"), await away.discord.student("sora")
    teacher = await away.discord.student("teacher")
    settings = settings_for(away.discord, away.openai, away.directory)
    heard: list[Any] = []

    async def reported(_record: Any, student: int, index: int) -> None:
        heard.append((student, index))

    async with bot_in(away.discord, settings) as bot:
        house = House(away.discord, away.openai, settings, bot)
        post = await finished(alex, away)
        quiz_id = (await record(house, post)).id
    async with bot_in(away.discord, settings) as bot:
        house = House(away.discord, away.openai, settings, bot)
        cog(house).quizmaster.listeners.question_reported.append(reported)
        full = await (await looked(alex, post, quiz_id, 0)).says("What is 1/2 + 1/3?")
        assert "Report as wrong" in [each.label for each in full.controls]
        assert (await alex.clicks(full, "Report as wrong")).ok
        await alex.wait_for(lambda: "You have reported" in alex.now(full).text, what="the thanks")
        await eventually(lambda: heard == [(alex.id, 0)])
        again = await (await looked(alex, post, quiz_id, 0)).says("You have reported")
        assert not again.controls
        await (await looked(sora, post, quiz_id, 0)).says("What is 1/2 + 1/3?")
        with_button(house, post, f"quiz:{quiz_id}:report:0:0")
        await (await press(sora, post, f"quiz:{quiz_id}:report:0:0")).says("These buttons are for those who played")
        await (await sora.runs("/quiz-reports", where="math")).says("Reports are for those")
        listed = await (await teacher.runs("/quiz-reports", where="math")).says("Questions reported as wrong: 1")
    async with bot_in(away.discord, settings):
        await teacher.selects(listed, "quiz-report:look:0", f"{quiz_id}:0")
        await teacher.wait_for(lambda: "✓ 5/6" in teacher.now(listed).text, what="the question in full")
        await teacher.clicks(teacher.now(listed), "Dismiss")
        await teacher.wait_for(lambda: "No question is reported" in teacher.now(listed).text, what="an empty list")
