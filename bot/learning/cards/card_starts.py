"""When cards were asked for, by student and server: what limits them holds over restarts, and over all processes."""

from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.cards.tables import CardStartRow
from bot.store.base import table_of
from bot.store.store import Store

_STARTS: Final = table_of(CardStartRow)
_FORGET: Final = delete(_STARTS).where(_STARTS.c.at <= bindparam("until"))


class CardStarts:
    """Reads and writes starts; their times are seconds since the epoch."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        self._add: Any = insert(_STARTS).on_conflict_do_nothing()

    async def since(self, at: float) -> dict[str, tuple[float, int, int]]:
        """The starts after a time, by what asked for them: (time, student, guild)."""
        columns = (_STARTS.c.request_id, _STARTS.c.at, _STARTS.c.student_id, _STARTS.c.guild_id)
        rows = await self._store.read(select(*columns).where(_STARTS.c.at > at))
        return {row.request_id: (row.at, row.student_id, row.guild_id) for row in rows}

    async def add(self, request_id: str, student_id: int, guild_id: int, at: float, *, forget_until: float) -> None:
        """Store a start, and forget those up to a time."""
        values = {"request_id": request_id, "student_id": student_id, "guild_id": guild_id, "at": at}
        await self._store.write((_FORGET, {"until": forget_until}), (self._add, values))
