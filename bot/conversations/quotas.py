"""Quotas: how much one student may ask for at a time, and how many tokens the whole bot may use in a day."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from bot import sentences
from bot.errors import UserFacingError
from bot.store.token_usage import TokenUsage


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


class Quotas:
    """Counts what is asked and used, and refuses what is too much.

    `runs` answers of a student may be under way at once and `queue` more may wait; `tokens_per_day` is 0 for no limit.
    """

    def __init__(
        self,
        token_usage: TokenUsage,
        *,
        runs: int,
        queue: int,
        tokens_per_day: int,
        day: Callable[[], date] = today,
    ) -> None:
        self._token_usage = token_usage
        self._runs = runs
        self._queue = queue
        self._tokens_per_day = tokens_per_day
        self._day = day
        self._questions: Counter[int] = Counter()
        """By student: questions that wait or run."""
        self._slots: defaultdict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(runs))
        self._used: dict[date, int] = {}

    async def load(self) -> None:
        """Read how many tokens were used today already."""
        day = self._day()
        self._used = {day: await self._token_usage.on(day.isoformat())}

    def acquire(self, student_id: int) -> None:
        """Count a question of a student; `release` it when it is answered or dropped.

        Raises:
            UserFacingError: too many of the student's questions wait, or the day's tokens are used up.
        """
        if self._tokens_per_day and self._used.get(self._day(), 0) >= self._tokens_per_day:
            raise UserFacingError(sentences.DAY_SPENT)
        if self._questions[student_id] >= self._runs + self._queue:
            raise UserFacingError(sentences.TOO_MANY, waiting=self._queue)
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
        async with self._slots[student_id]:
            yield

    async def add_tokens(self, tokens: int) -> None:
        """Count tokens that a run has used."""
        if tokens <= 0:
            return
        day = self._day()
        self._used = {day: self._used.get(day, 0) + tokens}
        await self._token_usage.add(day.isoformat(), tokens)
