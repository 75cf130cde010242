"""The store of held answers: what a conversation holds back, and which replies hide some words."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.hints.tables import HeldAnswerRow, VeiledAnswerRow
from bot.store.base import now, table_of
from bot.store.store import Store

_HELD, _VEILED = table_of(HeldAnswerRow), table_of(VeiledAnswerRow)

MOST_HELD: Final = 20
"""Exercises of a conversation whose answers are held back, the newest."""
_REMOVE: Final = delete(_HELD).where(
    _HELD.c.conversation_id == bindparam("conversation"), _HELD.c.key == bindparam("of")
)
_UNVEIL: Final = delete(_VEILED).where(_VEILED.c.answer_id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """The answer to an exercise that a student put: as algebra found it."""

    key: str
    student_id: int
    problem: str
    answer: str


def key_of(problem: str) -> str:
    """What names a problem in a conversation."""
    return hashlib.sha256(problem.encode(errors="replace")).hexdigest()[:32]


class HeldStore:
    """Named reads and writes of held answers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        self._hold = insert(_HELD).on_conflict_do_nothing()
        self._veil = insert(_VEILED).on_conflict_do_nothing()

    async def hold(self, conversation_id: int, held: Iterable[HeldAnswer]) -> None:
        """Hold answers back; those that are held already stay as they are."""
        rows = [
            {
                "conversation_id": conversation_id,
                "key": each.key,
                "student_id": each.student_id,
                "problem": each.problem,
                "answer": each.answer,
                "created_at": now(),
            }
            for each in held
        ]
        if rows:
            await self._store.write(*((self._hold, row) for row in rows))

    async def held_in(self, conversation_id: int) -> Sequence[HeldAnswer]:
        """What a conversation holds back, the newest first."""
        columns = (_HELD.c.key, _HELD.c.student_id, _HELD.c.problem, _HELD.c.answer)
        query = select(*columns).where(_HELD.c.conversation_id == conversation_id)
        rows = await self._store.read(query.order_by(_HELD.c.created_at.desc()).limit(MOST_HELD))
        return [HeldAnswer(*row) for row in rows]

    async def release(self, conversation_id: int, keys: Iterable[str]) -> None:
        """The exercises are done: hold their answers back no more."""
        statements = [(_REMOVE, {"conversation": conversation_id, "of": key}) for key in keys]
        if statements:
            await self._store.write(*statements)

    async def veil(self, answer_id: str, conversation_id: int) -> None:
        """An answer of the tutor hides some words."""
        row = {"answer_id": answer_id, "conversation_id": conversation_id, "created_at": now()}
        await self._store.write((self._veil, row))

    async def veiled_in(self, conversation_id: int) -> Sequence[str]:
        """The ids of a conversation's answers that hide some words."""
        query = select(_VEILED.c.answer_id).where(_VEILED.c.conversation_id == conversation_id)
        return [row[0] for row in await self._store.read(query)]

    async def unveil(self, answer_ids: Iterable[str]) -> None:
        """Those answers show everything, or cannot be edited any more."""
        statements = [(_UNVEIL, {"of": each}) for each in answer_ids]
        if statements:
            await self._store.write(*statements)
