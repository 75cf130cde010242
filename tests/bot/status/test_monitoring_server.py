"""The port for monitors: what it says is true of the bot."""

import re
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import StartupError
from bot.status import health
from bot.status.health import Health
from bot.status.monitoring_server import MonitoringServer, open_monitoring_server
from bot.status.process_status import Problem
from bot.store.store import Store
from database import outages
from database.outages import NotConnectedError, Outage
from tests.bot.status.exported import METRICS
from tests.failing_disks import read_only
from tests.house import House, finished


async def get(server: MonitoringServer, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{server.port}{path}") as answer:
        return answer.status, await answer.text(), answer.headers["Content-Type"]


async def test_a_bot_that_answers_is_seen_and_one_that_cannot_says_why(house: House) -> None:
    minji = await house.discord.student("minji")
    async with open_monitoring_server("127.0.0.1", 0) as server:
        assert (await get(server, "/healthz"))[:2] == (503, "Saem has not begun to log in yet.\n")
        assert (await get(server, "/metrics"))[0] == 503
        server.show(house.bot.bot_status)
        await finished(minji, (await house.ask(minji, "Why is a swordfish sharp?")).id)
        assert (await get(server, "/healthz"))[:2] == (200, "Saem is well.\n")
        status, text, content_type = await get(server, "/metrics")
        assert status == 200
        assert content_type.startswith("text/plain; version=")
        families = {family.name: family for family in text_string_to_metric_families(text)}
        samples = {sample.name: sample for family in families.values() for sample in family.samples}
        assert samples["saem_runs_total"].value == 1
        assert samples["saem_first_word_seconds_count"].value == 1
        assert samples["saem_shard_up"].value == 1
        assert samples["saem_healthy"].value == 1
        assert samples["saem_bot_database_size_bytes"].value > 100_000
        assert {name for name in samples if name.startswith("saem_")} >= METRICS - {"saem_shard_latency_seconds"}
        ids = {str(house.discord.guild.id), str(minji.id), str(house.discord.channel("math").id)}
        assert not [each for each in ids if each in text]
        assert "swordfish" not in text
        outage = Outage("saem.sqlite3")
        outage.failed("full", None)
        health = await get(server, "/healthz")
        assert health[0] == 503
        assert re.match(r"saem.sqlite3: the disk is full for \d seconds: make room on it\n", health[1])
        assert (await get(server, "/livez"))[0] == 200
        assert 'saem_outages{kind="full"} 1.0' in (await get(server, "/metrics"))[1]
        outage._end()
        house.bot.gateway_watch._begun.clear()
        health = await get(server, "/healthz")
        assert health[1].startswith("shard 0 is not connected to Discord for ")
        house.bot.bot_status.stopping()
        assert (await get(server, "/healthz"))[1] == "Saem is about to end\n"


async def test_a_port_that_is_taken_gets_a_sentence_and_none_is_opened_unless_wanted() -> None:
    async with open_monitoring_server("127.0.0.1", 0) as server:
        assert server.port is not None
        with pytest.raises(StartupError, match=f"METRICS_PORT {server.port} on 127.0.0.1 cannot be listened on"):
            async with open_monitoring_server("127.0.0.1", server.port):
                pass
    async with open_monitoring_server("127.0.0.1", None) as server:
        assert server.port is None


class Away:
    """A store whose database is away."""

    dialect = "sqlite"

    async def read(self, _query: Any) -> None:
        raise NotConnectedError("connect", None, OSError(111, "refused"), hide_parameters=True)


async def test_databases_and_servers_that_do_not_answer_are_told_by_their_kind() -> None:
    store: Store = Away()  # type: ignore[assignment]
    async with openai.AsyncOpenAI(api_key="a key that is secret", base_url="http://127.0.0.1:1/v1") as api:
        problems = await Health(store, api, lambda: [Problem("no_shard")]).problems()
    assert problems == (
        Problem("no_shard"),
        Problem("database", cause="ConnectionRefusedError ECONNREFUSED"),
        Problem("assistants", cause="APIConnectionError"),
    )


async def test_that_nothing_temporary_can_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "SETTLED", 0.0)
    monkeypatch.setattr(health, "KNOWN_FOR", 0.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store: Store = Away()  # type: ignore[assignment]
    async with openai.AsyncOpenAI(api_key="a key", base_url="http://127.0.0.1:1/v1") as api:
        looked_at = Health(store, api, list)

        async def told() -> list[str | None]:
            return [each.cause for each in await looked_at.problems() if each.subject == "temporary files"]

        assert await told() == []
        with read_only(tmp_path):
            assert await told() == ["read_only"]
        assert await told() == []
