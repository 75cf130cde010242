"""What progress reads of a student's cards, and what can be deleted of a student."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, func, select

from bot.learning.card import Schedule
from bot.learning.cards.tables import CardPictureRow, CardRequestRow, CardSetRow
from bot.learning.progress.progress_summary import CardMemory
from bot.learning.reviews.scheduling import recall
from bot.learning.tables import CardReviewRow, CardRow, DeckRow, ReminderRow, ReviewSessionRow, StudyResultRow
from bot.quizzes.storage.tables import QuizResultRow
from bot.store.base import table_of
from bot.store.store import Store

_CARDS, _DECKS, _REVIEWS = table_of(CardRow), table_of(DeckRow), table_of(CardReviewRow)
_RESULTS, _QUIZ_RESULTS = table_of(StudyResultRow), table_of(QuizResultRow)
_CARD_SETS, _CARD_REQUESTS = table_of(CardSetRow), table_of(CardRequestRow)
_PICTURES = table_of(CardPictureRow)
_SESSIONS, _REMINDERS = table_of(ReviewSessionRow), table_of(ReminderRow)
_STATE: Final = tuple(each.name for each in fields(Schedule))
LEARNING: Final = 1
"""FSRS's state of a card that was never known: it cannot fade."""
MOST_RECALLED: Final = 1_000
"""Cards, those seen last, of which it is reckoned how likely they are remembered."""
_DELETE: Final = (
    delete(_REVIEWS).where(_REVIEWS.c.owner_id == bindparam("of")),
    delete(_CARDS).where(_CARDS.c.owner_id == bindparam("of")),
    delete(_DECKS).where(_DECKS.c.owner_id == bindparam("of")),
    delete(_SESSIONS).where(_SESSIONS.c.student_id == bindparam("of")),
    delete(_REMINDERS).where(_REMINDERS.c.student_id == bindparam("of")),
    delete(_QUIZ_RESULTS).where(_QUIZ_RESULTS.c.student_id == bindparam("of")),
    delete(_RESULTS).where(_RESULTS.c.student_id == bindparam("of")),
    delete(_CARD_SETS).where(_CARD_SETS.c.host_id == bindparam("of")),
    delete(_CARD_REQUESTS).where(_CARD_REQUESTS.c.student_id == bindparam("of")),
    delete(_PICTURES).where(_PICTURES.c.owner_id == bindparam("of")),
)


@dataclass(frozen=True, slots=True)
class KeptOfStudent:
    """How much is kept of a student's learning."""

    results: int
    decks: int
    cards: int
    reviews: int
    sets: int
    """Sets of cards that were made for the student, and may not be kept in a deck."""
    pictures: int
    reminder: bool

    @property
    def anything(self) -> bool:
        """Whether anything is."""
        counts = (self.results, self.decks, self.cards, self.reviews, self.sets, self.pictures)
        return any(counts) or self.reminder


class ProgressStore:
    """Named reads, and the deletion, of what is kept of one student."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def memories(self, student_id: int, at: float, guild_id: int | None = None) -> Sequence[CardMemory]:
        """What is remembered of a student's cards; with a guild, only of those that came from there."""
        mine: tuple[ColumnElement[bool], ...] = (_CARDS.c.owner_id == student_id, _CARDS.c.hidden.is_(False))
        if guild_id is not None:
            mine = (*mine, _CARDS.c.guild_id == guild_id)
        due = select(_CARDS.c.topic, func.count().label("count")).where(
            *mine, _CARDS.c.due <= at, _CARDS.c.last_review.is_not(None)
        )
        memories = [
            CardMemory(row.topic, None, due=True)
            for row in await self._store.read(due.group_by(_CARDS.c.topic))
            for _ in range(row.count)
        ]
        seen = select(_CARDS.c.topic, *(_CARDS.c[name] for name in _STATE)).where(*mine)
        seen = seen.where(_CARDS.c.state != LEARNING).order_by(_CARDS.c.last_review.desc())
        for row in await self._store.read(seen.limit(MOST_RECALLED)):
            schedule = Schedule(**{name: getattr(row, name) for name in _STATE})
            memories.append(CardMemory(row.topic, recall(schedule, at), due=False))
        return memories

    async def kept_of(self, student_id: int) -> KeptOfStudent:
        """How much is kept of a student."""

        async def count(table: Any, column: ColumnElement[Any]) -> int:
            query = select(func.count()).select_from(table).where(column == student_id)
            return int((await self._store.read(query))[0][0])

        return KeptOfStudent(
            results=await count(_RESULTS, _RESULTS.c.student_id),
            decks=await count(_DECKS, _DECKS.c.owner_id),
            cards=await count(_CARDS, _CARDS.c.owner_id),
            reviews=await count(_REVIEWS, _REVIEWS.c.owner_id),
            sets=await count(_CARD_SETS, _CARD_SETS.c.host_id),
            pictures=await count(_PICTURES, _PICTURES.c.owner_id),
            reminder=bool(await count(_REMINDERS, _REMINDERS.c.student_id)),
        )

    async def delete_all_of(self, student_id: int) -> None:
        """Delete everything, in one transaction."""
        await self._store.write(*((statement, {"of": student_id}) for statement in _DELETE))
