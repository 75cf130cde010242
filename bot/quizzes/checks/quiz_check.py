"""Checks a quiz before it is shown: keys by algebra in worker processes, the form of questions by rules.

A question of which exactly one choice is right gets that key, with the solver's steps if the model had another. What is
wrong otherwise is a fault, told to the model. Whatever takes too long is not decided.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Literal

import structlog

from bot.quizzes import sentences as say
from bot.quizzes.arguments.quiz import LONGEST_QUESTION, LONGEST_SLIP, Quiz, QuizQuestion
from bot.quizzes.safe_markdown import shortened
from bot.sentences import Locale
from maths.keys.question_form import Flaw, flaws_of, longest_is_right, with_visible_negation
from maths.keys.question_signs import may_be_mathematical
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

Mode = Literal["full", "maths", "off"]

JOB: Final = "maths.keys.question_check:check_question"
SLIPS: Final = "maths.keys.question_check:name_slips"
SECONDS: Final = 2.0
"""What one question may take in a worker process."""
WITHIN: Final = 20.0
"""Seconds that a quiz waits for its check; what is not done by then is not decided. Right keys are worth the wait: only
a cold worker process on a busy machine needs more than one or two.
"""
MEMORY: Final = 512 << 20

_SENTENCES: Final[dict[Flaw, str]] = {
    "tells_answer": "the right choice stands among the words of the question",
    "all_of_the_above": 'a choice means "all of the above"; ask so that one choice alone is right',
    "needs_another": "it needs another question; each must be understood alone, as they may be skipped",
    "mixed_languages": "question and choices are in different languages",
    "too_few": "two choices are too few; give four",
}
_SERIOUS: Final = frozenset[Flaw]({"needs_another"})
"""Flaws with which a question cannot be played; with the others it can, if the model does not mend them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a question (by its index; None: with the quiz), told to the model.

    If it is `serious`, the question is left out where the model does not mend it.
    """

    question: int | None
    sentence: str
    serious: bool = False


@dataclass(frozen=True, slots=True)
class CheckedQuiz:
    """A quiz with its keys put right, and what is wrong with it still."""

    quiz: Quiz
    faults: tuple[Fault, ...] = ()

    @property
    def problems(self) -> list[str]:
        """The faults as sentences for the model."""
        return [fault.sentence for fault in self.faults]

    @property
    def playable(self) -> Quiz | None:
        """The quiz without the questions that have a serious fault; None if none is left."""
        bad = {fault.question for fault in self.faults if fault.serious}
        left = tuple(question for index, question in enumerate(self.quiz.questions) if index not in bad)
        return self.quiz.model_copy(update={"questions": left}) if left else None


class QuizCheck:
    """Checks quizzes in the worker processes of `pool`; with the mode `off` every quiz passes as it is."""

    def __init__(self, pool: Pool, mode: Mode = "maths") -> None:
        self._pool = pool
        self.mode = mode
        """`full` goes on where this ends: see `background_check`."""
        self._warming: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Start a worker process while the model writes the quiz, so that its check need not wait for one."""
        if self.mode != "off" and (self._warming is None or self._warming.done()):
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self._pool.warm(JOB.partition(":")[0])
        except (WorkerError, RuntimeError) as error:
            log.info("quiz.check_not_warmed", cause=error)

    async def check(self, quiz: Quiz, locale: Locale) -> CheckedQuiz:
        """Look at every question, for `WITHIN` seconds at most."""
        if self.mode == "off":
            return CheckedQuiz(quiz)
        found = await self._decided(quiz, locale)
        questions: list[QuizQuestion] = []
        faults: list[Fault] = []
        for index, question in enumerate(quiz.questions):
            mended, its_faults = _judged(index, question, found.get(index), locale)
            questions.append(mended)
            faults += its_faults
        if longest_is_right([(question.choices, question.answer) for question in questions]):
            faults.append(Fault(None, "In every question the right choice is by far the longest: that gives it away."))
        return CheckedQuiz(quiz.model_copy(update={"questions": tuple(questions)}), tuple(faults))

    async def _decided(self, quiz: Quiz, locale: Locale) -> dict[int, dict[str, Any]]:
        """What the worker processes found out, by index of the question."""
        tasks = {
            asyncio.create_task(self._decide(question, locale)): index
            for index, question in enumerate(quiz.questions)
            if may_be_mathematical(question.choices)
        }
        if not tasks:
            return {}
        try:
            done, late = await asyncio.wait(tasks, timeout=WITHIN)
        finally:
            for task in tasks:
                task.cancel()
        if late:
            log.info("quiz.check_took_too_long", questions=len(late))
            await asyncio.gather(*late, return_exceptions=True)
        return {tasks[task]: found for task in done if (found := task.result()) is not None}

    async def _decide(self, question: QuizQuestion, locale: Locale) -> dict[str, Any] | None:
        arguments = (question.question_text, list(question.choices), question.answer, locale == "ko")
        try:
            found: dict[str, Any] = await self._pool.run(JOB, *arguments, timeout=SECONDS, memory=MEMORY)
        except WorkerError as error:
            log.info("quiz.question_not_decided", cause=error)
            return None
        found["slips"] = await self._slips(question, found["right"], locale)
        return found

    async def _slips(self, question: QuizQuestion, right: Sequence[int] | None, locale: Locale) -> list[str]:
        """What leads to each choice, as far as algebra knows it; where it takes too long, nothing."""
        if right is None or len(right) != 1 or (any(question.slips) and question.answer == right[0]):
            return []
        arguments = (question.question_text, list(question.choices), right[0], locale == "ko")
        try:
            slips: list[str] = await self._pool.run(SLIPS, *arguments, timeout=SECONDS, memory=MEMORY)
        except WorkerError as error:
            log.info("quiz.slips_not_named", cause=error)
            return []
        return slips


