"""What a quiz is like that nobody says more about, as the managers of a server have set it."""

from dataclasses import dataclass
from typing import cast

from bot.quizzes.session.quiz_session import Difficulty, Feedback, Mode, Source
from bot.store.server_settings import QUIZ_DIFFICULTY, QUIZ_PLAY, QUIZ_QUESTIONS, QUIZ_SOURCE, ServerSettings


@dataclass(frozen=True, slots=True)
class QuizDefaults:
    """How many questions, how hard, from what, alone or together, and when somebody alone hears what was right."""

    count: int
    difficulty: Difficulty | None
    source: Source | None
    """Files, where there are some."""
    mode: Mode
    feedback: Feedback


def quiz_defaults(settings: ServerSettings, guild_id: int) -> QuizDefaults:
    """The defaults of a server (0: direct messages)."""
    difficulty = settings.value(QUIZ_DIFFICULTY, guild_id) or None
    play = settings.value(QUIZ_PLAY, guild_id)
    return QuizDefaults(
        count=int(settings.value(QUIZ_QUESTIONS, guild_id)),
        difficulty=cast("Difficulty | None", difficulty),
        source=cast("Source | None", settings.value(QUIZ_SOURCE, guild_id) or None),
        mode="together" if play == "together" else "solo",
        feedback="end" if play == "end" else "each",
    )
