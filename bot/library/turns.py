"""Turns: whose message is taken next, so that nobody's files hold up those of others."""

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PER_STUDENT = 2
"""Messages of one student that are under way at once."""
PER_GUILD = 6
"""Messages of one guild that are under way at once."""


@dataclass(frozen=True, slots=True)
class Turn:
    """On whose turn something is done; what is done in `bulk` belongs to nobody, and comes last."""

    guild_id: int
    student_id: int
    bulk: bool = False


class TurnQueue(Generic[T]):
    """A queue of what waits: guilds take turns, the students in a guild, and each student's own in their order."""

    def __init__(self) -> None:
        self._waiting: dict[Turn, deque[T]] = {}
        self._under_way: Counter[Turn] = Counter()
        self._in_guild: Counter[int] = Counter()
        self._served: dict[object, int] = {}
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()

    async def put(self, turn: Turn, item: T) -> None:
        """Add something."""
        async with self._changed:
            self._waiting.setdefault(turn, deque()).append(item)
            self._changed.notify()

    async def take(self) -> tuple[Turn, T]:
        """Wait for what comes next, and take it; call `end` with its turn when it is done."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._next() is not None)
            turn = self._next()
            assert turn is not None
            item = self._waiting[turn].popleft()
            if not self._waiting[turn]:
                del self._waiting[turn]
            self._under_way[turn] += 1
            self._in_guild[turn.guild_id] += 1
            number = next(self._numbers)
            self._served.update({turn: number, turn.guild_id: number})
            return turn, item

    def drop(self, guilds: Callable[[int], bool]) -> list[T]:
        """Take out what waits in some guilds: it is not done here."""
        turns = [turn for turn in self._waiting if guilds(turn.guild_id)]
        return [item for turn in turns for item in self._waiting.pop(turn)]

    async def end(self, turn: Turn) -> None:
        """Something that was taken is done."""
        async with self._changed:
            self._under_way[turn] -= 1
            self._in_guild[turn.guild_id] -= 1
            if not self._waiting and not +self._under_way:
                self._served.clear()
            self._changed.notify_all()

    def _next(self) -> Turn | None:
        """Whose turn it is; None if nothing waits, or whoever waits has enough under way."""
        free = [
            turn
            for turn in self._waiting
            if self._in_guild[turn.guild_id] < PER_GUILD and self._under_way[turn] < PER_STUDENT
        ]
        return min(free, key=self._place, default=None)

    def _place(self, turn: Turn) -> tuple[bool, int, int]:
        return turn.bulk, self._served.get(turn.guild_id, 0), self._served.get(turn, 0)
