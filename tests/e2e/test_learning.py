"""A missed question comes back next day: the page in a real browser, in English and, on a phone, in Korean."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from playground.server import Playground
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import quiz_turn
from tests.browser import PATIENCE, PHONE, OpenPage, StudentPage
from tests.e2e.test_quiz import Class, quiz_thread
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

pytestmark = pytest.mark.browser

DAY = 86_400.0
CAKE = {"title": "Comparing fractions", "questions": [{**FRACTIONS["questions"][1], "topic": "fractions"}]}
ANGLES = {
    "title": "삼각형의 각",
    "questions": [
        {
            "question_text": "삼각형의 세 각의 크기의 합은?",
            "choices": ["90°", "180°", "270°", "360°"],
            "answer": 1,
            "explanation": "한 꼭짓점을 지나는 평행선을 그으면 세 각이 평각을 이뤄요.",
            "topic": "삼각형",
        }
    ],
}


@pytest_asyncio.fixture(loop_scope="session")
async def lesson(discord: Playground, tmp_path: Path) -> AsyncIterator[Class]:
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)):
        yield Class(discord, openai)


async def misses(student: StudentPage, lesson: Class, arguments: object, wrong: int) -> None:
    """Take a quiz of one question, and miss it."""
    lesson.openai.turns += [quiz_turn(arguments), Turn("Next time.")]
    await student.open("math")
    await student.runs("/quiz", topic="fractions")
    quiz = await quiz_thread(student, "Which fraction is the largest?")
    await quiz.locator(f'button[data-custom-id$=":answer:0:{wrong}"]').click()
    await student.sees("Next time.", "side", author="Saem")


async def test_a_missed_question_comes_back_next_day_and_progress_shows_it(
    lesson: Class, browser_page: OpenPage, pictures: Path
) -> None:
    alex = await browser_page(lesson.discord, "alex")
    await misses(alex, lesson, CAKE, 0)
    lesson.discord.world.clock.advance(DAY)
    await alex.runs("/review")
    review = await alex.sees("Which fraction is the largest?", author="Saem")
    await review.locator('button[data-custom-id$=":answer:2"]').click()
    await expect(review).to_contain_text("✓ Right", timeout=PATIENCE)
    await alex.screenshot(pictures / "review.png")
    await alex.presses("Next", within=review)
    await expect(review).to_contain_text("1 right, 0 not.", timeout=PATIENCE)
    await alex.runs("/progress")
    progress = await alex.sees("1 of 2 right", author="Saem")
    await expect(progress.get_by_role("img").first).to_be_visible(timeout=PATIENCE)
    await alex.screenshot(pictures / "progress.png")


async def test_the_same_in_korean_on_a_phone(lesson: Class, browser_page: OpenPage, pictures: Path) -> None:
    minji = await browser_page(lesson.discord, "minji", size=PHONE)
    await minji.open("math")
    lesson.openai.turns += [quiz_turn(ANGLES), Turn("다음에는 꼭 맞혀요.")]
    start = await minji.says("@Saem 삼각형 퀴즈 내 줘")
    await minji.open_thread_of(start)
    await minji.sees("세 각의 크기의 합은?", author="Saem")
    await minji.presses("90°")
    await minji.sees("다음에는 꼭 맞혀요.", author="Saem")
    lesson.discord.world.clock.advance(DAY)
    await minji.runs("/복습")
    review = await minji.sees("퀴즈에서 틀린 문제", author="Saem")
    await minji.presses("180°", within=review)
    await expect(review).to_contain_text("✓ 맞았어요", timeout=PATIENCE)
    await minji.screenshot(pictures / "review-korean.png")
    await minji.runs("/학습기록")
    progress = await minji.sees("2문제 중 1문제 맞음", author="Saem")
    await expect(progress.get_by_role("img").first).to_be_visible(timeout=PATIENCE)
    await minji.screenshot(pictures / "progress-korean.png")
