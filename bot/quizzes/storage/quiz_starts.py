"""When quizzes were started, by student and server: what limits them is not forgotten by a restart."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from bot.quizzes.storage.tables import QuizStartRow
from bot.store.base import table_of
from bot.store.store import Store

_STARTS = table_of(QuizStartRow)
_ADD = insert(_STARTS)


class QuizStarts:
    """Reads and writes starts; their times are seconds since the epoch."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def shared(self) -> bool:
        """Whether other processes may write starts too."""
        return self._store.dialect == "postgresql"

    async def delete_until(self, at: float) -> None:
        """Delete the starts up to a time."""
        await self._store.write((delete(_STARTS).where(_STARTS.c.at <= at), {}))

    async def since(self, at: float) -> Sequence[tuple[str, int, int, float]]:
        """The starts after a time, oldest first (what asked, student, guild, time)."""
        columns = (_STARTS.c.request_id, _STARTS.c.student_id, _STARTS.c.guild_id, _STARTS.c.at)
        rows = await self._store.read(select(*columns).where(_STARTS.c.at > at).order_by(_STARTS.c.at))
        return [(row.request_id, row.student_id, row.guild_id, row.at) for row in rows]

    async def add(self, request_id: str, student_id: int, guild_id: int, at: float) -> None:
        """Store a start."""
        values = {"request_id": request_id, "student_id": student_id, "guild_id": guild_id, "at": at}
        await self._store.write((_ADD, values))
