"""Work in the background ends with its owner, and what was due is tried again."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.background_tasks import BackgroundTasks, done_with_retries


async def test_what_fails_is_logged_and_nothing_is_begun_once_they_are_closed() -> None:
    tasks, done = BackgroundTasks("work.failed"), []

    async def work(what: str) -> None:
        if what == "bad":
            raise ValueError(what)
        if what == "long":
            await asyncio.Event().wait()
        done.append(what)

    with capture_logs() as logs:
        for what in ("good", "bad", "long"):
            tasks.spawn(work(what))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await tasks.close()
        tasks.spawn(work("late"))
        await asyncio.sleep(0)
    assert (done, tasks.closed) == (["good"], True)
    assert [each["event"] for each in logs] == ["work.failed"]


@pytest.mark.parametrize(
    ("failures", "is_done", "waited"), [(0, True, []), (2, True, [1.0, 5.0]), (9, False, [1, 5, 30, 120])]
)
async def test_due_work_is_tried_again_with_growing_pauses(
    monkeypatch: pytest.MonkeyPatch, failures: int, is_done: bool, waited: list[float]
) -> None:
    tried, pauses = [], []

    async def work() -> None:
        tried.append(1)
        if len(tried) <= failures:
            raise OSError

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with capture_logs() as logs:
        assert await done_with_retries(work, "work.not_done", about="x") is is_done
    assert pauses == waited
    found: list[Any] = [(each["event"], each["about"]) for each in logs]
    assert found == [("work.not_done", "x")] * min(failures, 5)
