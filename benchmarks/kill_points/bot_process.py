"""The bot in a process that kills itself at a point: before it commits for the n-th time, or sends its n-th request.

Between two such points nothing of the process can be seen from outside, so a process killed at any other moment leaves
behind what one of these leaves. The process is forked from one that has loaded everything, so it is there at once.
"""

import asyncio
import importlib
import itertools
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import aiohttp
import discord
from sqlalchemy import Connection, Engine, event

from bot.command_line.run import run
from bot.logs import configure_logs
from bot.settings import Settings

READY_AFTER = 0.05
"""Seconds without a further guild after which discord.py is ready; two, where it is not told otherwise."""
_PRELOADED = [
    "benchmarks.kill_points.bot_process",
    "cogs.quiz",
    "cogs.library",
    "cogs.review",
    "assistants.app",
    "bot.command_line.demo",
    "playground.server",
]


def forking() -> ForkServerContext:
    """What starts processes: forked from one that has loaded the bot and runs nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def start(
    context: ForkServerContext, settings: Mapping[str, Any], directory: Path, number: int, kill_at: int | None
) -> ForkServerProcess:
    """Start the bot's process of that number; it kills itself at its point `kill_at`."""
    process = context.Process(target=_main, args=(dict(settings), directory, number, kill_at), daemon=False)
    process.start()
    return process


def points_of(directory: Path, number: int) -> list[str]:
    """The points that the process of that number has come to."""
    path = directory / f"points-{number}.txt"
    return path.read_text().splitlines() if path.exists() else []


def _main(settings: dict[str, Any], directory: Path, number: int, kill_at: int | None) -> None:
    log = os.open(directory / "bot.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    configure_logs("INFO")
    points = os.open(directory / f"points-{number}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    numbers = itertools.count(1)

    def come_to(what: str) -> None:
        os.write(points, f"{what}\n".encode())
        if next(numbers) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch_commits(come_to)
    _watch_requests(come_to)
    _be_ready_soon()
    for target, value in settings.pop("patches", {}).items():
        module, _, name = target.rpartition(".")
        setattr(importlib.import_module(module), name, value)
    asyncio.run(_until_told(Settings(_env_file=None, **settings)))  # type: ignore[call-arg]
    sys.exit(0)


async def _until_told(settings: Settings) -> None:
    task = asyncio.ensure_future(run(settings))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.wait({task})


def _watch_commits(come_to: Callable[[str], None]) -> None:
    """Every commit of either database that changes something; it is named by the first statement of its transaction."""

    def executed(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            connection.info.setdefault("writes", []).append(" ".join(statement.split()[:3]))

    def commit(connection: Connection) -> None:
        writes = connection.info.pop("writes", [])
        if writes:
            which = Path(str(connection.engine.url.database)).stem
            come_to(f"commit {which}: {'; '.join(writes)}")

    event.listen(Engine, "after_cursor_execute", executed)
    event.listen(Engine, "commit", commit)


def _watch_requests(come_to: Callable[[str], None]) -> None:
    """Every request to Discord that may change something there."""
    original = aiohttp.ClientSession._request

    async def request(self: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> aiohttp.ClientResponse:
        path = str(url).partition("/api/v10")[2].partition("?")[0]
        if path and method != "GET" and not path.endswith("/typing"):
            come_to(f"{method} {path}")
        return await original(self, method, url, **options)

    setattr(aiohttp.ClientSession, "_request", request)  # noqa: B010 - mypy would compare the whole signature


def _be_ready_soon() -> None:
    original = discord.AutoShardedClient.__init__

    def made(self: discord.AutoShardedClient, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        self._connection.guild_ready_timeout = READY_AFTER

    discord.AutoShardedClient.__init__ = made  # type: ignore[method-assign]
