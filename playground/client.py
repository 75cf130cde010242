"""A client of Discord's own protocol: REST with a token, and one gateway session. No bot library."""

import asyncio
import contextlib
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


class Refused(Exception):  # noqa: N818 - Discord refused, nothing is broken
    """Discord answered with an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body: Json = body if isinstance(body, dict) else {}

    @property
    def code(self) -> int:
        """Discord's code, such as 50035."""
        return int(self.body.get("code", 0))


class Client:
    """One student at one computer; with `intents` it is a bot."""

    def __init__(self, api_url: str, gateway_url: str, token: str, *, intents: int | None = None) -> None:
        self._intents = intents
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._token = token
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._sequence: int | None = None
        self._nonces = itertools.count(1)
        self._listeners: list[Callable[[str, Json], None]] = []
        self.ready: Json = {}

    def listen(self, listener: Callable[[str, Json], None]) -> None:
        """Call `listener(event, data)` for every gateway event."""
        self._listeners.append(listener)

    def nonce(self) -> str:
        """Return a nonce that this client has not used."""
        return f"{self.ready.get('session_id', '')[:8]}{next(self._nonces)}"

    async def open(self) -> None:
        """Connect; returns after READY."""
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(f"{self._gateway_url}/?v=10&encoding=json", max_msg_size=0)
        hello = await self._socket.receive_json()
        identify: Json = {"token": self._token, "properties": {"os": "linux", "browser": "pilot", "device": ""}}
        if self._intents is not None:
            identify["intents"] = self._intents
        await self._socket.send_json({"op": 2, "d": identify})
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks.append(asyncio.create_task(self._read(self._socket, ready)))
        self._tasks.append(asyncio.create_task(self._beat(hello["d"]["heartbeat_interval"] / 1000)))
        async with asyncio.timeout(10):
            await ready

    async def close(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
                await self._socket.close()
        if self._http is not None:
            await self._http.close()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, ready: asyncio.Future[None]) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            payload = orjson.loads(frame.data)
            self._sequence = payload["s"] or self._sequence
            if payload["op"] != 0:
                continue
            if payload["t"] == "READY":
                self.ready = payload["d"]
            for listener in self._listeners:
                listener(payload["t"], payload["d"])
            if payload["t"] == "READY":
                ready.set_result(None)
        if not ready.done():
            ready.set_exception(ConnectionError(f"the gateway closed with {socket.close_code}"))

    async def _beat(self, interval: float) -> None:
        while self._socket is not None:
            await asyncio.sleep(interval)
            await self._socket.send_json({"op": 1, "d": self._sequence})

    async def request(self, method: str, path: str, body: Any = None, files: Sequence[File] = ()) -> Any:
        """Make a REST request; Refused when Discord answers with an error."""
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
                raise Refused(response.status, answer)
            return answer

    async def fetch(self, url: str) -> bytes:
        """Read a file from the CDN; Refused when it is gone."""
        if self._http is None:
            raise RuntimeError("the client is not open")
        async with self._http.get(url) as response:
            data = await response.read()
            if response.status >= 400:
                raise Refused(response.status, data.decode(errors="replace"))
            return data


def _form(body: Json, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", orjson.dumps(body).decode(), content_type="application/json")
    for index, each in enumerate(files):
        name, data = (each.name, each.read_bytes()) if isinstance(each, Path) else each
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        form.add_field(f"files[{index}]", io.BytesIO(data), filename=name, content_type=kind)
    return form
