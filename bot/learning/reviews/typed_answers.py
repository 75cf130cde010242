"""Checks the answers that are typed to exercises: by algebra in a worker process, where algebra can tell."""

from typing import Final

import structlog

from bot.learning.card import ExerciseContent
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

JOB: Final = "maths.keys.student_answers:check_student_answer"
SECONDS: Final = 2.0
MEMORY: Final = 512 << 20


class TypedAnswers:
    """Checks answers in the worker processes of `pool`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def check(self, content: ExerciseContent, typed: str) -> bool | None:
        """Whether an answer is right; None if that cannot be told, or takes too long."""
        if " ".join(typed.split()).casefold() == " ".join(content.answer.split()).casefold():
            return True
        try:
            found = await self._pool.run(
                JOB, content.problem, content.answer, typed, [], timeout=SECONDS, memory=MEMORY
            )
        except WorkerError as error:
            log.info("review.answer_not_checked", error=error)
            return None
        return None if found["verdict"] is None else found["verdict"] == "right"
