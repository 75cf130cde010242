"""The resume host and its faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from playground.server import Playground
from tests.playground.gateway.websocket import GatewaySocket, identify, line


@asynccontextmanager
async def dropped(playground: Playground) -> AsyncIterator[tuple[str, int]]:
    async with line(playground) as gateway:
        ready = await identify(gateway, playground)
        await gateway.until("GUILD_CREATE")
        assert ready["resume_gateway_url"] == playground.gateway.resume_host.url != playground.gateway_url
        playground.gateway.drop()
        await gateway.closed()
        yield ready["session_id"], playground.gateway.sessions[ready["session_id"]].sequence


async def test_a_session_goes_on_there(playground: Playground) -> None:
    async with (
        dropped(playground) as (session_id, sequence),
        connect(playground.gateway.resume_host.url, max_size=None) as socket,
    ):
        gateway = GatewaySocket(socket)
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": session_id, "seq": sequence})
        await gateway.until("RESUMED")
        async with aiohttp.ClientSession() as http, http.get(socket_page(playground)) as response:
            assert response.status == 426  # it is a gateway alone


def socket_page(playground: Playground) -> str:
    return playground.gateway.resume_host.url.replace("ws", "http", 1)


async def test_while_it_is_down_it_refuses_connections(playground: Playground) -> None:
    host = playground.gateway.resume_host
    await host.fail("down", seconds=60)
    with pytest.raises(ConnectionRefusedError):
        await connect(host.url).__aenter__()
    async with line(playground) as gateway:  # the main gateway is well
        await gateway.next()
    playground.clock.advance(61)

    async def back() -> bool:
        try:
            async with connect(host.url):
                return True
        except ConnectionRefusedError:
            return False

    async with asyncio.timeout(5):
        while not await back():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    assert host.fault is None


async def test_it_can_answer_503(playground: Playground, http: aiohttp.ClientSession) -> None:
    body = {"kind": "resume_host", "fault": "unavailable"}
    async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
        assert response.status == 200
    host = playground.gateway.resume_host
    with pytest.raises(InvalidStatus, match="503"):
        await connect(host.url).__aenter__()
    assert host.refused == 1
    async with http.post(f"{playground.origin}/playground/faults", json={"kind": "clear"}) as response:
        assert response.status == 200
    async with connect(host.url):
        pass
    for wrong in ("deaf", 3):
        body = {"kind": "resume_host", "fault": str(wrong)}
        async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
            assert response.status == 400


async def test_it_can_accept_and_say_nothing(playground: Playground) -> None:
    host = playground.gateway.resume_host
    await host.fail("silent")
    async with connect(host.url) as socket:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await socket.recv()
    assert host.refused == 1


async def test_it_can_refuse_to_resume_though_the_main_gateway_is_well(playground: Playground) -> None:
    await playground.gateway.resume_host.fail("refuses")
    async with (
        dropped(playground) as (session_id, sequence),
        connect(playground.gateway.resume_host.url, max_size=None) as socket,
    ):
        gateway = GatewaySocket(socket)
        await gateway.next()
        await gateway.send(6, {"token": playground.bot_token, "session_id": session_id, "seq": sequence})
        assert await gateway.closed() == 4000
    assert playground.gateway.refused == 1


async def test_who_reaches_it_by_another_address_resumes_there() -> None:
    async with Playground(public_url="http://localhost:9") as discord, line_at(discord) as gateway:
        assert (await identify(gateway, discord))["resume_gateway_url"] == "ws://localhost:9"
        with pytest.raises(LookupError):
            await discord.gateway.resume_host.fail("down")


@asynccontextmanager
async def line_at(discord: Playground) -> AsyncIterator[GatewaySocket]:
    assert discord._listener is not None
    async with connect(discord._listener.origin.replace("http", "ws", 1), max_size=None) as socket:
        yield GatewaySocket(socket)


async def test_zombies_stay_open_and_say_nothing(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        await gateway.until("GUILD_CREATE")
        assert playground.gateway.freeze() == 1
        await gateway.send(1)
        playground.add_channel("news")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await gateway.socket.recv()


async def test_heartbeats_may_stay_unacknowledged_while_events_come(playground: Playground) -> None:
    async with line(playground) as gateway:
        await identify(gateway, playground)
        await gateway.until("GUILD_CREATE")
        assert playground.gateway.stop_acknowledging() == 1
        await gateway.send(1)
        playground.add_channel("news")
        assert (await gateway.next())["t"] == "CHANNEL_CREATE"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await gateway.socket.recv()
