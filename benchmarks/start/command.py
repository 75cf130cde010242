"""The measurement: everything is filled, the bot is started, and a student asks as soon as it is connected."""

import argparse
import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from benchmarks.processes import child
from benchmarks.several_servers import postgres
from benchmarks.start.big_database import BigDatabase
from benchmarks.start.sizes import Sizes
from benchmarks.table import table
from playground.pilot import Client

PATIENCE = 120.0
SETTLED = 15.0
"""Seconds from the first answer until memory is read."""


def main(arguments: Sequence[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--queries", action="store_true", help="list the queries that took longest")
    options = vars(parser.parse_args(arguments if arguments is not None else []))
    only, queries = options.pop("only"), options.pop("queries")
    return asyncio.run(_measure(Sizes(**options), only, queries=queries))


async def _measure(sizes: Sizes, only: str | None, *, queries: bool) -> str:
    rows: dict[str, list[object]] = {}
    heads = ["a start"]
    if only != "postgresql":
        heads.append("SQLite")
        with tempfile.TemporaryDirectory() as folder:
            _add(rows, await _one(sizes, Path(folder), None, queries=queries))
    if only != "sqlite":
        with postgres() as url, tempfile.TemporaryDirectory() as folder:
            if url is not None:
                heads.append("PostgreSQL")
                _add(rows, await _one(sizes, Path(folder), url, queries=queries))
    return table(heads, [(name, *values) for name, values in rows.items()])


def _add(rows: dict[str, list[object]], measured: dict[str, object]) -> None:
    for name, value in measured.items():
        rows.setdefault(name, []).append(value)


async def _one(sizes: Sizes, folder: Path, url: str | None, *, queries: bool) -> dict[str, object]:
    async with AsyncExitStack() as stack:
        arguments = ("--guilds", str(sizes.guilds), "--threads", str(sizes.threads), "--files", str(sizes.files))
        discord = (await stack.enter_async_context(child("benchmarks.start.crowd", *arguments))).announced
        model = (await stack.enter_async_context(child("benchmarks.model"))).announced["url"]
        bot_url = url or f"sqlite:///{folder / 'saem.sqlite3'}"
        server_url = url or f"sqlite:///{folder / 'assistants.sqlite3'}"
        began = time.monotonic()
        await BigDatabase(sizes, discord["guilds"], discord["threads"], discord["files"]).write(
            bot_url, server_url, folder / "passages.sqlite3"
        )
        filled = time.monotonic() - began
        client = Client(discord["api_url"], discord["gateway_url"], discord["student"])
        await client.open()
        stack.push_async_callback(client.close)
        await _ask(client, discord, guild=-1, number=1)
        bot = await stack.enter_async_context(_bot(discord, model, folder, url))
        result = await _watch(bot, client, discord, folder, queries=queries)
        return {"databases filled in": f"{filled:.0f} s", **result}


async def _watch(
    bot: "_Bot", client: Client, discord: dict[str, Any], folder: Path, *, queries: bool
) -> dict[str, object]:
    first_words: dict[str, float] = {}

    def hear(event: str, data: dict[str, Any]) -> None:
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and data.get("author", {}).get("bot"):
            for number in re.findall(r"\ba(\d+) w1\b", json.dumps(data.get("components"))):
                first_words.setdefault(number, time.time())

    client.listen(hear)
    connected = await bot.until("connected")
    await asyncio.sleep(0.2)
    asked = await _ask(client, discord, guild=0, number=2)
    ready = await bot.until("ready")
    async with asyncio.timeout(PATIENCE):
        while not {"1", "2"} <= first_words.keys():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    logged_in = await bot.until("logged in")
    began = bot.process.create_time()
    memory_at_first = bot.process.memory_info().rss
    await asyncio.sleep(SETTLED)
    asked_later = await _ask(client, discord, guild=1, number=3)
    async with asyncio.timeout(PATIENCE):
        while "3" not in first_words:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    bot.process.send_signal(signal.SIGUSR1)
    later = await bot.until("asked")
    stats = await _stats(discord)
    if queries:
        for seconds, count, words in later["slowest"]:
            print(f"{seconds * 1000:8.1f} ms {count:6} × {words}", file=sys.stderr)
        for plan in _whole_tables(folder, later["statements"]):
            print(plan, file=sys.stderr)
        for route, count in sorted(stats["requests"].items(), key=lambda each: -each[1])[:12]:
            print(f"{count:6} × {route}", file=sys.stderr)
    return {
        "logged in after": f"{logged_in['at']:.2f} s",
        "processor time until then": f"{logged_in['cpu']:.2f} s",
        "connected (READY received) after": f"{connected['at']:.2f} s",
        "READY handled (`on_ready`) after": f"{ready['at']:.2f} s",
        "processor time until READY was handled": f"{ready['cpu']:.2f} s",
        "queries until then": ready["queries"],
        "longest stall of the event loop until then": f"{ready['stall'] * 1000:.0f} ms",
        "a question asked at the connection: first word after": f"{first_words['2'] - asked:.2f} s",
        "… which is, from the start": f"{first_words['2'] - began:.2f} s",
        "a question asked before the start: first word, from the start": f"{first_words['1'] - began:.2f} s",
        "a question asked 15 s later: first word after": f"{first_words['3'] - asked_later:.2f} s",
        "requests to Discord so far": sum(stats["requests"].values()),
        "longest stall of the event loop": f"{later['stall'] * 1000:.0f} ms",
        "resident memory at the first answers": f"{memory_at_first / (1 << 20):.0f} MiB",
        "… and 15 s later": f"{bot.process.memory_info().rss / (1 << 20):.0f} MiB",
    }


def _whole_tables(folder: Path, statements: Sequence[str]) -> Iterator[str]:
    """The statements that read a whole table on SQLite, with the plan's line that says so."""
    for name in ("saem", "assistants"):
        with closing(sqlite3.connect(folder / f"{name}.sqlite3")) as connection:
            for statement in statements:
                with suppress(sqlite3.OperationalError):
                    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?"))
                    whole = [row[3] for row in plan if re.match(r"SCAN (?!\(|CONSTANT)", row[3])]
                    if whole:
                        yield f"{', '.join(whole)}: {statement[:400]}"


async def _ask(client: Client, discord: dict[str, Any], *, guild: int, number: int) -> float:
    """Ask in a channel; when that was."""
    channel = discord["guilds"][guild][2]
    content = f"<@{discord['bot_id']}> ask {number}"
    await client.request("POST", f"/channels/{channel}/messages", {"content": content})
    return time.time()


async def _stats(discord: dict[str, Any]) -> dict[str, Any]:
    address = discord["api_url"].removesuffix("/api/v10") + "/playground/stats"
    async with aiohttp.ClientSession() as http, http.get(address) as response:
        return dict(await response.json())


class _Bot:
    """The bot's process, and what it has said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = psutil.Process(process.pid)
        self._said: dict[str, asyncio.Future[dict[str, Any]]] = {}
        assert process.stdout is not None
        self._reading = asyncio.create_task(self._read(process.stdout))

    async def until(self, what: str) -> dict[str, Any]:
        return await asyncio.wait_for(asyncio.shield(self._future(what)), PATIENCE)

    def _future(self, what: str) -> "asyncio.Future[dict[str, Any]]":
        return self._said.setdefault(what, asyncio.get_running_loop().create_future())

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        async for line in stdout:
            said = json.loads(line)
            if not self._future(said["what"]).done():
                self._future(said["what"]).set_result(said)


@asynccontextmanager
async def _bot(discord: dict[str, Any], model: str, folder: Path, url: str | None) -> AsyncIterator[_Bot]:
    environment = {
        **os.environ,
        "DISCORD_TOKEN": discord["bot_token"],
        "DISCORD_API_URL": discord["api_url"],
        "DISCORD_GATEWAY_URL": discord["gateway_url"],
        "OPENAI_API_KEY": "sk-benchmark",
        "OPENAI_BASE_URL": f"{model}/v1",
        "MODEL_API": "responses",
        "EMBEDDING_MODEL": "",
        "DATA_DIR": str(folder),
        **({} if url is None else {"DATABASE_URL": url}),
    }
    with (folder / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.start.timed_bot",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=1 << 20,
        )
        try:
            yield _Bot(process)
        except BaseException:
            print((folder / "bot.log").read_text()[-4_000:], file=sys.stderr)
            raise
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
