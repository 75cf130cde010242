"""Work in the background: tasks that end with their owner, and attempts that are made again after a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

RETRIES: Final = (1.0, 5.0, 30.0, 120.0)
"""Seconds to wait before each new attempt at work that was stored as due."""


class BackgroundTasks:
    """The tasks of one owner. What they raise is logged as `event`."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing is begun any more."""
        return self._closed

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin some work; nothing once they are closed."""
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Stop all of it: what was due is stored."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error(self._event, exc_info=error)


async def done_with_retries(work: Callable[[], Awaitable[None]], event: str, **what: object) -> bool:
    """Whether some work was done, at the last attempt; each failure is logged as `event`, with `what` it was about."""
    for wait in (*RETRIES, None):
        try:
            await work()
        except Exception:
            log.exception(event, **what)
            if wait is not None:
                await asyncio.sleep(wait)
        else:
            return True
    return False
