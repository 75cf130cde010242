"""The port for monitors: `/metrics` (Prometheus), `/healthz` and `/livez`. It is off unless METRICS_PORT is set.

`/healthz` tells whether the process is well; it is for alarms. While Discord is away it says no, and a restart would
not help. `/livez` tells that the process goes on; a supervisor that restarts by a probe asks that.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.errors import StartupError
from bot.status.bot_status import BotStatus
from bot.status.metrics import Metrics
from bot.status.report import in_words

HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
CLOSING: Final = 1.0
"""Seconds that requests under way have at the end."""


class MonitoringServer:
    """Answers for the bot that it was shown last: a process makes a new one when the first could not log in."""

    def __init__(self) -> None:
        self._status: BotStatus | None = None
        self._metrics: Metrics | None = None
        self.port: int | None = None
        """What it listens on."""

    def show(self, status: BotStatus) -> None:
        """Answer for this bot from now on."""
        self._status, self._metrics = status, Metrics(status)

    def application(self) -> web.Application:
        """The routes."""
        made = web.Application()
        made.router.add_get("/metrics", self._get_metrics)
        made.router.add_get("/healthz", self._get_health)
        made.router.add_get("/livez", self._get_life)
        return made

    async def _get_metrics(self, request: web.Request) -> web.Response:
        if self._metrics is None:
            return _plain(503, "Saem has not begun to log in yet.")
        body, content_type = await self._metrics.exposition(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={**HEADERS, "Content-Type": content_type})

    async def _get_health(self, _request: web.Request) -> web.Response:
        if self._status is None:
            return _plain(503, "Saem has not begun to log in yet.")
        status = await self._status.of_process()
        if not status.problems:
            return _plain(200, "Saem is well.")
        return _plain(503, "\n".join(in_words(each, status.noted_at) for each in status.problems))

    async def _get_life(self, _request: web.Request) -> web.Response:
        return _plain(200, "Saem goes on.")


def _plain(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers=HEADERS)


@asynccontextmanager
async def open_monitoring_server(host: str, port: int | None) -> AsyncIterator[MonitoringServer]:
    """A server that listens while the context is open; without a `port` it does not listen.

    Raises:
        StartupError: the port cannot be listened on.
    """
    server = MonitoringServer()
    if port is None:
        yield server
        return
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=CLOSING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise StartupError(
                f"METRICS_PORT {port} on {host} cannot be listened on: {error.strerror or error}. Choose another port, "
                "or end what has it."
            ) from None
        server.port = int(runner.addresses[0][1])
        yield server
    finally:
        await runner.cleanup()
