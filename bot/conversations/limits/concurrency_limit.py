"""How many questions are on their way to the model at the same time.

Between a message and the model's request lie some milliseconds of work for this process. If a hundred questions did
this work all at once, each would be late. With a few at a time, the first are with the model at once, and the last are
no later than before.
"""

import asyncio
from collections import deque
from collections.abc import Callable

WIDTH = 4
"""Questions on their way at the same time."""
LONGEST_LULL_WAIT = 1.0
"""Seconds after which other work waits for a lull no longer."""
PATIENCE = 0.05
"""Seconds after which a question that waits for something else (a distant server, a slow disk) gives its place to the
next one."""


class ConcurrencyLimit:
    """Lets questions through in the order in which they come."""

    def __init__(self, width: int = WIDTH, patience: float = PATIENCE) -> None:
        self._free = width
        self._patience = patience
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._lull_waiters: list[asyncio.Future[None]] = []

    @property
    def crowded(self) -> bool:
        """Whether a question waits for its turn."""
        return bool(self._waiting)

    async def lull(self) -> None:
        """Wait until no question waits, but LONGEST_LULL_WAIT at most: for work that is less urgent than questions."""
        if not self.crowded:
            return
        lull: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lull_waiters.append(lull)
        await asyncio.wait([lull], timeout=LONGEST_LULL_WAIT)

    async def acquire(self) -> Callable[[], None]:
        """Wait for a place; returns what releases it. The caller releases it when the model is asked, or on failure."""
        if self._free > 0:
            self._free -= 1
        else:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._pass_on()  # its turn had just come
                elif turn in self._waiting:
                    self._waiting.remove(turn)
                    self._wake_lull_waiters()
                raise
        return _Place(self._pass_on, self._patience).release

    def _pass_on(self) -> None:
        """Give a place that was released to the next question."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        else:
            self._free += 1
        self._wake_lull_waiters()

    def _wake_lull_waiters(self) -> None:
        if not self._waiting:
            waiters, self._lull_waiters = self._lull_waiters, []
            for waiter in waiters:
                waiter.set_result(None)


class _Place:
    """One of the places; it is released once, by its holder or by its timer."""

    def __init__(self, on_release: Callable[[], None], patience: float) -> None:
        self._on_release: Callable[[], None] | None = on_release
        self._timer = asyncio.get_running_loop().call_later(patience, self.release)

    def release(self) -> None:
        self._timer.cancel()
        on_release, self._on_release = self._on_release, None
        if on_release is not None:
            on_release()
