"""Quizzes whose questions are being checked: shown as soon as one can be asked, the others brought as they are ready.

Of a group's quiz all questions are waited for, as its questions open by the clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import structlog

from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.checks.background_check import BackgroundCheck, Checked, SentBack
from bot.quizzes.checks.second_solve import Place
from bot.quizzes.new_quiz import NewQuiz
from bot.quizzes.quizmaster import Quizmaster
from bot.sentences import Locale

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """A quiz that is not shown yet: `new` holds the questions that can be asked, perhaps none."""

    new: NewQuiz
    show: Callable[[NewQuiz], Awaitable[str | None]]
    """Shows the quiz; its id, or None if that was not possible."""
    nothing_left: Callable[[], Awaitable[None]]
    """Is called where the checks leave no question."""


@dataclass(slots=True)
class _Progress:
    """How far the checks of one quiz are."""

    call_id: str
    waiting: dict[int, QuizQuestion]
    place: Place
    locale: Locale
    quiz_id: str | None = None
    ready: list[QuizQuestion] = field(default_factory=list)
    """Those that can be asked, while the quiz is not shown."""
    left_out: int = 0


class PendingChecks:
    """The checks that are under way, by the call that asked for the quiz."""

    def __init__(self, quizmaster: Quizmaster, background_check: BackgroundCheck) -> None:
        self._quizmaster = quizmaster
        self._background_check = background_check
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._guilds: dict[str, int] = {}
        """The guild of each call in `_tasks`."""
        self._continued: set[str] = set()
        """Calls that have an output already, though their quizzes are not shown yet."""

    def takes(self, question: QuizQuestion) -> bool:
        """Whether a question is to be checked here."""
        return self._background_check.takes(question)

    def begin(self, waiting: Sequence[QuizQuestion], opening: Opening, place: Place) -> None:
        """Check questions, and show the quiz when one of them can be asked; of a group's, when all are checked."""
        new = opening.new
        progress = _Progress(new.call_id, dict(enumerate(waiting)), place, new.locale)
        progress.ready, progress.left_out = list(new.quiz.questions), new.left_out
        self._start(progress, opening)

    def go_on(self, call_id: str, quiz_id: str, waiting: Sequence[QuizQuestion], place: Place, locale: Locale) -> None:
        """Check the questions that a quiz, which is shown, waits for."""
        progress = _Progress(call_id, dict(enumerate(waiting)), place, locale, quiz_id)
        self._start(progress, None)

    def at_work(self, call_id: str) -> bool:
        """Whether questions of a call's quiz are being checked in this process."""
        return call_id in self._tasks

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Check nothing more for guilds that another process serves from now on: that one begins anew."""
        tasks = [task for call_id, task in self._tasks.items() if theirs(self._guilds[call_id])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def conversation_continued(self, call_id: str) -> None:
        """Somebody writes on while a call's quiz is not shown yet: the call has its output then."""
        if call_id in self._tasks:
            self._continued.add(call_id)

    def cancel(self, call_id: str) -> None:
        """Nobody waits for the quiz any more."""
        task = self._tasks.pop(call_id, None)
        if task is not None:
            del self._guilds[call_id]
            task.cancel()

    async def close(self) -> None:
        """Stop; after a restart the checks begin anew."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, progress: _Progress, opening: Opening | None) -> None:
        call_id, guild_id = progress.call_id, progress.place.location.guild_id
        self.cancel(call_id)
        if not self._quizmaster.owns(guild_id):
            return  # the process that does looks for what is not checked yet
        self._guilds[call_id] = guild_id
        task = self._tasks[call_id] = asyncio.create_task(self._check(progress, opening))
        task.add_done_callback(lambda done: self._ended(call_id, done))

    def _ended(self, call_id: str, task: "asyncio.Task[None]") -> None:
        if self._tasks.get(call_id) is task:
            del self._tasks[call_id], self._guilds[call_id]
        self._continued.discard(call_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("quiz.check_failed", call=call_id, exc_info=error)

    async def _check(self, progress: _Progress, opening: Opening | None) -> None:
        questions, place = list(progress.waiting.values()), progress.place
        checks = self._background_check.check(questions, place, progress.locale)
        try:
            async with aclosing(checks) as ends:
                async for checked in ends:
                    if not await self._take(checked, progress, opening):
                        return
        except Exception:
            log.exception("quiz.check_broken_off", call=progress.call_id)
            for index, question in list(progress.waiting.items()):
                await self._take(Checked(index, question), progress, opening)
        if progress.quiz_id is None and not progress.ready and opening is not None:
            await opening.nothing_left()

    async def _take(self, checked: Checked | SentBack, progress: _Progress, opening: Opening | None) -> bool:
        """A question's check has ended, or it goes back. False: the quiz is over, or cannot be shown."""
        if isinstance(checked, SentBack):
            progress.waiting[checked.index] = checked.question
            if progress.quiz_id is None:
                return True
            return await self._quizmaster.questions_checked(progress.quiz_id, (), tuple(progress.waiting.values()))
        progress.waiting.pop(checked.index, None)
        ready = [] if checked.question is None else [checked.question]
        waiting = tuple(progress.waiting.values())
        if progress.quiz_id is not None:
            return await self._quizmaster.questions_checked(progress.quiz_id, ready, waiting)
        progress.ready += ready
        progress.left_out += checked.question is None
        assert opening is not None
        if not progress.ready or (waiting and opening.new.mode == "together"):
            return True
        new = replace(
            opening.new,
            quiz=opening.new.quiz.model_copy(update={"questions": tuple(progress.ready)}),
            waiting=waiting,
            left_out=progress.left_out,
            delivered=opening.new.call_id in self._continued,
        )
        progress.quiz_id = await opening.show(new)
        return progress.quiz_id is not None
