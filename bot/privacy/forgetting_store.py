"""What is stored of requests to be forgotten, and the deletion of rows that no other room deletes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, delete, exists, insert, select, update

from bot.hints.tables import HeldAnswerRow, VeiledAnswerRow
from bot.privacy.tables import ForgettingRow
from bot.quizzes.storage.tables import QuizRequestRow
from bot.store.base import table_of
from bot.store.store import Store
from bot.store.tables import AnswerMessageRow, AnswerRow, ConversationRow, QuestionRow, TokenChargeRow, ToolCallRow

KINDS: Final = ("conversations", "results", "files")
_FORGETTINGS = table_of(ForgettingRow)
_QUESTIONS, _ANSWERS, _CALLS = table_of(QuestionRow), table_of(AnswerRow), table_of(ToolCallRow)
_CONVERSATIONS = table_of(ConversationRow)
_SHOWN, _CHARGES = table_of(AnswerMessageRow), table_of(TokenChargeRow)
_OF: Final[BindParameter[int]] = bindparam("conversation")
_OF_CONVERSATION: Final = (
    delete(_SHOWN).where(exists().where(_ANSWERS.c.id == _SHOWN.c.answer_id, _ANSWERS.c.conversation_id == _OF)),
    delete(_ANSWERS).where(_ANSWERS.c.conversation_id == _OF),
    delete(_CALLS).where(_CALLS.c.conversation_id == _OF),
    delete(table_of(HeldAnswerRow)).where(table_of(HeldAnswerRow).c.conversation_id == _OF),
    delete(table_of(VeiledAnswerRow)).where(table_of(VeiledAnswerRow).c.conversation_id == _OF),
    delete(table_of(QuizRequestRow)).where(table_of(QuizRequestRow).c.conversation_id == _OF),
)
_QUESTIONS_OF: Final = delete(_QUESTIONS).where(
    _QUESTIONS.c.conversation_id == _OF, _QUESTIONS.c.author_id == bindparam("student")
)
_EARLIER_MONTHS: Final = (
    update(_CHARGES)
    .where(_CHARGES.c.student_id == bindparam("student"), _CHARGES.c.day < bindparam("month"))
    .values(student_id=0)
)
_THIS_MONTH: Final = (
    update(_CHARGES)
    .where(_CHARGES.c.student_id == bindparam("student"), _CHARGES.c.day < bindparam("today"))
    .values(thread_id=None)
)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A request: what is still to be done of it, and until when conversations are forgotten."""

    student_id: int
    kinds: tuple[str, ...]
    conversations_before: datetime | None
    asked_at: datetime


class ForgettingStore:
    """Named reads and writes of requests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, student_id: int, kinds: Collection[str], at: datetime) -> None:
        """Write a request; what an earlier one has not done yet joins it."""
        earlier = await self.of(student_id)
        wanted = {*kinds, *(earlier.kinds if earlier is not None else ())}
        before = at if "conversations" in kinds else earlier.conversations_before if earlier is not None else None
        row = {
            "student_id": student_id,
            "kinds": ",".join(kind for kind in KINDS if kind in wanted),
            "conversations_before": before,
            "asked_at": at,
        }
        remove = delete(_FORGETTINGS).where(_FORGETTINGS.c.student_id == bindparam("of"))
        await self._store.write((remove, {"of": student_id}), (insert(_FORGETTINGS), row))

    async def done(self, asked: Forgetting, kind: str) -> None:
        """Note that a kind is done, unless more was asked for since."""
        known = await self.of(asked.student_id)
        if known is None or known.asked_at != asked.asked_at:
            return
        left = ",".join(each for each in known.kinds if each != kind)
        change = (
            update(_FORGETTINGS)
            .where(_FORGETTINGS.c.student_id == bindparam("of"), _FORGETTINGS.c.asked_at == bindparam("at"))
            .values(kinds=bindparam("left"))
        )
        await self._store.write((change, {"of": asked.student_id, "at": asked.asked_at, "left": left}))

    async def of(self, student_id: int) -> Forgetting | None:
        """A student's request."""
        return next(iter(await self._read(_FORGETTINGS.c.student_id == student_id)), None)

    async def unfinished(self) -> list[Forgetting]:
        """The requests of which something is to be done."""
        return await self._read(_FORGETTINGS.c.kinds != "")

    async def conversations_of(self, student_id: int, before: datetime | None = None) -> list[tuple[int, int]]:
        """The conversations in which a student has said something (before a time), each with its server."""
        query = (
            select(_QUESTIONS.c.conversation_id, _CONVERSATIONS.c.guild_id)
            .join(_CONVERSATIONS, _CONVERSATIONS.c.id == _QUESTIONS.c.conversation_id)
            .where(_QUESTIONS.c.author_id == student_id)
            .distinct()
        )
        if before is not None:
            query = query.where(_QUESTIONS.c.created_at < before)
        return [(row[0], row[1]) for row in await self._store.read(query)]

    async def forget_conversation(self, conversation_id: int, student_id: int) -> None:
        """Delete a conversation's answers and calls, and the student's questions in it."""
        values = {"conversation": conversation_id}
        await self._store.write(
            *((statement, values) for statement in _OF_CONVERSATION),
            (_QUESTIONS_OF, {**values, "student": student_id}),
        )

    async def forget_charges(self, student_id: int, today: date) -> None:
        """Keep what earlier months have cost, without the student. Of this month the student's numbers stay, as a
        budget of a month counts them: who is forgotten may not ask as much again.
        """
        month = today.replace(day=1).isoformat()
        await self._store.write(
            (_EARLIER_MONTHS, {"student": student_id, "month": month}),
            (_THIS_MONTH, {"student": student_id, "today": today.isoformat()}),
        )

    async def _read(self, *conditions: Any) -> list[Forgetting]:
        columns = (_FORGETTINGS.c[name] for name in ("student_id", "kinds", "conversations_before", "asked_at"))
        query = select(*columns)
        return [
            Forgetting(row[0], tuple(kind for kind in row[1].split(",") if kind), _aware(row[2]), _aware_time(row[3]))
            for row in await self._store.read(query.where(*conditions))
        ]


def _aware(at: datetime | None) -> datetime | None:
    return _aware_time(at) if at is not None else None


def _aware_time(at: datetime) -> datetime:
    """SQLite gives times without a zone: they are in UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
