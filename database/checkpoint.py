"""Checkpoints: move what was written from SQLite's WAL file into the database file, in a thread: disks are slow."""

import asyncio
import sqlite3

import aiosqlite
import structlog

log = structlog.get_logger(__name__)

INTERVAL = 2.0
"""Seconds from a write to the checkpoint that takes it along."""


class Checkpoints:
    """Checkpoints an SQLite database some time after each write."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None

    def schedule(self) -> None:
        """Something was written: make a checkpoint soon, unless one is to be made already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._checkpoint_later(), name="checkpoint")

    async def _checkpoint_later(self) -> None:
        await asyncio.sleep(INTERVAL)
        try:
            async with aiosqlite.connect(self._database, timeout=1) as connection:
                await connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error:
            log.exception("checkpoint.failed")

    async def close(self) -> None:
        """Make no more checkpoints; SQLite makes the last one itself when the last connection closes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
