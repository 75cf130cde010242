"""Quotas: how much one student may ask for at a time, within what may be used in a day."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import structlog

from bot import sentences
from bot.conversations.limits.student_runs import StudentRuns
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.errors import UserFacingError
from database.outages import is_outage

CountQuestions = Callable[[int], Awaitable[int]]
log = structlog.get_logger(__name__)


class Quotas:
    """Counts what is asked, and refuses what is too much.

    `runs` answers of a student may be under way at once and `queue` more may wait; `budgets` count tokens. Where
    processes share a database, `stored_questions` tells how many of a student's questions wait or run in all of them,
    and `shared_runs` counts the answers that are under way in all of them.
    """

    def __init__(
        self,
        budgets: TokenBudgets,
        *,
        runs: int,
        queue: int,
        stored_questions: CountQuestions | None = None,
        shared_runs: StudentRuns | None = None,
    ) -> None:
        self.budgets = budgets
        self._runs = runs
        self._queue = queue
        self._stored_questions = stored_questions
        self._shared_runs = shared_runs
        self._elsewhere: dict[int, int] = {}
        """By student: questions that other processes have, as far as is known."""
        self._questions: Counter[int] = Counter()
        """By student: questions that wait or run."""
        self._at_slots: Counter[int] = Counter()
        """By student: runs that hold a slot or wait for one."""
        self._slots: defaultdict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(runs))

    async def refresh(self, student_id: int, guild_id: int) -> None:
        """Read what other processes count, and the budgets; call it before `check` and `acquire`.

        While the database is away, what was known last holds: what is asked then cannot be stored either.
        """
        try:
            await self.budgets.refresh(student_id, guild_id)
            if self._stored_questions is None:
                return
            stored = await self._stored_questions(student_id)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("limits.not_read", cause=error)
            return
        self._elsewhere = {student_id: stored}

    def check(self, student_id: int, guild_id: int) -> None:
        """Look whether a student may ask in a guild (0: a DM), before anything is made for it. Nothing is counted.

        Raises:
            UserFacingError: too many of the student's questions wait, or tokens of the day are used up.
        """
        self.budgets.check(student_id, guild_id)
        if max(self._questions[student_id], self._elsewhere.get(student_id, 0)) >= self._runs + self._queue:
            raise UserFacingError(sentences.TOO_MANY, waiting=self._queue)

    def acquire(self, student_id: int, guild_id: int) -> None:
        """Count a question of a student in a guild (0: a DM); `release` it when it is answered or dropped.

        Raises:
            UserFacingError: see `check`.
        """
        self.check(student_id, guild_id)
        self._questions[student_id] += 1

    def waiting(self, student_id: int) -> int:
        """How many questions of a student wait or run."""
        return self._questions[student_id]

    def release(self, student_ids: Iterable[int]) -> None:
        """Count questions no more, by the students who asked them: they are answered or dropped."""
        for student_id in student_ids:
            self._questions[student_id] -= 1
            if self._questions[student_id] <= 0:
                del self._questions[student_id]
                self._slots.pop(student_id, None)

    @asynccontextmanager
    async def slot(self, student_id: int | None) -> AsyncIterator[None]:
        """Wait for one of the runs that a student may have at once, and hold it; None: nobody's, which is free."""
        if student_id is None:
            yield
            return
        self._at_slots[student_id] += 1
        try:
            async with self._slots[student_id]:
                if self._shared_runs is None:
                    yield
                    return
                async with self._shared_runs.place(student_id):
                    yield
        finally:
            self._at_slots[student_id] -= 1
            if not self._at_slots[student_id]:
                del self._at_slots[student_id]
                if student_id not in self._questions:  # questions that do not count are never released
                    self._slots.pop(student_id, None)
