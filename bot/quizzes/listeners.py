"""What other rooms are told of quizzes: questions answered and reported, quizzes finished."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.quizzes.storage.quiz_records import QuizRecord

log = structlog.get_logger(__name__)

QuestionListener = Callable[[QuizRecord, int, int], Awaitable[None]]
"""Is told the quiz as it is then, a student's id, and the index of a question."""
QuizListener = Callable[[QuizRecord], Awaitable[None]]
"""Is told the quiz as it ended."""


@dataclass(slots=True)
class QuizListeners:
    """Who is told. A cog adds its listeners before the bot connects.

    They are called in the background, after what they are told is stored. What one of them raises is logged. After a
    restart a quiz that finished just before may be told once more, so telling twice must do no harm.
    """

    question_answered: list[QuestionListener] = field(default_factory=list)
    """A student answered a question, or changed the answer."""
    question_reported: list[QuestionListener] = field(default_factory=list)
    """A student reported a question as wrong: its result leaves their statistics."""
    quiz_finished: list[QuizListener] = field(default_factory=list)


async def tell_of_question(listeners: Sequence[QuestionListener], record: QuizRecord, student: int, index: int) -> None:
    """Tell every listener of a question."""
    for listener in listeners:
        try:
            await listener(record, student, index)
        except Exception:
            log.exception("quiz.listener_failed", quiz=record.id, question=index)


async def tell_of_quiz(listeners: Sequence[QuizListener], record: QuizRecord) -> None:
    """Tell every listener of a quiz."""
    for listener in listeners:
        try:
            await listener(record)
        except Exception:
            log.exception("quiz.listener_failed", quiz=record.id)
