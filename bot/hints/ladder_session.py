"""A hint ladder as a state machine: pure functions from a session and an event to the next session.

Nothing here knows Discord, a clock or the store. Times are seconds since the epoch, as the caller's clock tells them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Literal

from bot.hints.help_arguments import Help

TutorMode = Literal["answer", "guide"]
"""`answer`: the solution opens at once; `guide`: after honest tries, or after all hints."""
Verdict = Literal["right", "partly", "wrong"]

MOST_TRIES: Final = 10
"""Tries that are kept, the newest; all are counted."""


class LadderPhase(StrEnum):
    """Where a ladder is between its beginning and its end."""

    CLIMBING = "climbing"
    SOLVED = "solved"
    SHOWN = "shown"
    """The student has looked at the solution."""
    ENDED = "ended"
    """Nobody climbs it any more: it was ended, its run or its channel is gone."""

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self is not LadderPhase.CLIMBING

    @property
    def done(self) -> bool:
        """Whether the student has the answer, so that it may be told."""
        return self in {LadderPhase.SOLVED, LadderPhase.SHOWN}


class LadderEffect(StrEnum):
    """What an event makes due towards the run that waits for the call's output."""

    SUBMIT = "submit"
    """Hand over what the student did: the ladder is over."""
    SUBMIT_UNFINISHED = "submit_unfinished"
    """Someone wrote on meanwhile: hand over what was done so far. The ladder goes on."""
    FOLLOW = "follow"
    """The output was handed over already: send what the student did as a message."""
    CANCEL = "cancel"
    """Nobody answers any more: cancel the run."""


class LadderOutcome(StrEnum):
    """What became of an event."""

    MOVED = "moved"
    NOTHING = "nothing"
    NOT_YOURS = "not_yours"
    """Only the student who asked may press."""
    LOCKED = "locked"
    """The solution is not open yet."""
    OVER = "over"
    """The ladder is over."""


@dataclass(frozen=True, slots=True)
class Try:
    """An answer that the student gave. `honest`: algebra could read it, and it differs from those before."""

    text: str
    verdict: Verdict
    honest: bool
    at: float


@dataclass(frozen=True, slots=True)
class LadderSession:
    """A ladder at one moment."""

    help: Help
    student: int
    mode: TutorMode
    opens_after: int
    """In the mode `guide`: honest tries after which the solution opens."""
    begun_at: float
    phase: LadderPhase = LadderPhase.CLIMBING
    hints_shown: int = 1
    tries: tuple[Try, ...] = ()
    """The newest."""
    try_count: int = 0
    """How often the student has answered."""
    honest_tries: int = 0
    """How many of these count towards the solution."""
    delivered: bool = False
    """Whether the run was given an output already, because someone wrote on."""
    ended_at: float | None = None
    given_up: bool = False
    """Whether the student has ended it without the answer."""

    @property
    def solution_is_open(self) -> bool:
        """Whether the student may look at the solution."""
        all_hints = self.hints_shown >= len(self.help.hints)
        return self.mode == "answer" or all_hints or self.honest_tries >= self.opens_after

    @property
    def outcome(self) -> Literal["solved", "given_up"] | None:
        """What is told to those who keep what students learn; None: nothing, or nothing yet."""
        if self.phase is LadderPhase.SOLVED:
            return "solved"
        return "given_up" if self.phase is LadderPhase.SHOWN or self.given_up else None


@dataclass(frozen=True, slots=True)
class HintAsked:
    """A press on *Next hint* below so many hints: a second press of the same button brings no second hint."""

    student: int
    shown: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The student's answer, judged. `readable`: algebra could read it; `repeated`: it was given before."""

    student: int
    text: str
    verdict: Verdict
    at: float
    readable: bool = True
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class SolutionAsked:
    """A press on *Show solution*."""

    student: int
    at: float


@dataclass(frozen=True, slots=True)
class LadderEnded:
    """The ladder is ended: by someone (`by`), or because its run, message or channel is gone (None)."""

    by: int | None
    moderator: bool
    at: float


@dataclass(frozen=True, slots=True)
class WroteOn:
    """Someone wrote on in the conversation while the run waited."""


