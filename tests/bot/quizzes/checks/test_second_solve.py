"""The second solve: what algebra leaves open is solved again, blind; what does not stand is mended or left out."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversations.location import Location
from bot.conversations.separate_runs import SeparateRun
from bot.errors import UserFacingError
from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.checks.second_solve import Place, SecondSolve
from bot.sentences import Sentence
from bot.store.tables import SeparateThreadRow, TokenChargeRow
from tests.bot.quizzes.example_quizzes import quiz
from tests.bot.quizzes.playing import asked, cog, outputs, question, quiz_turn, record, updated
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, open_house, settings_for
from tests.scripted_openai import Call, Fault, Turn, last_user_text

__all__ = ["away"]

CAPITALS: dict[str, Any] = {
    "title": "Capitals",
    "questions": [
        {
            "question_text": f"What is the capital of {country}?",
            "choices": choices,
            "answer": answer,
            "explanation": f"secret reason {country}",
            "slips": ["secret slip"] * 4,
        }
        for country, choices, answer in (
            ("Korea", ["Busan", "Seoul", "Daegu", "Incheon"], 1),
            ("Japan", ["Osaka", "Kyoto", "Tokyo", "Nagoya"], 0),
            ("France", ["Lyon", "Nice", "Lille", "Paris"], 3),
        )
    ],
}
"""The key of the second question is wrong."""
CHARGES = select(TokenChargeRow.__table__)
THREADS = select(SeparateThreadRow.__table__)
RIGHT = {"Korea": "Seoul", "Japan": "Tokyo", "France": "Paris"}
MENDED = {**CAPITALS["questions"][1], "answer": 2, "explanation": "Tokyo, since 1868."}


def functions(body: dict[str, Any]) -> set[str]:
    return {tool.get("name", tool["type"]) for tool in body.get("tools", ())}


def solutions(text: str, right: dict[str, str] = RIGHT) -> list[dict[str, Any]]:
    """What a model that knows the capitals says of a request's questions."""
    found = []
    for number, block in enumerate(text.split("\n\n"), 1):
        lines = block.splitlines()
        wanted = next(capital for country, capital in right.items() if country in lines[0])
        choice = next(place for place, line in enumerate(lines[1:], 1) if line.endswith(wanted))
        found.append({"question": number, "working": f"It is {wanted}.", "choice": choice})
    return found


def knowing(*quizzes: Turn, mend: Any = MENDED, solve: Callable[[str], Any] = solutions) -> Callable[[Any], Turn]:
    """A model: its quizzes in order, and what it says of questions and of those that do not stand."""
    turns: Iterator[Turn] = iter(quizzes)

    def reply(body: dict[str, Any]) -> Turn:
        if "solve_questions" in functions(body):
            return Turn(calls=[Call("solve_questions", {"solutions": solve(last_user_text(body))})], usage=(200, 50))
        if "mend_question" in functions(body):
            return mend if isinstance(mend, Turn) else Turn(calls=[Call("mend_question", mend)], usage=(150, 60))
        return next(turns, Turn("Well done."))

    return reply


def of_kind(house: House, name: str) -> list[dict[str, Any]]:
    return [body for body in asked(house) if name in functions(body)]


async def checked_quiz(house: House, texts: str = "capital of") -> Any:
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="capitals")
    post = await question(alex, texts)

    async def waits() -> bool:
        return bool((await record(house, post)).session.waiting)

    async with asyncio.timeout(15):
        while await waits():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
    return alex, post, (await record(house, post)).session


async def test_a_key_that_does_not_stand_is_mended_and_the_second_solve_sees_no_key(tmp_path: Path) -> None:
    async with open_house(tmp_path, quiz_check="full") as house:
        house.openai.reply = knowing(quiz_turn(CAPITALS))
        _alex, post, session = await checked_quiz(house)
        asked_now = {each.question_text: each for each in session.quiz.questions}
        assert [each.checked for each in asked_now.values()] == ["solved"] * 3
        japan = asked_now["What is the capital of Japan?"]
        assert (japan.choices[japan.answer or 0], japan.explanation) == ("Tokyo", "Tokyo, since 1868.")
        assert "solved twice" in (await updated(_alex, post, "of 3")).text
        blind = [json.dumps(body, ensure_ascii=False) for body in of_kind(house, "solve_questions")]
        assert len(blind) == 3, "the first question, the others together, and the mended one"
        assert not any("secret" in body or "generate_quiz" in body for body in blind)
        assert "It is Tokyo." in last_user_text(of_kind(house, "mend_question")[0])
        await eventually(lambda: not house.bot.separate_runs._tasks)
        charges = await house.bot.store.read(CHARGES)
        assert sorted(row.tokens for row in charges if row.id.startswith("separate_")) == [210, 250, 250, 250]
        assert {row.student_id for row in charges if row.id.startswith("separate_")} == {_alex.id}
        assert not await house.bot.store.read(THREADS)


