"""Who owns what: Discord spreads guilds over shards, and each shard belongs to one process of the bot at a time.

https://discord.com/developers/docs/events/gateway#sharding
"""

import socket
from collections.abc import Iterable, Sequence
from functools import partial
from secrets import token_hex
from typing import Protocol

import structlog

from bot.retries import through_outages

log = structlog.get_logger(__name__)

DIRECT_MESSAGES = 0
"""In place of a guild's id: direct messages, which come to shard 0."""


def shard_of(guild_id: int, shard_count: int) -> int:
    """The shard that Discord sends a guild's events to; shard 0 for direct messages."""
    return (guild_id >> 22) % shard_count


def new_process_id() -> str:
    """A name for this process, which no other has: `<host>-<8 random hexadecimal digits>`."""
    return f"{socket.gethostname()[:80]}-{token_hex(4)}"


class Ownership(Protocol):
    """What this process owns, and who owns the rest."""

    process_id: str

    @property
    def shard_count(self) -> int:
        """How many shards there are in all."""
        ...

    @property
    def shard_ids(self) -> frozenset[int]:
        """The shards of this process: gained, and not lost."""
        ...

    def owns(self, guild_id: int) -> bool:
        """Whether a guild's events come to this process; 0 stands for direct messages."""
        ...

    def shard_of(self, guild_id: int) -> int:
        """The shard of a guild; 0 stands for direct messages."""
        ...

    async def owner_of(self, shard_id: int) -> str | None:
        """The process that has a shard; None while none has it."""
        ...

    async def live_processes(self) -> frozenset[str]:
        """The processes that live, this one among them."""
        ...


class ShardListener(Protocol):
    """Is told when shards come to this process and leave it."""

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """The shards are this process's: their sessions go on or have begun, and their guilds are known."""
        ...

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """No event of these shards comes any more, and no other process has them yet: what is in memory of them is
        dropped. Return when the handlers under way are done. A process that is killed does not come here.
        """
        ...

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        """These shards are, or may be, another process's already: it did not wait for this one, which was paused or had
        no database. Show and store nothing more in their guilds, not even what is under way.
        """
        ...


class SoleOwnership:
    """One process has all shards, from the time when it is ready."""

    def __init__(self, process_id: str) -> None:
        self.process_id = process_id
        self.shard_count = 1
        self._gained = False

    def gained(self, shard_count: int) -> None:
        """All shards are connected."""
        self.shard_count, self._gained = shard_count, True

    @property
    def shard_ids(self) -> frozenset[int]:
        """All shards, once they are connected."""
        return frozenset(range(self.shard_count)) if self._gained else frozenset()

    def owns(self, guild_id: int) -> bool:  # noqa: ARG002 - whichever it is
        """True: there is nobody else."""
        return True

    def shard_of(self, guild_id: int) -> int:
        """The shard of a guild; 0 stands for direct messages."""
        return shard_of(guild_id, self.shard_count)

    async def owner_of(self, shard_id: int) -> str | None:  # noqa: ARG002 - whichever it is
        """This process."""
        return self.process_id

    async def live_processes(self) -> frozenset[str]:
        """This process."""
        return frozenset([self.process_id])


async def tell_gained(listeners: Sequence[ShardListener], shard_ids: Iterable[int]) -> None:
    """Tell all listeners in order that shards have come; one that fails does not keep it from the others."""
    for listener in listeners:
        try:
            await through_outages(partial(listener.shards_gained, frozenset(shard_ids)))
        except Exception:
            log.exception("shards.gain_failed", listener=type(listener).__name__)


async def tell_cut_off(listeners: Sequence[ShardListener], shard_ids: Iterable[int]) -> None:
    """Tell all listeners in order that shards were taken; one that fails does not keep it from the others."""
    for listener in listeners:
        try:
            await listener.shards_cut_off(frozenset(shard_ids))
        except Exception:
            log.exception("shards.cut_off_failed", listener=type(listener).__name__)


async def tell_lost(listeners: Sequence[ShardListener], shard_ids: Iterable[int]) -> None:
    """Tell all listeners in order that shards have gone; one that fails does not keep it from the others."""
    for listener in listeners:
        try:
            await listener.shards_lost(frozenset(shard_ids))
        except Exception:
            log.exception("shards.loss_failed", listener=type(listener).__name__)
