"""How many answers of a student are under way at once, in all processes that share a PostgreSQL.

Each has one of the student's places in a row. A process that waits for one says so; whoever has one tells it then that
it is free. Notices may be lost and processes die, so it also looks again and again.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

import structlog
from sqlalchemy import bindparam, delete, text

from bot.shards.notices import Notices
from bot.store.base import now, table_of
from bot.store.store import Store
from bot.store.tables import StudentRunRow
from database.outages import is_outage

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at the rows that are waited for."""

_ROWS = table_of(StudentRunRow)
_TAKE: Final = text(
    "INSERT INTO student_runs (student_id, place, process_id, number, began_at)"
    " SELECT CAST(:student AS bigint), min(place), CAST(:me AS varchar), CAST(:number AS bigint),"
    " CAST(:now AS timestamptz) FROM generate_series(0, CAST(:runs AS bigint) - 1) AS place WHERE NOT EXISTS"
    " (SELECT 1 FROM student_runs AS taken WHERE taken.student_id = :student AND taken.place = place.place)"
    " HAVING min(place) IS NOT NULL ON CONFLICT DO NOTHING"
)
_RELEASE: Final = delete(_ROWS).where(
    _ROWS.c.student_id == bindparam("student"), _ROWS.c.process_id == bindparam("me"), _ROWS.c.number == bindparam("at")
)
_RELEASE_OF_DEAD: Final = delete(_ROWS).where(
    _ROWS.c.student_id == bindparam("student"), _ROWS.c.process_id.not_in(bindparam("live", expanding=True))
)


class StudentRuns:
    """Keeps the places of students' answers. `runs` is how many a student has; `live` tells which processes live."""

    def __init__(
        self,
        store: Store,
        notices: Notices,
        process_id: str,
        *,
        runs: int,
        live: Callable[[], Awaitable[frozenset[str]]],
    ) -> None:
        self._store = store
        self._notices = notices
        self._process_id = process_id
        self._runs = runs
        self._live = live
        self._numbers = count()
        self._held: Counter[int] = Counter()
        """By student: places of this process."""
        self._wanted: set[int] = set()
        """Students for whose places another process waits."""
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        """By student: what waits in this process; set when a place may be free."""
        notices.on("run.wanted", self._others_want)
        notices.on("run.ended", self._others_ended)

    @asynccontextmanager
    async def place(self, student_id: int) -> AsyncIterator[None]:
        """Wait for one of a student's places, and hold it. While the database is away there is no waiting: each
        process then counts its own.
        """
        number = next(self._numbers)
        self._held[student_id] += 1
        try:
            try:
                await self._take(student_id, number)
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("student_runs.not_counted", cause=error)
            yield
        finally:
            self._held[student_id] -= 1
            if not self._held[student_id]:
                del self._held[student_id]
            await self._release(student_id, number)

    async def _take(self, student_id: int, number: int) -> None:
        wanted = {
            "student": student_id,
            "me": self._process_id,
            "number": number,
            "now": now(),
            "runs": self._runs,
        }
        if await self._store.change(_TAKE, wanted):
            return
        freed = asyncio.Event()
        self._waiting[student_id].add(freed)
        try:
            while True:
                freed.clear()
                await self._store.write((_RELEASE_OF_DEAD, {"student": student_id, "live": list(await self._live())}))
                if await self._store.change(_TAKE, wanted):
                    return
                await self._notices.tell("run.wanted", student=student_id)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await freed.wait()
        finally:
            self._waiting[student_id].discard(freed)
            if not self._waiting[student_id]:
                del self._waiting[student_id]

    async def _release(self, student_id: int, number: int) -> None:
        await self._store.write_when_possible((_RELEASE, {"student": student_id, "me": self._process_id, "at": number}))
        self._wake(student_id)
        if student_id in self._wanted:
            if student_id not in self._held:
                self._wanted.discard(student_id)
            await self._notices.tell("run.ended", student=student_id)

    def _others_want(self, told: Mapping[str, Any]) -> None:
        if (student_id := int(told["student"])) in self._held:
            self._wanted.add(student_id)

    def _others_ended(self, told: Mapping[str, Any]) -> None:
        self._wake(int(told["student"]))

    def _wake(self, student_id: int) -> None:
        for freed in self._waiting.get(student_id, ()):
            freed.set()
