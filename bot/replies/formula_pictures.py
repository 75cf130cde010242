"""Pictures of formulas, on the bot's side: a cache, filled by jobs in worker processes, with limits of time and memory.

`formula_drawing` is the job itself.
"""

import asyncio
from collections import OrderedDict

import structlog

from workers import JobCrashed, Pool, WorkerError

log = structlog.get_logger(__name__)

JOB = "bot.replies.formula_drawing:draw"
SECONDS = 5.0
"""A formula takes some 20 ms, and the slowest that is allowed less than a second; a longer job never ends."""
MEMORY = 512 << 20
CACHE_SIZE = 512
"""Pictures in the cache; one has some 15 KB."""


class FormulaPictures:
    """Has each formula drawn once, and remembers which formulas cannot be drawn.

    `job` is the function that draws, in a worker of `pool`; `seconds` is the time limit for one formula.
    """

    def __init__(self, pool: Pool, *, job: str = JOB, seconds: float = SECONDS) -> None:
        self._pool = pool
        self._job = job
        self._seconds = seconds
        self._cache: OrderedDict[str, bytes | None] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes | None]] = {}

    def cached(self, latex: str) -> bytes | None:
        """The picture, if it has been drawn before."""
        return self._cache.get(latex)

    async def draw(self, latex: str) -> bytes | None:
        """A PNG of the formula, or None if it cannot be drawn: unknown macros, missing glyphs, too slow, too large."""
        if latex in self._cache:
            self._cache.move_to_end(latex)
            return self._cache[latex]
        if latex not in self._drawing:
            task = asyncio.create_task(self._draw(latex))
            self._drawing[latex] = task
            task.add_done_callback(lambda _: self._drawing.pop(latex, None))
        return await asyncio.shield(self._drawing[latex])

    async def _draw(self, latex: str) -> bytes | None:
        try:
            picture = await self._pool.run(self._job, latex, timeout=self._seconds, memory=MEMORY)
        except JobCrashed as error:
            log.warning("formula.crashed", error=error, length=len(latex))
            return None
        except WorkerError as error:
            log.info("formula.not_drawn", error=error, length=len(latex))
            picture = None
        except RuntimeError:  # the pool was closed in the meantime
            log.info("formula.pool_closed")
            return None
        self._cache[latex] = picture
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return bytes(picture) if picture is not None else None
