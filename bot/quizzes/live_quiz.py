"""A quiz in memory: its record, its timers, and the lock of its message."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.quizzes.storage.quiz_records import QuizRecord


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Do not call."""
        ...


Alarm = Callable[[float, Callable[[], None]], Timer]
"""Calls a function after so many seconds, from the event loop."""


def loop_alarm(seconds: float, call: Callable[[], None]) -> Timer:
    """The event loop's own timer."""
    return asyncio.get_running_loop().call_later(seconds, call)


@dataclass(frozen=True, slots=True)
class Timers:
    """What the timers of all quizzes go by, and what they call. `clock` tells seconds since the epoch."""

    clock: Callable[[], float]
    alarm: Alarm
    on_due: "Callable[[LiveQuiz], None]"
    """Called when a quiz's time is up: see `QuizSession.due_at`."""
    on_count: "Callable[[LiveQuiz], None]"
    """Called a little after somebody joined or answered, to show how many have."""


class LiveQuiz:
    """A quiz in memory. `record` is replaced with every event.

    The timer of its deadline is set with the record and nowhere else: so every phase that has a deadline has its timer,
    whichever way the quiz came into it.
    """

    __slots__ = ("_count_timer", "_due_timer", "_record", "_stopped", "_timers", "at_work", "message_lock", "writes")

    def __init__(self, record: QuizRecord, timers: Timers) -> None:
        self._timers = timers
        self._due_timer: Timer | None = None
        self._count_timer: Timer | None = None
        self._stopped = False
        self.message_lock = asyncio.Lock()
        """Held while the quiz's message is posted or edited."""
        self.writes = 0
        """Writes to the store that are under way."""
        self.at_work = 0
        """Effects that are being carried out."""
        self.record = record

    @property
    def record(self) -> QuizRecord:
        """The quiz as it is now."""
        return self._record

    @record.setter
    def record(self, record: QuizRecord) -> None:
        self._record = record
        self.set_due_timer()

    def set_due_timer(self) -> None:
        """Set the timer anew: for a timer that fired a little too early, by the clock of the record's times."""
        if self._due_timer is not None:
            self._due_timer.cancel()
            self._due_timer = None
        due_at = self._record.session.due_at
        if due_at is not None and not self._stopped:
            wait = max(0.0, due_at - self._timers.clock())
            self._due_timer = self._timers.alarm(wait, self._due)

    def show_count_in(self, seconds: float) -> None:
        """Have the count shown in so many seconds, unless that is coming already."""
        if self._count_timer is None and not self._stopped:
            self._count_timer = self._timers.alarm(seconds, self._count)

    @property
    def is_idle(self) -> bool:
        """Whether the quiz can be dropped from memory and read back from the store."""
        timers = self._due_timer or self._count_timer
        return not (self.writes or timers or self.message_lock.locked() or self.record.due)

    def stop(self) -> None:
        """Stop both timers, for good."""
        self._stopped = True
        for timer in (self._due_timer, self._count_timer):
            if timer is not None:
                timer.cancel()
        self._due_timer = self._count_timer = None

    def _due(self) -> None:
        self._due_timer = None
        self._timers.on_due(self)

    def _count(self) -> None:
        self._count_timer = None
        self._timers.on_count(self)
