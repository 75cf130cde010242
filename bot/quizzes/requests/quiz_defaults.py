"""What a quiz is like that nobody says more about, as the managers of a server have set it."""

from dataclasses import dataclass
from typing import cast

from bot.quizzes.session.quiz_session import Difficulty
from bot.store.server_settings import QUIZ_DIFFICULTY, QUIZ_QUESTIONS, ServerSettings


@dataclass(frozen=True, slots=True)
class QuizDefaults:
    """How many questions, and how hard."""

    count: int
    difficulty: Difficulty | None


def quiz_defaults(settings: ServerSettings, guild_id: int) -> QuizDefaults:
    """The defaults of a server (0: direct messages)."""
    difficulty = settings.value(QUIZ_DIFFICULTY, guild_id) or None
    return QuizDefaults(int(settings.value(QUIZ_QUESTIONS, guild_id)), cast("Difficulty | None", difficulty))
