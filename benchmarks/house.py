"""The whole house in processes of its own, and its students, who are played here and note what they see when.

The processes are the playground, the scripted model (`model.py`), and the bot with its embedded server.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from benchmarks.model import TOKENS
from benchmarks.processes import child
from playground.pilot import Client

CHANNEL_TYPES = {0}
DISCORD_EPOCH = 1_420_070_400_000
PATIENCE = 60.0


@dataclass
class Watch:
    """What a student's client hears: of every answer, how many of its tokens stood there when."""

    seen: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def hear(self, event: str, data: dict[str, Any]) -> None:
        if event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or not data.get("author", {}).get("bot"):
            return
        now = time.monotonic()
        text = "\n".join(each["content"] for each in data.get("components", ()) if each["type"] == 10)
        if (number := re.match(r"a(\d+)\b", text)) is None:
            return
        body = "\n".join(line for line in text.splitlines() if not line.startswith("-# "))
        self.last[number[1]] = body
        self.seen.setdefault(number[1], []).append((now, len(body.split())))

    def whole(self, number: str) -> bool:
        return bool(self.seen.get(number)) and self.seen[number][-1][1] >= TOKENS


@dataclass
class House:
    """The processes, and the students."""

    api: str
    model: str
    bot: psutil.Process
    http: aiohttp.ClientSession
    students: list[Client]
    bot_id: str
    channels: list[str]
    watch: Watch
    asked: int = 0

    def next_number(self) -> str:
        self.asked += 1
        return str(self.asked)

    async def stats(self) -> dict[str, Any]:
        async with self.http.get(self.api.removesuffix("/api/v10") + "/playground/stats") as response:
            return dict(await response.json())

    async def answer_ended(self, number: str) -> None:
        """Wait until the model has said its last word."""
        async with self.http.get(f"{self.model}/end/{number}") as response:
            response.raise_for_status()

    async def log(self) -> dict[str, Any]:
        async with self.http.get(f"{self.model}/log") as response:
            return dict(await response.json())


@asynccontextmanager
async def open_house(latency: float) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        # Fifty threads in five minutes is a limit of Discord's that no bot can do anything about.
        local = await stack.enter_async_context(
            child("playground", "--rate", "threads.create=1000/1", "--latency", str(latency))
        )
        model = await stack.enter_async_context(child("benchmarks.model"))
        there = local.announced
        http = await stack.enter_async_context(aiohttp.ClientSession())
        bot = await stack.enter_async_context(_bot(there, model.announced["url"], Path(directory)))
        watch = Watch()
        students = await _students(stack, there)
        students[0].listen(watch.hear)
        ready = students[0].ready
        guild = next(each for each in ready["guilds"] if each.get("channels"))
        channels = [each["id"] for each in guild["channels"] if each["type"] in CHANNEL_TYPES]
        async with http.get(
            f"{there['api_url']}/users/@me", headers={"Authorization": f"Bot {there['bot_token']}"}
        ) as me:
            bot_id = (await me.json())["id"]
        house = House(there["api_url"], model.announced["url"], bot, http, students, bot_id, channels, watch)
        await _warm_up(house)
        yield house


async def _students(stack: AsyncExitStack, there: Mapping[str, Any]) -> list[Client]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(there["api_url"].removesuffix("/api/v10") + "/playground/students") as found,
    ):
        people = await found.json()
    students = []
    for person in people:
        client = Client(there["api_url"], there["gateway_url"], person["token"])
        await client.open()
        stack.push_async_callback(client.close)
        students.append(client)
    return students


@asynccontextmanager
async def _bot(there: Mapping[str, Any], model: str, directory: Path) -> AsyncIterator[psutil.Process]:
    environment = {
        **os.environ,
        "DISCORD_TOKEN": there["bot_token"],
        "DISCORD_API_URL": there["api_url"],
        "DISCORD_GATEWAY_URL": there["gateway_url"],
        "OPENAI_API_KEY": "sk-benchmark",
        "OPENAI_BASE_URL": f"{model}/v1",
        "MODEL_API": "responses",
        "EMBEDDING_MODEL": "",
        "DATA_DIR": str(directory),
        "LOG_LEVEL": "WARNING",
        "STUDENT_RUNS": "1000",
        "STUDENT_QUEUE": "1000",
        "QUIZZES_PER_STUDENT": "1000",
        "QUIZZES_PER_SERVER": "1000",
    }
    with (directory / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield psutil.Process(process.pid)
        except BaseException:
            print((directory / "bot.log").read_text()[-4_000:], file=sys.stderr)
            raise
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _warm_up(house: House) -> None:
    """Ask until an answer comes: the bot connects meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        number = house.next_number()
        await ask(house, 0, house.channels[0], number, mention=True)
        for _ in range(30):
            await asyncio.sleep(0.1)
            if number in house.watch.seen:
                await until_whole(house, [number])
                await asyncio.sleep(5)
                await house.log()
                return
    raise TimeoutError("the bot does not answer")


async def ask(house: House, student: int, channel: str, number: str, *, mention: bool, briefly: bool = False) -> str:
    client = house.students[student % len(house.students)]
    text = f"<@{house.bot_id}> ask {number}" if mention else f"ask {number}"
    text += " briefly" if briefly else ""
    sent = await client.request("POST", f"/channels/{channel}/messages", {"content": text})
    return str(sent["id"])


def sent_at(message_id: str) -> float:
    """When Discord took a message, which its id tells to the millisecond, on this machine's monotonic clock."""
    return ((int(message_id) >> 22) + DISCORD_EPOCH) / 1000 - time.time() + time.monotonic()


async def until_whole(house: House, numbers: list[str]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not all(house.watch.whole(number) for number in numbers):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
