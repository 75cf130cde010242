"""Processes that die together. What happens when they die while a shard moves is in `test_lease_store.py`."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.shards import lease as leases
from bot.shards import lease_store, shard_leases
from tests.bot.shards.processes import Processes, leases_of, open_processes
from tests.house import eventually


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of two seconds."""
    for module in (lease_store, shard_leases):
        monkeypatch.setattr(module, "LEASE", 2.0)
    monkeypatch.setattr(leases, "MARGIN", 0.5)


async def _say(processes: Processes, *texts: str) -> None:
    student = await processes.student()
    for text in texts:
        await student.says("math", text)


async def _heard_once(processes: Processes, *texts: str) -> None:
    """Wait until these are heard; what was said to nobody must not be heard twice."""
    await eventually(lambda: set(texts) <= {text for text, _ in processes.heard}, seconds=40)
    counts = Counter(text for text, _ in processes.heard)
    assert [counts[text] for text in texts] == [1] * len(texts)


async def test_when_three_of_four_are_killed_at_once_the_last_has_all_and_hears_what_was_said_meanwhile(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=4) as processes:
        first = await processes.start()
        others = await asyncio.gather(*(processes.start() for _ in range(3)))  # three are added at once
        await eventually(lambda: [len(each) for each in processes.shards()] == [1, 1, 1, 1])
        await _say(processes, "all are there")
        await _heard_once(processes, "all are there")
        guild = processes.discord.guild.id
        last = next(each for each in (first, *others) if not leases_of(each).owns(guild))
        await asyncio.gather(*(processes.cut(each) for each in (first, *others) if each is not last))
        await _say(processes, "nobody hears this", "nor this")
        await eventually(lambda: leases_of(last).shard_ids == {0, 1, 2, 3}, seconds=40)
        await _say(processes, "one is left")
        await _heard_once(processes, "nobody hears this", "nor this", "one is left")
