"""What the offline model says about a quiz afterwards, and the quizzes that follow one."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from assistants.models.model_protocol import Item
from assistants.models.offline.offline_model import OfflineModel
from tests.assistants.models.offline.test_offline_model import assistant, call, text, user
from tests.assistants.models.offline.test_quizzes import FILES, GRADED, called
from workers import Pool

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[OfflineModel]:
    """One worker process for all tests here."""
    async with Pool(size=1) as pool:
        yield OfflineModel(pool, pace=0, new_id=lambda: "call_9")


QUIZ: dict[str, Any] = {
    "title": "Quiz: Equations",
    "questions": [
        {"question_text": "Solve 3x + 11 = 14. x = ?", "choices": ["1", "-1", "2", "3"], "answer": 0,
         "explanation": "3x = 3."},
        {"question_text": "Expand (x + 2)(x + 3).", "choices": ["x² + 5x + 6", "x² + 6x + 5", "x² + 6"], "answer": 0,
         "explanation": "Each with each."},
        {"question_text": "A right triangle has a red side. Which?", "choices": ["the long one", "the short one"],
         "answer": 1, "explanation": "It is written there."},
    ],
}  # fmt: skip
SHOWN = [
    {"number": 1, "choices": {"A": "2", "B": "1", "C": "-1", "D": "3"}, "right": "B"},
    {"number": 2, "choices": {"A": "x² + 6x + 5", "B": "x² + 5x + 6", "C": "x² + 6"}, "right": "B"},
    {"number": 3, "choices": {"A": "the short one", "B": "the long one"}, "right": "A"},
]
PLAYED = {
    "status": "completed",
    "responses": ["1", "x² + 6x + 5", None],
    "correct": [True, False, None],
    "questions": SHOWN,
}
GROUP = {
    "status": "completed",
    "responses": {"Minji": ["1", "x² + 5x + 6", "the long one"], "Jun": ["2", "x² + 6", "the short one"]},
    "correct": {"Minji": [True, True, False], "Jun": [False, False, True]},
    "questions": SHOWN,
}


def after(output: Any = PLAYED, quiz: Any = QUIZ) -> list[Item]:
    """A conversation after a quiz and its feedback."""
    return [user("Minji: quiz me on equations"), *called("generate_quiz", quiz, output), assistant("Well done.")]


async def quiz_of(model: OfflineModel, *items: Item, **options: Any) -> dict[str, Any]:
    """The arguments of the quiz that the model calls for."""
    name, arguments = await call(model, *items, tools=[GRADED, FILES], **options)
    assert name == "generate_quiz"
    return arguments


@pytest.mark.parametrize(
    ("said", "wanted", "unwanted"),
    [
        ("explain question 1", ["**Question 1.** Solve 3x + 11 = 14", "Subtract", "x = 1"], ["**Question 2"]),
        ("how do I solve number 2?", ["**Question 2.** Expand", "x^{2} + 5 x + 6"], ["**Question 1"]),
        ("2번 설명해 줘", ["**2번.** Expand", "동류항"], ["**1번"]),
        ("1번 풀이 보여줘", ["**1번.** Solve 3x + 11 = 14", "x = 1"], []),
        ("explain the last question", ["**Question 3.**", "**the short one**", "It is written there."], []),
        ("why is A wrong?", ["“x² + 6x + 5” is not right; the right answer is **x² + 5x + 6**"], ["**Question 1"]),
        ("why is C wrong in question 1?", ["“-1” is not right; the right answer is **1**"], []),
        ("2번에서 C는 왜 틀려?", ["“x² + 6”: 정답이 아니에요"], []),
        ("is x² + 6 not correct?", ["**Question 2.**", "“x² + 6” is not right"], []),
        (
            "what did I get wrong?",
            ["You chose “x² + 6x + 5”; right is “x² + 5x + 6”", "**3.**", "You skipped it"],
            ["**1.**"],
        ),
        ("내가 틀린 게 뭐야?", ["고른 답은 “x² + 6x + 5”", "건너뛰었고"], ["**1.**"]),
        ("explain the ones I got wrong", ["**Question 2.**", "**Question 3.**"], ["**Question 1"]),
        ("explain question 7", ["There is no question 7 in that quiz; it has 3."], []),
    ],
)
async def test_questions_about_a_quiz_are_answered_out_of_it(
    model: OfflineModel, said: str, wanted: list[str], unwanted: list[str]
) -> None:
    reply = await text(model, *after(), user(f"Minji: {said}"), tools=[GRADED, FILES])
    for part in wanted:
        assert part in reply
    for part in unwanted:
        assert part not in reply


async def test_in_a_group_each_is_told_the_own_mistakes(model: OfflineModel) -> None:
    minji = await text(model, *after(GROUP), user("Minji: what did I get wrong?"), tools=[GRADED])
    assert "**3.**" in minji
    assert "**1.**" not in minji
    jun = await text(model, *after(GROUP), user("Jun: what did I get wrong?"), tools=[GRADED])
    assert "You chose “2”" in jun
    assert "**3.**" not in jun


@pytest.mark.parametrize(
    "told",
    [
        "[results] generate_quiz, called earlier with {call}, was cancelled; know it, and speak of it only when asked."
        "\n\n{output}",
        "[results] generate_quiz, called earlier with {call}, is still open; know it, and speak of it only when asked."
        "\n\n{output}",
        "[results] generate_quiz, called earlier with {call}, has its result now; react to it.\n\n{output}",
        "[results] These functions, called earlier, have their results now; react to them.\n\n"
        "generate_quiz({call})\n=> {output}",
    ],
)
async def test_a_quiz_that_a_message_tells_of_is_known_too(model: OfflineModel, told: str) -> None:
    note = told.format(call=json.dumps(QUIZ), output=json.dumps(PLAYED))
    reply = await text(model, user("Minji: quiz me"), user(note), user("Minji: explain question 1"), tools=[GRADED])
    assert "**Question 1.** Solve 3x + 11 = 14" in reply
    assert "x = 1" in reply


async def test_another_one_harder_is_a_question_of_the_same_kind(model: OfflineModel) -> None:
    quiz = await quiz_of(
        model, *after(), user("Minji: explain question 2"), assistant("..."), user("Minji: another one, harder")
    )
    assert len(quiz["questions"]) == 1
    assert quiz["questions"][0]["question_text"].startswith("Expand $")
    assert "x" in quiz["questions"][0]["question_text"]


async def test_only_the_wrong_ones_again(model: OfflineModel) -> None:
    for said in ("틀린 것만 다시", "only the wrong ones again", "let me retry the ones I got wrong"):
        quiz = await quiz_of(model, *after(), user(f"Minji: {said}"))
        assert [one["question_text"] for one in quiz["questions"]] == [
            one["question_text"] for one in QUIZ["questions"][1:]
        ]
        assert [one["answer"] for one in quiz["questions"]] == [0, 1]
    everything = {**PLAYED, "responses": ["1", "x² + 5x + 6", "the short one"], "correct": [True] * 3}
    reply = await text(model, *after(everything), user("Minji: what did I get wrong?"), tools=[GRADED])
    assert "You had nothing wrong in that quiz." in reply


async def test_who_has_turned_to_a_problem_of_the_own_is_answered_about_that(model: OfflineModel) -> None:
    talk = [*after(), user("Minji: derivative of x^3 + 2x"), assistant("3x^2 + 2")]
    reply = await text(model, *talk, user("Minji: another one like that"), tools=[GRADED])
    assert "dx" in reply
    assert "12" in await text(model, *after(), user("Minji: what is 3 * 4?"), tools=[GRADED])


async def test_after_an_explanation_its_steps_can_be_asked_about(model: OfflineModel) -> None:
    talk = [*after(), user("Minji: explain question 1"), assistant("...")]
    reply = await text(model, *talk, user("Minji: explain step 2"), tools=[GRADED])
    assert "Step 2." in reply
    assert "x = 1" in reply


async def test_the_next_quiz_is_on_the_same_subject_and_asks_other_questions(model: OfflineModel) -> None:
    instructed = "Call generate_quiz once with 5 questions. The difficulty is to be hard."
    for said in (
        "Another quiz on the same subject as the last one, but harder.",
        "지난 퀴즈와 같은 주제로 퀴즈를 하나 더 내 주세요.",
    ):
        quiz = await quiz_of(model, *after(), user(f"Minji: {said}"), instructions=instructed)
        assert len(quiz["questions"]) == 5
        assert all("=" in one["question_text"] for one in quiz["questions"])
        assert not {one["question_text"] for one in quiz["questions"]} & {
            one["question_text"] for one in QUIZ["questions"]
        }


@pytest.mark.parametrize(
    ("question", "every"),
    [
        ("expand (x+2)^4", "Expand $\\left("),
        ("derivative of x^3 + 2x", "\\frac{d}{dx}"),
        ("2x+y=5, x-y=1", "Solve $"),
        ("gcd of 12 and 18", "greatest common divisor"),
        ("a car drives 120 km in 2 hours, what is the speed?", "a car drives"),
        ("what is a derivative?", "derivative"),
    ],
)
async def test_quiz_me_asks_about_what_was_asked(model: OfflineModel, question: str, every: str) -> None:
    prompt = f"Minji: Quiz me on this question and its answer:\n\n  {question}\n\n  Answer:\n\n  The answer is \\(x\\)."
    instructed = "Call generate_quiz once with 3 questions, in the language of the request."
    talk = [user(f"Minji: {question}"), assistant("The answer is \\(x\\)."), user(prompt)]
    quiz = await quiz_of(model, *talk, instructions=instructed)
    assert len(quiz["questions"]) == 3
    assert all(every in one["question_text"] for one in quiz["questions"])


async def test_where_no_question_can_be_made_it_says_so(model: OfflineModel) -> None:
    prompt = "Minji: Quiz me on this question and its answer:\n\n  who are you?\n\n  Answer:\n\n  I am \\(x\\)."
    reply = await text(
        model,
        user("Minji: who are you?"),
        assistant("I am \\(x\\)."),
        user(prompt),
        tools=[GRADED],
        tool_choice="generate_quiz",
    )
    assert "I cannot make a quiz on that" in reply


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Explain question 1 of the quiz “Quiz: Equations”: Solve 3x + 11 = 14. x = ?", "Subtract"),
        ("퀴즈 “Quiz: Equations”의 1번을 설명해 주세요: Solve 3x + 11 = 14. x = ?", "양변"),
        ("what did I get wrong in the quiz?", "x² + 6x + 5"),
    ],
)
async def test_who_asks_about_a_quiz_by_its_name_gets_no_other_quiz(
    model: OfflineModel, message: str, words: str
) -> None:
    assert words in await text(model, *after(), user(f"Minji: {message}"), tools=(GRADED, FILES))


@pytest.mark.parametrize(
    "message", ["quiz me on what I got wrong", "make a quiz like question 1, to help me understand"]
)
async def test_who_asks_for_a_quiz_about_a_quiz_gets_one(model: OfflineModel, message: str) -> None:
    name, _ = await call(model, *after(), user(f"Minji: {message}"), tools=(GRADED, FILES))
    assert name in {"generate_quiz", "file_search"}
