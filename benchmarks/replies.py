"""Replies as students see them: 1, 20 and 100 answers at once, in a Discord on loopback with Discord's limits.

Three processes beside this one: the playground, a scripted model (300 ms to the first token, then 600 tokens at 100 a
second), and the bot with its embedded server, which is what CPU and memory are of. This process plays the students.
`python -m benchmarks.replies [--runs 5] [--threads 1 20 100] [--latency 0 0.1] [--only-existing]`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import statistics
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
import orjson
import psutil
from aiohttp import web

from benchmarks.processes import child
from benchmarks.table import table
from playground.client import Client

FIRST_AFTER = 0.3
TOKENS = 600
EVERY = 0.01
CHANNEL_TYPES = {0}
DISCORD_EPOCH = 1_420_070_400_000
PATIENCE = 60.0


# The scripted model


class Model:
    """Answers `ask 17` with `a17 w1 w2 …`, and notes when each token left."""

    def __init__(self) -> None:
        self.log: dict[str, dict[str, Any]] = {}

    async def respond(self, request: web.Request) -> web.StreamResponse:
        arrived = time.monotonic()
        body = orjson.loads(await request.read())
        number = _asked(body)
        entry = self.log[number] = {"arrived": arrived, "out": []}
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        head = {"id": f"resp_{number}", "object": "response", "created_at": 1, "model": body["model"], "output": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        where = {"output_index": 0, "item_id": "msg_1", "content_index": 0}
        part = {"type": "output_text", "text": "", "annotations": []}
        await _say(stream, "response.created", response={**head, "status": "in_progress"})
        await _say(stream, "response.output_item.added", output_index=0, item=item)
        await _say(stream, "response.content_part.added", **where, part=part)
        begin = arrived + FIRST_AFTER
        for index, token in enumerate(tokens(number)):
            await asyncio.sleep(max(0.0, begin + index * EVERY - time.monotonic()))
            entry["out"].append(time.monotonic())
            await _say(stream, "response.output_text.delta", **where, delta=token, logprobs=[])
        whole = {**part, "text": "".join(tokens(number))}
        done = {**item, "status": "completed", "content": [whole]}
        usage = {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": TOKENS,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": TOKENS + 10,
        }
        await _say(stream, "response.output_text.done", **where, text=whole["text"])
        await _say(stream, "response.output_item.done", output_index=0, item=done)
        await _say(
            stream, "response.completed", response={**head, "status": "completed", "output": [done], "usage": usage}
        )
        await stream.write_eof()
        return stream

    async def models(self, _: web.Request) -> web.Response:
        data = [{"id": "gpt-6-luna", "object": "model", "created": 1, "owned_by": "scripted"}]
        return web.json_response({"object": "list", "data": data})

    async def show(self, _: web.Request) -> web.Response:
        log, self.log = self.log, {}
        return web.Response(body=orjson.dumps(log), content_type="application/json")


def tokens(number: str) -> list[str]:
    return [f"a{number} ", *(f"w{index} " for index in range(1, TOKENS))]


def _asked(body: Mapping[str, Any]) -> str:
    found = re.findall(r"ask (\d+)", orjson.dumps(body["input"]).decode())
    return str(found[-1]) if found else "0"


async def _say(stream: web.StreamResponse, kind: str, **values: Any) -> None:
    await stream.write(b"event: " + kind.encode() + b"\ndata: " + orjson.dumps({"type": kind, **values}) + b"\n\n")


async def _serve_model() -> None:
    model = Model()
    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/responses", model.respond)
    app.router.add_get("/v1/models", model.models)
    app.router.add_get("/log", model.show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()


# What is watched


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


@dataclass(frozen=True)
class Figures:
    """One run's; seconds, mebibytes."""

    request: float
    first: float
    final: float
    staleness: float
    refused: int
    exact: int
    asked: int
    cpu: float
    peak: float
    workers: float


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
        model = await stack.enter_async_context(child("benchmarks.replies", "--model"))
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
                await _until_whole(house, [number])
                await asyncio.sleep(5)
                await house.log()
                return
    raise TimeoutError("the bot does not answer")


async def ask(house: House, student: int, channel: str, number: str, *, mention: bool) -> str:
    client = house.students[student % len(house.students)]
    text = f"<@{house.bot_id}> ask {number}" if mention else f"ask {number}"
    sent = await client.request("POST", f"/channels/{channel}/messages", {"content": text})
    return str(sent["id"])


def sent_at(message_id: str) -> float:
    """When Discord took a message, which its id tells to the millisecond, on this machine's monotonic clock."""
    return ((int(message_id) >> 22) + DISCORD_EPOCH) / 1000 - time.time() + time.monotonic()


