"""The store of reviews: which card is next, what a review changes, and the sessions that students are in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.learning.card import Card, Schedule
from bot.learning.card_store import card_of_row
from bot.learning.result_store import StudyResult, add_result_statement, result_row
from bot.learning.reviews.review_session import ReviewSession, as_json, from_json
from bot.learning.tables import CardReviewRow, CardRow, ReviewSessionRow, StudyResultRow
from bot.store.base import table_of
from bot.store.group_commit import Statement
from bot.store.store import Store

NEW_PER_DAY: Final = 20
"""New cards that a student sees in a day, so that a deck of thousands does not come at once."""
DAY: Final = 20 * 3_600.0
"""Seconds: a student who comes at the same time each day comes a little earlier on some."""
SOON: Final = 20 * 60.0
"""Seconds: a card that was wrong comes again at the end of a review if it is due within these."""
KEPT: Final = 3
"""Sessions that are kept of a student; older ones are over, whatever their messages show."""

_SCHEDULE: Final = TypeAdapter(Schedule)
_CARDS, _REVIEWS = table_of(CardRow), table_of(CardReviewRow)
_SESSIONS, _RESULTS = table_of(ReviewSessionRow), table_of(StudyResultRow)
_STATE: Final = tuple(each.name for each in fields(Schedule))
_SET_SCHEDULE: Final = (
    update(_CARDS)
    .where(_CARDS.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in (*_STATE, "reviews")})
)
_CORRECT_REVIEW: Final = (
    update(_REVIEWS)
    .where(_REVIEWS.c.card_id == bindparam("of"), _REVIEWS.c.number == bindparam("nth"))
    .values(rating=bindparam("to"), right=bindparam("is_right"))
)
_CORRECT_RESULT: Final = (
    update(_RESULTS)
    .where(
        _RESULTS.c.student_id == bindparam("by"),
        _RESULTS.c.source == "card",
        _RESULTS.c.source_id == bindparam("of"),
        _RESULTS.c.number == bindparam("nth"),
    )
    .values(right=bindparam("is_right"))
)
_DELETE_SESSION: Final = delete(_SESSIONS).where(_SESSIONS.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a card: its number is that of the card's reviews before, and one more."""

    card_id: str
    number: int
    rating: int
    right: bool
    seconds: float | None
    at: float
    before: Schedule
    """The card's schedule before it."""


class ReviewedAlreadyError(Exception):
    """The card was answered in another review meanwhile: this answer changes nothing."""


class DueCounts(NamedTuple):
    """How many cards are due, how many are new (and not seen yet), and when the next one is due."""

    due: int
    new: int
    next_due: float | None


