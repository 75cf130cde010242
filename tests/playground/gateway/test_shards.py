"""Shards: how many a bot is told to use, and whose sessions they are."""

import aiohttp
import pytest

from playground.server import Playground
from tests.playground.gateway.websocket import identify, line
from tests.playground.rest_client import RestClient


async def test_each_session_tells_its_shard_and_who_has_it(http: aiohttp.ClientSession) -> None:
    async with Playground(shards=3) as discord:
        elsewhere = discord.add_guild("Elsewhere", shard=2)
        assert (elsewhere.id >> 22) % 3 == 2
        async with line(discord) as gateway:
            ready = await identify(gateway, discord, shard=[2, 3])
            assert [each["id"] for each in ready["guilds"]] == [
                str(guild.id) for guild in discord.world.guilds.values() if (guild.id >> 22) % 3 == 2
            ]
            session = discord.gateway.sessions[ready["session_id"]]
            assert session.shard == (2, 3)
            sequence = session.sequence
            async with line(discord) as other:
                await other.next()
                await other.send(6, {"token": discord.bot_token, "session_id": session.id, "seq": sequence})
                await other.until("RESUMED")
                first, second = session.clients
                assert first.port == gateway.socket.local_address[1]
                assert second.port == other.socket.local_address[1]
                async with http.get(f"{discord.origin}/playground/sessions") as response:
                    (told,) = await response.json()
                assert told == session.as_json()
                assert told["shard"] == [2, 3]
                assert told["client"] == ["127.0.0.1", second.port]
                assert told["clients"] == 2
                assert told["connected"] is True
                assert told["properties"]["browser"] == "test"
                assert told["user_agent"].startswith("Python/")


async def test_the_number_of_shards_can_be_changed(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient
) -> None:
    assert (await as_bot("GET", "/gateway/bot")).json["shards"] == 1
    async with http.post(f"{playground.origin}/playground/faults", json={"kind": "shards", "shards": 4}) as response:
        assert response.status == 200
    assert (await as_bot("GET", "/gateway/bot")).json["shards"] == 4
    for wrong in ({}, {"shards": 0}, {"shards": "many"}):
        body = {"kind": "shards", **wrong}
        async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
            assert response.status == 400
    with pytest.raises(ValueError, match="one shard at least"):
        Playground(shards=0)
