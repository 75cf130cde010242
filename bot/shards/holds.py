"""What a process goes on with after its shard went to another: the answer that it writes, the files that it reads.

It says so in a row before the other begins. The other waits with just these things until the row is gone, or its
process is: by a notice at once, else by looking at the rows again and again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy import String, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.shards.notices import Notices
from bot.store.base import table_of
from bot.store.store import Store
from bot.store.tables import HoldKind, HoldRow

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at the rows that are waited for: notices may be lost, and processes die."""

_HOLDS = table_of(HoldRow)
_RELEASE: Final = delete(_HOLDS).where(
    _HOLDS.c.kind == bindparam("of_kind", type_=String),
    _HOLDS.c.thing_id == bindparam("of"),
    _HOLDS.c.process_id == bindparam("by", type_=String),
)
_RELEASE_ALL: Final = delete(_HOLDS).where(_HOLDS.c.process_id == bindparam("by", type_=String))

Thing = tuple[HoldKind, int]
OnFree = Callable[[HoldKind, int, int], Awaitable[None]]
"""Called with a thing that is held no more, and its guild."""


@dataclass(slots=True)
class _Held:
    """A thing of ours that processes hold still."""

    guild_id: int
    by: set[str]
    free: asyncio.Event = field(default_factory=asyncio.Event)


class Holds:
    """Says what this process holds, and knows what of ours others do. `lives` says whether a process does."""

    def __init__(
        self, store: Store, notices: Notices, process_id: str, lives: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._store = store
        self._notices = notices
        self._process_id = process_id
        self._lives = lives
        self.on_free: list[OnFree] = []
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        self._hold: Any = insert(_HOLDS).on_conflict_do_nothing()
        self._mine: set[Thing] = set()
        """What this process holds."""
        self._held: dict[Thing, _Held] = {}
        self._look = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        notices.on("released", self._told)

    # What this process holds

    async def hold(self, kind: HoldKind, things: Mapping[int, int]) -> None:
        """This process goes on with some things of a kind; `things` has the guild of each."""
        rows = [
            {"kind": kind, "thing_id": thing_id, "process_id": self._process_id, "guild_id": guild_id}
            for thing_id, guild_id in things.items()
        ]
        self._mine |= {(kind, thing_id) for thing_id in things}
        await self._store.write(*((self._hold, row) for row in rows))

    async def release(self, kind: HoldKind, thing_id: int) -> None:
        """This process is done with a thing, or has given it up; nothing where it does not hold it."""
        if (kind, thing_id) not in self._mine:
            return
        self._mine.discard((kind, thing_id))
        await self._store.write((_RELEASE, {"of_kind": kind, "of": thing_id, "by": self._process_id}))
        self._look.set()
        await self._notices.tell("released", thing=kind, id=thing_id)

    # What others hold

    async def learn(self, ours: Callable[[int], bool]) -> None:
        """Guilds have become ours: learn what of them is held still."""
        for row in await self._store.read(select(_HOLDS)):
            if ours(row.guild_id):
                self._held.setdefault((row.kind, row.thing_id), _Held(row.guild_id, set())).by.add(row.process_id)
        if self._held and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_again(), name="holds")

    def forget(self, theirs: Callable[[int], bool]) -> None:
        """Guilds are not ours any more: what is held of them is waited for by another process."""
        for thing in [thing for thing, held in self._held.items() if theirs(held.guild_id)]:
            del self._held[thing]

    def held(self, kind: HoldKind, thing_id: int) -> bool:
        """Whether a thing of ours is held still."""
        return (kind, thing_id) in self._held

    async def wait(self, kind: HoldKind, thing_id: int) -> None:
        """Wait until nobody holds a thing."""
        if (held := self._held.get((kind, thing_id))) is not None:
            await held.free.wait()

    async def close(self) -> None:
        """Wait for nothing more; what this process holds it gives up."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        self._mine.clear()
        try:
            await self._store.write((_RELEASE_ALL, {"by": self._process_id}))
        except SQLAlchemyError as error:  # a process that does not live holds nothing
            log.warning("holds.not_given_up", cause=error)

    def _told(self, _notice: Mapping[str, Any]) -> None:
        self._look.set()

    async def _look_again(self) -> None:
        while self._held:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), LOOK_EVERY)
            self._look.clear()
            try:
                await self._free_released()
            except SQLAlchemyError as error:
                log.warning("holds.not_read", cause=error)

    async def _free_released(self) -> None:
        waited_for = dict(self._held)
        rows = await self._store.read(select(_HOLDS))
        dead = {each for each in {row.process_id for row in rows} if not await self._lives(each)}
        for process_id in dead:
            log.warning("holds.of_dead_process", process=process_id)
            await self._store.write((_RELEASE_ALL, {"by": process_id}))
        held_now = {(row.kind, row.thing_id) for row in rows if row.process_id not in dead}
        for thing, held in waited_for.items():
            if thing in held_now or self._held.get(thing) is not held:
                continue
            del self._held[thing]
            held.free.set()
            for tell in self.on_free:
                try:
                    await tell(*thing, held.guild_id)
                except Exception:
                    log.exception("hold.end_not_taken_up", kind=thing[0], thing=thing[1])
