"""The check of a quiz before it is shown: keys put right, faults sent back, and what is left is played."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.quizzes.arguments.parsing import parse_quiz
from bot.quizzes.arguments.quiz import Quiz
from bot.quizzes.checks import quiz_check
from bot.quizzes.checks.quiz_check import QuizCheck
from tests.bot.quizzes.playing import asked, outputs, question, quiz_turn, record, updated
from tests.house import House, open_house
from tests.scripted_openai import Turn
from workers import Pool


def made(*questions: tuple[str, list[str], int | None], title: str = "A quiz") -> dict[str, Any]:
    return {
        "title": title,
        "questions": [
            {"question_text": text, "choices": choices, "answer": answer, "explanation": "The model's own reason."}
            for text, choices, answer in questions
        ],
    }


FOUR = ["5", "6", "7", "8"]
PAIRS: dict[str, Any] = made(
    ("What is 1/2 + 1/3?", ["2/5", "5/6", "1/6", "2/3"], 1),
    ("Solve 3x + 11 = 14. x = ?", ["2", "1", "3", "4"], 0),
    ("What is the capital of Korea?", ["Busan", "Seoul", "Daegu", "Incheon"], 1),
)
"""The key of the second question is wrong."""
TWO_RIGHT = made(("What is 1/4 + 1/4?", ["1/2", "0.5", "1/8", "2"], 0))


async def checked(quiz: dict[str, Any], mode: Any = "maths", korean: bool = False) -> quiz_check.CheckedQuiz:
    async with Pool(size=1) as pool:
        return await QuizCheck(pool, mode).check(parse_quiz(json.dumps(quiz)), "ko" if korean else "en")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine starts its worker in more than the seconds that students wait for."""
    monkeypatch.setattr(quiz_check, "WITHIN", 60.0)
    monkeypatch.setattr(quiz_check, "SECONDS", 60.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, quiz_check="maths") as opened:
        yield opened


