"""Which process indexes which file: rows of `vector_store_files` that are taken up, kept, and ended.

A file that is `in_progress` belongs to the process named by its row, until the lease has run out.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.store.files import File
from assistants.store.store import Store
from assistants.store.vector_stores import VectorStore, VectorStoreFile

LEASE = 120
"""Seconds that a file belongs to the process that took it up, unless that says so again."""

ARMFUL = 8
"""Small files that are taken up at once: looking for the next one costs more than reading it."""

SMALL = 16 << 10
"""Bytes of a small file."""


class LeftError(Exception):
    """The file has left its vector store, or was cancelled, while it was being indexed."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file that this process has taken up; `attempts` counts this one."""

    seq: int
    store: int
    vector_store_id: str
    file_id: str
    filename: str
    size: int
    overlap: int
    attempts: int


class Claims:
    """One process's part of the files that wait; vector stores take turns."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self.owner = secrets.token_hex(8)
        self._served: dict[str, int] = {}
        self._turn = itertools.count(1)
        self._claiming = asyncio.Lock()

    async def free_all(self) -> None:
        """Forget whose anything was. On SQLite nobody else can be at work: what a dead process held is free."""
        async with self._store.write() as session:
            held = VectorStoreFile.owner.is_not(None)
            await session.execute(update(VectorStoreFile).where(held).values(owner=None, lease_until=None))

    async def claim(self) -> list[Task]:
        """Take up the oldest free file of the vector store that was served longest ago; of small files, some."""
        now = int(self._clock())
        free = (
            VectorStoreFile.status == "in_progress",
            or_(VectorStoreFile.lease_until.is_(None), VectorStoreFile.lease_until < now),
        )
        oldest = (
            select(func.min(VectorStoreFile.seq), VectorStoreFile.vector_store_id)
            .where(*free)
            .group_by(VectorStoreFile.vector_store_id)
        )
        async with self._claiming:
            async with self._store.read() as session:
                waiting = (await session.execute(oldest)).all()
            for seq, vector_store_id in sorted(waiting, key=lambda row: (self._served.get(row[1], 0), row[0])):
                self._served[vector_store_id] = next(self._turn)
                async with self._store.write() as session:
                    if tasks := await self._take(session, vector_store_id, seq, free, now):
                        return tasks
        self._served.clear()
        return []

    async def _take(
        self, session: AsyncSession, vector_store_id: str, first: int, free: Sequence[Any], now: int
    ) -> list[Task]:
        following = (
            select(VectorStoreFile.seq, File.bytes)
            .join(File, File.id == VectorStoreFile.file_id)
            .where(VectorStoreFile.vector_store_id == vector_store_id, VectorStoreFile.seq >= first, *free)
            .order_by(VectorStoreFile.seq)
            .limit(ARMFUL)
        )
        rows = (await session.execute(following)).all()
        small = [seq for seq, _ in itertools.takewhile(lambda row: row[1] <= SMALL, rows)]
        wanted = small or [seq for seq, _ in rows[:1]]
        taken = (
            update(VectorStoreFile)
            .where(VectorStoreFile.seq.in_(wanted), *free)
            .values(owner=self.owner, lease_until=now + LEASE, attempts=VectorStoreFile.attempts + 1)
        )
        if not (await session.execute(taken)).rowcount:  # type: ignore[attr-defined]
            return []
        return await _tasks(session, wanted, self.owner)

    @contextlib.asynccontextmanager
    async def held(self, tasks: Collection[Task]) -> AsyncIterator[None]:
        """Keep the files ours while the block lasts."""
        renewing = asyncio.create_task(self._renew([task.seq for task in tasks]))
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self, seqs: Sequence[int]) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            until = int(self._clock()) + LEASE
            mine = (VectorStoreFile.seq.in_(seqs), VectorStoreFile.owner == self.owner)
            async with self._store.write() as session:
                await session.execute(update(VectorStoreFile).where(*mine).values(lease_until=until))

    async def check(self, task: Task) -> None:
        """Pass if the file is still ours.

        Raises:
            LeftError: it is not.
        """
        async with self._store.read() as session:
            if await session.scalar(select(VectorStoreFile.seq).where(*self._mine(task))) is None:
                raise LeftError

    async def is_over(self, task: Task) -> bool:
        """Whether nobody is to index the file any more: it was taken out, or cancelled."""
        async with self._store.read() as session:
            status = await session.scalar(select(VectorStoreFile.status).where(VectorStoreFile.seq == task.seq))
        return status not in {"in_progress", "completed"}

    async def complete(self, task: Task, **values: Any) -> None:
        """The file is whole, and found from now on.

        Raises:
            LeftError: it is not ours any more.
        """
        if not await self._end(task, status="completed", **values):
            raise LeftError

    async def fail(self, task: Task, code: str, message: str) -> None:
        """The file cannot be indexed; if it is not ours any more, no matter."""
        await self._end(task, status="failed", last_error={"code": code, "message": message})

    async def give_back(self, task: Task) -> None:
        """Let anybody try again."""
        await self._end(task)

    async def _end(self, task: Task, **values: Any) -> bool:
        ended = update(VectorStoreFile).where(*self._mine(task)).values(owner=None, lease_until=None, **values)
        async with self._store.write() as session:
            return bool((await session.execute(ended)).rowcount)  # type: ignore[attr-defined]

    def _mine(self, task: Task) -> tuple[Any, ...]:
        return (
            VectorStoreFile.seq == task.seq,
            VectorStoreFile.owner == self.owner,
            VectorStoreFile.status == "in_progress",
        )


async def _tasks(session: AsyncSession, seqs: Sequence[int], owner: str) -> list[Task]:
    query = (
        select(
            VectorStoreFile.seq,
            VectorStore.seq,
            VectorStoreFile.vector_store_id,
            VectorStoreFile.file_id,
            File.filename,
            VectorStoreFile.chunk_size,
            VectorStoreFile.chunk_overlap,
            VectorStoreFile.attempts,
        )
        .join(VectorStore, VectorStore.id == VectorStoreFile.vector_store_id)
        .join(File, File.id == VectorStoreFile.file_id)
        .where(VectorStoreFile.seq.in_(seqs), VectorStoreFile.owner == owner)
        .order_by(VectorStoreFile.seq)
    )
    return [Task(*row) for row in await session.execute(query)]
