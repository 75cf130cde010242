"""Pictures of formulas: drawn in worker processes, within limits, and kept for the next time."""

import asyncio
from collections import OrderedDict
from typing import Any, Protocol

import structlog

from workers import JobCrashed, WorkerError

log = structlog.get_logger(__name__)

JOB = "bot.replies.formula_drawing:draw"
SECONDS = 5.0
"""A formula takes some 20 ms, the worst that is allowed less than a second; what takes this long will never end."""
MEMORY = 512 << 20
KEPT = 512
"""Pictures remembered; one is some 15 KB."""


class Workers(Protocol):
    """The pool, as far as it is needed here."""

    async def run(self, function: str, *args: Any, timeout: float = ..., memory: int = ...) -> Any:
        """Run a job."""
        ...


class FormulaPictures:
    """Draws formulas, each once; one that cannot be drawn is remembered too.

    `job` is the function that draws, in a worker of `pool`; `seconds` is how long it may take for each.
    """

    def __init__(self, pool: Workers, *, job: str = JOB, seconds: float = SECONDS) -> None:
        self._pool = pool
        self._job = job
        self._seconds = seconds
        self._kept: OrderedDict[str, bytes | None] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes | None]] = {}

    def kept(self, latex: str) -> bytes | None:
        """The picture, if it has been drawn before."""
        return self._kept.get(latex)

    async def draw(self, latex: str) -> bytes | None:
        """A PNG of the formula, or None if it cannot be drawn: unknown macros, missing glyphs, too slow, too large."""
        if latex in self._kept:
            self._kept.move_to_end(latex)
            return self._kept[latex]
        if latex not in self._drawing:
            task = asyncio.create_task(self._draw(latex))
            self._drawing[latex] = task
            task.add_done_callback(lambda _: self._drawing.pop(latex, None))
        return await asyncio.shield(self._drawing[latex])

    async def _draw(self, latex: str) -> bytes | None:
        try:
            picture = await self._pool.run(self._job, latex, timeout=self._seconds, memory=MEMORY)
        except JobCrashed as error:
            log.warning("formula.crashed", error=str(error), length=len(latex))
            return None
        except WorkerError as error:
            log.info("formula.not_drawn", error=str(error), length=len(latex))
            picture = None
        except RuntimeError:  # the pool was closed under us
            log.info("formula.pool_closed")
            return None
        self._keep(latex, picture)
        return bytes(picture) if picture is not None else None

    def _keep(self, latex: str, picture: bytes | None) -> None:
        self._kept[latex] = picture
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
