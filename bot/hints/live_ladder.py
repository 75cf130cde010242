"""A ladder in memory: its record, and the lock of its message."""

import asyncio

from bot.hints.ladder_store import LadderRecord


class LiveLadder:
    """A ladder in memory. `record` is replaced with every event."""

    __slots__ = ("at_work", "message_lock", "record", "writes")

    def __init__(self, record: LadderRecord) -> None:
        self.record = record
        self.message_lock = asyncio.Lock()
        """Held while its message is posted or edited."""
        self.writes = 0
        """Writes to the store that are under way."""
        self.at_work = 0
        """Effects and outcomes that are being handed over."""

    @property
    def is_idle(self) -> bool:
        """Whether the ladder can be dropped from memory and read back from the store."""
        return not (self.writes or self.message_lock.locked() or self.record.due or self.record.outcome_due)
