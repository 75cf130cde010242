"""The server inside the program that uses it: the SDK's requests reach the app without a socket between them.

What an HTTP connection costs (parsing on both sides, system calls, two more tasks) is a third of what a small request
takes and half of what a delta takes; within one process none of it is needed. The SDK notices nothing: this is a
transport of its HTTP client. (httpx's own `ASGITransport` hands an answer over when it is whole, so it cannot stream.)
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import openai
import structlog
from openai import AsyncOpenAI
from starlette.types import ASGIApp, Message, Scope

from assistants.app import ModelOpener, create_app
from assistants.settings import Settings
from workers import Pool

log = structlog.get_logger(__name__)

URL = "http://assistants/v1"
"""What the SDK calls the server; nothing resolves it."""

GRACE = 3.0
"""Seconds that requests under way get at the end; runs have ended before."""

HIGH_WATER = 1 << 18
"""Bytes of an answer that may wait to be read before the app has to wait itself."""


@asynccontextmanager
async def connected(
    settings: Settings,
    *,
    pool: Pool,
    open_model: ModelOpener | None = None,
    client_class: type[AsyncOpenAI] = AsyncOpenAI,
) -> AsyncIterator[AsyncOpenAI]:
    """Run the server in this process while the block lasts; yields a client of it.

    Raises:
        StoreError: the database cannot be opened.
    """
    key = secrets.token_urlsafe(32)
    app = create_app(settings, pool=pool, key=key, open_model=open_model)
    async with app.router.lifespan_context(app):
        transport = Transport(app)
        http = openai.DefaultAsyncHttpxClient(transport=transport)
        async with client_class(base_url=URL, api_key=key, http_client=http) as client:
            try:
                yield client
            finally:
                # First the runs, so that the streams about them end.
                await app.state.services.run_tasks.close()
                await transport.drain()


class Transport(httpx2.AsyncBaseTransport):
    """Hands requests to an ASGI app in the same event loop, and its answers back as they come.

    As behind any HTTP server, the app finishes what it has begun when the client goes away. The client's timeouts do
    not apply: there is no connection that could hang.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`, return when the answer's head is there.

        Raises:
            httpx2.RemoteProtocolError: the app ended without an answer.
        """
        exchange = _Exchange(request)
        task = asyncio.create_task(exchange.run(self._app), name="assistants-request")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await exchange.response()

    async def drain(self) -> None:
        """Let the requests under way end, within a few seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            # What they use is closed next.
            await asyncio.gather(*late, return_exceptions=True)


class _Exchange(httpx2.AsyncByteStream):
    """One request and its answer, which is this stream."""

    def __init__(self, request: httpx2.Request) -> None:
        self._request = request
        loop = asyncio.get_running_loop()
        self._head: asyncio.Future[httpx2.Response] = loop.create_future()
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._ended = False
        self._broken = False
        self._left = asyncio.Event()
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        self._body = aiter(request.stream)
        self._asked = False

    async def response(self) -> httpx2.Response:
        """The answer, when its head is there."""
        try:
            return await self._head
        except asyncio.CancelledError:
            await self.aclose()
            raise

    async def run(self, app: ASGIApp) -> None:
        """Let the app answer."""
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:
            log.exception("answer_broken_off", path=self._request.url.path)
        finally:
            self._broken = not self._ended
            if not self._head.done():
                self._head.set_exception(httpx2.RemoteProtocolError("the server ended without an answer"))
            _wake(self._news)

    def _scope(self) -> Scope:
        request = self._request
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": None,
            "server": None,
        }

    async def _receive(self) -> Message:
        if self._asked:
            await self._left.wait()
            return {"type": "http.disconnect"}
        chunk = await anext(self._body, None)
        self._asked = chunk is None
        return {"type": "http.request", "body": chunk or b"", "more_body": not self._asked}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not self._head.done():
                self._head.set_result(
                    httpx2.Response(message["status"], headers=message.get("headers", ()), stream=self)
                )
            return
        self._ended = not message.get("more_body", False)
        if self._left.is_set():
            return
        if chunk := message.get("body", b""):
            self._chunks.append(chunk)
            self._waiting += len(chunk)
        _wake(self._news)
        if self._waiting > HIGH_WATER:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            if self._chunks:
                chunks, self._chunks, self._waiting = self._chunks, [], 0
                _wake(self._room)
                yield chunks[0] if len(chunks) == 1 else b"".join(chunks)
            elif self._broken:
                raise httpx2.RemoteProtocolError("the server broke off its answer")
            elif self._ended:
                return
            else:
                self._news = asyncio.get_running_loop().create_future()
                await self._news

    async def aclose(self) -> None:
        """The client wants no more of it."""
        self._left.set()
        self._chunks.clear()
        _wake(self._room)


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