async def test_what_two_rounds_do_not_mend_is_left_out_and_the_others_are_played(tmp_path: Path) -> None:
    async with open_house(tmp_path, quiz_check="full") as house:
        house.openai.reply = knowing(quiz_turn(CAPITALS), mend=CAPITALS["questions"][1])
        alex, post, session = await checked_quiz(house)
        assert [each.question_text[-6:] for each in session.quiz.questions] == ["Korea?", "rance?"]
        assert session.left_out == 1
        assert len(of_kind(house, "mend_question")) == 2
        await updated(alex, post, "Question 1 of 2")


async def test_rounds_of_mending_are_counted_over_a_restart(away: Away) -> None:
    """One round was begun in the first process, so that one is left in the second."""
    settings = settings_for(away.discord, away.openai, away.directory, quiz_check="full")
    alex = await away.discord.student("alex")
    async with bot_in(away.discord, settings) as bot:
        house = House(away.discord, away.openai, settings, bot)
        away.openai.reply = knowing(quiz_turn(CAPITALS), mend=Turn("never", thinking=asyncio.Event()))
        await alex.runs("/quiz", where="math", topic="capitals")
        post = await question(alex, "capital of")
        await eventually(lambda: of_kind(house, "mend_question"))
        (japan,) = [each for each in (await record(house, post)).session.waiting if "Japan" in each.question_text]
        assert japan.rounds == 1
    away.openai.reply = knowing(mend=CAPITALS["questions"][1])
    async with bot_in(away.discord, settings) as bot:
        house = House(away.discord, away.openai, settings, bot)
        await updated(alex, post, "of 2")
        assert len(of_kind(house, "mend_question")) == 2
        assert (await record(house, post)).session.left_out == 1


async def test_nothing_left_gets_a_sentence_and_the_model_hears_of_it(tmp_path: Path) -> None:
    one = {**CAPITALS, "questions": CAPITALS["questions"][1:2]}
    async with open_house(tmp_path, quiz_check="full") as house:
        house.openai.reply = knowing(quiz_turn(one), mend={"choices": []})
        alex = await house.discord.student("alex")
        await alex.runs("/quiz", where="math", topic="capitals")
        post = await alex.sees(contains="None of the questions that I made was sound")
        assert not post.controls
        await alex.wait_for(lambda: bool(outputs(house)), what="the output")
        assert outputs(house)[0]["status"] == "invalid"


@pytest.mark.parametrize("away", [Turn("I would rather not."), Turn(refusal="No."), Fault(400)])
async def test_where_the_model_solves_nothing_questions_are_shown_as_not_checked(tmp_path: Path, away: Any) -> None:
    async with open_house(tmp_path, quiz_check="full") as house:
        quizzes = iter([quiz_turn(CAPITALS)])
        house.openai.reply = lambda body: away if "solve_questions" in functions(body) else next(quizzes)
        alex, post, session = await checked_quiz(house)
        assert [each.checked for each in session.quiz.questions] == ["not"] * 3
        assert "not checked" in (await updated(alex, post, "Question 1 of 3")).text


async def test_the_first_checked_question_is_played_over_a_restart_while_the_others_are_checked(away: Away) -> None:
    keyless = {"question_text": "Which have you seen?", "choices": ["Seoul", "Paris", "both cities", "no city"]}
    mixed = {**CAPITALS, "questions": [*CAPITALS["questions"][::2], keyless]}
    settings = settings_for(away.discord, away.openai, away.directory, quiz_check="full")
    alex = await away.discord.student("alex")
    async with bot_in(away.discord, settings):
        quizzes, late = iter([quiz_turn(mixed)]), Turn("never", thinking=asyncio.Event())
        away.openai.reply = lambda body: late if "solve_questions" in functions(body) else next(quizzes)
        await alex.runs("/quiz", where="math", topic="capitals")
        post = await question(alex, "Which have you seen?")
        assert "Question 1 of 3" in post.text
        await alex.clicks(post, "Paris")
        post = await updated(alex, post, "is being checked")
        assert "Question 2 of 3" in post.text
    away.openai.reply = knowing()
    async with bot_in(away.discord, settings) as bot:
        post = await updated(alex, post, "capital of")
        stored = await record(House(away.discord, away.openai, settings, bot), post)
        asked_now = stored.session.quiz.questions[1]
        right, wrong = asked_now.answer or 0, (asked_now.answer or 0) - 1
        await alex.clicks(post, f"quiz:{stored.id}:answer:1:{wrong}")
        post = await updated(alex, post, "✗ Not right")
        assert "secret slip" in post.text
    async with bot_in(away.discord, settings) as bot:
        await alex.clicks(post, f"quiz:{stored.id}:try:1:{right}")
        post = await updated(alex, post, "✓ Right at the second try")
        stored = await record(House(away.discord, away.openai, settings, bot), post)
        response = stored.session.responses[alex.id][1]
        assert (response.choice, response.second) == (wrong, right)
        await alex.clicks(post, "Next")
        await updated(alex, post, "Question 3 of 3")


