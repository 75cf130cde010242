"""What clients without a key, slow clients and floods of connections cost the server: little, and nobody else."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from assistants import http_protocol
from tests.assistants.conftest import KEY, Running

HEAD = f"HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {KEY}\r\n"


class Connection:
    """A TCP connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, text: str) -> None:
        self._writer.write(text.encode())
        await self._writer.drain()

    async def response(self) -> tuple[int, str]:
        """The next response: status and body."""
        async with asyncio.timeout(20):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length"))
            return int(head.split()[1]), (await self._reader.readexactly(length)).decode()

    async def ended(self) -> None:
        """Wait until the server closes the connection."""
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionResetError):
                assert await self._reader.read() == b""

    def close(self) -> None:
        self._writer.close()


class Connections:
    """Opens connections, and closes them at the end."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: list[Connection] = []

    async def open(self, text: str = "") -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self._port))
        self._open.append(connection)
        await connection.send(text)
        return connection

    async def many(self, count: int, text: str) -> None:
        for _ in range(count):
            await self.open(text)

    def close(self) -> None:
        for connection in self._open:
            connection.close()


@pytest_asyncio.fixture
async def connections(server: Running) -> AsyncIterator[Connections]:
    found = Connections(urlsplit(server.url).port or 0)
    yield found
    found.close()


@pytest.mark.parametrize(
    "head",
    [
        "GET /v1/models HTTP/1.1\r\n" + "".join(f"X-{number}: {'a' * 1000}\r\n" for number in range(70)),
        "GET /v1/models HTTP/1.1\r\nX-Endless: " + "a" * 70_000,
        "GET /" + "a" * 70_000,
        "GET /v1/models " + HEAD + "".join(f"X-{number}: {'a' * 1000}\r\n" for number in range(70)) + "\r\n",
    ],
)
async def test_a_head_that_is_too_long_is_refused_before_it_is_read(connections: Connections, head: str) -> None:
    connection = await connections.open(head)
    status, body = await connection.response()
    assert status == 431
    assert "65536 bytes" in json.loads(body)["error"]["message"]
    await connection.ended()


async def test_long_heads_that_are_short_enough_are_answered_on_one_connection(connections: Connections) -> None:
    connection = await connections.open()
    for _ in range(5):
        await connection.send(f"GET /v1/models {HEAD}X-Long: {'a' * 30_000}\r\n\r\n")
        status, _ = await connection.response()
        assert status == 200


@pytest.mark.parametrize("begun", ["", "GET /v1/mod", f"POST /v1/threads {HEAD}"])
async def test_a_head_that_does_not_end_is_given_up(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT", 0.2)
    connection = await connections.open(begun)
    status, _ = await connection.response()
    assert status == 408
    await connection.ended()


async def test_dripping_headers_do_not_put_the_end_off(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT", 0.3)
    connection = await connections.open("GET /v1/models HTTP/1.1\r\n")
    waiting = asyncio.create_task(connection.response())
    while not waiting.done():
        await connection.send("X-Drip: a\r\n")
        await asyncio.sleep(0.02)
    assert (await waiting)[0] == 408


async def test_a_body_that_does_not_go_on_is_given_up(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_TIMEOUT", 0.3)
    connection = await connections.open(
        f"POST /v1/threads {HEAD}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"
    )
    status, _ = await connection.response()
    assert status == 408
    await connection.ended()


async def test_a_body_may_take_long_as_long_as_it_goes_on(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_TIMEOUT", 1.0)
    connection = await connections.open(
        f"POST /v1/threads {HEAD}Content-Type: application/json\r\nContent-Length: 8\r\n\r\n"
    )
    for sign in "      {}":
        await connection.send(sign)
        await asyncio.sleep(0.2)
    status, _ = await connection.response()
    assert status == 200


async def test_without_a_key_the_answer_comes_before_the_body_and_the_connection_ends(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "LINGER", 0.2)
    connection = await connections.open("POST /v1/files HTTP/1.1\r\nHost: here\r\nContent-Length: 500000000\r\n\r\nabc")
    status, _ = await connection.response()
    assert status == 401
    await connection.ended()


@pytest.mark.parametrize(
    "begun",
    [
        "",
        "POST /v1/threads HTTP/1.1\r\nHost: here\r\n",
        "POST /v1/threads HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{",
        f"GET /v1/models {HEAD}\r\n",
    ],
)
async def test_connections_that_ask_nothing_lock_nobody_out(
    server: Running, connections: Connections, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr(http_protocol, "MOST_CONNECTIONS", 20)
    await connections.many(100, begun)
    other = await connections.open(f"GET /v1/models {HEAD}\r\n")
    assert (await other.response())[0] == 200
    assert (await server.client.models.list()).data
    active = [each for each in asyncio.all_tasks() if "run_asgi" in repr(each)]
    assert not active


async def test_uploads_that_stall_make_room_and_those_that_go_on_do_not(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = f"POST /v1/threads {HEAD}Content-Type: application/json\r\nContent-Length: 8\r\n\r\n "
    monkeypatch.setattr(http_protocol, "MOST_CONNECTIONS", 20)
    first = await connections.open(upload)
    await connections.many(19, upload)
    refused = await connections.open(f"GET /v1/models {HEAD}\r\n")
    status, body = await refused.response()
    assert status == 503
    assert "Try again later" in body
    await refused.ended()
    monkeypatch.setattr(http_protocol, "LINGER", 0.5)
    await asyncio.sleep(0.6)
    await first.send("  ")
    answered = await connections.open(f"GET /v1/models {HEAD}\r\n")
    assert (await answered.response())[0] == 200
    await first.send("   {}")
    assert (await first.response())[0] == 200


def test_half_of_the_files_that_may_be_open_are_left_to_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for soft, limit in ((256, 128), (10, 16), (1_000_000, 4096), (resource.RLIM_INFINITY, 4096)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=soft: (soft, soft))
        assert http_protocol.connection_limit() == limit
