"""Looking after runs that nobody is working on: those whose time has passed, and those whose process has died.

With PostgreSQL several processes share the runs. A run at work belongs to one of them (`owner`), who vouches for it
again and again (`lease_until`); when it does not, it is taken for dead and another takes over.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.orm import undefer

from assistants.runs.run_tasks import CRASHED, RunTasks
from assistants.store.runs import ACTIVE, Run
from assistants.store.store import Store

log = structlog.get_logger(__name__)

TICK = 1.0
"""Seconds between two looks."""

_EXPIRED = select(Run).where(text(ACTIVE), Run.expires_at <= bindparam("now")).options(undefer(Run.items))
_ORPHANED = (
    select(Run)
    .where(
        Run.status.in_(("queued", "in_progress", "cancelling")),
        or_(Run.lease_until.is_(None), Run.lease_until < bindparam("now")),
    )
    .options(undefer(Run.items))
)
_LOST = select(Run).where(Run.id.in_(bindparam("ids", expanding=True))).options(undefer(Run.items))
_TO_CANCEL = select(Run.id).where(Run.status == "cancelling", Run.owner == bindparam("owner"))
_LEASE = (
    update(Run.__table__)  # type: ignore[arg-type]
    .where(Run.owner == bindparam("me"), Run.status.in_(("queued", "in_progress", "cancelling")))
    .values(lease_until=bindparam("until"))
)


class OrphanedRuns:
    """The run_tasks's background task."""

    def __init__(self, run_tasks: RunTasks, store: Store) -> None:
        self._run_tasks = run_tasks
        self._store = store
        self._shared = store.dialect != "sqlite"
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what an earlier process left, then look after things until `close`."""
        await self._adopt(alone=not self._shared)
        self._task = asyncio.create_task(self._go_on(), name="orphaned_runs")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.look()
            except Exception:
                log.exception("care_failed")

    async def look(self) -> None:
        """One look at everything."""
        if self._shared:
            await self._renew()
            await self._heed_cancels()
            await self._adopt(alone=False)
        await self._end_the_lost()
        for run in await self._find(_EXPIRED, now=self._run_tasks.now()):
            if not self._run_tasks.works_on(run.id) and not self._elsewhere(run):
                await self._run_tasks.expire(run)

    async def _adopt(self, *, alone: bool) -> None:
        """Take over runs without a living owner; `alone` says that every run found is one."""
        # Nobody's lease reaches beyond the end of time.
        now = self._run_tasks.now() if not alone else 1 << 62
        for run in await self._find(_ORPHANED, now=now):
            if not self._run_tasks.works_on(run.id) and await self._run_tasks.claim(run):
                log.info("run_adopted", run=run.id, status=run.status)
                await self._run_tasks.take_up(run)

    async def _end_the_lost(self) -> None:
        """End the runs that could not be ended when their work broke off."""
        lost = self._run_tasks.lost
        if not lost:
            return
        runs = await self._find(_LOST, ids=list(lost))
        lost.intersection_update(run.id for run in runs)  # a thread may have been deleted
        for run in runs:
            if not self._run_tasks.works_on(run.id):
                await self._run_tasks.take_up(run, CRASHED)
                lost.discard(run.id)

    async def _renew(self) -> None:
        if not self._run_tasks.busy:
            return
        async with self._store.write_connection() as transaction:
            lease = {"me": self._run_tasks.name, "until": self._run_tasks.lease_end()}
            await transaction.execute(_LEASE, lease)

    async def _heed_cancels(self) -> None:
        """Stop what has been cancelled through another process."""
        if not self._run_tasks.busy:
            return
        async with self._store.read_connection() as connection:
            ids = (await connection.execute(_TO_CANCEL, {"owner": self._run_tasks.name})).scalars().all()
        for run_id in ids:
            self._run_tasks.stop(run_id)

    def _elsewhere(self, run: Run) -> bool:
        """Whether another living process is at work on the run."""
        if not self._shared or run.status == "requires_action" or run.owner == self._run_tasks.name:
            return False
        return run.lease_until is not None and run.lease_until >= self._run_tasks.now()

    async def _find(self, query: Any, **parameters: Any) -> Sequence[Run]:
        async with self._store.read() as session:
            return (await session.scalars(query, parameters)).all()