async def _until_whole(house: House, numbers: list[str]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not all(house.watch.whole(number) for number in numbers):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


# Runs


async def _threads(house: House, count: int) -> list[str]:
    """Threads in which the bot has answered once."""
    threads: list[str] = []
    for start in range(0, count, 10):
        numbers = {}
        for index in range(start, min(start + 10, count)):
            number = house.next_number()
            channel = house.channels[index % len(house.channels)]
            numbers[number] = await ask(house, index // len(house.channels), channel, number, mention=True)
        await _until_whole(house, list(numbers))
        threads += numbers.values()
    await asyncio.sleep(6)
    await house.log()
    return threads


async def run_once(house: House, places: list[str], *, mention: bool) -> Figures:
    """Ask in all places at once; `places` are threads, or (with `mention`) channels."""
    house.watch.seen.clear()
    before = (await house.stats())["too_many"]
    cpu = _cpu(house.bot)
    numbers = [house.next_number() for _ in places]
    asked: dict[str, float] = {}

    async def put(index: int) -> None:
        message = await ask(house, index // len(house.channels), places[index], numbers[index], mention=mention)
        asked[numbers[index]] = sent_at(message)

    await asyncio.gather(*(put(index) for index in range(len(places))))
    await _until_whole(house, numbers)
    spent = _cpu(house.bot) - cpu
    workers = sum(each.memory_info().rss for each in house.bot.children(recursive=True))
    log = await house.log()
    stats = await house.stats()
    refused = stats["too_many"] - before
    if refused:
        print(f"  refused so far: {stats['limited']}", file=sys.stderr)
    answered = [number for number in numbers if number in log and house.watch.seen.get(number)]
    whole = [number for number in answered if house.watch.whole(number)]
    return Figures(
        request=_median(log[number]["arrived"] - asked[number] for number in numbers if number in log),
        first=_median(house.watch.seen[number][0][0] - log[number]["out"][0] for number in answered),
        final=_median(_end(house.watch, number) - log[number]["out"][-1] for number in whole),
        staleness=_mean(_stale(house.watch.seen[number], log[number]["out"]) for number in whole),
        refused=refused,
        exact=sum(house.watch.last[number].split() == "".join(tokens(number)).split() for number in whole),
        asked=len(numbers),
        cpu=spent,
        peak=_peak(house.bot),
        workers=workers / (1 << 20),
    )


def _end(watch: Watch, number: str) -> float:
    return next(at for at, count in watch.seen[number] if count >= TOKENS)


def _stale(seen: list[tuple[float, int]], out: list[float]) -> float:
    """Mean seconds from a token's leaving the model to its being seen."""
    waits, index = [], 0
    for at, count in seen:
        while index < min(count, len(out)):
            waits.append(max(0.0, at - out[index]))
            index += 1
    return _mean(waits)


def _median(values: Any) -> float:
    found = list(values)
    return statistics.median(found) if found else float("nan")


def _mean(values: Any) -> float:
    found = list(values)
    return statistics.fmean(found) if found else float("nan")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak(process: psutil.Process) -> float:
    """Peak resident memory in MiB; where the system does not keep it, what is resident now."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    except (OSError, IndexError):
        return float(process.memory_info().rss) / (1 << 20)


async def _measure(options: argparse.Namespace) -> str:
    tables = []
    for latency in options.latency:
        rows = []
        for count in options.threads:
            rows.append(await _row(f"{count}", latency, count, options.runs, fresh=False))
            if count >= 100 and not options.only_existing:
                rows.append(await _row(f"{count} fresh mentions", latency, count, options.runs, fresh=True))
        head = ["threads", "request", "first", "final", "staleness", "429s", "exact", "CPU", "peak memory", "workers"]
        tables.append(f"Round trip to Discord {latency * 1000:.0f} ms:\n\n{table(head, rows)}")
    return "\n\n".join(tables)


async def _row(name: str, latency: float, count: int, runs: int, *, fresh: bool) -> list[str]:
    async with open_house(latency) as house:
        spread = [house.channels[index % len(house.channels)] for index in range(count)]
        places = spread if fresh else await _threads(house, count)
        found = []
        for _ in range(runs):
            found.append(await run_once(house, places, mention=fresh))
            print(f"  {name} at {latency * 1000:.0f} ms: {found[-1]}", file=sys.stderr, flush=True)
            await asyncio.sleep(6)
    return [
        name,
        *(
            f"{_median(getattr(each, what) for each in found) * 1000:.0f} ms"
            for what in ("request", "first", "final", "staleness")
        ),
        f"{sum(each.refused for each in found)}",
        f"{min(each.exact for each in found)}/{count}",
        f"{_median(each.cpu for each in found):.1f} s",
        f"{max(each.peak for each in found):.0f} MiB",
        f"{max(each.workers for each in found):.0f} MiB",
    ]


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replies", description=__doc__)
    parser.add_argument("--model", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 20, 100])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.1])
    parser.add_argument("--only-existing", action="store_true", help="leave fresh mentions out")
    options = parser.parse_args(arguments if arguments is not None else [])
    if options.model:
        asyncio.run(_serve_model())
        return ""
    return asyncio.run(_measure(options))


if __name__ == "__main__":
    print(main(sys.argv[1:]))
