"""The listener: it serves an ASGI application on a port with uvicorn's protocols.

`uvicorn.Server` is not used because it takes a fifth of a second to stop, and takes over the process's signals. A
playground is opened and closed for every test, inside a program that handles its own signals.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, Final

import uvicorn
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState

from playground.http_protocol import AbortableProtocol

CLOSE_TIMEOUT: Final = 2.0
"""Seconds in which running requests may end after `close()`."""


class _DatedState(ServerState):
    """What uvicorn's protocols share; every response gets a `Date` header, by the playground's clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"date", formatdate(self._now(), usegmt=True).encode())]

    @default_headers.setter
    def default_headers(self, _headers: list[tuple[bytes, bytes]]) -> None:
        """uvicorn sets none at first; they stay as they are."""


class Listener:
    """An ASGI application on a port; `now` is the time (seconds since the epoch) that its responses tell."""

    def __init__(self, app: Any, host: str, port: int, now: Callable[[], float] = time.time) -> None:
        self._config = uvicorn.Config(
            app,
            http=AbortableProtocol,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
        )
        self._state = _DatedState(now)
        self._socket = _bind(host, port)
        self._server: asyncio.Server | None = None
        self._address: tuple[str, int] | None = None
        """Where it listened, while it does not."""

    @property
    def origin(self) -> str:
        """`http://HOST:PORT` as a client on this machine reaches it."""
        host, port = self._socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where it listens is the caller's choice
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open(self) -> None:
        """Start to accept connections."""
        self._config.load()
        await self.listen_again()

    def stop_listening(self) -> None:
        """Refuse connections; those that are open stay."""
        if self._server is not None:
            self._address = self._socket.getsockname()[:2]
            self._server.close()
            self._server = None

    async def listen_again(self) -> None:
        """Accept connections, after `stop_listening` at the same address as before."""
        if self._address is not None:
            self._socket, self._address = _bind(*self._address), None

        def protocol() -> asyncio.Protocol:
            return AbortableProtocol(config=self._config, server_state=self._state, app_state={})

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(protocol, sock=self._socket, backlog=512)

    async def close(self) -> None:
        """Let running requests end, cancel those that take longer than two seconds, and free the port."""
        if self._server is None:
            self._socket.close()
        else:
            self._server.close()
        for connection in list(self._state.connections):
            # uvicorn sends a close frame, which a websocket refuses that is closing already.
            with contextlib.suppress(InvalidState):
                connection.shutdown()
        if self._state.tasks:
            _, late = await asyncio.wait(list(self._state.tasks), timeout=CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for connection in list(self._state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        # A transport calls `connection_lost` in the next turn of the event loop.
        await asyncio.sleep(0)
        if self._server is not None:
            await self._server.wait_closed()


def _bind(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    The socket is made with its protocol (TCP): only then asyncio switches Nagle's algorithm off. Otherwise every
    response of two packets would wait 40 ms.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    family, kind, proto, _, address = found[0]
    bound = socket.socket(family, kind, proto)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
