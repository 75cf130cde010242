"""What the model is told of a quiz."""

import json
from dataclasses import replace
from random import Random

from bot.quizzes.arguments.parsing import parse_quiz
from bot.quizzes.session.choices import shuffled
from bot.quizzes.session.events import Responded, Sent
from bot.quizzes.session.player_names import unique_names
from bot.quizzes.session.quiz_session import Mode, QuizSession, start
from bot.quizzes.session.transitions import apply
from bot.quizzes.tool_output import results_output
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
    report = json.loads(told)
    assert report["status"] == "completed"
    assert report["responses"] == ["2. 수원시의 생활환경을 개선하기 위해", "4. 인구 증가로 인한 환경 부담", "1. 2025년"]
    assert "correct" not in report
    assert report["questions"][2]["choices"] == {"1": "1. 2025년", "2": "2. 2030년", "3": "3. 2035년", "4": "4. 2040년"}
    assert "The quiz does not say which choices are right: tell that" in report["advice"]
    assert "수원시" in told


def test_shuffling_leaves_no_trace_in_the_output() -> None:
    for seed in range(20):
        session = pressed(begun(seed=seed), (1, "Minji", 0, 2, 1.0), (1, "Minji", 1, 0, 2.0))
        report = json.loads(results_output(session, "completed"))
        assert report["responses"] == ["choice 2 of 0", "choice 0 of 1", None]
        assert report["correct"] == [False, True, None]


def test_the_letters_are_those_that_the_students_see() -> None:
    orders = set()
    for seed in range(20):
        session = begun(seed=seed)
        for index, told in enumerate(json.loads(results_output(session, "completed"))["questions"]):
            shown = [session.quiz.questions[index].choices[choice] for choice in session.orders[index]]
            assert list(told["choices"].values()) == shown
            assert "".join(told["choices"]) == "ABCD"
            assert told["choices"][told["right"]] == f"choice 0 of {index}"
            assert (told["number"], told["question_text"]) == (index + 1, f"Question number {index}?")
            orders.add(told["right"])
    assert orders == set("ABCD")


def test_the_advice_is_to_say_only_what_nobody_sees_yet() -> None:
    solo = json.loads(results_output(begun(), "completed"))["advice"]
    assert "the score, what was right and wrong, the right answers and the explanations" in solo
    assert "Repeat none of it" in solo
    group = json.loads(results_output(begun("together"), "completed"))["advice"]
    assert "The group sees who got what right" in group
    long = quiz(15)
    many = start(long, mode="solo", host=1, orders=shuffled(long, Random(1)), at=0.0)
    assert "explanations" not in json.loads(results_output(many, "completed"))["advice"]
    assert "Do not start another" in json.loads(results_output(begun(), "cancelled"))["advice"]


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
    report = json.loads(results_output(replace(session), "completed"))
    assert report["correct"] == [None, True, False]
    assert "tell it: 1." in report["advice"]
