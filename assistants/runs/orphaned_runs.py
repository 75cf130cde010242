"""Orphaned runs, which no process works on: those that have expired, and those whose process has died.

With PostgreSQL several processes share the runs. A run at work belongs to one process (`owner`), which renews its
lease (`lease_until`) again and again. When the lease ends, the process counts as dead and another takes the run over.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.orm import undefer

from assistants.runs.run_tasks import CHANNEL, CRASHED, LEASE, RunTasks
from assistants.store.runs import ACTIVE, Run
from assistants.store.store import Store
from database.notifications import Listener

log = structlog.get_logger(__name__)

CHECK_EVERY = 1.0
"""Seconds between two checks."""

_EXPIRED = select(Run).where(text(ACTIVE), Run.expires_at <= bindparam("now")).options(undefer(Run.items))
_ORPHANED = (
    select(Run)
    .where(
        text(ACTIVE),  # the condition of an index, in its words: of all runs few are active
        Run.status.in_(("queued", "in_progress", "cancelling")),
        or_(Run.lease_until.is_(None), Run.lease_until < bindparam("now")),
    )
    .options(undefer(Run.items))
)
_BY_IDS = select(Run).where(Run.id.in_(bindparam("ids", expanding=True))).options(undefer(Run.items))
_CANCELLING = select(Run.id).where(text(ACTIVE), Run.status == "cancelling", Run.owner == bindparam("owner"))
_RENEW_LEASES = (
    update(Run.__table__)  # type: ignore[arg-type]
    .where(text(ACTIVE), Run.owner == bindparam("me"), Run.status.in_(("queued", "in_progress", "cancelling")))
    .values(lease_until=bindparam("until"))
)


class OrphanedRuns:
    """The background task that finds orphaned runs, and resumes or ends them.

    It hears of runs that were cancelled through another process, too.
    """

    def __init__(self, run_tasks: RunTasks, store: Store) -> None:
        self._run_tasks = run_tasks
        self._store = store
        self._shared = run_tasks.shared
        self._tasks: list[asyncio.Task[None]] = []
        self._blind_until = 0.0
        """By the event loop's clock: the database failed, so that living processes could not renew their leases."""

    async def start(self) -> None:
        """Take over the runs of an earlier process, then check every second until `close`."""
        if self._shared:
            await self._compare_clocks()
            listener = Listener(self._store.engines[1], CHANNEL, self._run_tasks.stop)
            self._tasks.append(asyncio.create_task(listener.run(), name="cancelled_runs"))
        await self._take_over(alone=not self._shared)
        self._tasks.append(asyncio.create_task(self._check_for_ever(), name="orphaned_runs"))

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _check_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                await self.check()
            except Exception:
                self._blind_until = loop.time() + LEASE
                log.exception("orphaned_runs_check_failed")

    async def check(self) -> None:
        """Check all runs once."""
        if self._shared:
            await self._compare_clocks()
            await self._renew_leases()
            await self._stop_cancelled()
            if asyncio.get_running_loop().time() >= self._blind_until:
                await self._take_over(alone=False)
        await self._end_unended()
        for run in await self._find(_EXPIRED, now=self._run_tasks.now()):
            if not self._run_tasks.has_expired(run):
                continue
            if not self._run_tasks.works_on(run.id) and not self._at_work_elsewhere(run):
                await self._run_tasks.expire(run)

    async def _take_over(self, *, alone: bool) -> None:
        """Take over runs without a living owner; `alone` says that no other process lives, so no lease counts."""
        now = self._run_tasks.lease_now() if not alone else 1 << 62  # later than any lease ends
        for run in await self._find(_ORPHANED, now=now):
            if not self._run_tasks.works_on(run.id) and await self._run_tasks.claim(run):
                log.info("run_taken_over", run=run.id, status=run.status)
                await self._run_tasks.resume(run)

    async def _end_unended(self) -> None:
        """End the runs whose end could not be written."""
        unended = self._run_tasks.unended
        if not unended:
            return
        runs = await self._find(_BY_IDS, ids=list(unended))
        unended.intersection_update(run.id for run in runs)  # a thread may have been deleted
        for run in runs:
            if not self._run_tasks.works_on(run.id):
                await self._run_tasks.resume(run, CRASHED)
                unended.discard(run.id)

    async def _compare_clocks(self) -> None:
        self._run_tasks.compare_clocks(await self._store.database_time())

    async def _renew_leases(self) -> None:
        if not self._run_tasks.busy:
            return
        async with self._store.write_connection() as transaction:
            lease = {"me": self._run_tasks.process_id, "until": self._run_tasks.lease_end()}
            await transaction.execute(_RENEW_LEASES, lease)

    async def _stop_cancelled(self) -> None:
        """Stop the runs that have been cancelled through another process."""
        if not self._run_tasks.busy:
            return
        async with self._store.read_connection() as connection:
            owner = {"owner": self._run_tasks.process_id}
            ids = (await connection.execute(_CANCELLING, owner)).scalars().all()
        for run_id in ids:
            self._run_tasks.stop(run_id)

    def _at_work_elsewhere(self, run: Run) -> bool:
        """Whether another living process works on the run."""
        if not self._shared or run.status == "requires_action" or run.owner == self._run_tasks.process_id:
            return False
        return run.lease_until is not None and run.lease_until >= self._run_tasks.lease_now()

    async def _find(self, query: Any, **parameters: Any) -> Sequence[Run]:
        async with self._store.read() as session:
            return (await session.scalars(query, parameters)).all()
