"""One bot on several processes that share one PostgreSQL: what they take together, and what a death costs.

The playground (`classes.py`: four servers, each on a shard of its own), the scripted model (`model.py`) and each bot
with its embedded server are processes of their own, all on this machine. A student asks in threads of all servers, more
a second from step to step; *request* is from Discord's taking the message to the model's being asked. A step holds
while 95 % of its requests come within half a second. Rows and notifications (NOTIFY, as somebody hears them who
listens) are those of the steps. Then processes are stopped and killed in turn, with another one started for each; the
gap is the longest that a question takes that is asked right then in a server of that process.
`python -m benchmarks.many [--bots 1 2 4] [--rates 2 4 8 16] [--seconds 8]`.
"""

import argparse
import asyncio
import importlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.classes import SHARDS
from benchmarks.house import sent_at
from benchmarks.processes import child
from benchmarks.several_servers import postgres
from benchmarks.table import ms, percentile, table
from bot.shards.holders import shards_by_pid
from database.notifications import Listener
from playground.pilot import Client

LIMIT = 0.5
"""Seconds within which 95 % of the requests have to come."""
PATIENCE = 60.0
THREADS = 96
"""So many that an answer has ended before its thread is asked again: two questions that wait are asked together, and
the model knows a request by its last one alone.
"""
GAPS = 3
"""How often a process is stopped, and killed."""
IDLE = 10.0
"""Seconds in which nobody asks."""
NOTIFIED = ("saem_bots", "saem_shards", "saem_runs")
TABLES = ("questions", "answers", "answer_messages", "token_charges", "conversations")


class Many:
    """The bots, a student, and where they ask."""

    def __init__(self, there: Mapping[str, Any], model: str, student: Client, http: aiohttp.ClientSession) -> None:
        self.bots: list[asyncio.subprocess.Process] = []
        self.student, self.model, self._http = student, model, http
        self._there = there
        self.servers = {
            int(guild["id"]): [each["id"] for each in guild["channels"] if each["type"] == 0][:2]
            for guild in student.ready["guilds"]
            if guild.get("channels")
        }
        self.channels = [each for pair in zip(*self.servers.values(), strict=False) for each in pair]
        """One of each server, then a second one of each."""
        self.start: Callable[[], Awaitable[None]]
        self.bot_id = ""
        self._number = 0

    async def ask(self, channel: str, *, mention: bool = True) -> tuple[str, str, float]:
        """Ask; returns the question's number, its message, and when Discord took it."""
        self._number += 1
        words = f"ask {self._number} briefly"
        content = f"<@{self.bot_id}> {words}" if mention else words
        sent = await self.student.request("POST", f"/channels/{channel}/messages", {"content": content})
        return str(self._number), str(sent["id"]), sent_at(str(sent["id"]))

    async def log(self) -> dict[str, Any]:
        """What the model was asked since the last call."""
        async with self._http.get(f"{self.model}/log") as response:
            return dict(await response.json())

    async def refused(self) -> int:
        """How many requests Discord has answered with 429; tells which on standard error."""
        async with self._http.get(self._there["api_url"].removesuffix("/api/v10") + "/playground/stats") as response:
            stats = await response.json()
        if stats["too_many"]:
            print(f"  refused: {stats['limited']}", file=sys.stderr)
        return int(stats["too_many"])

    async def make_threads(self) -> list[str]:
        """Ask in the channels in turn; returns the threads, when the model has heard of all."""
        threads: list[str] = []
        while len(threads) < THREADS:
            asked = [await self.ask(channel) for channel in self.channels]
            await self.until_asked({number for number, _, _ in asked})
            threads += [message for _, message, _ in asked]
        return threads

    async def until_asked(self, numbers: set[str]) -> dict[str, float]:
        """Wait until the model has heard of questions; returns when it did, by question."""
        arrived: dict[str, float] = {}
        deadline = time.monotonic() + PATIENCE
        while not numbers <= arrived.keys():
            if time.monotonic() > deadline:
                raise TimeoutError("no bot answers")
            await asyncio.sleep(0.02)
            arrived |= {number: each["arrived"] for number, each in (await self.log()).items()}
        return arrived

    async def warm_up(self) -> None:
        """Ask until the model hears of it: the bots connect meanwhile. Then wait until each has its shards."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            await self.ask(self.channels[0])
            await asyncio.sleep(2)
            if await self.log():
                await asyncio.sleep(10)
                return
        raise TimeoutError("no bot answers")

    async def step(self, threads: list[str], rate: float, seconds: float) -> list[float]:
        """Ask so many questions a second; returns how long each took, infinity for one that was not asked."""
        await self.log()
        asked: dict[str, float] = {}
        begun = time.monotonic()
        for index in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + index / rate - time.monotonic()))
            threads.append(thread := threads.pop(0))
            number, _, at = await self.ask(thread, mention=False)
            asked[number] = at
        await asyncio.sleep(2.5)
        log = await self.log()
        return [log[each]["arrived"] - at if each in log else float("inf") for each, at in asked.items()]


@asynccontextmanager
async def opened(url: str, bots: int) -> AsyncIterator[Many]:
    """Playground, model, and so many bots on the database at `url`."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        local = await stack.enter_async_context(child("benchmarks.classes"))
        model = await stack.enter_async_context(child("benchmarks.model"))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        there = local.announced
        async with http.get(there["api_url"].removesuffix("/api/v10") + "/playground/students") as found:
            person = (await found.json())[0]
        student = Client(there["api_url"], there["gateway_url"], person["token"])
        await student.open()
        stack.push_async_callback(student.close)
        many = Many(there, model.announced["url"], student, http)
        headers = {"Authorization": f"Bot {there['bot_token']}"}
        async with http.get(f"{there['api_url']}/users/@me", headers=headers) as me:
            many.bot_id = (await me.json())["id"]
        numbers = count()

        async def start() -> None:
            bot = _bot(there, many.model, url, folder / str(next(numbers)))
            many.bots.append(await stack.enter_async_context(bot))

        many.start = start
        for _ in range(bots):
            await start()
        await many.warm_up()
        yield many


