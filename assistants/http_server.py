"""The server inside another program: on a loopback port, with a key that nobody else knows."""

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
from assistants.settings import Settings
from workers import Pool

GRACE = 3
"""Seconds that open connections get to end at a stop; runs have ended before."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how the server is reached: the SDK's `base_url` and `api_key`."""

    url: str
    key: str = field(repr=False)


@asynccontextmanager
async def serve(settings: Settings, *, pool: Pool, open_model: ModelOpener | None = None) -> AsyncIterator[Address]:
    """Run the server in this process while the block lasts; importing or starting it touches no signal handler.

    Raises:
        StoreError: the database cannot be opened.
    """
    key = secrets.token_urlsafe(32)
    app = create_app(settings, pool=pool, key=key, open_model=open_model)
    with bind("127.0.0.1", 0) as listener:
        async with listening(app, listener):
            yield Address(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", key)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: the address is taken, or not ours.
    """
    family, type_, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )[0]
    # The protocol is said outright: asyncio turns Nagle's algorithm off only where it reads TCP, and with it on every
    # stream would begin 40 ms late. (`socket.create_server` leaves it 0.)
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
async def listening(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on `listener` while the block lasts: the lifespan around it all, runs ended before connections."""
    async with app.router.lifespan_context(app):
        server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                ws="none",
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=GRACE,
                backlog=1024,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="assistants")
        try:
            await server.ready(serving)
            yield
        finally:
            # First the runs, so that the streams about them end; then the connections.
            await app.state.services.run_tasks.close()
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """uvicorn without its hands on the process's signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def ready(self, serving: asyncio.Task[None]) -> None:
        """Wait until connections are accepted, or raise what `serving` failed with."""
        waiting = asyncio.create_task(self._ready.wait())
        await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if serving.done():
            serving.result()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield
