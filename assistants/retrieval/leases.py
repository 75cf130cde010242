"""Leases on files to index: which process indexes which file, as rows of `vector_store_files` say.

A file that is `in_progress` belongs to the process that its row names, until the lease runs out.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.store.files import File
from assistants.store.store import Store
from assistants.store.vector_stores import VectorStore, VectorStoreFile

log = structlog.get_logger(__name__)

LEASE = 120
"""Seconds of a lease, unless its process renews it."""

MAX_SMALL_FILES = 8
"""Small files that are leased at once: to look for the next one costs more than to read it."""

SMALL_FILE = 16 << 10
"""The most bytes of a small file."""


class LeaseLostError(Exception):
    """The file was taken out of its vector store, cancelled, or leased by another process while it was indexed."""


@dataclass(frozen=True, slots=True)
class FileToIndex:
    """A file that this process has leased; `attempts` includes this one."""

    seq: int
    store: int
    vector_store_id: str
    file_id: str
    filename: str
    size: int
    overlap: int
    attempts: int
    slow: bool
    """Whether a short attempt was not enough."""
    read_as: str | None = None
    """What the file's sender chose: an encoding, or `page` for a picture."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The oldest free file (`seq`) of a vector store, of those with one turn."""

    seq: int
    vector_store_id: str
    turn: str | None
    slow: bool

    @property
    def turns(self) -> tuple[str, str, str]:
        """What takes turns: groups, then people, then vector stores."""
        store = f"store:{self.vector_store_id}"
        if self.turn is None:
            return store, store, store
        return f"group:{self.turn.partition('/')[0]}", f"person:{self.turn}", store


