"""A quiz's session, a state machine: it takes events, and gives a new state and the effects to carry out.

It knows nothing of Discord, clocks or databases: times are seconds since the epoch and come with the events. In
whatever order events come, a student's response to a question counts at most once in the results, and a quiz answers
its call exactly once, by `SUBMIT`, `SUBMIT_UNFINISHED` or `CANCEL`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from bot.quizzes.arguments import Quiz
from bot.quizzes.choices import Order

Mode = Literal["solo", "together"]
Difficulty = Literal["easy", "medium", "hard"]
Source = Literal["files", "anything"]

LOBBY_FOR: Final = 8.0
"""Seconds that a group's quiz waits for students to join, before the first question opens."""
OPEN_FOR: Final = 30.0
"""Seconds that a question is open when a group plays."""
SHOWN_FOR: Final = 7.0
"""Seconds that the result of a closed question is shown before the next question opens."""
LONGEST_PAUSE: Final = 3_600.0
"""Seconds after which a quiz that nobody resumes ends."""


class Phase(StrEnum):
    """The phase that a quiz is in."""

    LOBBY = "lobby"
    """Together: students join, and the first question is not open yet."""
    ASKING = "asking"
    REVIEW = "review"
    """Solo: the summary of all responses, before they are sent."""
    SHOWING = "showing"
    """Together: the result of a closed question is shown."""
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing can change any more."""
        return self in {Phase.FINISHED, Phase.CANCELLED}


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
class Response:
    """A student's response to a question: the index of the choice in the model's list, when its button was pressed, and
    how many seconds the student took.
    """

    choice: int
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Responded:
    """A student pressed the button of a choice."""

    student: int
    name: str
    question: int
    choice: int
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


Event = Responded | Joined | Moved | Sent | Controlled | Ticked | ConversationContinued | Cancelled


@dataclass(frozen=True, slots=True)
class QuizSession:
    """The state of a quiz."""

    quiz: Quiz
    mode: Mode
    host: int
    """The student who started it. Solo, only the host may answer."""
    orders: tuple[Order, ...]
    open_for: float = OPEN_FOR
    phase: Phase = Phase.ASKING
    position: int = 0
    """The index of the current question; the number of questions in the summary."""
    furthest: int = 0
    """Solo: the highest position so far."""
    opened_at: float = 0.0
    """When the current question opened; pauses move it later."""
    deadline: float | None = None
    """Together: when the phase ends, unless the quiz is paused."""
    paused_at: float | None = None
    delivered: bool = False
    """Whether the call has its output already, while the quiz goes on."""
    responses: Mapping[int, Mapping[int, Response]] = field(default_factory=dict)
    """By student id, by index of the question."""
    names: Mapping[int, str] = field(default_factory=dict)
    """Display names by student id, in the order of the students' first responses."""
    joined: Mapping[int, str] = field(default_factory=dict)
    """Together: display names of the students who pressed Join, by student id, in that order."""

    @property
    def due_at(self) -> float | None:
        """When `Ticked` changes something, though nobody presses a button; None: it never does."""
        if self.phase.over or self.deadline is None:
            return None
        return self.deadline if self.paused_at is None else self.paused_at + LONGEST_PAUSE

    @property
    def count(self) -> int:
        """The number of questions."""
        return len(self.quiz.questions)

    def response(self, student: int, question: int) -> Response | None:
        """The response of `student` to a question, by its index."""
        return self.responses.get(student, {}).get(question)

    def with_response(self, event: Responded) -> "QuizSession":
        """The session with this response. It replaces an earlier response to the same question."""
        response = Response(event.choice, event.at, max(0.0, event.at - self.opened_at))
        own = {**self.responses.get(event.student, {}), event.question: response}
        return replace(
            self,
            responses={**self.responses, event.student: own},
            names={**self.names, event.student: event.name},
        )

    def has_choice(self, question: int, choice: int) -> bool:
        """Whether there is such a question with such a choice."""
        return 0 <= question < self.count and 0 <= choice < len(self.quiz.questions[question].choices)


