"""What is stored of quizzes, as values: quizzes, and requests for quizzes and for explanations."""

from dataclasses import dataclass
from typing import NamedTuple

from bot.quizzes.session.events import Effect
from bot.quizzes.session.quiz_session import Difficulty, Feedback, Mode, QuizSession, Source
from bot.sentences import Locale


@dataclass(frozen=True, slots=True)
class QuizRecord:
    """A quiz with all that is stored of it."""

    id: str
    call_id: str
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    locale: Locale
    topic: str
    session: QuizSession
    due: Effect | None = None
    """An effect that is not carried out yet."""
    message_id: int | None = None
    """The Discord message that shows it."""
    message_question: int | None = None
    """The index of the question that this message was posted for (see `screens.shown_question`)."""
    topic_typed: bool = True
    """Whether the student typed the topic; otherwise it is the quiz's title."""
    untold: bool = False
    """Whether the model has to be told of it with the next question in its conversation."""
    difficulty: Difficulty | None = None
    source: Source | None = None
    followed: bool = False
    """Whether the next quiz was asked for by a button under the results."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A student's request for a quiz, as it is stored."""

    conversation_id: int
    host_id: int
    locale: Locale
    topic: str
    mode: Mode
    run_id: str | None = None
    """The run that answers it; None: none has yet."""
    interaction_id: int = 0
    name: str = ""
    """The student's display name."""
    prompt: str = ""
    """What the student asks, in words for the model."""
    instructions: str = ""
    """Instructions of the run that answers it."""
    topic_typed: bool = True
    """Whether the student typed the topic; otherwise it is how a message or an answer begins."""
    difficulty: Difficulty | None = None
    source: Source | None = None
    feedback: Feedback = "each"


@dataclass(frozen=True, slots=True)
class ExplanationRequest:
    """A student's request, by a button, to have the question with that index explained."""

    interaction_id: int
    conversation_id: int
    student_id: int
    name: str
    """The student's display name."""
    quiz_id: str
    question: int


class QuizToRecover(NamedTuple):
    """A quiz that must go on after a restart though nobody presses a button, and the effect that is due."""

    quiz_id: str
    guild_id: int
    due: str | None