class ReviewStore:
    """Named reads and writes of reviews. Whoever asks names the student whose cards they are."""

    def __init__(self, store: Store, *, new_per_day: int = NEW_PER_DAY) -> None:
        self._store = store
        self._new_per_day = new_per_day
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self.add_review: Any = dialect.insert(_REVIEWS)
        self._add_result = add_result_statement(store.dialect)
        putting = dialect.insert(_SESSIONS)
        self._put_session = putting.on_conflict_do_update(
            index_elements=["id"], set_={name: putting.excluded[name] for name in ("turn", "state", "at")}
        )

    # Which card

    async def next_due(self, owner_id: int, deck_id: str | None, at: float) -> Card | None:
        """The card that has been due for longest; when there is none, a new one, if today's are not used up."""
        conditions = (*_shown_of(owner_id, deck_id), _CARDS.c.due <= at)
        seen = select(_CARDS).where(*conditions, _CARDS.c.last_review.is_not(None)).order_by(_CARDS.c.due).limit(1)
        rows = await self._store.read(seen)
        if not rows and await self._new_left(owner_id, at) > 0:
            new = select(_CARDS).where(*conditions, _CARDS.c.last_review.is_(None))
            rows = await self._store.read(new.order_by(_CARDS.c.due, _CARDS.c.created_at, _CARDS.c.id).limit(1))
        return card_of_row(rows[0]) if rows else None

    async def soonest(self, owner_id: int, card_ids: Sequence[str], before: float) -> Card | None:
        """Of those cards the one that is due first, if it is due before then."""
        query = select(_CARDS).where(*_shown_of(owner_id, None), _CARDS.c.id.in_(card_ids), _CARDS.c.due <= before)
        rows = await self._store.read(query.order_by(_CARDS.c.due).limit(1)) if card_ids else []
        return card_of_row(rows[0]) if rows else None

    async def ahead(self, owner_id: int, deck_id: str | None, most: int) -> Sequence[str]:
        """The ids of the cards that come next, due or not."""
        query = select(_CARDS.c.id).where(*_shown_of(owner_id, deck_id)).order_by(_CARDS.c.due, _CARDS.c.created_at)
        return [row[0] for row in await self._store.read(query.limit(most))]

    async def missed_in(self, owner_id: int, origin_prefix: str) -> Sequence[str]:
        """The ids of the student's cards whose origins begin so, in the order of the origins."""
        query = select(_CARDS.c.id).where(*_shown_of(owner_id, None), _CARDS.c.origin.startswith(origin_prefix))
        return [row[0] for row in await self._store.read(query.order_by(_CARDS.c.created_at, _CARDS.c.origin))]

    async def counts(self, owner_id: int, deck_id: str | None, at: float) -> DueCounts:
        """What is due of a student's cards, or of one deck. New cards over those of today count as neither."""
        shown = _shown_of(owner_id, deck_id)
        is_due, is_new = _CARDS.c.due <= at, _CARDS.c.last_review.is_(None)
        query = select(
            func.count().filter(is_due & ~is_new).label("due"),
            func.count().filter(is_new).label("new"),
            func.min(_CARDS.c.due).filter((_CARDS.c.due > at) & ~is_new).label("next_due"),
        ).where(*shown)
        row = (await self._store.read(query))[0]
        left = await self._new_left(owner_id, at)
        next_due = row.next_due
        if row.new and left <= 0:
            again = await self._next_new_at(owner_id, at)
            next_due = again if next_due is None else min(next_due, again)
        return DueCounts(row.due, min(row.new, max(left, 0)), next_due)

    async def _new_left(self, owner_id: int, at: float) -> int:
        seen = (_REVIEWS.c.owner_id == owner_id, _REVIEWS.c.was_new.is_(True), _REVIEWS.c.at > at - DAY)
        rows = await self._store.read(select(func.count()).where(*seen))
        return self._new_per_day - int(rows[0][0])

    async def _next_new_at(self, owner_id: int, at: float) -> float:
        seen = (_REVIEWS.c.owner_id == owner_id, _REVIEWS.c.was_new.is_(True), _REVIEWS.c.at > at - DAY)
        rows = await self._store.read(select(func.min(_REVIEWS.c.at)).where(*seen))
        return float(rows[0][0] or at) + DAY

    # Reviews

    async def review_of(self, card_id: str, number: int) -> Review | None:
        """The review of a card with that number."""
        query = select(_REVIEWS).where(_REVIEWS.c.card_id == card_id, _REVIEWS.c.number == number)
        for row in await self._store.read(query):
            before = _SCHEDULE.validate_json(row.before)
            return Review(card_id, number, row.rating, row.right, row.seconds, row.at, before)
        return None

    async def answer(self, card: Card, review: Review, after: Schedule, session: ReviewSession) -> None:
        """Store a review with the schedule that it gives the card, its result, and the session.

        Raises:
            ReviewedAlreadyError: the card has a review of that number, from another session; nothing is stored.
        """
        result = StudyResult(
            student_id=card.owner_id,
            source="card",
            source_id=card.id,
            number=review.number,
            guild_id=card.guild_id,
            channel_id=card.channel_id,
            topic=card.topic,
            right=review.right,
            seconds=review.seconds,
            at=review.at,
        )
        try:
            await self._store.write(
                (self.add_review, review_row(card, review)),
                (_SET_SCHEDULE, {"of": card.id, **asdict(after), "reviews": review.number}),
                (self._add_result, result_row(result)),
                self._session_statement(session, review.at),
            )
        except IntegrityError as error:
            raise ReviewedAlreadyError(card.id) from error

    async def correct(self, card: Card, review: Review, after: Schedule, session: ReviewSession, at: float) -> None:
        """Store another rating of a card's last review, and what it changes."""
        nth = {"of": card.id, "nth": review.number, "is_right": review.right}
        await self._store.write(
            (_CORRECT_REVIEW, {**nth, "to": review.rating}),
            (_SET_SCHEDULE, {"of": card.id, **asdict(after), "reviews": review.number}),
            (_CORRECT_RESULT, {**nth, "by": card.owner_id}),
            self._session_statement(session, at),
        )

    # Sessions

    async def session(self, session_id: str) -> ReviewSession | None:
        """A session that is kept."""
        rows = await self._store.read(select(_SESSIONS.c.state).where(_SESSIONS.c.id == session_id))
        return from_json(rows[0].state) if rows else None

    async def save(self, session: ReviewSession, at: float) -> None:
        """Store a session as it is now."""
        await self._store.write(self._session_statement(session, at))

    async def drop_old_sessions(self, student_id: int) -> None:
        """Delete a student's sessions but for the newest."""
        query = select(_SESSIONS.c.id).where(_SESSIONS.c.student_id == student_id).order_by(_SESSIONS.c.at.desc())
        old = [row[0] for row in await self._store.read(query.offset(KEPT))]
        if old:
            await self._store.write(*((_DELETE_SESSION, {"of": session_id}) for session_id in old))

    def _session_statement(self, session: ReviewSession, at: float) -> Statement:
        row = {
            "id": session.id,
            "student_id": session.student_id,
            "turn": session.turn,
            "state": as_json(session),
            "at": at,
        }
        return (self._put_session, row)


def review_row(card: Card, review: Review) -> dict[str, Any]:
    """The row of `card_reviews`."""
    return {
        "card_id": card.id,
        "number": review.number,
        "owner_id": card.owner_id,
        "rating": review.rating,
        "right": review.right,
        "seconds": review.seconds,
        "at": review.at,
        "was_new": review.before.last_review is None and review.number > 0,
        "before": _SCHEDULE.dump_json(review.before).decode(),
    }


def _shown_of(owner_id: int, deck_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a student's cards that come back, in one deck or in all."""
    shown = (_CARDS.c.owner_id == owner_id, _CARDS.c.hidden.is_(False))
    return shown if deck_id is None else (*shown, _CARDS.c.deck_id == deck_id)
