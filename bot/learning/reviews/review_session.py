"""A review as a student goes through it: a state machine, kept so that its buttons outlive restarts.

It knows neither Discord nor the database. Each change of what is shown has a new `turn`, which every button carries:
a press on a button of an earlier turn (a double press, an old message) changes nothing.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from pydantic import TypeAdapter

Mode = Literal["due", "ahead", "wrong"]
"""`due`: what is due; `ahead`: what is not due yet, and counts all the same; `wrong`: a quiz's missed questions, until
each was right once, which changes no schedule.
"""
Phase = Literal["asking", "turned", "answered", "over"]
"""`turned`: the back of a flash card, or the solution of an exercise, is shown, and the student says right or wrong."""

MOST_AGAIN: Final = 50
"""Cards that were wrong in this review and come again at its end."""


@dataclass(frozen=True, slots=True)
class ReviewSession:
    """A review. `queue` holds the ids of the cards to come, where the mode is not `due`; `again` those of cards that
    were wrong and come once more before the end.
    """

    id: str
    student_id: int
    mode: Mode
    deck_id: str | None = None
    """The deck that is reviewed; None: all of them."""
    turn: int = 0
    phase: Phase = "over"
    card_id: str | None = None
    number: int = 0
    """The number that a review of this card gets."""
    shown_at: float = 0.0
    """Seconds since the epoch."""
    chosen: int | None = None
    typed: str | None = None
    right: bool | None = None
    rating: int | None = None
    counted: bool = False
    """Whether the answer is a review of the card, which changes its schedule."""
    queue: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    right_count: int = 0
    wrong_count: int = 0
    away_id: str | None = None
    """The card that was put away just now, and can be brought back."""

    @property
    def counts(self) -> bool:
        """Whether answers in it are reviews."""
        return self.mode != "wrong"

    @property
    def to_come(self) -> frozenset[str]:
        """The cards to be answered yet, the one that is asked now among them. Due cards are counted in the store."""
        asked_now = {self.card_id} if self.card_id is not None and self.phase != "answered" else set()
        return frozenset({*self.queue, *self.again, *asked_now})


_SESSION: Final = TypeAdapter(ReviewSession)


def as_json(session: ReviewSession) -> str:
    """A session as it is kept."""
    return _SESSION.dump_json(session).decode()


def from_json(text: str) -> ReviewSession:
    """A session from what is kept of it."""
    return _SESSION.validate_json(text)


def asked(session: ReviewSession, card_id: str, number: int, at: float) -> ReviewSession:
    """The next card is shown."""
    return replace(
        _cleared(session),
        phase="asking",
        card_id=card_id,
        number=number,
        shown_at=at,
        queue=tuple(each for each in session.queue if each != card_id),
    )


def turned_over(session: ReviewSession, typed: str | None = None) -> ReviewSession:
    """The other side is shown; `typed` is an answer that nobody could check."""
    return replace(session, turn=session.turn + 1, phase="turned", typed=typed)


def answered(
    session: ReviewSession,
    *,
    right: bool,
    rating: int,
    chosen: int | None = None,
    typed: str | None = None,
) -> ReviewSession:
    """The card was answered: a wrong one comes again before the end."""
    assert session.card_id is not None
    others = tuple(each for each in session.again if each != session.card_id)
    again = others if right else (*others, session.card_id)[-MOST_AGAIN:]
    return replace(
        session,
        away_id=None,
        turn=session.turn + 1,
        phase="answered",
        chosen=chosen,
        typed=typed if typed is not None else session.typed,
        right=right,
        rating=rating,
        counted=session.counts,
        again=again,
        right_count=session.right_count + right,
        wrong_count=session.wrong_count + (not right),
    )


def regraded(session: ReviewSession, rating: int, *, right: bool) -> ReviewSession:
    """The grade of the card that is shown was corrected."""
    assert session.card_id is not None
    others = tuple(each for each in session.again if each != session.card_id)
    was_right = bool(session.right)
    return replace(
        session,
        turn=session.turn + 1,
        right=right,
        rating=rating,
        again=others if right else (*others, session.card_id)[-MOST_AGAIN:],
        right_count=session.right_count + right - was_right,
        wrong_count=session.wrong_count - right + was_right,
    )


def put_away(session: ReviewSession) -> ReviewSession:
    """The card that is shown comes back no more."""
    assert session.card_id is not None
    again = tuple(each for each in session.again if each != session.card_id)
    return replace(session, again=again, away_id=session.card_id)


def ended(session: ReviewSession) -> ReviewSession:
    """No card is left, or the student has enough."""
    return replace(_cleared(session), phase="over", card_id=None)


def _cleared(session: ReviewSession) -> ReviewSession:
    return replace(session, turn=session.turn + 1, chosen=None, typed=None, right=None, rating=None, counted=False)
