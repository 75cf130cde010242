"""A quiz in memory: its record, its timers, and the lock of its message."""

import asyncio
from dataclasses import dataclass, field

from bot.quizzes.quiz_store import QuizRecord


@dataclass(slots=True, eq=False)
class LiveQuiz:
    """A quiz in memory. `record` is replaced with every event."""

    record: QuizRecord
    message_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the quiz's message is posted or edited."""
    deadline_timer: asyncio.TimerHandle | None = None
    """Ends the phase of a group quiz."""
    count_timer: asyncio.TimerHandle | None = None
    """Updates the number of students who have answered."""
    writes: int = 0
    """Writes to the store that are under way."""

    @property
    def is_idle(self) -> bool:
        """Whether the quiz can be dropped from memory and read back from the store."""
        timers = self.deadline_timer or self.count_timer
        return not (self.writes or timers or self.message_lock.locked() or self.record.due)

    def cancel_timers(self) -> None:
        """Stop both timers."""
        for handle in (self.deadline_timer, self.count_timer):
            if handle is not None:
                handle.cancel()
        self.deadline_timer = self.count_timer = None
