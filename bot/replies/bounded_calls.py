"""Calls of discord.py's with a time limit, for what a student waits for.

discord.py sleeps, for minutes if Discord says so, when a rate limit is used up. Such a call is given up after a time,
and the caller does without it. It is not cancelled: a call that is cancelled while it waits for the end of a global 429
would leave discord.py's lock closed. Instead the trace (`bot.replies.request_trace`) sends no more requests for it.
"""

import asyncio
import math
from collections.abc import Coroutine, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

T = TypeVar("T")
log = structlog.get_logger(__name__)

PATIENCE = 3.0
"""Seconds that a student is kept waiting for something that an answer can do without."""
LONGEST = 15.0
"""Seconds after which a call is given up although the bot's own global limit held it back."""
_TICK = 0.25
"""Seconds between two looks at what holds a call back."""

_BUSY = 0.05
"""Seconds by which a look comes late when this process has too much to do."""

_left_alone: set[asyncio.Task[Any]] = set()
"""Calls that nobody waits for any more; they end when discord.py wakes up."""


class CallGivenUpError(Exception):
    """Nobody waits for this call any more: its request is not sent."""


@dataclass(slots=True, eq=False)
class BoundedCall:
    """A call with a time limit, as far as the trace has to do with it."""

    given_up: bool = False
    queued: bool = False
    """Whether its request waits for room under the bot's own global limit; what comes instead would wait there too."""

    def check(self) -> None:
        """Raises `CallGivenUpError` if nobody waits for the call any more."""
        if self.given_up:
            raise CallGivenUpError


current_bounded_call: ContextVar[BoundedCall | None] = ContextVar("current_bounded_call", default=None)
"""The call that the requests of this task belong to."""


def start_call(call: BoundedCall, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin `work` as a task whose requests belong to `call`."""

    async def run() -> T:
        current_bounded_call.set(call)
        return await work

    return asyncio.create_task(run())


class Patience:
    """How much longer somebody is kept waiting.

    Time in which a call waits for room under the bot's own global limit, or in which this process has too much to do to
    look at responses, does not count, up to LONGEST seconds in all: what comes instead of the call would wait as well.
    """

    def __init__(self, seconds: float = PATIENCE) -> None:
        self.left = seconds
        self._latest = asyncio.get_running_loop().time() + LONGEST

    @property
    def is_over(self) -> bool:
        """Whether nothing more is waited for."""
        return self.left <= 0 or asyncio.get_running_loop().time() >= self._latest

    async def wait(
        self, futures: Iterable["asyncio.Future[Any]"], calls: Iterable[BoundedCall], at_most: float = math.inf
    ) -> bool:
        """Wait until one of the futures is done; False when the patience, or `at_most` seconds, are over before.

        `calls` are those whose requests it depends on.
        """
        loop = asyncio.get_running_loop()
        waiting, calls, until = set(futures), list(calls), loop.time() + at_most
        while not self.is_over and (began := loop.time()) < until:
            seconds = min(self.left, _TICK, until - began)
            done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            took = loop.time() - began
            if took < seconds + _BUSY and not any(call.queued for call in calls):
                self.left -= took
            if done:
                return True
        return False


def give_up(call: BoundedCall, task: "asyncio.Task[Any]") -> None:
    """Wait for a call no more; what it still returns or raises is of no interest."""
    call.given_up = True
    _left_alone.add(task)
    task.add_done_callback(_ended)


def _ended(task: "asyncio.Task[Any]") -> None:
    _left_alone.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, CallGivenUpError):
        log.info("call.failed_late", cause=error)


async def finish_later(work: Coroutine[Any, Any, T], seconds: float = PATIENCE) -> T | None:
    """What `work` returns; None if it is not done after `seconds`: then it goes on by itself.

    Raises:
        Exception: what `work` raises in that time.
    """
    call = BoundedCall()
    task = start_call(call, work)
    if await Patience(seconds).wait([task], [call]):
        return task.result()
    _left_alone.add(task)
    task.add_done_callback(_ended)
    return None


async def bounded(work: Coroutine[Any, Any, T], seconds: float = PATIENCE) -> T:
    """What `work` returns.

    Raises:
        TimeoutError: it is not done after `seconds`.
        Exception: what `work` raises.
    """
    call = BoundedCall()
    task = start_call(call, work)
    try:
        done = await Patience(seconds).wait([task], [call])
    except asyncio.CancelledError:
        give_up(call, task)
        raise
    if not done:
        give_up(call, task)
        raise TimeoutError(f"Discord has not answered within {seconds:g} s")
    return task.result()