class Leases:
    """The leases of one process.

    Groups take turns, the people in a group, and the vector stores of one person (see `File.turn`); a file of unknown
    origin counts as its vector store's. Files that need longer than a short attempt come last.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self.owner = secrets.token_hex(8)
        self._served: dict[str, int] = {}
        self._turn = itertools.count(1)
        self._acquiring = asyncio.Lock()

    async def release_all(self) -> None:
        """End all leases. Only for SQLite, where no other process can be at work: they are a dead one's."""
        async with self._store.write() as session:
            # Only files in progress have an owner, and the index finds these.
            held = (VectorStoreFile.status == "in_progress", VectorStoreFile.owner.is_not(None))
            await session.execute(update(VectorStoreFile).where(*held).values(owner=None, lease_until=None))

    async def acquire(self, *, slow: bool = True) -> list[FileToIndex]:
        """Lease the oldest free file of those whose turn it is; several if they are small. `slow`: slow ones too."""
        now = int(self._clock())
        free = [
            VectorStoreFile.status == "in_progress",
            or_(VectorStoreFile.lease_until.is_(None), VectorStoreFile.lease_until < now),
            *([] if slow else [VectorStoreFile.slow.is_(False)]),
        ]
        of_one_turn = (VectorStoreFile.vector_store_id, File.turn, VectorStoreFile.slow)
        oldest = (
            select(func.min(VectorStoreFile.seq), *of_one_turn)
            .join(File, File.id == VectorStoreFile.file_id)
            .where(*free)
            .group_by(*of_one_turn)
        )
        async with self._acquiring:
            async with self._store.read() as session:
                waiting = [_Waiting(*row) for row in await session.execute(oldest)]
            for each in sorted(waiting, key=self._place):
                served = next(self._turn)
                self._served.update(dict.fromkeys(each.turns, served))
                async with self._store.write() as session:
                    if files := await self._acquire(session, each, free, now):
                        return files
        self._served.clear()
        return []

    def _place(self, waiting: "_Waiting") -> tuple[bool, list[int], int]:
        """Its place in the queue: not slow before slow, then whoever was served longest ago, then the oldest."""
        return waiting.slow, [self._served.get(turn, 0) for turn in waiting.turns], waiting.seq

    async def _acquire(
        self, session: AsyncSession, waiting: "_Waiting", free: Sequence[Any], now: int
    ) -> list[FileToIndex]:
        following = (
            select(VectorStoreFile.seq, File.bytes)
            .join(File, File.id == VectorStoreFile.file_id)
            .where(
                VectorStoreFile.vector_store_id == waiting.vector_store_id,
                VectorStoreFile.seq >= waiting.seq,
                VectorStoreFile.slow.is_(waiting.slow),
                File.turn.is_not_distinct_from(waiting.turn),
                *free,
            )
            .order_by(VectorStoreFile.seq)
            .limit(MAX_SMALL_FILES)
        )
        rows = (await session.execute(following)).all()
        small = [seq for seq, _ in itertools.takewhile(lambda row: row[1] <= SMALL_FILE, rows)]
        wanted = small or [seq for seq, _ in rows[:1]]
        taken = (
            update(VectorStoreFile)
            .where(VectorStoreFile.seq.in_(wanted), *free)
            .values(owner=self.owner, lease_until=now + LEASE, attempts=VectorStoreFile.attempts + 1)
        )
        if not (await session.execute(taken)).rowcount:  # type: ignore[attr-defined]
            return []
        return await _files_to_index(session, wanted, self.owner)

    @contextlib.asynccontextmanager
    async def renewed(self, files: Collection[FileToIndex]) -> AsyncIterator[None]:
        """Renew the leases on these files while the block lasts."""
        renewing = asyncio.create_task(self._renew([file.seq for file in files]))
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
            try:
                async with self._store.write() as session:
                    await session.execute(update(VectorStoreFile).where(*mine).values(lease_until=until))
            except Exception:
                log.exception("lease_not_renewed")  # the next time is before the lease ends

    async def check(self, file: FileToIndex) -> None:
        """Return if this process still has the lease.

        Raises:
            LeaseLostError: it has not.
        """
        async with self._store.read() as session:
            if await session.scalar(select(VectorStoreFile.seq).where(*self._mine(file))) is None:
                raise LeaseLostError

    async def is_over(self, file: FileToIndex) -> bool:
        """Whether no process is to index the file any more: it was taken out, or cancelled."""
        async with self._store.read() as session:
            status = await session.scalar(select(VectorStoreFile.status).where(VectorStoreFile.seq == file.seq))
        return status not in {"in_progress", "completed"}

    async def complete(self, file: FileToIndex, **values: Any) -> None:
        """Mark the file as completed: searches find it from now on.

        Raises:
            LeaseLostError: this process no longer has the lease.
        """
        if not await self._end(file, status="completed", **values):
            raise LeaseLostError

    async def fail(self, file: FileToIndex, code: str, message: str) -> None:
        """Mark the file as one that cannot be indexed, if this process still has the lease."""
        await self._end(file, status="failed", last_error={"code": code, "message": message})

    async def put_back(self, file: FileToIndex) -> None:
        """End the lease of a file that needs longer than a short attempt, which does not count: it comes last."""
        await self._end(file, slow=True, attempts=VectorStoreFile.attempts - 1)

    async def postpone(self, file: FileToIndex) -> None:
        """End the lease on a file whose bytes cannot be reached now; the attempt does not count."""
        await self._end(file, attempts=VectorStoreFile.attempts - 1)

    async def release(self, file: FileToIndex) -> None:
        """End the lease, so that any process can try again."""
        await self._end(file)

    async def _end(self, file: FileToIndex, **values: Any) -> bool:
        ended = update(VectorStoreFile).where(*self._mine(file)).values(owner=None, lease_until=None, **values)
        async with self._store.write() as session:
            return bool((await session.execute(ended)).rowcount)  # type: ignore[attr-defined]

    def _mine(self, file: FileToIndex) -> tuple[Any, ...]:
        return (
            VectorStoreFile.seq == file.seq,
            VectorStoreFile.owner == self.owner,
            VectorStoreFile.status == "in_progress",
        )


async def _files_to_index(session: AsyncSession, seqs: Sequence[int], owner: str) -> list[FileToIndex]:
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
            VectorStoreFile.slow,
            VectorStoreFile.attributes,
        )
        .join(VectorStore, VectorStore.id == VectorStoreFile.vector_store_id)
        .join(File, File.id == VectorStoreFile.file_id)
        .where(VectorStoreFile.seq.in_(seqs), VectorStoreFile.owner == owner)
        .order_by(VectorStoreFile.seq)
    )
    return [
        replace(FileToIndex(*rest), read_as=_read_as(attributes))
        for *rest, attributes in (await session.execute(query)).all()
    ]


def _read_as(attributes: Mapping[str, Any] | None) -> str | None:
    value = (attributes or {}).get("read_as")
    return value if isinstance(value, str) else None
