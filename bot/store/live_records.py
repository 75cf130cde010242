"""What is stored and in use: kept in memory once at most, and read back from the store when it is wanted again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

REMEMBERED: Final = 500
"""Records kept in memory."""


class LiveRecord(Protocol):
    """A record in memory, with what belongs to it there."""

    @property
    def is_idle(self) -> bool:
        """Whether it can be dropped from memory."""
        ...


Live = TypeVar("Live", bound=LiveRecord)


class LiveRecords(Generic[Live]):
    """Records by their ids, those that were wanted last. `load` reads one from the store; None: there is none."""

    def __init__(self, load: Callable[[str], Awaitable[Live | None]]) -> None:
        self._load = load
        self._records: OrderedDict[str, Live] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Live | None]] = {}

    def in_memory(self) -> Sequence[Live]:
        """The records that are in memory now."""
        return list(self._records.values())

    async def find(self, record_id: str) -> Live | None:
        """The record with that id, from memory or from the store."""
        if (record := self._records.get(record_id)) is not None:
            self._records.move_to_end(record_id)
            return record
        loading = self._loading.get(record_id)
        if loading is None:
            loading = self._loading[record_id] = asyncio.create_task(self._read(record_id))
            loading.add_done_callback(lambda _: self._loading.pop(record_id, None))
        return await asyncio.shield(loading)

    def keep(self, record_id: str, record: Live) -> Live:
        """Keep a record; idle ones make room for it."""
        self._records[record_id] = record
        if len(self._records) > REMEMBERED:
            for old_id, old in list(self._records.items())[: REMEMBERED // 10]:
                if old.is_idle:
                    del self._records[old_id]
        return record

    def forget(self, record_id: str, record: Live) -> None:
        """Drop a record that is not as it is stored."""
        if self._records.get(record_id) is record:
            del self._records[record_id]

    async def _read(self, record_id: str) -> Live | None:
        record = await self._load(record_id)
        return None if record is None else self.keep(record_id, record)
