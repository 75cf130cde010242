"""The Assistants threads of runs of their own: noted until they are deleted, so that none outlives a crash."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from bot.store.base import now, table_of
from bot.store.store import Store
from bot.store.tables import SeparateThreadRow

_THREADS = table_of(SeparateThreadRow)
_ADD: Final = insert(_THREADS)
_DROP: Final = delete(_THREADS).where(_THREADS.c.thread_id == bindparam("of"))


class SeparateThreads:
    """Reads and writes which threads there are."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, thread_id: str) -> None:
        """A thread was made."""
        await self._store.write((_ADD, {"thread_id": thread_id, "created_at": now()}))

    async def drop(self, thread_id: str) -> None:
        """A thread was deleted."""
        await self._store.write((_DROP, {"of": thread_id}))

    async def left_for(self, age: timedelta) -> Sequence[str]:
        """The threads that were made so long ago that nobody uses them any more."""
        query = select(_THREADS.c.thread_id).where(_THREADS.c.created_at <= now() - age)
        return [row.thread_id for row in await self._store.read(query)]
