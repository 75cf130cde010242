"""Checkpoints: move what was written from SQLite's WAL file into the database file, in a thread: disks are slow."""

import asyncio
import sqlite3
import time

import aiosqlite
import structlog

from database.outages import Outage, outage_kind

log = structlog.get_logger(__name__)

INTERVAL = 2.0
"""Seconds from a write to the checkpoint that takes it along."""
LARGE_LOG = 64 << 20
"""Bytes of a WAL file from which on it is begun anew by force, or it is said that it cannot be."""
BUSY = 1.0
"""Seconds that a checkpoint waits for others."""
RESTART_EVERY = 60.0
"""Seconds between two tries of that."""


class Checkpoints:
    """Checkpoints an SQLite database some time after each write."""

    def __init__(self, database: str, outage: Outage) -> None:
        self._database = database
        self._outage = outage
        self._task: asyncio.Task[None] | None = None
        self._restart_after = 0.0
        self._growing = False

    def schedule(self) -> None:
        """Something was written: make a checkpoint soon, unless one is to be made already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._checkpoint_later(), name="checkpoint")

    async def _checkpoint_later(self) -> None:
        await asyncio.sleep(INTERVAL)
        try:
            async with aiosqlite.connect(self._database, timeout=BUSY) as connection:
                size = await _checkpoint(connection, "PASSIVE")
                if size >= LARGE_LOG and time.monotonic() >= self._restart_after:
                    size = await self._begin_log_anew(connection)
        except sqlite3.Error as error:
            if (kind := outage_kind(error)) is None:
                log.exception("checkpoint.failed")
            else:
                self._outage.failed(kind, error)
        else:
            if size < LARGE_LOG and self._growing:
                log.warning("database.log_is_small_again", database=self._outage.name)
                self._growing = False

    async def _begin_log_anew(self, connection: aiosqlite.Connection) -> int:
        """Have SQLite begin the file anew, for which it lets nobody write meanwhile; returns what is left in it.

        It cannot while somebody reads an older state: another program, as our own reads take milliseconds.
        """
        size = await _checkpoint(connection, "TRUNCATE")
        if size >= LARGE_LOG:
            self._restart_after = time.monotonic() + RESTART_EVERY
            if not self._growing:
                self._growing = True
                advice = "another program has been reading the database for long: end that one"
                log.warning("database.log_grows", database=self._outage.name, megabytes=size >> 20, advice=advice)
        return size

    @property
    def growing(self) -> bool:
        """Whether the WAL file grows since another program reads an old state of the database."""
        return self._growing

    async def wait(self) -> None:
        """Wait for the checkpoint that is to be made, if any."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Make no more checkpoints; SQLite makes the last one itself when the last connection closes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


async def _checkpoint(connection: aiosqlite.Connection, mode: str) -> int:
    """Make a checkpoint; returns the bytes of the WAL file that were not begun anew."""
    async with connection.execute(f"PRAGMA wal_checkpoint({mode})") as cursor:
        busy, pages, moved = await cursor.fetchone() or (0, 0, 0)
    if mode == "PASSIVE" and pages == moved:
        return 0  # the next write begins the file anew
    if mode == "TRUNCATE" and not busy:
        return 0
    async with connection.execute("PRAGMA page_size") as cursor:
        row = await cursor.fetchone()
    assert row is not None
    return int(pages) * int(row[0])