@dataclass(frozen=True, slots=True)
class Transition:
    """The outcome of an event."""

    session: QuizSession
    outcome: EventOutcome
    effects: tuple[Effect, ...] = ()


def start(
    quiz: Quiz,
    *,
    mode: Mode,
    host: int,
    orders: Sequence[Order],
    at: float,
    open_for: float = OPEN_FOR,
    lobby_for: float = 0.0,
) -> QuizSession:
    """The session of a new quiz: at its first question or, if a group plays and `lobby_for` is not 0, in its lobby."""
    lobby = mode == "together" and lobby_for > 0
    return QuizSession(
        quiz=quiz,
        mode=mode,
        host=host,
        orders=tuple(orders),
        open_for=open_for,
        phase=Phase.LOBBY if lobby else Phase.ASKING,
        opened_at=at,
        deadline=at + (lobby_for if lobby else open_for) if mode == "together" else None,
    )


def apply(session: QuizSession, event: Event) -> Transition:
    """Apply an event."""
    if session.phase.over:
        return Transition(session, EventOutcome.OVER)
    match event:
        case ConversationContinued():
            return _conversation_continued(session)
        case Cancelled():
            return _cancelled(session, event)
    if session.mode == "solo":
        return _solo(session, event)
    return _together(session, event)


def _solo(session: QuizSession, event: Responded | Joined | Moved | Sent | Controlled | Ticked) -> Transition:
    if isinstance(event, Controlled | Ticked):
        return Transition(session, EventOutcome.NOTHING)
    if isinstance(event, Joined):
        return Transition(session, EventOutcome.UNKNOWN)
    if event.student != session.host:
        return Transition(session, EventOutcome.NOT_YOURS)
    match event:
        case Responded():
            return _solo_responded(session, event)
        case Moved():
            return _moved(session, event)
        case Sent():
            return _finished(session, EventOutcome.MOVED)


def _solo_responded(session: QuizSession, event: Responded) -> Transition:
    if not session.has_choice(event.question, event.choice):
        return Transition(session, EventOutcome.UNKNOWN)
    known = session.response(event.student, event.question)
    outcome = EventOutcome.COUNTED if known is None else EventOutcome.CHANGED
    if known is None or known.choice != event.choice:
        session = session.with_response(event)
    if event.question != session.position:
        return Transition(session, outcome)  # a second press, and the next question is shown already
    if session.count == 1:
        return _finished(session, outcome)
    return Transition(_at(session, _next(session), event.at), outcome)


def _next(session: QuizSession) -> int:
    """The next question; the summary if the student came back from there to change a response."""
    return session.count if session.furthest == session.count else session.position + 1


def _moved(session: QuizSession, event: Moved) -> Transition:
    if not 0 <= event.to <= session.count or event.to > session.furthest + 1:
        return Transition(session, EventOutcome.UNKNOWN)
    return Transition(_at(session, event.to, event.at), EventOutcome.MOVED)


def _at(session: QuizSession, position: int, at: float) -> QuizSession:
    return replace(
        session,
        phase=Phase.REVIEW if position == session.count else Phase.ASKING,
        position=position,
        furthest=max(session.furthest, position),
        opened_at=at,
    )


def _together(session: QuizSession, event: Responded | Joined | Moved | Sent | Controlled | Ticked) -> Transition:
    match event:
        case Responded():
            return _together_responded(session, event)
        case Joined():
            return _joined(session, event)
        case Controlled():
            return _controlled(session, event)
        case Ticked():
            if session.due_at is None or event.at < session.due_at:
                return Transition(session, EventOutcome.NOTHING)
            if session.paused_at is not None:
                return _finished(session, EventOutcome.MOVED)
            return _advanced(session, event.at)
        case Moved() | Sent():
            return Transition(session, EventOutcome.UNKNOWN)


