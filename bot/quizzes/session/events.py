"""What happens in a quiz: the events, what each did, and what must be done after it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.session.choices import Order


class Effect(StrEnum):
    """What must be done after an event, besides showing the new state."""

    SUBMIT = "submit"
    """Submit the results as the call's output."""
    SUBMIT_UNFINISHED = "submit_unfinished"
    """Submit the responses so far, so that the conversation can go on. The quiz goes on too."""
    FOLLOW = "follow"
    """Tell the conversation the results in a message: the output was submitted before, unfinished."""
    CANCEL = "cancel"
    """Cancel the call."""


class EventOutcome(StrEnum):
    """What an event did; it decides what the student who caused it is told."""

    COUNTED = "counted"
    TOLD = "told"
    """Solo: the right answer was told already; the answer stays as it is."""
    CHANGED = "changed"
    ALREADY = "already"
    EARLY = "early"
    LATE = "late"
    JOINED = "joined"
    JOINED_BEFORE = "joined_before"
    BEGUN = "begun"
    MOVED = "moved"
    PAUSED = "paused"
    NOT_YOURS = "not_yours"
    OVER = "over"
    UNKNOWN = "unknown"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Responded:
    """A student pressed the button of a choice."""

    student: int
    name: str
    question: int
    choice: int
    at: float


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """Solo: a second try at a question whose answer was told as wrong. It does not count."""

    student: int
    question: int
    choice: int
    at: float


@dataclass(frozen=True, slots=True)
class QuestionsChecked:
    """Solo: of the questions that were being checked, `ready` can be asked from now on, each with the order of its
    choices; `waiting` are being checked still, and the others were left out.
    """

    ready: tuple[tuple[QuizQuestion, Order], ...]
    waiting: tuple[QuizQuestion, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Joined:
    """Together: a student pressed Join."""

    student: int
    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Moved:
    """Solo: the student went to another question. `to` is its index; the number of questions means the summary."""

    student: int
    to: int
    at: float


@dataclass(frozen=True, slots=True)
class Sent:
    """Solo: the student sent the responses."""

    student: int
    at: float


@dataclass(frozen=True, slots=True)
class Controlled:
    """Together: the host or a moderator pressed Start now, Skip, Pause, Resume or End.

    `question` is the question that they saw or, if `showing` is true, the question whose result they saw.
    """

    student: int
    moderator: bool
    action: Literal["begin", "skip", "pause", "resume", "end"]
    question: int
    at: float
    showing: bool = False


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""

    at: float


@dataclass(frozen=True, slots=True)
class ConversationContinued:
    """Someone wrote in the conversation that waits for this quiz."""

    at: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A student pressed Cancel; without a student, the quiz cannot go on (its thread was deleted, for example)."""

    student: int | None
    moderator: bool
    at: float


Event = (
    Responded
    | TriedAgain
    | QuestionsChecked
    | Joined
    | Moved
    | Sent
    | Controlled
    | Ticked
    | ConversationContinued
    | Cancelled
)
