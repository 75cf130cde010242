"""The server in the process of the program that uses it: the SDK's requests reach the ASGI app without a socket.

An HTTP connection (parsing on both sides, system calls, two more tasks) costs a third of the time of a small request,
and half the time of a delta; within one process it is not needed. `Transport` is a transport of the SDK's HTTP client,
so the SDK works as ever. (httpx's own `ASGITransport` cannot stream: it returns a response when it is whole.)
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
from assistants.services import Clock
from assistants.settings import Settings
from workers import Pool

log = structlog.get_logger(__name__)

URL = "http://assistants/v1"
"""The SDK's base URL of the server; nothing looks its host up."""

SHUTDOWN_TIMEOUT = 3.0
"""Seconds that running requests get to end when the server stops; runs have ended before."""

MAX_UNREAD = 1 << 18
"""Bytes of a response that the client has not read, above which the app has to wait."""


@asynccontextmanager
async def inprocess_client(
    settings: Settings,
    *,
    pool: Pool,
    open_model: ModelOpener | None = None,
    client_class: type[AsyncOpenAI] = AsyncOpenAI,
    clock: Clock | None = None,
) -> AsyncIterator[AsyncOpenAI]:
    """Run the server in this process while the block lasts, and yield a client of it. It goes by `clock`, if given.

    Raises:
        StoreError: the database cannot be opened.
    """
    key = secrets.token_urlsafe(32)
    app = create_app(settings, pool=pool, key=key, open_model=open_model, clock=clock)
    async with app.router.lifespan_context(app):
        transport = Transport(app)
        http = openai.DefaultAsyncHttpxClient(transport=transport)
        async with client_class(base_url=URL, api_key=key, http_client=http) as client:
            try:
                yield client
            finally:
                # First the runs are ended, so that their streams end.
                await app.state.services.run_tasks.close()
                await transport.wait_for_requests()


class Transport(httpx2.AsyncBaseTransport):
    """Calls an ASGI app in the same event loop, and streams its responses.

    As with any HTTP server, the app finishes a request that the client gives up. The client's timeouts do not apply,
    since there is no connection that could hang.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`, and return when the response's headers are there.

        Raises:
            httpx2.RemoteProtocolError: the app ended without a response.
        """
        call = _AppCall(request)
        task = asyncio.create_task(call.run(self._app), name="assistants-request")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await call.response()

    async def wait_for_requests(self) -> None:
        """Wait until the running requests end, for a few seconds at most."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=SHUTDOWN_TIMEOUT)
            for task in late:
                task.cancel()
            # Wait for them, since the app's services are closed next.
            await asyncio.gather(*late, return_exceptions=True)


class _AppCall(httpx2.AsyncByteStream):
    """One call of the app for a request; it is also the stream of the response's body."""

    def __init__(self, request: httpx2.Request) -> None:
        self._request = request
        loop = asyncio.get_running_loop()
        self._response: asyncio.Future[httpx2.Response] = loop.create_future()
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._ended = False
        self._broken = False
        self._client_left = asyncio.Event()
        self._more_to_read: asyncio.Future[None] | None = None
        self._read_enough: asyncio.Future[None] | None = None
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        self._body = aiter(request.stream)
        self._body_received = False

    async def response(self) -> httpx2.Response:
        """The response, when its headers are there."""
        try:
            return await self._response
        except asyncio.CancelledError:
            await self.aclose()
            raise

    async def run(self, app: ASGIApp) -> None:
        """Call the app."""
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:
            log.exception("response_broken_off", path=self._request.url.path)
        finally:
            self._broken = not self._ended
            if not self._response.done():
                self._response.set_exception(httpx2.RemoteProtocolError("the server ended without a response"))
            _wake(self._more_to_read)

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
        if self._body_received:
            await self._client_left.wait()
            return {"type": "http.disconnect"}
        chunk = await anext(self._body, None)
        self._body_received = chunk is None
        return {"type": "http.request", "body": chunk or b"", "more_body": not self._body_received}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not self._response.done():
                self._response.set_result(
                    httpx2.Response(message["status"], headers=message.get("headers", ()), stream=self)
                )
            return
        self._ended = not message.get("more_body", False)
        if self._client_left.is_set():
            return
        if chunk := message.get("body", b""):
            self._unread.append(chunk)
            self._unread_bytes += len(chunk)
        _wake(self._more_to_read)
        if self._unread_bytes > MAX_UNREAD:
            self._read_enough = asyncio.get_running_loop().create_future()
            await self._read_enough

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            if self._unread:
                chunks, self._unread, self._unread_bytes = self._unread, [], 0
                _wake(self._read_enough)
                yield chunks[0] if len(chunks) == 1 else b"".join(chunks)
            elif self._broken:
                raise httpx2.RemoteProtocolError("the server broke off its response")
            elif self._ended:
                return
            else:
                self._more_to_read = asyncio.get_running_loop().create_future()
                await self._more_to_read

    async def aclose(self) -> None:
        """The client reads no more of the response."""
        self._client_left.set()
        self._unread.clear()
        _wake(self._read_enough)


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
