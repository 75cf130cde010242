"""Trying again what failed for now, each time a little later."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import structlog

from database.outages import is_outage

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)

FIRST_DELAY = 1.0
"""Seconds until the second try; each delay is twice the one before."""
LONGEST_DELAY = 15.0
"""What waits for a host goes on so many seconds after it is back, at the latest."""


def delay_before(attempt: int) -> float:
    """Seconds to wait before another attempt, after `attempt` (1, 2, …) of them have failed."""
    return float(min(FIRST_DELAY * 2.0 ** min(attempt - 1, 30), LONGEST_DELAY))


async def keep_trying(work: Callable[[], Awaitable[T]], what: str, *, passes: Callable[[Exception], bool]) -> T:
    """What `work` returns; it is called again, each time later, as long as what it raises `passes`.

    Raises:
        Exception: what `work` raises and does not pass.
    """
    attempt = 0
    while True:
        try:
            return await work()
        except Exception as error:
            if not passes(error):
                raise
            attempt += 1
            delay = delay_before(attempt)
            log.warning("tried_again_later", what=what, attempt=attempt, seconds=delay, cause=error)
        await asyncio.sleep(delay)


async def through_outages(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns; it is called again, each time later, as long as the database cannot be used, of which the
    log tells once (`database/outages.py`).
    """
    attempt = 0
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_outage(error):
                raise
        attempt += 1
        await asyncio.sleep(delay_before(attempt))


def despite_outages(listener: Callable[P, Awaitable[None]]) -> Callable[P, Coroutine[Any, Any, None]]:
    """Wrap a listener of Discord's events: what the database keeps from being done is done when it is back.

    Discord tells each event once. A listener that is wrapped can be called twice for the same one.
    """

    @functools.wraps(listener)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        await through_outages(lambda: listener(*args, **kwargs))

    return wrapped
