"""The listener closes at once, in whatever state its connections are."""

import asyncio
import contextlib
import socket
from typing import Any

import yarl

from playground.listener import Listener
from playground.server import Playground

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
CLOSE = b"\x88\x80\0\0\0\0"
"""A close frame without a code, masked with zeros: https://datatracker.ietf.org/doc/html/rfc6455#section-5.5.1"""


async def flood(_scope: Any, receive: Any, send: Any) -> None:
    """An application that sends more than a client reads."""
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        await send({"type": "websocket.send", "bytes": bytes(1 << 20)})


async def test_it_closes_though_a_websocket_is_in_the_middle_of_closing() -> None:
    listener = Listener(flood, "127.0.0.1", 0)
    await listener.open()
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", yarl.URL(listener.origin).port))
        await loop.sock_sendall(client, UPGRADE)
        assert b" 101 " in await loop.sock_recv(client, 1_000)
        await asyncio.sleep(0.2)  # until the server can write no more: its side of the websocket cannot end
        await loop.sock_sendall(client, CLOSE)
        await asyncio.sleep(0.2)
        async with asyncio.timeout(10):
            await listener.close()


async def test_headers_without_an_end_are_broken_off(playground: Playground) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", yarl.URL(playground.origin).port)
    writer.write(b"GET /api/v10/gateway HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 30_000 + b"\r\n\r\n")
    assert b" 200 " in await reader.read(1_000)
    writer.write(b"GET / HTTP/1.1\r\n")
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < 100_000_000:
            writer.write(b"X-%d: %s\r\n" % (sent, b"a" * 10_000))
            sent += 10_000
            await writer.drain()
    assert sent < 100_000_000
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