def _judged(
    index: int, question: QuizQuestion, found: dict[str, Any] | None, locale: Locale
) -> tuple[QuizQuestion, list[Fault]]:
    """The question with what the check changes about it, and its faults."""
    right: Sequence[int] | None = None if found is None else found["right"]
    faults: list[Fault] = []
    changes: dict[str, Any] = {"checked": "not"}
    visible = with_visible_negation(question.question_text)
    if len(visible) <= LONGEST_QUESTION:
        changes["question_text"] = visible
    if right is not None and found is not None:
        if len(right) == 1:
            changes |= {"checked": "algebra", **_key(question, right[0], found["steps"], locale)}
            changes["slips"] = _slips(question, right[0], found["slips"])
        else:
            faults.append(Fault(index, _wrong_number(index, question, right, found["steps"]), serious=True))
    if found is not None and not (right is not None and len(right) > 1):
        faults += [
            Fault(index, f"Question {index + 1}: choices {one + 1} and {other + 1} mean the same.", serious=True)
            for one, other in found["same"]
        ]
    question = question.model_copy(update=changes)
    for flaw in flaws_of(question.question_text, question.choices, question.answer):
        if flaw == "too_few" and question.checked == "algebra":
            continue  # `1 + 1?` with 2 and 3 is easy, but right
        faults.append(Fault(index, f"Question {index + 1}: {_SENTENCES[flaw]}.", flaw in _SERIOUS))
    return question, faults


def _key(question: QuizQuestion, right: int, steps: str, locale: Locale) -> dict[str, Any]:
    """What changes where another choice is right than the model said."""
    if question.answer == right:
        return {}
    answer = shortened(question.choices[right], 200)
    explanation = steps or say.RIGHT_BY_ALGEBRA(locale, answer=answer)
    if question.answer is None:
        return {"answer": right, "explanation": question.explanation or explanation}
    return {"answer": right, "explanation": explanation, "corrected": True}


def _slips(question: QuizQuestion, right: int, known: Sequence[str]) -> tuple[str | None, ...]:
    """The slips behind the choices: the model's, unless its key was wrong, else those that algebra knows."""
    told = question.slips if question.answer in {None, right} else ()
    pairs = zip_longest(told, known[: len(question.choices)])
    slips = tuple(one or (shortened(other, LONGEST_SLIP) if other else None) for one, other in pairs)
    slips = tuple(None if index == right else slip for index, slip in enumerate(slips))
    return slips if any(slips) else ()


def _wrong_number(index: int, question: QuizQuestion, right: Sequence[int], steps: str) -> str:
    """What the model is told where not exactly one choice is right."""
    if not right:
        found = f" ({steps})" if steps else ""
        return f"Question {index + 1}: by algebra none of the choices is right{found}."
    shown = " and ".join(f"{place + 1} (`{shortened(question.choices[place], 80)}`)" for place in right)
    return f"Question {index + 1}: by algebra the choices {shown} are all right; exactly one may be."
