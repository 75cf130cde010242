"""The stages of a run. Each has an end: what takes longer is told, with the places at which its tasks waited."""

import asyncio
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from benchmarks.chaos.records import Violation

TO_CANCEL = 10.0
"""Seconds that cancelled tasks may take to end."""


class Stages:
    """Runs stages, one after another, and collects those that did not come to their end."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []

    async def within(self, name: str, seconds: float, *works: Coroutine[Any, Any, object]) -> bool:
        """Do the works of a stage at once; False when one failed, or still ran after `seconds` and was cancelled."""
        tasks = [asyncio.create_task(each, name=f"{name} {number}") for number, each in enumerate(works, 1)]
        if not tasks:
            return True
        try:
            ended, late = await asyncio.wait(tasks, timeout=seconds)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            raise
        if late:
            about = f"{name}: {len(late)} of {len(tasks)} still ran after {seconds:g} s"
            self.violations.append(Violation("the chaos ends", about, tuple(map(waits_at, late))))
            for task in late:
                task.cancel()
            _, stubborn = await asyncio.wait(late, timeout=TO_CANCEL)
            if stubborn:
                about = f"{name}: {len(stubborn)} tasks ran on for {TO_CANCEL:g} s when they were cancelled"
                self.violations.append(Violation("the chaos ends", about, tuple(map(waits_at, stubborn))))
        failed = [error for task in ended if (error := task.exception()) is not None]
        for error in failed:
            lines = "".join(traceback.format_exception(error)).splitlines()
            self.violations.append(Violation("the chaos itself works", f"{name}: {error!r}", tuple(lines[-25:])))
        return not late and not failed


def waits_at(task: "asyncio.Task[Any]") -> str:
    """Where a task waits, from the outermost coroutine to the innermost, as `file:line function`."""
    places = []
    coroutine: Any = task.get_coro()
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is None:
            break
        places.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_qualname}")
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return f"{task.get_name()}: {' > '.join(places)}"