@asynccontextmanager
async def _bot(
    there: Mapping[str, Any], model: str, url: str, folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    await asyncio.to_thread(folder.mkdir)
    environment = {
        **os.environ,
        "DISCORD_TOKEN": there["bot_token"],
        "DISCORD_API_URL": there["api_url"],
        "DISCORD_GATEWAY_URL": there["gateway_url"],
        "OPENAI_API_KEY": "sk-benchmark",
        "OPENAI_BASE_URL": f"{model}/v1",
        "MODEL_API": "responses",
        "EMBEDDING_MODEL": "",
        "DATABASE_URL": url.replace("+asyncpg", ""),
        "FILES_URL": "database",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "STUDENT_RUNS": "1000",
        "STUDENT_QUEUE": "1000",
        "CODE_INTERPRETER": "off",
    }
    with (folder / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _rows(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        counts = [(await connection.execute(text(f"SELECT count(*) FROM {each}"))).scalar_one() for each in TABLES]
    return int(sum(counts))


async def _until_shared(many: Many, engine: AsyncEngine) -> Mapping[int, Sequence[int]]:
    """Wait until each process has its part of the shards; returns the shards by process id."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        held = await shards_by_pid(engine)
        if set(held) == {each.pid for each in many.bots} and len({len(each) for each in held.values()}) == 1:
            await asyncio.sleep(1)  # what was given is connected
            return held
        await asyncio.sleep(0.2)
    raise TimeoutError("the shards are not shared evenly")


async def _gap(many: Many, engine: AsyncEngine, how: signal.Signals) -> float:
    """End a process by a signal, and ask at once in each of its servers: the longest that a question took (seconds)."""
    held = await _until_shared(many, engine)
    ended = many.bots.pop(0)
    channels = [pair[0] for guild, pair in many.servers.items() if (guild >> 22) % SHARDS in held[ended.pid]]
    ended.send_signal(how)
    asked = {number: at for number, _, at in [await many.ask(each) for each in channels]}
    arrived = await many.until_asked(set(asked))
    await many.start()
    return max(arrived[number] - at for number, at in asked.items())


@asynccontextmanager
async def _notifications(engine: AsyncEngine) -> AsyncIterator[list[str]]:
    """What is told by NOTIFY on the channels of the bots and servers, as they tell it."""
    heard: list[str] = []
    async with AsyncExitStack() as stack:
        for channel in NOTIFIED:
            listener = Listener(engine, channel, heard.append)
            listening = asyncio.create_task(listener.run())
            stack.callback(listening.cancel)
            await asyncio.wait_for(listener.listening.wait(), PATIENCE)
        yield heard


async def _measure_one(url: str, bots: int, rates: list[float], seconds: float) -> list[str]:
    name = f"many_{bots}_{os.getpid()}"
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.dispose()
    own = url.replace("/postgres?", f"/{name}?") if "/postgres?" in url else url.rsplit("/", 1)[0] + f"/{name}"
    engine = create_async_engine(own)
    try:
        async with AsyncExitStack() as stack:
            many = await stack.enter_async_context(opened(own, bots))
            heard = await stack.enter_async_context(_notifications(engine))
            await _until_shared(many, engine)
            threads = await many.make_threads()
            await asyncio.sleep(3)
            held, late, asked, before = "none", "", 0, await _rows(engine)
            heard.clear()
            await asyncio.sleep(IDLE)
            idle = len(heard) / IDLE
            heard.clear()
            begun = time.monotonic()
            for rate in rates:
                took = await many.step(threads, rate, seconds)
                asked += len(took)
                print(f"  {bots} bots, {rate:g} a second: 95 % within {ms(percentile(took, 95))}", file=sys.stderr)
                if percentile(took, 95) > LIMIT:
                    break
                held, late = f"{rate:g}", ms(percentile(took, 95))
            notified = (len(heard) - idle * (time.monotonic() - begun)) / asked
            rows = (await _rows(engine) - before) / asked
            gaps = ["-", "-"]
            if bots > 1:
                stops = [await _gap(many, engine, signal.SIGTERM) for _ in range(GAPS)]
                kills = [await _gap(many, engine, signal.SIGKILL) for _ in range(GAPS)]
                gaps = [f"{min(each):.1f} to {max(each):.1f} s" for each in (stops, kills)]
            refused = str(await many.refused())
            return [str(bots), held, late, f"{rows:.1f}", f"{max(0.0, notified):.1f}", f"{idle:.1f}", *gaps, refused]
    finally:
        await engine.dispose()


async def _measure(options: argparse.Namespace) -> str:
    with postgres() as url:
        if url is None:
            return "Not measured: no DATABASE_URL, no pgserver."
        importlib.import_module("asyncpg")
        rows = [await _measure_one(url, bots, options.rates, options.seconds) for bots in options.bots]
    head = ["bots", "questions a second", "95 % of requests", "rows a question"]
    head += ["notices a question", "notices a second, idle", "gap: stop", "gap: kill", "429s"]
    return table(head, rows)


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.add_argument("--bots", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rates", type=float, nargs="+", default=[2, 4, 8, 16, 24])
    parser.add_argument("--seconds", type=float, default=8.0)
    return asyncio.run(_measure(parser.parse_args(arguments if arguments is not None else [])))


if __name__ == "__main__":
    print(main(sys.argv[1:]))
