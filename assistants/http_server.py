"""Serves the app over HTTP with uvicorn: on any address, or on a loopback port for the program that starts it."""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI

from assistants.app import ModelOpener, create_app
from assistants.http_protocol import BoundedProtocol
from assistants.settings import Settings
from workers import Pool

SHUTDOWN_TIMEOUT = 3
"""Seconds that open connections get to end when the server stops; runs have ended before."""


@dataclass(frozen=True, slots=True)
class Address:
    """The SDK's `base_url` and `api_key` for the server."""

    url: str
    key: str = field(repr=False)


@asynccontextmanager
async def serve_on_loopback(
    settings: Settings, *, pool: Pool, open_model: ModelOpener | None = None
) -> AsyncIterator[Address]:
    """Serve on a free loopback port, with a random key, while the block lasts. No signal handler is changed.

    Raises:
        StoreError: the database cannot be opened.
    """
    key = secrets.token_urlsafe(32)
    app = create_app(settings, pool=pool, key=key, open_model=open_model)
    with bind("127.0.0.1", 0) as listener:
        async with serve_app(app, listener):
            yield Address(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", key)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: the address is taken, or is not this machine's.
    """
    family, type_, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )[0]
    # asyncio turns Nagle's algorithm off only when the socket's protocol is TCP by name; with it on, every stream would
    # begin 40 ms late. (`socket.create_server` leaves the protocol 0.)
    listener = socket.socket(family, type_, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def serve_app(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on `listener` within its lifespan, while the block lasts; runs are ended before connections."""
    async with app.router.lifespan_context(app):
        server = _Server(
            uvicorn.Config(
                app,
                http=BoundedProtocol,
                lifespan="off",
                log_config=None,
                access_log=False,
                ws="none",
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
                backlog=1024,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]), name="assistants")
        try:
            await server.ready(task)
            yield
        finally:
            # First the runs are ended, so that their streams end; then the connections.
            await app.state.services.run_tasks.close()
            server.should_exit = True
            await task


class _Server(uvicorn.Server):
    """uvicorn without signal handlers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def ready(self, task: asyncio.Task[None]) -> None:
        """Wait until connections are accepted, or raise the exception of the serving `task`."""
        waiting = asyncio.create_task(self._ready.wait())
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield
