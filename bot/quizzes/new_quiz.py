"""What a quiz begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.session.quiz_session import Difficulty, Feedback, Mode, Source
from bot.sentences import Locale


@dataclass(frozen=True, slots=True)
class NewQuiz:
    """What a quiz begins with."""

    call_id: str
    guild_id: int
    channel_id: int
    host_id: int
    locale: Locale
    topic: str
    topic_typed: bool
    mode: Mode
    quiz: Quiz
    difficulty: Difficulty | None = None
    source: Source | None = None
    feedback: Feedback = "each"
    waiting: Sequence[QuizQuestion] = ()
    """Solo: questions that are being checked. They come with `questions_checked`."""
    left_out: int = 0
    """How many questions the check has left out before."""
    delivered: bool = False
    """Whether the call has its output already."""
