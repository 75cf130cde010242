"""Closing in order: named steps, each with its time.

Whoever ends the process waits for all of it: `GRACE` in `bot/__main__.py` is longer than all steps together, and what
a supervisor waits for (`stop_grace_period`, `TimeoutStopSec`) is longer than that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

log = structlog.get_logger(__name__)

AT_ONCE: Final = 3.0
"""Seconds that each step has left when a second signal asks for the end at once."""


@dataclass(frozen=True, slots=True)
class ClosingStep:
    """A step of closing: what is done in it, and for how many seconds it is waited for."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[None]]
    waits: bool = False
    """Whether it does nothing but wait: then it is left out when the end is wanted at once."""


async def close_in_order(steps: Sequence[ClosingStep]) -> None:
    """Take the steps, one after the other. One that fails or takes too long keeps no other from being taken.

    A cancellation (a second signal) asks for the end at once: nothing is waited for any more, and each step left has
    `AT_ONCE` seconds.
    """
    at_once = False
    for step in steps:
        if at_once and step.waits:
            continue
        began = asyncio.get_running_loop().time()
        task = asyncio.ensure_future(_work(step))
        limit = min(step.seconds, AT_ONCE) if at_once else step.seconds
        while not task.done():
            try:
                done, _ = await asyncio.wait({task}, timeout=limit)
            except asyncio.CancelledError:
                log.warning("closing.at_once", step=step.name)
                limit = 0.0 if at_once or step.waits else AT_ONCE
                at_once = True
                _uncancel()
            else:
                if not done:
                    break
        if not task.done():
            seconds = round(asyncio.get_running_loop().time() - began, 1)
            log.warning("closing.given_up", step=step.name, seconds=seconds)
            task.cancel()


async def _work(step: ClosingStep) -> None:
    try:
        await step.work()
    except Exception:
        log.exception("closing.failed", step=step.name)


def _uncancel() -> None:
    """This cancellation is dealt with: `asyncio.timeout` further out is not to take it for its own."""
    if (task := asyncio.current_task()) is not None:
        task.uncancel()