def _together_responded(session: QuizSession, event: Responded) -> Transition:
    if not session.has_choice(event.question, event.choice):
        return Transition(session, EventOutcome.UNKNOWN)
    if session.response(event.student, event.question) is not None:
        return Transition(session, EventOutcome.ALREADY)
    if session.phase is Phase.LOBBY:
        return Transition(session, EventOutcome.EARLY)
    if session.phase is not Phase.ASKING or event.question != session.position:
        return Transition(session, EventOutcome.LATE)
    if session.paused_at is not None:
        return Transition(session, EventOutcome.PAUSED)
    if session.deadline is not None and event.at >= session.deadline:
        return Transition(session, EventOutcome.LATE)
    return Transition(session.with_response(event), EventOutcome.COUNTED)


def _joined(session: QuizSession, event: Joined) -> Transition:
    if session.phase is not Phase.LOBBY:
        return Transition(session, EventOutcome.BEGUN)
    if event.student in session.joined:
        return Transition(session, EventOutcome.JOINED_BEFORE)
    joined = {**session.joined, event.student: event.name}
    return Transition(replace(session, joined=joined), EventOutcome.JOINED)


def _controlled(session: QuizSession, event: Controlled) -> Transition:
    if event.student != session.host and not event.moderator:
        return Transition(session, EventOutcome.NOT_YOURS)
    if event.action == "end":
        return _finished(session, EventOutcome.MOVED)
    if (event.action == "begin") != (session.phase is Phase.LOBBY):
        return Transition(session, EventOutcome.NOTHING)
    if event.question != session.position:
        return Transition(
            session, EventOutcome.NOTHING
        )  # host and moderator press Skip at once: one question is skipped
    match event.action:
        case "begin":
            return _advanced(session, event.at)
        case "skip" if event.showing == (session.phase is Phase.SHOWING):
            return _advanced(_resumed(session, event.at), event.at)
        case "pause" if session.paused_at is None:
            return Transition(replace(session, paused_at=event.at), EventOutcome.MOVED)
        case "resume" if session.paused_at is not None:
            return Transition(_resumed(session, event.at), EventOutcome.MOVED)
    return Transition(session, EventOutcome.NOTHING)


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


def _advanced(session: QuizSession, at: float) -> Transition:
    """Close the lobby and open the first question; close a question; after its result open the next, or finish."""
    if session.phase is Phase.LOBBY:
        opened = replace(session, phase=Phase.ASKING, opened_at=at, deadline=at + session.open_for)
        return Transition(opened, EventOutcome.MOVED)
    if session.phase is Phase.ASKING and session.position + 1 < session.count:
        shown = replace(session, phase=Phase.SHOWING, deadline=at + SHOWN_FOR)
        return Transition(shown, EventOutcome.MOVED)
    if session.phase is Phase.SHOWING:
        opened = _at(session, session.position + 1, at)
        return Transition(replace(opened, deadline=at + session.open_for), EventOutcome.MOVED)
    return _finished(session, EventOutcome.MOVED)


def _finished(session: QuizSession, outcome: EventOutcome) -> Transition:
    if session.mode == "together" and not session.responses:
        return _end_without_results(session, outcome)
    over = replace(session, phase=Phase.FINISHED, deadline=None, paused_at=None)
    return Transition(over, outcome, (Effect.FOLLOW if session.delivered else Effect.SUBMIT,))


def _end_without_results(session: QuizSession, outcome: EventOutcome) -> Transition:
    over = replace(session, phase=Phase.CANCELLED, deadline=None, paused_at=None)
    return Transition(over, outcome, () if session.delivered else (Effect.CANCEL,))


def _conversation_continued(session: QuizSession) -> Transition:
    if session.delivered:
        return Transition(session, EventOutcome.NOTHING)
    return Transition(replace(session, delivered=True), EventOutcome.MOVED, (Effect.SUBMIT_UNFINISHED,))


def _cancelled(session: QuizSession, event: Cancelled) -> Transition:
    if event.student not in {None, session.host} and not event.moderator:
        return Transition(session, EventOutcome.NOT_YOURS)
    return _end_without_results(session, EventOutcome.MOVED)
