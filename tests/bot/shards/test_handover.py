"""Shards move between processes: nothing is missed, and nothing is handled twice."""

import asyncio
from pathlib import Path

import pytest

from tests.bot.shards.processes import Processes, leases_of, open_processes
from tests.house import eventually


async def _say(processes: Processes, until: asyncio.Event) -> list[str]:
    """Say a numbered message every 50 ms."""
    student = await processes.student()
    said: list[str] = []
    while not until.is_set():
        said.append(f"message {len(said)}")
        await student.says("math", said[-1])
        await asyncio.sleep(0.05)
    return said


async def test_each_message_is_heard_once_while_shards_move(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=4) as processes:
        first = await processes.start()
        assert processes.shards() == [[0, 1, 2, 3]]
        enough = asyncio.Event()
        saying = asyncio.create_task(_say(processes, enough))
        await eventually(lambda: len(processes.heard) > 3)
        second = await processes.start()
        await eventually(lambda: [len(each) for each in processes.shards()] == [2, 2])
        await processes.stop(first)
        await eventually(lambda: processes.shards() == [[0, 1, 2, 3]])
        assert leases_of(second).shard_ids == {0, 1, 2, 3}
        await asyncio.sleep(0.2)
        enough.set()
        said = await saying
        await eventually(lambda: len(processes.heard) >= len(said))
        assert sorted(text for text, _ in processes.heard) == sorted(said)
