"""Processes that die, are paused, or cannot reach the database: their shards are heard on, by one process at a time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from bot.client import SaemBot
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


def _stop_renewing(bot: SaemBot) -> Any:
    """Let a bot renew nothing, as if its process was paused; returns what lets it go on."""
    held = leases_of(bot)
    assert held._loop is not None
    held._loop.cancel()

    def go_on() -> None:
        held._loop = asyncio.create_task(held._keep())

    return go_on


def _texts(processes: Processes) -> list[str]:
    return sorted(text for text, _ in processes.heard)


async def test_a_killed_process_is_replaced_and_what_was_said_meanwhile_is_heard_once(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=2) as processes:
        first = await processes.start()
        second = await processes.start()
        await eventually(lambda: processes.shards() == [[0], [1]])
        await _say(processes, "before")
        await eventually(lambda: _texts(processes) == ["before"])
        await asyncio.gather(*(leases_of(each)._store_guilds(0) for each in (first, second)))
        identified = processes.discord.stats.identifies
        await processes.cut(first)
        await _say(processes, "while nobody had it")
        await eventually(lambda: processes.shards()[1] == [0, 1])
        await _say(processes, "after")
        await eventually(lambda: {"before", "while nobody had it", "after"} <= set(_texts(processes)))
        assert processes.discord.stats.identifies == identified
        # What was handled lately is sent again: rooms know it by its id.
        assert _texts(processes).count("while nobody had it") == _texts(processes).count("after") == 1


async def test_a_paused_process_holds_what_comes_and_leaves_what_another_has_taken(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=1) as processes:
        first = await processes.start()
        go_on = _stop_renewing(first)
        await eventually(lambda: not leases_of(first)._held[0].may_handle)
        await _say(processes, "held")
        await asyncio.sleep(0.1)
        assert processes.heard == []
        go_on()  # nobody has taken it: what was held is handled
        await eventually(lambda: _texts(processes) == ["held"])
        go_on = _stop_renewing(first)
        await eventually(lambda: not leases_of(first)._held[0].may_handle)
        await _say(processes, "taken over")
        second = await processes.start()
        await eventually(lambda: leases_of(second).shard_ids == {0})
        await eventually(lambda: "taken over" in _texts(processes))
        go_on()
        await eventually(lambda: not leases_of(first)._held)
        assert leases_of(first).shard_ids == frozenset()
        assert not first.guilds
        assert not leases_of(first).owns(0)
        assert leases_of(second).owns(0)
        await _say(processes, "at last")
        await eventually(lambda: "at last" in _texts(processes))
        heard = [(text, process) for text, process in processes.heard if text != "held"]
        assert heard == [(text, leases_of(second).process_id) for text in ("taken over", "at last")]


async def test_after_an_outage_of_the_database_each_process_goes_on_with_its_own_shards(
    tmp_path: Path, postgres: str, postgres_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make_url(postgres).database
    async with open_processes(tmp_path, postgres, monkeypatch, shards=4) as processes:
        await processes.student()
        bots = [await processes.start(), await processes.start()]
        await eventually(lambda: [len(each) for each in processes.shards()] == [2, 2])
        await eventually(lambda: processes.discord.stats.resumes == 2)
        before = processes.shards(), processes.discord.stats.identifies, processes.discord.stats.resumes
        postgres_server.psql(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false;"
            f" SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}';"
        )
        try:
            await eventually(lambda: not any(held.may_handle for bot in bots for held in leases_of(bot)._held.values()))
            await _say(processes, "during the outage")
            await asyncio.sleep(0.1)
            assert processes.heard == []
        finally:
            postgres_server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true;")
        await eventually(lambda: _texts(processes) == ["during the outage"])
        assert (processes.shards(), processes.discord.stats.identifies, processes.discord.stats.resumes) == before


async def test_a_session_that_cannot_be_resumed_is_begun_anew_and_what_was_missed_is_answered(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=2) as processes:
        first = await processes.start()
        await processes.stop(first)
        for session in tuple(processes.discord.gateway.sessions.values()):
            if session.is_bot:
                processes.discord.gateway._registry.end(session)
        student = await processes.student()
        processes.openai.say("Here I am.")
        question = await student.says("math", f"<@{processes.discord.bot.id}> is anybody there?")
        identified = processes.discord.stats.identifies
        second = await processes.start()
        await student.sees(question, contains="Here I am.", timeout=30)
        assert leases_of(second).shard_ids == {0, 1}
        await eventually(lambda: processes.discord.stats.identifies == identified + 2)
