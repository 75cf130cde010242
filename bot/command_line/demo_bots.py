"""Several bots in one demo: processes that share its Discord and a PostgreSQL, and take over from one another."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.settings import Settings
from bot.shards.holders import shards_by_pid

AGAIN_AFTER: Final = 30.0
"""Seconds until a bot that has ended is started again: time to watch the others take over."""
STOPPING: Final = 40.0
"""Seconds that a bot may take to end; it gives itself thirty."""
LOOK_EVERY: Final = 1.0


class DemoBot:
    """One bot of several: its process, started again when it ends."""

    def __init__(self, number: int, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.number = number
        self._environment = environment
        self._say = say
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The id of its process; None while it does not run."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def run(self) -> None:
        """Run it until cancelled; then it is told to stop, and waited for."""
        try:
            while True:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "bot", "run"),
                    env=self._environment,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,  # Ctrl+C is for the demo, which stops its bots one by one
                )
                await self._pass_on(self._process)
                code = await self._process.wait()
                self._say(f"Bot {self.number} has ended ({_ending(code)}); it starts again in {AGAIN_AFTER:.0f} s.")
                await asyncio.sleep(AGAIN_AFTER)
        finally:
            await self._stop()

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            print(f"bot {self.number} | {line.decode(errors='replace').rstrip()}", flush=True)

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        passing = asyncio.create_task(self._pass_on(process))
        try:
            await asyncio.wait_for(process.wait(), STOPPING)
        except TimeoutError:
            process.kill()
            await process.wait()
        await passing


def environment_of(settings: Settings, folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a bot's process is started with: the owner's settings, but the demo's Discord and database.

    Keys were taken out of the own environment when the command began: they are given on from the settings.
    """
    secrets = {
        "DISCORD_TOKEN": settings.discord_token,
        "OPENAI_API_KEY": settings.openai_api_key,
        "ASSISTANTS_KEY": settings.assistants_key,
        "DATABASE_URL": settings.database_url,
    }
    given = {name: secret.get_secret_value() for name, secret in secrets.items() if secret is not None}
    package = str(Path(__file__).parents[2])
    return {
        **environment,
        **given,
        "DISCORD_API_URL": settings.discord_api_url or "",
        "DISCORD_GATEWAY_URL": settings.discord_gateway_url or "",
        "DATA_DIR": str(folder),
        "FILES_URL": "database",
        "PYTHONPATH": os.pathsep.join(filter(None, (package, environment.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
    }


async def run_bots(bots: Sequence[DemoBot], store_url: str, say: Callable[[str], None]) -> None:
    """Run all until cancelled, and say who holds which shard whenever that changes."""
    engine = create_async_engine(store_url, poolclass=NullPool, hide_parameters=True)
    running = [asyncio.create_task(bot.run(), name=f"demo-bot-{bot.number}") for bot in bots]
    shown = ""
    try:
        while True:
            try:
                held = await shards_by_pid(engine)
            except (SQLAlchemyError, OSError):  # the first bot has not made its tables yet
                held = {}
            parts = [holding(bot.number, bot.pid, held.get(bot.pid or 0, ())) for bot in bots]
            if (line := "; ".join(parts)) != shown:
                say(f"Shards: {line}.")
                shown = line
            await asyncio.sleep(LOOK_EVERY)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await engine.dispose()


def holding(number: int, pid: int | None, shards: Sequence[int]) -> str:
    """A line on a bot: its process, and which shards that holds."""
    if pid is None:
        return f"bot {number} does not run"
    what = "no shard" if not shards else f"shard{'s' if len(shards) > 1 else ''} {', '.join(map(str, sorted(shards)))}"
    return f"bot {number} (process {pid}) holds {what}"


def _ending(code: int) -> str:
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"
