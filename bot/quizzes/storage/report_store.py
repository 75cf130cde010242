"""The store of reports: which questions students reported as wrong, by server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.tables import QuizReportRow, QuizResultRow
from bot.store.base import now, table_of
from bot.store.store import Store

_REPORTS, _RESULTS = table_of(QuizReportRow), table_of(QuizResultRow)

MOST: Final = 500
"""Reported questions of a server that are looked at, newest first."""
_MARK: Final = (
    update(_RESULTS)
    .where(
        _RESULTS.c.quiz_id == bindparam("of"),
        _RESULTS.c.student_id == bindparam("by"),
        _RESULTS.c.question == bindparam("index"),
    )
    .values(reported=True)
)
_DISMISS: Final = (
    update(_REPORTS)
    .where(
        _REPORTS.c.guild_id == bindparam("guild"),
        _REPORTS.c.quiz_id == bindparam("of"),
        _REPORTS.c.question == bindparam("index"),
        _REPORTS.c.dismissed_by.is_(None),
    )
    .values(dismissed_by=bindparam("by"))
)


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Where the quiz was played, as it was when the report came: a channel, or a thread's parent."""

    channel_id: int
    private: bool = False
    """Whether it was a private thread in that channel."""


@dataclass(frozen=True, slots=True)
class ReportedQuestion:
    """A question that students reported, and nobody has dismissed; `count` of them, the last at `at`."""

    quiz_id: str
    question: int
    count: int
    at: datetime
    place: ReportPlace


class ReportStore:
    """Named reads and writes of reports."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add = dialect.insert(_REPORTS).on_conflict_do_nothing()

    async def add(self, record: QuizRecord, question: int, student_id: int, place: ReportPlace) -> None:
        """A student reports a question: it is marked in their results too. A second report changes nothing."""
        row: dict[str, Any] = {
            "quiz_id": record.id,
            "question": question,
            "student_id": student_id,
            "guild_id": record.guild_id,
            "place_id": place.channel_id,
            "private": place.private,
            "created_at": now(),
            "dismissed_by": None,
        }
        await self._store.write((self._add, row), (_MARK, {"of": record.id, "by": student_id, "index": question}))

    async def open_in(self, guild_id: int) -> Sequence[ReportedQuestion]:
        """The questions of a server that were reported and not dismissed, newest first."""
        at = func.max(_REPORTS.c.created_at)
        place = (_REPORTS.c.place_id, _REPORTS.c.private)
        query = select(_REPORTS.c.quiz_id, _REPORTS.c.question, func.count().label("count"), at.label("at"), *place)
        query = query.where(_REPORTS.c.guild_id == guild_id, _REPORTS.c.dismissed_by.is_(None))
        query = query.group_by(_REPORTS.c.quiz_id, _REPORTS.c.question, *place).order_by(at.desc()).limit(MOST)
        return [
            ReportedQuestion(row.quiz_id, row.question, row.count, row.at, ReportPlace(row.place_id, row.private))
            for row in await self._store.read(query)
        ]

    async def dismiss(self, guild_id: int, quiz_id: str, question: int, by: int) -> None:
        """Somebody has looked at a reported question: it is off the list until another student reports it."""
        await self._store.write((_DISMISS, {"guild": guild_id, "of": quiz_id, "index": question, "by": by}))
