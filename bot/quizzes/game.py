"""A quiz as it stands in memory, with its clocks."""

import asyncio
from dataclasses import dataclass, field

from bot.quizzes.quiz_store import QuizRecord


@dataclass(slots=True, eq=False)
class Game:
    """A quiz in memory."""

    record: QuizRecord
    display: asyncio.Lock = field(default_factory=asyncio.Lock)
    timer: asyncio.TimerHandle | None = None
    counter: asyncio.TimerHandle | None = None
    busy: int = 0

    def forget_timers(self) -> None:
        """Nothing happens by itself any more."""
        for handle in (self.timer, self.counter):
            if handle is not None:
                handle.cancel()
        self.timer = self.counter = None
