"""A quiz's session as a state machine: it takes events, and gives a new state and the effects to carry out.

In whatever order events come, a student's response to a question counts at most once in the results, and a quiz answers
its call exactly once, by `SUBMIT`, `SUBMIT_UNFINISHED` or `CANCEL`.
"""

from dataclasses import dataclass, replace

from bot.quizzes.session.events import (
    Cancelled,
    Controlled,
    ConversationContinued,
    Effect,
    Event,
    EventOutcome,
    Joined,
    Moved,
    QuestionsChecked,
    Responded,
    Sent,
    Ticked,
    TriedAgain,
)
from bot.quizzes.session.quiz_session import SHOWN_FOR, Phase, QuizSession


@dataclass(frozen=True, slots=True)
class Transition:
    """The outcome of an event."""

    session: QuizSession
    outcome: EventOutcome
    effects: tuple[Effect, ...] = ()


_Played = Responded | TriedAgain | Joined | Moved | Sent | Controlled | Ticked
"""The events that mean something else solo than together."""


def apply(session: QuizSession, event: Event) -> Transition:
    """Apply an event."""
    if session.phase.over:
        return Transition(session, EventOutcome.OVER)
    match event:
        case ConversationContinued():
            return _conversation_continued(session)
        case Cancelled():
            return _cancelled(session, event)
        case QuestionsChecked():
            return _questions_checked(session, event)
    if session.mode == "solo":
        return _solo(session, event)
    return _together(session, event)


def _solo(session: QuizSession, event: _Played) -> Transition:
    if isinstance(event, Controlled | Ticked):
        return Transition(session, EventOutcome.NOTHING)
    if isinstance(event, Joined):
        return Transition(session, EventOutcome.UNKNOWN)
    if event.student != session.host:
        return Transition(session, EventOutcome.NOT_YOURS)
    match event:
        case Responded():
            return _solo_responded(session, event)
        case TriedAgain():
            return _tried_again(session, event)
        case Moved():
            return _moved(session, event)
        case Sent():
            if session.waiting:
                return Transition(session, EventOutcome.UNKNOWN)
            return _finished(session, EventOutcome.MOVED)


def _solo_responded(session: QuizSession, event: Responded) -> Transition:
    if not session.has_choice(event.question, event.choice):
        return Transition(session, EventOutcome.UNKNOWN)
    if session.told(event.question):
        return Transition(session, EventOutcome.TOLD)
    known = session.response(event.student, event.question)
    outcome = EventOutcome.COUNTED if known is None else EventOutcome.CHANGED
    if known is None or known.choice != event.choice:
        session = session.with_response(event)
    if event.question != session.position:
        return Transition(session, outcome)  # a second press, and the next question is shown already
    if session.total == 1 and not session.offers_second_try(event.question):
        return _finished(session, outcome)
    if session.told(event.question):
        return Transition(session, outcome)  # right or wrong is told first; *Next* leads on
    return Transition(_at(session, next_position(session), event.at), outcome)


def _tried_again(session: QuizSession, event: TriedAgain) -> Transition:
    if not session.has_choice(event.question, event.choice):
        return Transition(session, EventOutcome.UNKNOWN)
    response = session.response(event.student, event.question)
    if response is None or not session.offers_second_try(event.question) or event.choice == response.choice:
        return Transition(session, EventOutcome.TOLD)
    return Transition(session.with_second_try(event), EventOutcome.MOVED)


def _questions_checked(session: QuizSession, event: QuestionsChecked) -> Transition:
    if not session.waiting:
        return Transition(session, EventOutcome.NOTHING)
    questions = (*session.quiz.questions, *(question for question, _ in event.ready))
    left_out = session.total - len(questions) - len(event.waiting)
    grown = replace(
        session,
        quiz=session.quiz.model_copy(update={"questions": questions}),
        orders=(*session.orders, *(order for _, order in event.ready)),
        waiting=event.waiting,
        left_out=session.left_out + left_out,
    )
    if session.phase is Phase.CHECKING and (event.ready or not event.waiting):
        grown = _at(grown, session.position, event.at)
    return Transition(grown, EventOutcome.MOVED)


def next_position(session: QuizSession) -> int:
    """The next question; the summary if the student came back from there to change a response."""
    at_summary = session.furthest == session.count and not session.waiting
    return session.count if at_summary else min(session.position + 1, session.count)


def _moved(session: QuizSession, event: Moved) -> Transition:
    if not 0 <= event.to <= session.count or event.to > session.furthest + 1:
        return Transition(session, EventOutcome.UNKNOWN)
    return Transition(_at(session, event.to, event.at), EventOutcome.MOVED)


def _at(session: QuizSession, position: int, at: float) -> QuizSession:
    return replace(
        session,
        phase=_phase_at(session, position),
        position=position,
        furthest=max(session.furthest, position),
        opened_at=at,
    )


def _phase_at(session: QuizSession, position: int) -> Phase:
    """Behind the last question stands the summary or, while questions are being checked, the wait for the next one."""
    if position < session.count:
        return Phase.ASKING
    return Phase.CHECKING if session.waiting else Phase.REVIEW


def _together(session: QuizSession, event: _Played) -> Transition:
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
        case Moved() | Sent() | TriedAgain():
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
        shown = replace(session, phase=Phase.SHOWING, deadline=at + SHOWN_FOR, furthest=session.position + 1)
        return Transition(shown, EventOutcome.MOVED)
    if session.phase is Phase.SHOWING:
        opened = _at(session, session.position + 1, at)
        return Transition(replace(opened, deadline=at + session.open_for), EventOutcome.MOVED)
    return _finished(replace(session, furthest=session.count), EventOutcome.MOVED)


def _finished(session: QuizSession, outcome: EventOutcome) -> Transition:
    if session.mode == "together" and not session.responses:
        return _end_without_results(session, outcome)
    over = replace(session, waiting=(), phase=Phase.FINISHED, deadline=None, paused_at=None)
    return Transition(over, outcome, (Effect.FOLLOW if session.delivered else Effect.SUBMIT,))


def _end_without_results(session: QuizSession, outcome: EventOutcome) -> Transition:
    over = replace(session, waiting=(), phase=Phase.CANCELLED, deadline=None, paused_at=None)
    return Transition(over, outcome, () if session.delivered else (Effect.CANCEL,))


def _conversation_continued(session: QuizSession) -> Transition:
    if session.delivered:
        return Transition(session, EventOutcome.NOTHING)
    return Transition(replace(session, delivered=True), EventOutcome.MOVED, (Effect.SUBMIT_UNFINISHED,))


def _cancelled(session: QuizSession, event: Cancelled) -> Transition:
    if event.student not in {None, session.host} and not event.moderator:
        return Transition(session, EventOutcome.NOT_YOURS)
    return _end_without_results(session, EventOutcome.MOVED)


def is_untold(before: QuizSession, after: QuizSession, *, known: bool) -> bool:
    """Whether the model has to be told of a quiz after an event: a run that is cancelled leaves it no output.

    It was told of a finished quiz, or will be, by the results.
    """
    if after.phase is Phase.FINISHED:
        return False
    return known or after.phase is Phase.CANCELLED or (after.delivered and not before.delivered)