LadderEvent = HintAsked | Answered | SolutionAsked | LadderEnded | WroteOn


@dataclass(frozen=True, slots=True)
class LadderStep:
    """The session after an event, and what that makes due."""

    session: LadderSession
    outcome: LadderOutcome
    effect: LadderEffect | None = None


def apply_to_ladder(session: LadderSession, event: LadderEvent) -> LadderStep:
    """The session after an event. An event that changes nothing leaves the same session."""
    if session.phase.over:
        return LadderStep(session, LadderOutcome.OVER)
    match event:
        case HintAsked(student) | Answered(student) | SolutionAsked(student) if student != session.student:
            return LadderStep(session, LadderOutcome.NOT_YOURS)
        case HintAsked(_, shown):
            if shown != session.hints_shown or shown >= len(session.help.hints):
                return LadderStep(session, LadderOutcome.NOTHING)
            return LadderStep(replace(session, hints_shown=shown + 1), LadderOutcome.MOVED)
        case Answered():
            return _answered(session, event)
        case SolutionAsked(_, at):
            if not session.solution_is_open:
                return LadderStep(session, LadderOutcome.LOCKED)
            return _over(replace(session, phase=LadderPhase.SHOWN, ended_at=at))
        case LadderEnded(by, moderator, at):
            if by is not None and by != session.student and not moderator:
                return LadderStep(session, LadderOutcome.NOT_YOURS)
            ended = replace(session, phase=LadderPhase.ENDED, ended_at=at, given_up=by == session.student)
            return LadderStep(ended, LadderOutcome.MOVED, None if session.delivered else LadderEffect.CANCEL)
        case WroteOn():
            if session.delivered:
                return LadderStep(session, LadderOutcome.NOTHING)
            told = replace(session, delivered=True)
            return LadderStep(told, LadderOutcome.MOVED, LadderEffect.SUBMIT_UNFINISHED)


def _answered(session: LadderSession, event: Answered) -> LadderStep:
    given = Try(event.text, event.verdict, event.readable and not event.repeated, event.at)
    moved = replace(
        session,
        tries=(*session.tries, given)[-MOST_TRIES:],
        try_count=session.try_count + 1,
        honest_tries=session.honest_tries + given.honest,
    )
    if event.verdict == "right":
        return _over(replace(moved, phase=LadderPhase.SOLVED, ended_at=event.at))
    return LadderStep(moved, LadderOutcome.MOVED)


def _over(session: LadderSession) -> LadderStep:
    effect = LadderEffect.FOLLOW if session.delivered else LadderEffect.SUBMIT
    return LadderStep(session, LadderOutcome.MOVED, effect)


def is_untold_of(before: LadderSession, after: LadderSession, *, known: bool) -> bool:
    """Whether the model has to be told of a ladder with the next question: a run that is cancelled leaves no output.

    It was told of one that is done, or will be, by its output.
    """
    if after.phase.done:
        return False
    return known or after.phase is LadderPhase.ENDED or (after.delivered and not before.delivered)


# As it is stored


def state_of(session: LadderSession) -> dict[str, Any]:
    """The changing part of a session, ready for JSON."""
    return {
        "phase": session.phase.value,
        "hints_shown": session.hints_shown,
        "tries": [
            {"text": each.text, "verdict": each.verdict, "honest": each.honest, "at": each.at} for each in session.tries
        ],
        "try_count": session.try_count,
        "honest_tries": session.honest_tries,
        "delivered": session.delivered,
        "ended_at": session.ended_at,
        "given_up": session.given_up,
    }


def with_state(session: LadderSession, state: Mapping[str, Any]) -> LadderSession:
    """The session with its changing part as it was stored."""
    return replace(
        session,
        phase=LadderPhase(state["phase"]),
        hints_shown=state["hints_shown"],
        tries=tuple(Try(**each) for each in state["tries"]),
        try_count=state["try_count"],
        honest_tries=state["honest_tries"],
        delivered=state["delivered"],
        ended_at=state["ended_at"],
        given_up=state["given_up"],
    )
