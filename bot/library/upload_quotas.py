"""How many files, and how many bytes, a student and a server may upload in a day."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversations.limits.token_budgets import today
from bot.library.errors import FileFailedError
from bot.library.tables import LibraryUploadRow
from bot.settings import Settings
from bot.store.base import table_of
from bot.store.store import Store

_UPLOADS: Final = table_of(LibraryUploadRow)
NOBODY: Final = 0
"""Stands for the author of files that were in a channel already: they count for the server alone."""


class UploadQuotas:
    """Counts uploads by student and by server, and refuses what is too much; a limit of 0 is none."""

    def __init__(self, store: Store, settings: Settings, *, day: Callable[[], date] = today) -> None:
        self._store = store
        self._day = day
        self._student = (settings.student_files_per_day, settings.student_megabytes_per_day << 20)
        self._server = (settings.server_files_per_day, settings.server_megabytes_per_day << 20)
        self._insert = (sqlite if store.dialect == "sqlite" else postgresql).insert
        self._one_at_a_time = asyncio.Lock()

    async def charge(self, guild_id: int, author_id: int, size: int) -> None:
        """Count a file of `size` bytes; `guild_id` is 0 in direct messages, which are no server.

        Raises:
            FileFailedError: the student or the server has uploaded enough today; nothing is counted.
        """
        day = self._day().isoformat()
        async with self._one_at_a_time:
            if author_id != NOBODY and _exceeds(await self._sum(day, author_id=author_id), size, self._student):
                raise FileFailedError("student_quota")
            if guild_id != 0 and _exceeds(await self._sum(day, guild_id=guild_id), size, self._server):
                raise FileFailedError("server_quota")
            new = self._insert(_UPLOADS).values(day=day, guild_id=guild_id, author_id=author_id, files=1, bytes=size)
            more = {"files": _UPLOADS.c.files + 1, "bytes": _UPLOADS.c.bytes + size}
            keys = ["day", "guild_id", "author_id"]
            await self._store.write((new.on_conflict_do_update(index_elements=keys, set_=more), {}))

    async def _sum(self, day: str, **of: int) -> tuple[int, int]:
        """The files and bytes of a student or a server on a day."""
        query = select(func.sum(_UPLOADS.c.files), func.sum(_UPLOADS.c.bytes)).where(
            _UPLOADS.c.day == day, *(_UPLOADS.c[name] == value for name, value in of.items())
        )
        (row,) = await self._store.read(query)
        return int(row[0] or 0), int(row[1] or 0)


def _exceeds(used: tuple[int, int], size: int, limits: tuple[int, int]) -> bool:
    files, bytes_ = limits
    return bool(files and used[0] >= files) or bool(bytes_ and used[1] + size > bytes_)
