"""What became of an exercise that a student was helped with: told to those who keep what a student learns."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bot.sentences import Locale


@dataclass(frozen=True, slots=True)
class ExerciseOutcome:
    """An exercise that a student has solved, or given up by looking at its solution."""

    exercise_id: str
    """The same in every telling: after a crash an outcome may be told twice."""
    student_id: int
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    locale: Locale
    outcome: Literal["solved", "given_up"]
    topic: str | None
    """In the model's words; None if it named none."""
    problem: str
    answer: str
    solution: str
    hints_used: int
    """The first hint included."""
    hint_count: int
    tries: int
    """Answers that the student gave, the right one included."""
    seconds: float
    """From the first hint to the end."""
    ended_at: float
    """Seconds since the epoch."""


ExerciseListener = Callable[[ExerciseOutcome], Awaitable[None]]
"""Called once an outcome is stored; called again later if it raises, or if the process ends meanwhile."""
