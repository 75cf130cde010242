"""Right and wrong, counted: for the marks at the end, the table of a group, and the bars under a question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.quizzes.session import QuizSession

Grade = Literal["right", "wrong", "skipped", "open"]
"""`open`: answered, but the quiz does not say what is right."""


@dataclass(frozen=True, slots=True)
class Score:
    """One student's result; `seconds` are those of the answers given."""

    student: int
    name: str
    right: int
    answered: int
    seconds: float


def grade(session: QuizSession, student: int, question: int) -> Grade:
    """How `student` did at `question`."""
    answer = session.response(student, question)
    right = session.quiz.questions[question].answer
    if answer is None:
        return "skipped"
    if right is None:
        return "open"
    return "right" if answer.choice == right else "wrong"


def score(session: QuizSession, student: int) -> Score:
    """What `student` reached."""
    own = session.responses.get(student, {})
    return Score(
        student=student,
        name=session.names.get(student, ""),
        right=sum(grade(session, student, question) == "right" for question in own),
        answered=len(own),
        seconds=sum(answer.seconds for answer in own.values()),
    )


def ranking(session: QuizSession) -> Sequence[Score]:
    """All who took part: most right answers first, then the quickest."""
    scores = [score(session, student) for student in session.responses]
    return sorted(scores, key=lambda one: (-one.right, one.seconds, one.name))


def distribution(session: QuizSession, question: int) -> Sequence[int]:
    """How many chose each choice, by its place in the model's list."""
    chosen = Counter(own[question].choice for own in session.responses.values() if question in own)
    return [chosen[choice] for choice in range(len(session.quiz.questions[question].choices))]
