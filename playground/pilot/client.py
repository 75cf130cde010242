"""A client for Discord's protocol: REST with a token, and one gateway session. It needs no bot library."""

import asyncio
import io
import itertools
import mimetypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import orjson

Json = dict[str, Any]
File = Path | tuple[str, bytes]

RECONNECT_TRIES = 10
"""Times in a row that a client tries to reconnect before it gives up."""


class ErrorResponse(Exception):  # noqa: N818 - the request failed, the client did not
    """Discord answered a REST request with an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body: Json = body if isinstance(body, dict) else {}

    @property
    def code(self) -> int:
        """Discord's error code, such as 50035."""
        return int(self.body.get("code", 0))


class Client:
    """A student's client; with `intents` it is a bot's client."""

    def __init__(self, api_url: str, gateway_url: str, token: str, *, intents: int | None = None) -> None:
        self._intents = intents
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._token = token
        self._http: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._sequence: int | None = None
        self._nonces = itertools.count(1)
        self._listeners: list[Callable[[str, Json], None]] = []
        self._session: str | None = None
        self.ready: Json = {}

    def listen(self, listener: Callable[[str, Json], None]) -> None:
        """Call `listener(event, data)` for every gateway event."""
        self._listeners.append(listener)

    def nonce(self) -> str:
        """Return a nonce that this client has not used."""
        return f"{self.ready.get('session_id', '')[:8]}{next(self._nonces)}"

    async def open(self) -> None:
        """Connect, and return after READY."""
        self._http = aiohttp.ClientSession()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks.append(asyncio.create_task(self._stay_connected(self._http, ready)))
        async with asyncio.timeout(10):
            await ready

    async def close(self) -> None:
        """Disconnect."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def _stay_connected(self, http: aiohttp.ClientSession, ready: asyncio.Future[None]) -> None:
        """Stay connected until `close()`: resume after a drop, as Discord's own client does."""
        tries = 0
        while tries < RECONNECT_TRIES:
            try:
                async with http.ws_connect(f"{self._gateway_url}/?v=10&encoding=json", max_msg_size=0) as socket:
                    await self._connection(socket, ready)
                    tries = 0
            except (aiohttp.ClientError, ConnectionError) as error:
                if not ready.done():
                    ready.set_exception(ConnectionError(f"the gateway cannot be reached: {error}"))
                    return
            if not ready.done():
                ready.set_exception(ConnectionError(f"the gateway closed with {socket.close_code}"))
                return
            tries += 1
            await asyncio.sleep(tries / 10)

    async def _connection(self, socket: aiohttp.ClientWebSocketResponse, ready: asyncio.Future[None]) -> None:
        """Serve one connection, from hello to its end."""
        hello = await socket.receive()
        if hello.type is not aiohttp.WSMsgType.TEXT:
            return
        interval = orjson.loads(hello.data)["d"]["heartbeat_interval"] / 1000
        await socket.send_json(self._identify_or_resume())
        beating = asyncio.create_task(self._send_heartbeats(socket, interval))
        try:
            await self._read(socket, ready)
        finally:
            beating.cancel()

    def _identify_or_resume(self) -> Json:
        if self._session is not None:
            return {"op": 6, "d": {"token": self._token, "session_id": self._session, "seq": self._sequence}}
        identify: Json = {"token": self._token, "properties": {"os": "linux", "browser": "pilot", "device": ""}}
        if self._intents is not None:
            identify["intents"] = self._intents
        return {"op": 2, "d": identify}

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, ready: asyncio.Future[None]) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            payload = orjson.loads(frame.data)
            match payload["op"]:
                case 0:
                    self._hear(payload)
                    if payload["t"] == "READY" and not ready.done():
                        ready.set_result(None)
                case 7:
                    return
                case 9:
                    if not payload["d"]:
                        self._session = self._sequence = None
                    return

    def _hear(self, payload: Json) -> None:
        self._sequence = payload["s"] or self._sequence
        if payload["t"] == "READY":
            self.ready = payload["d"]
            self._session = self.ready["session_id"]
        for listener in self._listeners:
            listener(payload["t"], payload["d"])

    async def _send_heartbeats(self, socket: aiohttp.ClientWebSocketResponse, interval: float) -> None:
        while not socket.closed:
            await asyncio.sleep(interval)
            await socket.send_json({"op": 1, "d": self._sequence})

    async def request(self, method: str, path: str, body: Any = None, files: Sequence[File] = ()) -> Any:
        """Make a REST request and return its JSON; raise ErrorResponse when Discord answers with an error."""
        if self._http is None:
            raise RuntimeError("the client is not open")
        arguments: Json = {}
        if files:
            arguments["data"] = _form(body or {}, files)
        elif body is not None:
            arguments["json"] = body
        headers = {"Authorization": self._token if self._intents is None else f"Bot {self._token}"}
        async with self._http.request(method, f"{self._api_url}{path}", headers=headers, **arguments) as response:
            raw = await response.read()
            answer = orjson.loads(raw) if raw else None
            if response.status >= 400:
                raise ErrorResponse(response.status, answer)
            return answer

    async def fetch(self, url: str) -> bytes:
        """Read a file from the CDN; raise ErrorResponse when it is gone."""
        if self._http is None:
            raise RuntimeError("the client is not open")
        async with self._http.get(url) as response:
            data = await response.read()
            if response.status >= 400:
                raise ErrorResponse(response.status, data.decode(errors="replace"))
            return data


def _form(body: Json, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", orjson.dumps(body).decode(), content_type="application/json")
    for index, each in enumerate(files):
        name, data = (each.name, each.read_bytes()) if isinstance(each, Path) else each
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        form.add_field(f"files[{index}]", io.BytesIO(data), filename=name, content_type=kind)
    return form
