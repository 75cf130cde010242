"""Leases places under Discord's global limit from PostgreSQL, and gives them back: what `SharedRateLimit` asks for."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from sqlalchemy import RowMapping, bindparam, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.replies.limits.rate_limits import GlobalRateLimit
from bot.replies.limits.request_allowance import PATIENCE, Demand, Lease, Share, give_back, lease
from bot.replies.limits.shared_rate_limit import Kind, SharedRateLimit
from bot.replies.limits.tables import RequestAllowanceRow
from bot.shards.notices import Notices
from bot.store.base import table_of
from bot.store.store import Store

log = structlog.get_logger(__name__)

_ROWS = table_of(RequestAllowanceRow)
_LOCK: Final = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '3000', true), pg_advisory_xact_lock(23203)"
)
"""One process at a time; one that is paused meanwhile stops the others for three seconds at most."""
_READ: Final = text(
    "SELECT clock.now, request_allowances.* FROM (SELECT extract(epoch FROM clock_timestamp())::float8 AS now) AS clock"
    " LEFT JOIN request_allowances ON true"
)
_NEW = insert(_ROWS)
_PUT: Final = _NEW.on_conflict_do_update(
    index_elements=["process_id"],
    set_={column.name: _NEW.excluded[column.name] for column in _ROWS.columns if column.name != "process_id"},
)
_FORGET: Final = delete(_ROWS).where(_ROWS.c.process_id == bindparam("gone"))
_LEAVING: Final = 1.5
"""Seconds for which the places of a process that ends are kept: its last requests are counted meanwhile."""


class AllowanceLeases:
    """Carries out the steps of one process's `SharedRateLimit`, and hears of those of the others."""

    def __init__(self, limit: SharedRateLimit, store: Store, notices: Notices) -> None:
        self._limit = limit
        self._database = store.database
        self._notices = notices
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._away = False
        limit.on_step = self._wake.set
        notices.on("places.wanted", lambda _: limit.others_want())
        notices.on("places.free", lambda _: limit.others_gave_back())
        notices.on("places.joined", lambda _: limit.another_joined())
        notices.on("discord.closed", self._closed)

    async def start(self) -> None:
        """Lease the first places, then go on in the background."""
        if self._task is None:
            await self._carry_out(Kind.LEASE)
            self._task = asyncio.create_task(self._run(), name="allowance-leases")

    async def close(self) -> None:
        """Give back everything: what was sent just now counts for a moment still."""
        if self._task is None:
            return
        for task in (self._task, *self._telling):
            task.cancel()
        await asyncio.gather(self._task, *self._telling, return_exceptions=True)
        now = asyncio.get_running_loop().time()
        limit = self._limit
        left = Share(limit.process_id, limit.used(now), own=0)
        with contextlib.suppress(SQLAlchemyError, OSError, TimeoutError):  # then it is forgotten after a while
            async with asyncio.timeout(PATIENCE), self._database.writer.begin() as connection:
                rows, at = await self._rows(connection)
                await self._put(connection, give_back(rows, left, at, seconds=_LEAVING))

    def database_answered(self) -> None:
        """The database has answered to somebody else of this process."""
        self._limit.database_answered(asyncio.get_running_loop().time())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            step = self._limit.next_step(loop.time())
            if step.at > loop.time():
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(step.at):
                        await self._wake.wait()
                continue
            await self._carry_out(step.kind)

    async def _carry_out(self, kind: Kind) -> None:
        limit, now = self._limit, asyncio.get_running_loop().time
        is_new, closed_for = limit.is_new, limit.closed_for(now())
        cautious = limit.held.cautious(now())
        asked = limit.asks(now(), kind)
        try:
            async with asyncio.timeout(PATIENCE), self._database.writer.begin() as connection:
                rows, at = await self._rows(connection)
                asked = replace(asked, closed_until=at + closed_for if closed_for else 0.0)
                got: Lease | Share
                if kind is Kind.LEASE:
                    got = lease(rows, asked, at, cautious=cautious)
                    await self._put(connection, got.share)
                    for gone in (row for row in rows if not row.is_known(at)):
                        await connection.execute(_FORGET, {"gone": gone.process_id})
                else:
                    got = give_back(rows, asked, at)
                    await self._put(connection, got)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            limit.failed(now())
            if not self._away:
                log.warning("limit.not_shared", cause=error, processes=limit.held.processes)
            self._away = True
            return
        if self._away:
            log.warning("limit.shared_again")
        self._away = False
        if closed_for:
            self._tell("discord.closed", seconds=closed_for)
        if isinstance(got, Lease):
            limit.leased(got, now())
            if is_new:
                self._tell("places.joined")
            if got.is_short:
                self._tell("places.wanted")
        else:
            limit.gave_back(got)
            self._tell("places.free")

    async def _rows(self, connection: AsyncConnection) -> tuple[list[Share], float]:
        """All shares, and the database's time; nobody else changes one before this transaction ends."""
        await connection.execute(_LOCK)
        found = (await connection.execute(_READ)).mappings().all()
        return [_share(row) for row in found if row["process_id"] is not None], float(found[0]["now"])

    async def _put(self, connection: AsyncConnection, share: Share) -> None:
        await connection.execute(
            _PUT,
            {
                "process_id": share.process_id,
                "places": share.places,
                "own": share.own,
                "until": share.until,
                "urgent": share.demand.urgent,
                "other": share.demand.other,
                "closed_until": share.closed_until,
                "invalid": share.invalid,
            },
        )

    def _tell(self, kind: str, **what: Any) -> None:
        if self._limit.held.processes > 1:
            task = asyncio.create_task(self._notices.tell(kind, **what))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def _closed(self, told: Mapping[str, Any]) -> None:
        self._limit.closed_by_others(asyncio.get_running_loop().time() + float(told["seconds"]))


def leases_for(limit: GlobalRateLimit, store: Store, notices: Notices) -> AllowanceLeases | None:
    """What leases for a limit; None for one that is not shared."""
    return AllowanceLeases(limit, store, notices) if isinstance(limit, SharedRateLimit) else None


def _share(row: RowMapping) -> Share:
    return Share(
        row["process_id"],
        row["places"],
        row["own"],
        row["until"],
        Demand(row["urgent"], row["other"]),
        row["closed_until"],
        row["invalid"],
    )
