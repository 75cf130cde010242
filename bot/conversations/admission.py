"""How many questions are on their way to the model at once.

What lies between a message and the model's request is work for this process: some milliseconds each. A hundred
questions asked at once would, taken all together, all be late; a few at a time, the first are under way at once, and
the last no later than before.
"""

import asyncio
from collections import deque
from collections.abc import Callable

WIDTH = 4
"""Questions on their way at once."""
LONGEST_CROWD = 1.0
"""Seconds after which other work waits no longer."""
PATIENCE = 0.05
"""Seconds after which one that waits for something else (a server far away, a slow disk) holds up nobody any more."""


class Admission:
    """Lets questions through in the order in which they come."""

    def __init__(self, width: int = WIDTH, patience: float = PATIENCE) -> None:
        self._free = width
        self._patience = patience
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._lulls: list[asyncio.Future[None]] = []

    @property
    def crowded(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)

    async def lull(self) -> None:
        """Wait until nobody waits, or long enough: for work that is not as urgent."""
        if not self.crowded:
            return
        lull: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lulls.append(lull)
        await asyncio.wait([lull], timeout=LONGEST_CROWD)

    async def enter(self) -> Callable[[], None]:
        """Wait to be let through; the caller calls what this returns once the model is asked, or in any other end."""
        if self._free > 0:
            self._free -= 1
        else:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._next()  # its turn had just come
                elif turn in self._waiting:
                    self._waiting.remove(turn)
                    self._tell_lulls()
                raise
        return _Passage(self._next, self._patience).leave

    def _next(self) -> None:
        """Somebody is through: the place is the next one's."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        else:
            self._free += 1
        self._tell_lulls()

    def _tell_lulls(self) -> None:
        if not self._waiting:
            lulls, self._lulls = self._lulls, []
            for lull in lulls:
                lull.set_result(None)


class _Passage:
    """One question's way through; it is left once."""

    def __init__(self, left: Callable[[], None], patience: float) -> None:
        self._left: Callable[[], None] | None = left
        self._timer = asyncio.get_running_loop().call_later(patience, self.leave)

    def leave(self) -> None:
        self._timer.cancel()
        left, self._left = self._left, None
        if left is not None:
            left()
