"""A shard that this process has, for as long as it may be certain of that."""

import asyncio
from typing import Final

from database.steady_clock import boot_time

MARGIN: Final = 1.5
"""Seconds before the end of a lease from which on no event is handled: what is under way needs a moment."""


class Lease:
    """Says whether events of a shard may be handled: from when the rooms are ready until shortly before its end.

    A process that was paused, or that cannot reach the database, wakes with a lease that has run out. It holds what
    comes until it knows whether the shard is still its own.
    """

    def __init__(self, shard_id: int, until: float) -> None:
        self.shard_id = shard_id
        self._until = until
        self._opened = False
        self._changed = asyncio.Event()

    def renew(self, until: float) -> None:
        """It lasts until this time (`boot_time`)."""
        self._until = until
        self._changed.set()

    def open(self) -> None:
        """Events may be handled from now on."""
        self._opened = True
        self._changed.set()

    @property
    def lasts(self) -> bool:
        """Whether the shard is certainly this process's."""
        return boot_time() < self._until - MARGIN

    @property
    def may_handle(self) -> bool:
        """Whether an event may be handled now."""
        return self._opened and self.lasts

    async def wait(self) -> None:
        """Return when an event may be handled."""
        while not self.may_handle:
            self._changed.clear()
            await self._changed.wait()
