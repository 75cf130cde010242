"""`saem run`, which says on standard output when it came how far, and what it has asked for: a line of JSON each time.

The times are seconds since the process was started.
"""

import asyncio
import json
import re
import signal
import sys
import time
from collections import Counter
from typing import Any

import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.client import SaemBot
from bot.command_line.run import run
from bot.logs import configure_logs
from bot.settings import read_settings

BEGAN = psutil.Process().create_time()
_QUERIES: Counter[str] = Counter()
_SECONDS: Counter[str] = Counter()


def _say(what: str, **more: Any) -> None:
    said = {"what": what, "at": time.time() - BEGAN, "cpu": time.process_time(), "queries": _QUERIES.total(), **more}
    print(json.dumps(said), flush=True)


@event.listens_for(Engine, "before_cursor_execute")
def _begin(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    context.begun_at = time.perf_counter()


@event.listens_for(Engine, "after_cursor_execute")
def _note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    words = re.sub(r"\s+", " ", statement)
    _QUERIES[words] += 1
    _SECONDS[words] += time.perf_counter() - context.begun_at


async def _main() -> None:
    settings = read_settings()
    configure_logs("WARNING")

    async def before_connecting(bot: SaemBot) -> None:
        _say("logged in")
        longest = [0.0]
        watching = asyncio.create_task(_stalls(longest))

        async def on_shard_connect(_shard: int) -> None:
            longest[0] = 0.0
            _say("connected")

        async def on_ready() -> None:
            await asyncio.sleep(0)
            _say("ready", guilds=len(bot.guilds), slowest=_slowest(), stall=longest[0])

        bot.add_listener(on_shard_connect)
        bot.add_listener(on_ready)
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGUSR1, lambda: _say("asked", slowest=_slowest(), stall=longest[0], statements=list(_QUERIES))
        )
        bot._watching_stalls = watching  # type: ignore[attr-defined]

    await run(settings, before_connecting=before_connecting)


async def _stalls(longest: list[float]) -> None:
    """The longest time in which the event loop did nothing else."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        longest[0] = max(longest[0], time.perf_counter() - before - 0.01)


def _slowest() -> list[tuple[float, int, str]]:
    return [(round(seconds, 4), _QUERIES[words], words[:300]) for words, seconds in _SECONDS.most_common(12)]


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
