"""Moving what was written from SQLite's log into its file: it waits for the disk, so it has a thread."""

import asyncio
import sqlite3

import aiosqlite
import structlog

log = structlog.get_logger(__name__)

EVERY = 2.0
"""Seconds."""


class Checkpoints:
    """Checkpoints a database now and then, as long as there is something to move."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None

    def nudge(self) -> None:
        """Something was written: there will be a checkpoint soon."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._soon(), name="checkpoint")

    async def _soon(self) -> None:
        await asyncio.sleep(EVERY)
        try:
            async with aiosqlite.connect(self._database, timeout=1) as connection:
                await connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error:
            log.exception("checkpoint_failed")

    async def close(self) -> None:
        """No more of them; SQLite makes the last one itself when the last connection closes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
