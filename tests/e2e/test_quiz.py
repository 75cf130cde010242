"""Quizzes as students have them: the page in a real browser, alone and in a group."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from playground.server import Playground
from tests.bot.quizzes.playing import quiz_turn
from tests.browser import PATIENCE, OpenPage, StudentPage, open_page
from tests.e2e.test_demo import demo
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

pytestmark = pytest.mark.browser

FEEDBACK = (
    "**Two of three – nicely done!**\n"
    "1. You said 5/6, which is right: 3/6 + 2/6 = 5/6.\n"
    "2. You said two thirds of a cake; the right answer is three quarters: 0.75 is more than 0.67.\n"
    "3. Yes, 4/8 and 1/2 are the same."
)
GROUP_FEEDBACK = (
    "Adding fractions went well. Comparing them was hard for the group: write both over one denominator first."
)


@dataclass
class Class:
    """A Discord with the bot in it, and its model."""

    discord: Playground
    openai: ScriptedOpenAI


@pytest_asyncio.fixture(loop_scope="session")
async def lesson(discord: Playground, tmp_path: Path) -> AsyncIterator[Class]:
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)):
        yield Class(discord, openai)


async def knows_the_commands(student: StudentPage) -> None:
    """Wait until the bot, which starts beside the page, has told Discord its commands."""
    box = student.pane().locator("[data-part=composer] [data-part=input]")
    offered = student.pane().locator(".suggestions [role=option]").filter(has_text="/quiz")
    async with asyncio.timeout(40):
        while not await offered.first.is_visible():
            await box.fill("")
            await box.press_sequentially("/qu")
            await asyncio.sleep(0.5)
    await box.fill("")


async def quiz_thread(
    student: StudentPage, contains: str = "Question 1 of", announced: str = "is on its way"
) -> Locator:
    """Open the thread that `/quiz` made; the quiz's newest message in it."""
    announcement = await student.sees(announced, author="Saem")
    await expect(announcement.locator("[data-part=thread-preview]")).to_be_visible(timeout=PATIENCE)
    await student.open_thread_of(announcement)
    return await student.sees(contains, "side", author="Saem")


async def test_a_student_plays_alone_and_reads_the_feedback(
    lesson: Class, browser_page: OpenPage, pictures: Path
) -> None:
    lesson.openai.turns += [quiz_turn(), Turn(FEEDBACK)]
    alex = await browser_page(lesson.discord, "alex")
    await alex.open("math")
    await alex.runs("/quiz", topic="fractions")
    quiz = await quiz_thread(alex)
    await alex.presses("5/6", "side")
    await expect(quiz).to_contain_text("Which fraction is the largest?")
    await alex.screenshot(pictures / "quiz-question.png")
    wrong = quiz.locator('button[data-custom-id$=":answer:1:1"]')
    await wrong.click()
    await expect(quiz).to_contain_text("Is 4/8 the same as 1/2?")
    await alex.presses("Yes", "side")
    await expect(quiz).to_contain_text("Check your answers")
    await alex.screenshot(pictures / "quiz-summary.png")
    await alex.presses("Send", "side")
    await expect(quiz).to_contain_text("2 of 3 right")
    await expect(quiz).to_contain_text("Right answer: three quarters of a cake")
    await alex.sees("Yes, 4/8 and 1/2 are the same.", "side", author="Saem")
    await alex.screenshot(pictures / "quiz.png")


async def test_a_group_plays_together_against_the_clock(lesson: Class, browser_page: OpenPage, pictures: Path) -> None:
    lesson.openai.turns += [quiz_turn(), Turn(GROUP_FEEDBACK)]
    alex, sora = await browser_page(lesson.discord, "alex"), await browser_page(lesson.discord, "sora")
    for student in (alex, sora):
        await student.open("math")
    await alex.runs("/quiz", topic="fractions", mode="together")
    first = await quiz_thread(alex, "begins in")
    await quiz_thread(sora, "begins in")
    await alex.presses("Join", "side")
    await sora.presses("Join", "side")
    await expect(first).to_contain_text("Joined (2): Alex, Sora", timeout=PATIENCE)
    await alex.screenshot(pictures / "quiz-together-lobby.png")
    await alex.presses("Start now", "side")
    await expect(first).to_contain_text("closes in")
    await alex.presses("5/6", "side")
    await alex.sees("Your answer is 5/6.", "side")
    await sora.presses("2/5", "side")
    await sora.sees("Your answer is 2/5.", "side")
    await alex.screenshot(pictures / "quiz-together-question.png")
    await alex.presses("Skip", "side")
    await expect(first).to_contain_text("✓ 5/6")
    await alex.presses("Next", "side")
    second = await alex.sees("Which fraction is the largest?", "side", author="Saem")
    for student, choice in ((alex, 2), (sora, 1)):
        shown = await student.sees("Which fraction is the largest?", "side", author="Saem")
        await shown.locator(f'button[data-custom-id$=":answer:1:{choice}"]').click()
        await student.sees("The results come when the question closes.", "side")
    await alex.presses("Skip", "side")
    await expect(second).to_contain_text("Next question")
    await alex.screenshot(pictures / "quiz-together-result.png")
    await alex.presses("End", "side")
    table = await alex.sees("🥇 Alex — 2 of 3 right", "side", author="Saem")
    await expect(table).to_contain_text("– Sora — 0 of 3 right")
    await alex.sees("hard for the group", "side", author="Saem")
    await alex.screenshot(pictures / "quiz-together.png")


async def test_in_the_demo_without_a_key_a_quiz_is_played_to_its_feedback(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    async with demo(tmp_path) as url:
        student = await open_page(browser, url, "alex")
        await student.open("math")
        await knows_the_commands(student)
        await student.runs("/quiz", topic="fractions")
        quiz = await quiz_thread(student)
        for index in range(3):
            await expect(quiz).to_contain_text(f"Question {index + 1} of 3")
            await quiz.locator(f'button[data-custom-id*=":answer:{index}:"]').first.click()
            onward = re.compile(f"✓ Right|✗ Not right|Question {index + 2} of 3|Check your answers")
            await expect(quiz).to_contain_text(onward)
            if re.search("✓ Right|✗ Not right", await quiz.inner_text()):  # a key that algebra has checked is told
                await quiz.get_by_role("button", name=re.compile("Next|Show results")).click()
        await expect(quiz).to_contain_text(re.compile("Check your answers|of 3 right"))
        if "Check your answers" in await quiz.inner_text():
            await student.presses("Send", "side")
        await expect(quiz).to_contain_text("of 3 right")
        await expect(student.messages("side", author="Saem")).to_have_count(3, timeout=PATIENCE)
        feedback = student.messages("side", author="Saem").last
        told = re.compile("Have another look at|Well done!")
        await expect(feedback).to_contain_text(told, timeout=PATIENCE)
        await student.says("explain question 1", "side")
        explained = await student.sees("Question 1.", "side", author="Saem")
        await expect(explained).to_contain_text("Answer:", timeout=PATIENCE)
        await student.screenshot(pictures / "quiz-demo.png")
        assert student.problems == []
        await student.context.close()
