"""Scoring: the grade of a response, a student's score, the ranking of a group, and how many chose each choice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.quizzes.session.quiz_session import QuizSession

Grade = Literal["right", "wrong", "skipped", "open"]
"""`open`: the student answered, but the quiz does not say which choice is right."""

MOST_EXPLAINED: Final = 14
"""Up to so many questions the results of one student hold the explanations too."""
MEDALS: Final = ("🥇", "🥈", "🥉")


@dataclass(frozen=True, slots=True)
class Score:
    """One student's score; `seconds` is the sum over the questions answered, in tenths as people see them."""

    student: int
    name: str
    right: int
    answered: int
    seconds: float


def grade(session: QuizSession, student: int, question: int) -> Grade:
    """Whether the response of `student` to a question is right."""
    response = session.response(student, question)
    right = session.quiz.questions[question].answer
    if response is None:
        return "skipped"
    if right is None:
        return "open"
    return "right" if response.choice == right else "wrong"


def score(session: QuizSession, student: int) -> Score:
    """The score of `student`."""
    own = session.responses.get(student, {})
    return Score(
        student=student,
        name=session.names.get(student, ""),
        right=sum(grade(session, student, question) == "right" for question in own),
        answered=len(own),
        seconds=round(sum(response.seconds for response in own.values()), 1),
    )


def has_right_answers(session: QuizSession) -> bool:
    """Whether the quiz says of any question which choice is right."""
    return any(question.answer is not None for question in session.quiz.questions)


def anything_missed(session: QuizSession) -> bool:
    """Whether somebody has a question wrong or, playing alone, has skipped one whose answer is known."""
    missed = {"wrong", "skipped"} if session.mode == "solo" else {"wrong"}
    students = [session.host] if session.mode == "solo" else list(session.responses)
    known = [index for index, question in enumerate(session.quiz.questions) if question.answer is not None]
    return any(grade(session, student, index) in missed for student in students for index in known)


def shows_explanations(session: QuizSession) -> bool:
    """Whether the results have room for the explanations; a group sees each under its question."""
    return session.mode == "together" or session.count <= MOST_EXPLAINED


def ranking(session: QuizSession) -> Sequence[Score]:
    """The scores of all who took part: most right answers first, then the quickest. Where the quiz does not say what is
    right: most answers first.
    """
    graded = has_right_answers(session)
    scores = [score(session, student) for student in session.responses]
    return sorted(scores, key=lambda one: (-one.right, 0 if graded else -one.answered, one.seconds, one.name))


def places(scores: Sequence[Score]) -> Sequence[int | None]:
    """The place of each score in a ranking, from 1. Equal scores share a place, and the places after it stay empty:
    1, 1, 3. Who has nothing right has no place (None).
    """
    shared: dict[tuple[int, float], int] = {}
    for place, one in enumerate(scores, start=1):
        shared.setdefault((one.right, one.seconds), place)
    return [shared[one.right, one.seconds] if one.right else None for one in scores]


def place_sign(place: int | None) -> str:
    """How a place is shown: a medal, a number or, for no place, a dash."""
    if place is None:
        return "–"
    return MEDALS[place - 1] if place <= len(MEDALS) else f"{place}\\."


def distribution(session: QuizSession, question: int) -> Sequence[int]:
    """How many students chose each choice, in the order of the model's list."""
    chosen = Counter(own[question].choice for own in session.responses.values() if question in own)
    return [chosen[choice] for choice in range(len(session.quiz.questions[question].choices))]
