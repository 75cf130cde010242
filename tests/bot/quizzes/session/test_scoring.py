"""Grades, scores and the ranking of a group."""

from random import Random

from bot.quizzes.session.choices import shuffled
from bot.quizzes.session.events import Controlled, Responded
from bot.quizzes.session.quiz_session import Mode, QuizSession, start
from bot.quizzes.session.scoring import distribution, grade, ranking, score
from bot.quizzes.session.transitions import apply
from tests.bot.quizzes.example_quizzes import quiz


def begun(mode: Mode = "solo", graded: bool = True, seed: int = 5) -> QuizSession:
    made = quiz(3, 4, graded)
    return start(made, mode=mode, host=1, orders=shuffled(made, Random(seed)), at=0.0)


def pressed(session: QuizSession, *presses: tuple[int, str, int, int, float]) -> QuizSession:
    for student, name, question, choice, at in presses:
        session = apply(session, Responded(student, name, question, choice, at)).session
    return session


def test_the_table_goes_by_right_answers_then_by_speed() -> None:
    session = begun("together")
    session = pressed(session, (1, "slow", 0, 0, 20.0), (2, "quick", 0, 0, 2.0), (3, "wrong", 0, 1, 1.0))
    for at in (30.0, 40.0):
        session = apply(session, Controlled(1, False, "skip", 0, at, showing=at > 30)).session
    session = pressed(session, (2, "quick", 1, 0, 45.0), (1, "slow", 1, 0, 50.0))
    scores = ranking(session)
    assert [(one.name, one.right, one.answered, one.seconds) for one in scores] == [
        ("quick", 2, 2, 7.0),
        ("slow", 2, 2, 30.0),
        ("wrong", 0, 1, 1.0),
    ]
    assert distribution(session, 0) == [2, 1, 0, 0]


def test_marks_know_right_wrong_skipped_and_unsaid() -> None:
    session = pressed(begun(), (1, "Minji", 0, 0, 1.0), (1, "Minji", 1, 3, 2.0))
    assert [grade(session, 1, index) for index in range(3)] == ["right", "wrong", "skipped"]
    assert score(session, 1).right == 1
    unsaid = pressed(begun(graded=False), (1, "Minji", 0, 0, 1.0))
    assert grade(unsaid, 1, 0) == "open"
