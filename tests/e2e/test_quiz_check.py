"""A quiz whose second key the model got wrong, in the page: shown with the right one, told after each answer."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.quizzes.checks import quiz_check
from playground.server import Playground
from tests.bot.quizzes.checks.test_second_solve import knowing, solutions
from tests.bot.quizzes.playing import quiz_turn
from tests.browser import PATIENCE, OpenPage
from tests.e2e.test_quiz import quiz_thread
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Words:
    """What the quiz says in a language, and what Saem says around it."""

    student: str
    topic: str
    feedback: str
    sum_text: str
    equation: str
    capital: str
    solved: dict[str, str]
    slip: str
    right: str
    wrong: str
    onward: str
    results: str
    twice: str
    score: str


ENGLISH = Words(
    "alex",
    "mixed",
    "Look again at fractions: one denominator first, then the numerators.",
    "What is 1/2 + 1/3?",
    "Solve 3x + 11 = 14. x = ?",
    "What is the capital of Korea?",
    {"Korea": "Seoul"},
    "numerators and denominators were added one by one",
    "✓ Right: 1",
    "✗ Not right: 2/5",
    "Next",
    "Show results",
    "solved twice",
    "2 of 3 right",
)
KOREAN = Words(
    "minji",
    "여러 가지",
    "분수의 덧셈을 다시 보세요. 먼저 통분한 다음 분자끼리 더해요.",
    "1/2 + 1/3의 값은?",
    "방정식 3x + 11 = 14의 해는? x = ?",
    "대한민국의 수도는?",
    {"대한민국": "서울"},
    "분자는 분자끼리, 분모는 분모끼리 더함",
    "✓ 맞았어요: 1",
    "✗ 틀렸어요: 2/5",
    "다음",
    "결과 보기",
    "두 번 풀어 확인함",
    "3문제 중 2문제 정답",
)


def quiz_in(words: Words) -> dict[str, Any]:
    """Three questions; the key of the second is wrong."""
    cities = ["Busan", "Seoul", "Daegu", "Incheon"] if words is ENGLISH else ["부산", "서울", "대구", "인천"]
    return {
        "title": "Before the test" if words is ENGLISH else "시험 전에",
        "questions": [
            {
                "question_text": words.sum_text,
                "choices": ["2/5", "5/6", "1/6", "2/3"],
                "answer": 1,
                "explanation": "3/6 + 2/6 = 5/6",
                "slips": [words.slip, "", "", ""],
            },
            {"question_text": words.equation, "choices": ["2", "1", "3", "4"], "answer": 0, "explanation": "x = 2"},
            {"question_text": words.capital, "choices": cities, "answer": 1},
        ],
    }


@dataclass
class Lesson:
    """A Discord with the bot in it, and its model."""

    discord: Playground
    openai: ScriptedOpenAI


@pytest_asyncio.fixture(loop_scope="session")
async def lesson(discord: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lesson]:
    for limit in ("WITHIN", "SECONDS"):
        monkeypatch.setattr(quiz_check, limit, 60.0)  # a busy machine starts its worker late
    async with ScriptedOpenAI() as openai:
        settings = settings_for(discord, openai, tmp_path, quiz_check="full")
        async with bot_in(discord, settings) as bot:
            await bot.pool.warm(quiz_check.JOB.partition(":")[0])
            yield Lesson(discord, openai)


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (KOREAN, "ko")])
async def test_a_quiz_whose_second_key_is_wrong_is_shown_with_the_right_one(
    lesson: Lesson, browser_page: OpenPage, pictures: Path, words: Words, language: str
) -> None:
    def solve(text: str) -> Any:
        return solutions(text, words.solved)

    reply: Callable[[Any], Turn] = knowing(quiz_turn(quiz_in(words)), Turn(words.feedback), solve=solve)
    lesson.openai.reply = reply
    student = await browser_page(lesson.discord, words.student)
    await student.open("math")
    await student.runs("/quiz", topic=words.topic)
    begins = ("Question 1 of", "is on its way") if language == "en" else ("문제 1/3", "퀴즈를 준비하고")
    quiz = await quiz_thread(student, *begins)
    await quiz.locator('button[data-custom-id$=":answer:0:0"]').click()
    await expect(quiz).to_contain_text(words.wrong)
    await expect(quiz).to_contain_text(words.slip)
    await student.screenshot(pictures / f"quiz-wrong-{language}.png")
    await quiz.locator('button[data-custom-id$=":try:0:1"]').click()
    await expect(quiz).to_contain_text(re.compile("second try: 5/6|두 번째에 맞았어요: 5/6"))
    await student.presses(words.onward, "side")
    await expect(quiz).to_contain_text("3x + 11 = 14")
    await quiz.locator('button[data-custom-id$=":answer:1:1"]').click()
    await expect(quiz).to_contain_text(words.right)
    await student.screenshot(pictures / f"quiz-key-put-right-{language}.png")
    await student.presses(words.onward, "side")
    await expect(quiz).to_contain_text(words.twice, timeout=PATIENCE)
    await quiz.locator('button[data-custom-id$=":answer:2:1"]').click()
    await student.presses(words.results, "side")
    await expect(quiz).to_contain_text(words.score)
    await student.sees(words.feedback[:20], "side", author="Saem")
    await student.screenshot(pictures / f"quiz-checked-{language}.png")
