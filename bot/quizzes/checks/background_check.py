"""The checks that take time: what algebra leaves open is solved again and mended, while other questions are played."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from bot.conversations.separate_runs import SeparateRuns
from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.checks.mending import mended
from bot.quizzes.checks.quiz_check import QuizCheck
from bot.quizzes.checks.second_solve import MOST_TOGETHER, Place, SecondSolve, Verdict, reason_of
from bot.sentences import Locale

log = structlog.get_logger(__name__)

AT_ONCE: Final = 2
"""Requests of one quiz under way at the same time."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """A question, by its index, goes back to the model: it has that many rounds left from now on."""

    index: int
    question: QuizQuestion


@dataclass(frozen=True, slots=True)
class Checked:
    """The end of a question's check, by its index; without a question it is left out."""

    index: int
    question: QuizQuestion | None


class BackgroundCheck:
    """Checks questions one after the other becoming ready."""

    def __init__(self, quiz_check: QuizCheck, second_solve: SecondSolve, runs: SeparateRuns) -> None:
        self._quiz_check = quiz_check
        self._second_solve = second_solve
        self._runs = runs

    def takes(self, question: QuizQuestion) -> bool:
        """Whether a question is to be solved again: no check has decided its key, and it has one."""
        return self._quiz_check.mode == "full" and question.checked == "not" and question.answer is not None

    async def check(
        self, questions: Sequence[QuizQuestion], place: Place, locale: Locale
    ) -> AsyncGenerator[Checked | SentBack]:
        """The questions as their checks end, and before each time that one goes back to the model.

        The first is solved alone, so that it is there soon; the others a few to a request.
        """
        ended: asyncio.Queue[Checked | SentBack] = asyncio.Queue()
        turns = asyncio.Semaphore(AT_ONCE)
        first, rest = [0] if questions else [], range(1, len(questions))
        groups = [first, *(list(rest[start : start + MOST_TOGETHER]) for start in range(0, len(rest), MOST_TOGETHER))]

        async def work(indexes: Sequence[int]) -> None:
            async with turns:
                verdicts = await self._second_solve.solve([questions[index] for index in indexes], place)
            pairs = list(zip(indexes, verdicts, strict=True))
            for index, verdict in pairs:
                if verdict.kind != "differs":
                    ended.put_nowait(Checked(index, _marked(questions[index], verdict)))
            for index, verdict in pairs:
                if verdict.kind == "differs":
                    async with turns:
                        tell = partial(_tell_sent_back, ended, index)
                        ended.put_nowait(
                            Checked(index, await self._mended(questions[index], verdict, place, locale, tell))
                        )

        tasks = [asyncio.create_task(work(group)) for group in groups if group]
        try:
            left = len(questions)
            while left:
                each = await _next(ended, tasks)
                left -= isinstance(each, Checked)
                yield each
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _mended(
        self,
        question: QuizQuestion,
        verdict: Verdict,
        place: Place,
        locale: Locale,
        tell: Callable[[QuizQuestion], None],
    ) -> QuizQuestion | None:
        """A question whose key did not stand, mended and checked again; None: it is left out. `tell` is called with the
        question before each round.
        """
        for left in reversed(range(question.rounds)):
            tell(question.model_copy(update={"rounds": left}))
            new = await mended(self._runs, question, reason_of(verdict, question), place)
            if new is None:
                return None
            alone = Quiz.model_construct(title="", questions=(new,))
            checked = await self._quiz_check.check(alone, locale)
            question = checked.quiz.questions[0]
            if any(fault.serious for fault in checked.faults):
                verdict = Verdict("differs", " ".join(checked.problems))
                continue
            if question.key_checked:
                return question
            (verdict,) = await self._second_solve.solve([question], place)
            if verdict.kind != "differs":
                return _marked(question, verdict)
        log.info("quiz.question_left_out")
        return None


def _tell_sent_back(ended: "asyncio.Queue[Checked | SentBack]", index: int, question: QuizQuestion) -> None:
    ended.put_nowait(SentBack(index, question))


async def _next(
    ended: "asyncio.Queue[Checked | SentBack]", tasks: Sequence["asyncio.Task[None]"]
) -> Checked | SentBack:
    """What is next; what a task raises is raised."""
    getting = asyncio.ensure_future(ended.get())
    try:
        while not getting.done():
            running = [task for task in tasks if not task.done()]
            for task in tasks:
                if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                    raise error
            await asyncio.wait({getting, *running}, return_when=asyncio.FIRST_COMPLETED)
        return getting.result()
    finally:
        getting.cancel()


def _marked(question: QuizQuestion, verdict: Verdict) -> QuizQuestion:
    """The question with how it was checked."""
    return question.model_copy(update={"checked": "solved" if verdict.kind == "agrees" else "not", "rounds": 0})
