"""Free pages: what deleted rows took in an SQLite file is returned to the disk, in a thread: pages are moved for it.

https://www.sqlite.org/pragma.html#pragma_incremental_vacuum
"""

import asyncio
import sqlite3

import aiosqlite
import structlog

log = structlog.get_logger(__name__)

PAGES_AT_ONCE = 100
"""Pages (4 KiB each) that are returned in one transaction: others that write wait for some milliseconds."""
PAUSE = 0.05
"""Seconds from one such transaction to the next."""


async def give_back(file: str) -> None:
    """Return the free pages of a file. One that was not made for it keeps them, and uses them again."""
    try:
        async with aiosqlite.connect(file, timeout=1) as connection:
            before, left = None, await _free_pages(connection)
            while left and left != before:
                # A statement that is executed by itself stops after its first page; a script runs to its end.
                await connection.executescript(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")
                before, left = left, await _free_pages(connection)
                if left:
                    await asyncio.sleep(PAUSE)
    except sqlite3.Error:
        log.exception("space.not_given_back")


async def _free_pages(connection: aiosqlite.Connection) -> int:
    rows = await connection.execute_fetchall("PRAGMA freelist_count")
    return int(next(iter(rows))[0])