async def test_a_group_gets_its_quiz_when_all_of_it_is_checked(tmp_path: Path) -> None:
    async with open_house(tmp_path, quiz_check="full") as house:
        house.openai.reply = knowing(quiz_turn(CAPITALS))
        alex = await house.discord.student("alex")
        await alex.runs("/quiz", where="math", topic="capitals", mode="together")
        lobby = await question(alex, "Join")
        assert [each.checked for each in (await record(house, lobby)).session.quiz.questions] == ["solved"] * 3


async def test_a_call_that_is_cancelled_while_it_is_checked_shows_nothing(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with open_house(tmp_path, quiz_check="full") as house:
        quizzes = iter([quiz_turn(CAPITALS)])
        late = Turn("never", thinking=gate)
        house.openai.reply = lambda body: late if "solve_questions" in functions(body) else next(quizzes)
        alex = await house.discord.student("alex")
        ran = await alex.runs("/quiz", where="math", topic="capitals")
        announcement = await ran.says("capitals")
        await eventually(lambda: bool(of_kind(house, "solve_questions")))
        pending = cog(house).pending_checks
        (call_id,) = pending._tasks
        call = await house.bot.conversations.open_call(call_id)
        assert call is not None
        await cog(house).generate_quiz.cancelled(call)
        assert not pending._tasks
        gate.set()
        await house.bot.separate_runs.close()
        assert not any(each.controls for each in alex.messages(announcement))


# Verdicts, without a server


class Runs:
    """Answers a separate run with these arguments, or with an error."""

    def __init__(self, said: Any) -> None:
        self.said = said
        self.asked: list[SeparateRun] = []

    async def call(self, _location: Location, _student_id: int, asked: SeparateRun) -> str | None:
        self.asked.append(asked)
        if isinstance(self.said, Exception):
            raise self.said
        return self.said if isinstance(self.said, str) or self.said is None else json.dumps(self.said)


PLACE = Place(Location(1, 2, 3), 4)


async def verdicts(said: Any, questions: tuple[QuizQuestion, ...] | None = None) -> list[str]:
    made = quiz(2).questions if questions is None else questions
    solved = await SecondSolve(Runs(said), Random(1)).solve(made, PLACE)  # type: ignore[arg-type]
    return [each.kind for each in solved]


NONSENSE = [
    None,
    "no JSON",
    {},
    {"solutions": "B"},
    {"solutions": [7, None, {}, {"question": 1}, {"question": "one", "choice": 1}]},
    {"solutions": [{"question": 9, "choice": 1}, {"question": 1, "choice": 99}, {"question": 1, "choice": True}]},
    {"solutions": [{"question": 1, "choice": 1}, {"question": 1, "choice": 2}]},
    openai.APIConnectionError(request=None),  # type: ignore[arg-type]
    TimeoutError(),
    UserFacingError(Sentence("spent")),
]


@pytest.mark.parametrize("said", NONSENSE)
async def test_nonsense_leaves_the_question_unknown(said: Any) -> None:
    assert await verdicts(said) == ["unknown", "unknown"]


@given(st.integers(0, 4), st.integers(0, 3), st.integers(0, 99))
def test_the_choice_is_compared_whatever_order_it_was_shown_in(chosen: int, key: int, seed: int) -> None:
    (asked_for,) = quiz(1).questions
    made = asked_for.model_copy(update={"answer": key})
    runs = Runs({"solutions": [{"question": "1", "choice": chosen, "working": "so"}]})
    (verdict,) = asyncio.run(SecondSolve(runs, Random(seed)).solve([made], PLACE))  # type: ignore[arg-type]
    lines = runs.asked[0].message.splitlines()
    assert sorted(line.split(". ", 1)[1] for line in lines[1:]) == sorted(made.choices)
    right = chosen > 0 and lines[chosen].endswith(made.choices[key])
    assert verdict.kind == ("agrees" if right else "differs")
    assert (verdict.choice is None) == (chosen == 0)
