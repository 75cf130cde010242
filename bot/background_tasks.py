"""Work in the background: tasks that end with their owner, and attempts that are made again after a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

RETRIES: Final = (1.0, 5.0, 30.0, 120.0)
"""Seconds to wait before each new attempt at work that was stored as due."""


ENDING: Final = 1.0
"""Seconds that work under way has to end in when it is another process's from then on."""


class BackgroundTasks:
    """The tasks of one owner. What they raise is logged as `event`."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._tasks: dict[asyncio.Task[None], Hashable] = {}
        """Each with what it is about."""
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing is begun any more."""
        return self._closed

    def spawn(self, work: Coroutine[Any, Any, None], *, of: Hashable = None) -> None:
        """Begin some work, which is about `of`; nothing once they are closed."""
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks[task] = of
        task.add_done_callback(self._ended)

    async def end_of(self, things: Iterable[Hashable]) -> None:
        """Wait until nothing is done about these things any more, for `ENDING` at most: what was due is stored."""
        about = set(things)
        tasks = [task for task, thing in self._tasks.items() if thing in about]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ENDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def close(self) -> None:
        """Stop all of it: what was due is stored."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.pop(task, None)
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
