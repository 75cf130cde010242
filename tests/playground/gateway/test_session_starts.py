"""How many sessions a bot may start."""

from typing import Any

import aiohttp
import pytest

from playground.clock import Clock
from playground.gateway.opcodes import CloseConnection
from playground.gateway.session_starts import BETWEEN_IDENTIFIES, DAY, SessionStarts
from playground.pilot import Student
from playground.server import Playground
from tests.playground.gateway.websocket import identify, line
from tests.playground.rest_client import RestClient


def test_identifies_are_counted_until_the_day_is_over() -> None:
    time = [0.0]
    starts = SessionStarts(Clock(lambda: time[0]), total=2)
    assert starts.as_json() == {"total": 2, "remaining": 2, "reset_after": DAY * 1000, "max_concurrency": 16}
    assert starts.count(0)
    assert starts.count(0)
    time[0] = DAY - 0.5
    with pytest.raises(CloseConnection, match="Too many"):
        starts.count(0)
    assert starts.refused == 1
    assert starts.as_json()["reset_after"] == 500
    time[0] = DAY
    assert starts.count(0)
    assert starts.as_json()["remaining"] == 1


def test_shards_of_one_kind_identify_one_after_the_other() -> None:
    time = [0.0]
    starts = SessionStarts(Clock(lambda: time[0]), max_concurrency=2)
    assert [starts.count(each) for each in (0, 1, 2)] == [True, True, False]
    time[0] = BETWEEN_IDENTIFIES - 0.1
    assert [starts.count(each) for each in (2, 3)] == [False, False]
    assert starts.too_early == 3
    time[0] = BETWEEN_IDENTIFIES
    assert [starts.count(each) for each in (2, 3, 0)] == [True, True, False]


async def test_one_identify_too_many_ends_all_sessions_of_the_bot_until_the_reset(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient, minji: Student
) -> None:
    async def fault(**body: Any) -> None:
        async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
            assert response.status == 200

    async with line(playground) as first, line(playground) as second:
        await identify(first, playground)
        await fault(kind="session_starts", remaining=0, seconds=60)
        limit = (await as_bot("GET", "/gateway/bot")).json["session_start_limit"]
        assert (limit["remaining"], limit["total"]) == (0, 1000)
        assert 59_000 < limit["reset_after"] <= 60_000
        await second.next()
        await second.send(2, {"token": playground.bot_token, "intents": 0, "properties": {}})
        assert await second.closed() == 4004
        assert await first.closed() == 4004
    assert [each.user.username for each in playground.gateway.sessions.values()] == ["minji"]
    playground.clock.advance(61)
    async with line(playground) as third:
        await identify(third, playground)


async def test_an_identify_that_comes_too_early_is_invalid() -> None:
    async with Playground(max_concurrency=1, shards=2) as discord, line(discord) as first, line(discord) as second:
        await identify(first, discord, shard=[0, 2])
        await second.next()
        asked = {"token": discord.bot_token, "intents": 0, "properties": {}, "shard": [1, 2]}
        await second.send(2, asked)
        assert (await second.next())["op"] == 9
        discord.clock.advance(BETWEEN_IDENTIFIES)
        await second.send(2, asked)
        assert (await second.next())["t"] == "READY"
