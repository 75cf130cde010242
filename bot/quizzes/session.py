"""A quiz as a state machine: events go in, a new state comes out, and what is to be done about it.

Nothing here knows of Discord, of a clock or of a database: times are seconds since the epoch and come with the
events. However the events come, a student's answer to a question counts at most once in what is handed over, and
a quiz hands over exactly once: one of `SUBMIT`, `SUBMIT_UNFINISHED` and `CANCEL`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from bot.quizzes.arguments import Quiz
from bot.quizzes.choices import Order

Mode = Literal["solo", "together"]

OPEN_FOR: Final = 30.0
"""Seconds that a question is open when a group plays."""
SHOWN_FOR: Final = 7.0
"""Seconds that a closed question's result stands before the next one opens."""


class Phase(StrEnum):
    """Where a quiz stands."""

    ASKING = "asking"
    REVIEW = "review"
    """Solo: the summary before sending."""
    SHOWING = "showing"
    """Together: a closed question's result."""
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing can change any more."""
        return self in {Phase.FINISHED, Phase.CANCELLED}


class Effect(StrEnum):
    """What a step asks for beyond showing the new state."""

    SUBMIT = "submit"
    """Hand the results over as the call's output."""
    SUBMIT_UNFINISHED = "submit_unfinished"
    """Hand over what there is, so that the conversation can go on; the quiz goes on as well."""
    FOLLOW = "follow"
    """Tell the conversation the results in a message, the output having been handed over before."""
    CANCEL = "cancel"
    """Give the call up."""


class Verdict(StrEnum):
    """What became of an event, for the sentence that its sender gets."""

    COUNTED = "counted"
    CHANGED = "changed"
    ALREADY = "already"
    LATE = "late"
    MOVED = "moved"
    PAUSED = "paused"
    NOT_YOURS = "not_yours"
    OVER = "over"
    UNKNOWN = "unknown"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Response:
    """A choice (its place in the model's list), when it was pressed, and how many seconds that took."""

    choice: int
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Responded:
    """A choice's button."""

    student: int
    name: str
    question: int
    choice: int
    at: float


@dataclass(frozen=True, slots=True)
class Moved:
    """Solo: Back, Skip or Change; `to` is a question, or the number of questions for the summary."""

    student: int
    to: int
    at: float


@dataclass(frozen=True, slots=True)
class Sent:
    """Solo: Send."""

    student: int
    at: float


@dataclass(frozen=True, slots=True)
class Controlled:
    """Together: the starter or a moderator leads; `question` (or its result) is what they had on their screen."""

    student: int
    moderator: bool
    action: Literal["skip", "pause", "resume", "end"]
    question: int
    at: float
    showing: bool = False


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""

    at: float


