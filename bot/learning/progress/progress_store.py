"""What progress reads of a student's cards, and what can be deleted of a student."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update

from bot.hints.ladder_session import LadderPhase
from bot.hints.tables import LadderRow
from bot.learning.card import Schedule
from bot.learning.cards.tables import CardPictureRow, CardRequestRow, CardSetRow
from bot.learning.progress.progress_summary import CardMemory
from bot.learning.reviews.scheduling import recall
from bot.learning.tables import CardReviewRow, CardRow, DeckRow, ReminderRow, ReviewSessionRow, StudyResultRow
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.tables import (
    QuizExplanationRow,
    QuizPlayerRow,
    QuizReportRow,
    QuizRequestRow,
    QuizResponseRow,
    QuizResultRow,
    QuizRow,
)
from bot.store.base import table_of
from bot.store.group_commit import Statement
from bot.store.store import Store

_CARDS, _DECKS, _REVIEWS = table_of(CardRow), table_of(DeckRow), table_of(CardReviewRow)
_RESULTS, _QUIZ_RESULTS = table_of(StudyResultRow), table_of(QuizResultRow)
_CARD_SETS, _CARD_REQUESTS = table_of(CardSetRow), table_of(CardRequestRow)
_PICTURES = table_of(CardPictureRow)
_SESSIONS, _REMINDERS = table_of(ReviewSessionRow), table_of(ReminderRow)
_QUIZZES, _QUIZ_ANSWERS, _QUIZ_PLAYERS = table_of(QuizRow), table_of(QuizResponseRow), table_of(QuizPlayerRow)
_QUIZ_REQUESTS, _EXPLANATIONS = table_of(QuizRequestRow), table_of(QuizExplanationRow)
_REPORTS, _LADDERS = table_of(QuizReportRow), table_of(LadderRow)
_OVER: Final = _QUIZZES.c.phase.in_([phase.value for phase in Phase if phase.over]) & _QUIZZES.c.due.is_(None)
"""Quizzes that nothing happens with any more."""
_OWN_QUIZ: Final = _OVER & (_QUIZZES.c.host_id == bindparam("of"))
_DONE: Final = (
    _LADDERS.c.phase.in_([phase.value for phase in LadderPhase if phase.done])
    & _LADDERS.c.due.is_(None)
    & _LADDERS.c.outcome_due.is_(False)
)
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
    delete(_REPORTS).where(_REPORTS.c.student_id == bindparam("of")),
    delete(_EXPLANATIONS).where(_EXPLANATIONS.c.student_id == bindparam("of")),
    delete(_QUIZ_REQUESTS).where(_QUIZ_REQUESTS.c.host_id == bindparam("of"), _QUIZ_REQUESTS.c.run_id.is_not(None)),
    *(
        delete(table).where(
            table.c.student_id == bindparam("of"), table.c.quiz_id.in_(select(_QUIZZES.c.id).where(_OVER))
        )
        for table in (_QUIZ_ANSWERS, _QUIZ_PLAYERS)
    ),
    delete(_QUIZZES).where(_OWN_QUIZ, _QUIZZES.c.mode == "solo"),
    # Of a group's quiz others keep their results.
    update(_QUIZZES).where(_OWN_QUIZ, _QUIZZES.c.mode != "solo").values(host_id=0, topic_typed=False),
    delete(_LADDERS).where(_LADDERS.c.student_id == bindparam("of"), _DONE),
)
_ANONYMOUS: Final = (
    update(_LADDERS).where(_LADDERS.c.id == bindparam("ladder")).values(student_id=0, state=bindparam("to_state"))
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
    quizzes: int
    """Finished quizzes with the student's answers."""
    exercises: int
    """Exercises with hints that are over, with the student's tries."""
    reports: int
    """Questions that the student reported as wrong."""
    reminder: bool

    @property
    def count(self) -> int:
        """How many things."""
        learnt = self.results + self.decks + self.cards + self.reviews + self.sets + self.pictures
        return learnt + self.quizzes + self.exercises + self.reports + self.reminder

    @property
    def anything(self) -> bool:
        """Whether anything is."""
        learnt = (self.results, self.decks, self.cards, self.reviews, self.sets, self.pictures)
        return any((*learnt, self.quizzes, self.exercises, self.reports, self.reminder))


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
            quizzes=await self._quizzes_of(student_id),
            exercises=await self._exercises_of(student_id),
            reports=await count(_REPORTS, _REPORTS.c.student_id),
            reminder=bool(await count(_REMINDERS, _REMINDERS.c.student_id)),
        )

    async def delete_all_of(self, student_id: int) -> None:
        """Delete everything, in one transaction. Quizzes and exercises that are open go on.

        An exercise that was ended without its answer stays, without the student: its answer is held back still.
        """
        anonymous: list[Statement] = [
            (_ANONYMOUS, {"ladder": row.id, "to_state": json.dumps({**json.loads(row.state), "tries": []})})
            for row in await self._store.read(select(_LADDERS.c.id, _LADDERS.c.state).where(_ended_of(student_id)))
        ]
        await self._store.write(*((statement, {"of": student_id}) for statement in _DELETE), *anonymous)

    async def _quizzes_of(self, student_id: int) -> int:
        answered = select(_QUIZ_ANSWERS.c.quiz_id).where(_QUIZ_ANSWERS.c.student_id == student_id)
        played = or_(_QUIZZES.c.host_id == student_id, _QUIZZES.c.id.in_(answered))
        return int((await self._store.read(select(func.count()).where(_OVER, played)))[0][0])

    async def _exercises_of(self, student_id: int) -> int:
        over = or_(_ended_of(student_id), (_LADDERS.c.student_id == student_id) & _DONE)
        return int((await self._store.read(select(func.count()).where(over)))[0][0])


def _ended_of(student_id: int) -> ColumnElement[bool]:
    """A student's exercises that were ended without the answer."""
    ended = _LADDERS.c.phase == LadderPhase.ENDED.value
    return (_LADDERS.c.student_id == student_id) & ended & _LADDERS.c.due.is_(None) & _LADDERS.c.outcome_due.is_(False)
