"""What the model is told of a quiz."""

import json
from dataclasses import replace
from random import Random

from bot.quizzes.arguments import parse_quiz
from bot.quizzes.choices import shuffled
from bot.quizzes.session import Mode, QuizSession, Responded, Sent, apply, start
from bot.quizzes.tool_output import results_output, unique_names
from tests.bot.quizzes.example_quizzes import CITY_PLAN, FRACTIONS, quiz


def begun(mode: Mode = "solo", graded: bool = True, seed: int = 5) -> QuizSession:
    made = quiz(3, 4, graded)
    return start(made, mode=mode, host=1, orders=shuffled(made, Random(seed)), at=0.0)


def pressed(session: QuizSession, *presses: tuple[int, str, int, int, float]) -> QuizSession:
    for student, name, question, choice, at in presses:
        session = apply(session, Responded(student, name, question, choice, at)).session
    return session


def test_the_tutorials_quiz_answered_2_4_1_is_told_by_the_texts_pressed() -> None:
    city = parse_quiz(json.dumps(CITY_PLAN))
    session = start(city, mode="solo", host=1, orders=shuffled(city, Random(1)), at=0.0)
    session = pressed(session, (1, "민지", 0, 1, 1.0), (1, "민지", 1, 3, 2.0), (1, "민지", 2, 0, 3.0))
    told = results_output(apply(session, Sent(1, 4.0)).session, "completed")
    assert json.loads(told) == {
        "status": "completed",
        "responses": ["2. 수원시의 생활환경을 개선하기 위해", "4. 인구 증가로 인한 환경 부담", "1. 2025년"],
    }
    assert "수원시" in told


def test_shuffling_leaves_no_trace_in_the_output() -> None:
    for seed in range(20):
        session = pressed(begun(seed=seed), (1, "Minji", 0, 2, 1.0), (1, "Minji", 1, 0, 2.0))
        assert json.loads(results_output(session, "completed")) == {
            "status": "completed",
            "responses": ["choice 2 of 0", "choice 0 of 1", None],
            "correct": [False, True, None],
        }


def test_an_unfinished_quiz_says_so_and_tells_what_there_is() -> None:
    told = json.loads(results_output(pressed(begun(), (1, "Minji", 0, 0, 1.0)), "unfinished"))
    assert told["status"] == "unfinished"
    assert told["responses"] == ["choice 0 of 0", None, None]


def test_a_group_is_told_by_display_name_and_namesakes_are_told_apart() -> None:
    session = pressed(begun("together"), (1, "Jun", 0, 0, 1.0), (2, "Jun", 0, 1, 2.0), (3, "Sora", 0, 0, 3.0))
    told = json.loads(results_output(session, "completed"))
    assert told["responses"] == {
        "Jun": ["choice 0 of 0", None, None],
        "Jun (2)": ["choice 1 of 0", None, None],
        "Sora": ["choice 0 of 0", None, None],
    }
    assert told["correct"]["Jun (2)"] == [False, None, None]
    assert unique_names({1: "A", 2: "A (2)", 3: "A"}) == {1: "A", 2: "A (2)", 3: "A (3)"}


def test_where_some_questions_carry_answers_the_others_are_unsaid() -> None:
    mixed = {**FRACTIONS, "questions": [dict(each) for each in FRACTIONS["questions"]]}
    del mixed["questions"][0]["answer"]
    made = parse_quiz(json.dumps(mixed))
    session = start(made, mode="solo", host=1, orders=shuffled(made, Random(1)), at=0.0)
    session = pressed(session, (1, "Minji", 0, 1, 1.0), (1, "Minji", 1, 2, 2.0), (1, "Minji", 2, 1, 3.0))
    assert json.loads(results_output(replace(session), "completed"))["correct"] == [None, True, False]
