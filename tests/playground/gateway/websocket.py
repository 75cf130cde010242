"""A bare websocket to the gateway, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

from playground.server import Playground

Json = dict[str, Any]

GUILDS, MEMBERS, MESSAGES, DMS, CONTENT = 1, 1 << 1, 1 << 9, 1 << 12, 1 << 15
ALL = GUILDS | MEMBERS | MESSAGES | DMS | CONTENT


class GatewaySocket:
    """A websocket to the gateway."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, op: int, data: Any = None) -> None:
        await self.socket.send(orjson.dumps({"op": op, "d": data}).decode())

    async def next(self) -> Json:
        async with asyncio.timeout(5):
            found: Json = orjson.loads(await self.socket.recv())
            return found

    async def until(self, event: str | None) -> Json:
        """Read on to an event; None is the next frame that is no event."""
        while (frame := await self.next())["t"] != event:
            pass
        return frame

    async def closed(self) -> int:
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        return int(self.socket.close_code or 0)


@asynccontextmanager
async def line(playground: Playground, query: str = "v=10&encoding=json") -> AsyncIterator[GatewaySocket]:
    async with connect(f"{playground.gateway_url}/?{query}", max_size=None) as socket:
        yield GatewaySocket(socket)


async def identify(line: GatewaySocket, playground: Playground, intents: int = ALL, **extra: Any) -> Json:
    hello = await line.next()
    assert hello["op"] == 10
    properties = {"os": "linux", "browser": "test", "device": "test"}
    await line.send(2, {"token": playground.bot_token, "intents": intents, "properties": properties, **extra})
    ready: Json = (await line.until("READY"))["d"]
    return ready
