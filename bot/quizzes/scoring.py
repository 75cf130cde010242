"""Scoring: the grade of a response, a student's score, the ranking of a group, and how many chose each choice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.quizzes.session import QuizSession

Grade = Literal["right", "wrong", "skipped", "open"]
"""`open`: the student answered, but the quiz does not say which choice is right."""


@dataclass(frozen=True, slots=True)
class Score:
    """One student's score; `seconds` is the sum over the questions answered."""

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
        seconds=sum(response.seconds for response in own.values()),
    )


def ranking(session: QuizSession) -> Sequence[Score]:
    """The scores of all who took part: most right answers first, then the quickest."""
    scores = [score(session, student) for student in session.responses]
    return sorted(scores, key=lambda one: (-one.right, one.seconds, one.name))


def distribution(session: QuizSession, question: int) -> Sequence[int]:
    """How many students chose each choice, in the order of the model's list."""
    chosen = Counter(own[question].choice for own in session.responses.values() if question in own)
    return [chosen[choice] for choice in range(len(session.quiz.questions[question].choices))]