async def test_a_wrong_key_is_put_right_with_the_steps_and_the_student_and_the_model_hear_of_it(house: House) -> None:
    house.openai.turns += [quiz_turn(PAIRS), Turn("Well done.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="sums")
    post = await question(alex, "What is 1/2 + 1/3?")
    quiz = (await record(house, post)).session.quiz
    assert [each.answer for each in quiz.questions] == [1, 1, 1]
    assert [each.checked for each in quiz.questions] == ["algebra", "algebra", "not"]
    quiz_id = (await record(house, post)).id
    for index, text in enumerate(["Solve 3x", "capital"]):
        await alex.clicks(post, f"quiz:{quiz_id}:answer:{index}:1")
        post = await updated(alex, post, "✓ Right")
        await alex.clicks(post, "Next")
        post = await updated(alex, post, text)
    await alex.clicks(post, f"quiz:{quiz_id}:answer:2:1")
    post = await updated(alex, post, "Check your answers")
    await alex.clicks(post, "Send")
    results = await updated(alex, post, "3 of 3 right")
    assert results.text.count("checked by algebra") == 2
    assert results.text.count("not checked") == 1
    assert "Divide both sides by 3" in results.text
    await alex.wait_for(lambda: len(asked(house)) == 2, what="the feedback")
    assert outputs(house)[0]["correct"] == [True, True, True]
    assert outputs(house)[0]["corrected_answers"] == {"2": "1"}


async def test_what_is_not_sound_goes_back_twice_then_what_is_left_is_played(house: House) -> None:
    mixed = made(("What is 2 + 3?", FOUR, 0), ("What is 1/4 + 1/4?", ["1/2", "0.5", "1/8", "2"], 0))
    house.openai.turns += [quiz_turn(mixed)] * 3
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="sums")
    post = await question(alex, "What is 2 + 3?")
    assert len((await record(house, post)).session.quiz.questions) == 1
    told = outputs(house)[0]
    assert told["status"] == "invalid"
    assert "are all right; exactly one may be" in told["problems"][0]
    assert len(asked(house)) == 3


async def test_nothing_left_gets_a_sentence(house: House) -> None:
    house.openai.turns += [*[quiz_turn(TWO_RIGHT)] * 3, Turn("Sorry.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="sums")
    post = await alex.sees(contains="None of the questions that I made was sound")
    assert not post.controls


async def test_a_check_that_takes_too_long_is_given_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiz_check, "WITHIN", 0.001)
    found = await checked(PAIRS)
    assert [each.checked for each in found.quiz.questions] == ["not", "not", "not"]
    assert [each.answer for each in found.quiz.questions] == [1, 0, 1]


async def test_off_leaves_everything_as_it_is() -> None:
    found = await checked(PAIRS, mode="off")
    assert found.quiz == parse_quiz(json.dumps(PAIRS))
    assert not found.faults


async def test_with_the_setting_off_the_models_key_stands(tmp_path: Any) -> None:
    async with open_house(tmp_path, quiz_turn(PAIRS), quiz_check="off") as house:
        alex = await house.discord.student("alex")
        await alex.runs("/quiz", where="math", topic="sums")
        post = await question(alex, "What is 1/2 + 1/3?")
        assert [each.answer for each in (await record(house, post)).session.quiz.questions] == [1, 0, 1]


async def test_steps_are_told_in_the_language_of_the_quiz() -> None:
    korean = made(("방정식 2x + 3 = 7의 해는?", ["5", "2", "4", "-2"], 0), title="방정식")
    one = (await checked(korean, korean=True)).quiz.questions[0]
    assert one.answer == 1
    assert one.explanation is not None
    assert "양변" in one.explanation
    assert one.corrected


async def test_a_key_that_the_model_left_out_is_filled_in() -> None:
    found = await checked(made(("What is 2 + 3?", ["4", "5", "6", "7"], None)))
    assert (found.quiz.questions[0].answer, found.quiz.questions[0].corrected) == (1, False)


def test_the_model_cannot_say_that_a_question_was_checked() -> None:
    quiz = made(("What is 2 + 3?", FOUR, 0))
    quiz["questions"][0] |= {"checked": "algebra", "corrected": True}
    parsed = parse_quiz(json.dumps(quiz)).questions[0]
    assert (parsed.checked, parsed.corrected) == (None, False)


def test_a_quiz_stored_before_checks_were_made_can_be_read() -> None:
    stored = json.loads(parse_quiz(json.dumps(PAIRS)).model_dump_json())
    for each in stored["questions"]:
        del each["checked"], each["corrected"]
    assert Quiz.model_validate_json(json.dumps(stored)).questions[0].checked is None


async def test_bombs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiz_check, "WITHIN", 5.0)
    monkeypatch.setattr(quiz_check, "SECONDS", 2.0)
    bombs = made(
        ("What is 9**9**9?", FOUR, 0),
        ("What is $" + "\\sqrt{" * 150 + "2" + "}" * 150 + "$?", FOUR, 0),
        ("What is 99999!!!!!!?", FOUR, 0),
        ("Solve x^399 + x^398 = 7", FOUR, 0),
        ("Expand $(a+b+c+d+1)^{300}$", FOUR, 0),
    )
    async with asyncio.timeout(20):
        found = await checked(bombs)
    assert {each.checked for each in found.quiz.questions} <= {"not", "algebra"}


@pytest.mark.parametrize(
    ("quiz", "said"),
    [
        (TWO_RIGHT, "are all right; exactly one may be"),
        (made(("What is 2 + 2?", FOUR, 0)), "none of the choices is right"),
        (made(("How long is it?", ["1/2", "0.5", "2", "3"], 2)), "choices 1 and 2 mean the same"),
        (made(("Which area has the field?", ["x(x+1)", "x²+x", "x³", "2x"], 2)), "choices 1 and 2 mean the same"),
        (made(("Where do fish live?", ["water", "air", "all of the above", "trees"], 0)), "all of the above"),
        (made(("How many legs has a dog?", ["4", "5"], 0)), "two choices are too few"),
        (made(("Double the answer of the previous question.", FOUR, 0)), "needs another question"),
    ],
)
async def test_the_model_is_told_what_is_wrong(quiz: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in (await checked(quiz)).problems)


async def test_algebra_names_the_slips_that_the_model_does_not_tell() -> None:
    quiz = made(
        ("What is 1/2 + 1/3?", ["2/5", "5/6", "1/7", "2/3"], 1),
        ("Solve -2x < 6.", ["x < -3", "x > -3", "x > 5", "x < 5"], 0),
        ("What is 2 + 3?", FOUR, 0),
    )
    quiz["questions"][1]["slips"] = ["", "the model thought this wrong", "", ""]
    quiz["questions"][2]["slips"] = ["", "counted once too often", "", ""]
    fractions, inequality, told = (await checked(quiz)).quiz.questions
    assert (fractions.slips[0] or "").startswith("Fractions are not added top with top")
    assert fractions.slips[1:3] == (None, None)
    assert inequality.answer == 1
    assert (inequality.slips[0] or "").startswith("The inequality sign should have turned")
    assert "the model thought this wrong" not in inequality.slips, "its key was wrong, and so were its slips"
    assert told.slips == (None, "counted once too often", None, None)
    korean = made(("방정식 3x + 11 = 14의 해는? x = ?", ["25/3", "1", "5", "7"], 1), title="방정식")
    one = (await checked(korean, korean=True)).quiz.questions[0]
    assert "이항하면서 부호를 바꾸지 않았어요" in (one.slips[0] or "")