@dataclass(frozen=True, slots=True)
class ConversationContinued:
    """Someone wrote on in the conversation that waits for this quiz."""

    at: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The Cancel button; without a student, the thread is gone."""

    student: int | None
    moderator: bool
    at: float


Event = Responded | Moved | Sent | Controlled | Ticked | ConversationContinued | Cancelled


@dataclass(frozen=True, slots=True)
class QuizSession:
    """A quiz being played."""

    quiz: Quiz
    mode: Mode
    host: int
    """Who started it: solo, the only one who may press."""
    orders: tuple[Order, ...]
    open_for: float = OPEN_FOR
    phase: Phase = Phase.ASKING
    position: int = 0
    """The question on the screen; in the summary, the number of questions."""
    furthest: int = 0
    """Solo: the highest position so far."""
    opened_at: float = 0.0
    """When the question on the screen came up, pauses taken out."""
    deadline: float | None = None
    """Together: when the phase ends by itself."""
    paused_at: float | None = None
    delivered: bool = False
    """Whether the call's output was handed over while the quiz went on."""
    responses: Mapping[int, Mapping[int, Response]] = field(default_factory=dict)
    """By student, by question."""
    names: Mapping[int, str] = field(default_factory=dict)
    """Display names, in the order of their first answers."""

    @property
    def count(self) -> int:
        """The number of questions."""
        return len(self.quiz.questions)

    def response(self, student: int, question: int) -> Response | None:
        """What `student` answered."""
        return self.responses.get(student, {}).get(question)

    def with_response(self, event: Responded) -> "QuizSession":
        """The session with this answer, in place of an earlier one to the same question."""
        answer = Response(event.choice, event.at, max(0.0, event.at - self.opened_at))
        own = {**self.responses.get(event.student, {}), event.question: answer}
        return replace(
            self,
            responses={**self.responses, event.student: own},
            names={**self.names, event.student: event.name},
        )

    def has_choice(self, question: int, choice: int) -> bool:
        """Whether there is such a question with such a choice."""
        return 0 <= question < self.count and 0 <= choice < len(self.quiz.questions[question].choices)


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an event."""

    session: QuizSession
    verdict: Verdict
    effects: tuple[Effect, ...] = ()


def start(
    quiz: Quiz, *, mode: Mode, host: int, orders: Sequence[Order], at: float, open_for: float = OPEN_FOR
) -> QuizSession:
    """A quiz with its first question on the screen."""
    return QuizSession(
        quiz=quiz,
        mode=mode,
        host=host,
        orders=tuple(orders),
        open_for=open_for,
        opened_at=at,
        deadline=at + open_for if mode == "together" else None,
    )


def apply(session: QuizSession, event: Event) -> Step:
    """Take one event."""
    if session.phase.over:
        return Step(session, Verdict.OVER)
    match event:
        case ConversationContinued():
            return _overtaken(session)
        case Cancelled():
            return _cancelled(session, event)
    if session.mode == "solo":
        return _solo(session, event)
    return _together(session, event)


def _solo(session: QuizSession, event: Responded | Moved | Sent | Controlled | Ticked) -> Step:
    if isinstance(event, Controlled | Ticked):
        return Step(session, Verdict.NOTHING)
    if event.student != session.host:
        return Step(session, Verdict.NOT_YOURS)
    match event:
        case Responded():
            return _solo_pressed(session, event)
        case Moved():
            return _moved(session, event)
        case Sent():
            return _finished(session, Verdict.MOVED)


def _solo_pressed(session: QuizSession, event: Responded) -> Step:
    if not session.has_choice(event.question, event.choice):
        return Step(session, Verdict.UNKNOWN)
    known = session.response(event.student, event.question)
    verdict = Verdict.COUNTED if known is None else Verdict.CHANGED
    if known is None or known.choice != event.choice:
        session = session.with_response(event)
    if event.question != session.position:
        return Step(session, verdict)  # a second click on a screen that has moved on
    if session.count == 1:
        return _finished(session, verdict)
    return Step(_at(session, _next(session), event.at), verdict)


def _next(session: QuizSession) -> int:
    """The following question, or the summary for who came back from it to change an answer."""
    return session.count if session.furthest == session.count else session.position + 1


def _moved(session: QuizSession, event: Moved) -> Step:
    if not 0 <= event.to <= session.count or event.to > session.furthest + 1:
        return Step(session, Verdict.UNKNOWN)
    return Step(_at(session, event.to, event.at), Verdict.MOVED)


def _at(session: QuizSession, position: int, at: float) -> QuizSession:
    return replace(
        session,
        phase=Phase.REVIEW if position == session.count else Phase.ASKING,
        position=position,
        furthest=max(session.furthest, position),
        opened_at=at,
    )


def _together(session: QuizSession, event: Responded | Moved | Sent | Controlled | Ticked) -> Step:
    match event:
        case Responded():
            return _together_pressed(session, event)
        case Controlled():
            return _steered(session, event)
        case Ticked():
            due = session.paused_at is None and session.deadline is not None and event.at >= session.deadline
            return _onward(session, event.at) if due else Step(session, Verdict.NOTHING)
        case Moved() | Sent():
            return Step(session, Verdict.UNKNOWN)


def _together_pressed(session: QuizSession, event: Responded) -> Step:
    if not session.has_choice(event.question, event.choice):
        return Step(session, Verdict.UNKNOWN)
    if session.response(event.student, event.question) is not None:
        return Step(session, Verdict.ALREADY)
    if session.phase is not Phase.ASKING or event.question != session.position:
        return Step(session, Verdict.LATE)
    if session.paused_at is not None:
        return Step(session, Verdict.PAUSED)
    if session.deadline is not None and event.at >= session.deadline:
        return Step(session, Verdict.LATE)
    return Step(session.with_response(event), Verdict.COUNTED)


def _steered(session: QuizSession, event: Controlled) -> Step:
    if event.student != session.host and not event.moderator:
        return Step(session, Verdict.NOT_YOURS)
    if event.action == "end":
        return _finished(session, Verdict.MOVED)
    if event.question != session.position:
        return Step(session, Verdict.NOTHING)  # two leaders press Skip at once: one question is skipped
    match event.action:
        case "skip" if event.showing == (session.phase is Phase.SHOWING):
            return _onward(_resumed(session, event.at), event.at)
        case "pause" if session.paused_at is None:
            return Step(replace(session, paused_at=event.at), Verdict.MOVED)
        case "resume" if session.paused_at is not None:
            return Step(_resumed(session, event.at), Verdict.MOVED)
    return Step(session, Verdict.NOTHING)


def _resumed(session: QuizSession, at: float) -> QuizSession:
    if session.paused_at is None or session.deadline is None:
        return session
    pause = max(0.0, at - session.paused_at)
    return replace(
        session,
        paused_at=None,
        opened_at=session.opened_at + pause,
        deadline=session.deadline + pause,
    )


def _onward(session: QuizSession, at: float) -> Step:
    """A question closes; then the next one opens, or the quiz is over."""
    if session.phase is Phase.ASKING and session.position + 1 < session.count:
        shown = replace(session, phase=Phase.SHOWING, deadline=at + SHOWN_FOR)
        return Step(shown, Verdict.MOVED)
    if session.phase is Phase.SHOWING:
        opened = _at(session, session.position + 1, at)
        return Step(replace(opened, deadline=at + session.open_for), Verdict.MOVED)
    return _finished(session, Verdict.MOVED)


def _finished(session: QuizSession, verdict: Verdict) -> Step:
    if session.mode == "together" and not session.responses:
        return _given_up(session, verdict)
    over = replace(session, phase=Phase.FINISHED, deadline=None, paused_at=None)
    return Step(over, verdict, (Effect.FOLLOW if session.delivered else Effect.SUBMIT,))


def _given_up(session: QuizSession, verdict: Verdict) -> Step:
    over = replace(session, phase=Phase.CANCELLED, deadline=None, paused_at=None)
    return Step(over, verdict, () if session.delivered else (Effect.CANCEL,))


def _overtaken(session: QuizSession) -> Step:
    if session.delivered:
        return Step(session, Verdict.NOTHING)
    return Step(replace(session, delivered=True), Verdict.MOVED, (Effect.SUBMIT_UNFINISHED,))


def _cancelled(session: QuizSession, event: Cancelled) -> Step:
    if event.student not in {None, session.host} and not event.moderator:
        return Step(session, Verdict.NOT_YOURS)
    return _given_up(session, Verdict.MOVED)
