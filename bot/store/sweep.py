"""The sweep: rows that nothing needs any more are deleted, some at a time, so that nobody waits for it.

SQLite runs on the event loop's thread. So a step looks at a few hundred rows in the order of their keys, which takes
some milliseconds, and the sweep rests for nine times as long. A sweep that breaks off does no harm: the next begins
anew. Two at once would delete the same rows; one process does it, since once is enough.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from bot.store.base import now
from bot.store.store import Store

log = structlog.get_logger(__name__)

AFTER_START: Final = 600.0
"""Seconds from a start to its first sweep: at first people wait for what came while the bot was away."""
EVERY: Final = 6 * 3_600.0
"""Seconds from one sweep to the next."""
RESTS: Final = 9
"""How many times as long as a step took the sweep rests after it."""
_SHORTEST_REST: Final = 0.005
_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Retention:
    """Which rows of a table go: those that `may_go(before)` is true of; `before` is the time `kept_for` ago."""

    table: Table
    kept_for: timedelta
    may_go: Callable[[datetime], ColumnElement[bool]]
    by_snowflake: bool = False
    """Whether the first column of the key is a Discord id, so that newer rows need not be looked at."""
    rows: int = 500
    """Rows that a step looks at."""


class Sweep:
    """Deletes by `rules` while this process `may_sweep`; rooms add the rules of their tables."""

    def __init__(
        self,
        store: Store,
        rules: Sequence[Retention],
        may_sweep: Callable[[], bool],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.rules = list(rules)
        self._store = store
        self._may_sweep = may_sweep
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sweep again and again, until `close`."""
        self._task = asyncio.create_task(self._run(), name="sweep")

    def close(self) -> None:
        """Break off."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        await asyncio.sleep(AFTER_START)
        while True:
            try:
                await self.run_once()
            except Exception:
                log.exception("sweep.failed")
            await asyncio.sleep(EVERY)

    async def run_once(self) -> dict[str, int]:
        """Sweep all tables once; by table, how many rows went."""
        gone: dict[str, int] = {}
        for rule in self.rules:
            if not self._may_sweep():
                break
            count = await self._sweep(rule)
            if count:
                gone[rule.table.name] = gone.get(rule.table.name, 0) + count
        if gone:
            log.info("sweep.done", **gone)
            await self._store.database.give_back_space()
        return gone

    async def _sweep(self, rule: Retention) -> int:
        before = self._clock() - rule.kept_for
        key = tuple(rule.table.primary_key.columns)
        may_go = rule.may_go(before)
        gone, last = 0, None
        while self._may_sweep():
            began = time.perf_counter()
            here = select(*key).order_by(*key).limit(rule.rows)
            if rule.by_snowflake:
                here = here.where(key[0] < snowflake(before))
            if last is not None:
                here = here.where(tuple_(*key) > tuple_(*last))
            found = await self._store.read(here)
            if not found:
                break
            first, last = found[0], tuple(found[-1])
            between = (tuple_(*key) >= tuple_(*first), tuple_(*key) <= tuple_(*last))
            leaving = await self._store.read(select(*key).where(*between, may_go))
            if leaving:
                await self._store.write((delete(rule.table).where(*between, may_go), {}))
                gone += len(leaving)
            await asyncio.sleep(max(_SHORTEST_REST, RESTS * (time.perf_counter() - began)))
        return gone


def snowflake(moment: datetime) -> int:
    """The lowest Discord id of a moment. https://discord.com/developers/docs/reference#snowflakes"""
    return max(0, int((moment - _EPOCH).total_seconds() * 1_000)) << 22


def older(column: Any) -> Callable[[datetime], ColumnElement[bool]]:
    """`may_go` of rows whose time stands in a column."""
    return lambda before: column < before


def older_seconds(column: Any) -> Callable[[datetime], ColumnElement[bool]]:
    """`may_go` of rows whose time stands in a column as seconds since the epoch."""
    return lambda before: column < before.timestamp()
