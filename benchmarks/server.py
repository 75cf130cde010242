"""Measures the Assistants server: what it adds to the time to the first token, and a hundred streams on one core.

The scripted model and the clients run in other processes, so that only the server is measured.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson

from benchmarks.processes import Child, child
from benchmarks.table import median, ms, percentile, table

KEY = "benchmark"
ROUNDS = 40
STREAMS = 100
TOKENS = 600
RATE = 100.0
FIRST_AFTER = 0.3
TARGET_ADDED = 0.005


def main() -> str:
    return asyncio.run(_measure())


async def _measure() -> str:
    added = await _first_token()
    streams = await _many_streams()
    return f"{added}\n\n{streams}"


@asynccontextmanager
async def served(first_after: float, tokens: int) -> AsyncIterator[tuple[Child, str, dict[str, str]]]:
    """A server on a scripted model: its process, its address, and the model's address and key."""
    arguments = ("--first-after", str(first_after), "--tokens", str(tokens), "--rate", str(RATE))
    with tempfile.TemporaryDirectory() as directory:
        async with child("tests.scripted_openai", *arguments) as model:
            provider = model.announced
            environment = {
                "OPENAI_BASE_URL": provider["url"],
                "OPENAI_API_KEY": provider["key"],
                "MODEL_API": "responses",
                "ASSISTANTS_KEY": KEY,
                "ASSISTANTS_PORT": "0",
                "DATA_DIR": directory,
                "EMBEDDING_MODEL": "",
                "LOG_LEVEL": "WARNING",
            }
            async with child("assistants", environment=environment) as server:
                found = re.search(r"http://\S+", server.line)
                assert found is not None, server.line
                yield server, found.group(), provider


async def _first_token() -> str:
    """The time to the first words, in turn through the server and directly from the model."""
    through: list[float] = []
    straight: list[float] = []
    async with served(0.05, 3) as (_, url, provider), open_session() as session:
        assistant = await post(session, f"{url}/assistants", {"model": "gpt-6-luna"})
        for number in range(ROUNDS + 3):
            thread = await post(session, f"{url}/threads", {})
            run = {
                "assistant_id": assistant["id"],
                "stream": True,
                "additional_messages": [{"role": "user", "content": "Hello"}],
            }
            words = await _first(session, f"{url}/threads/{thread['id']}/runs", run, b"thread.message.delta", KEY)
            ask = {"model": "gpt-6-luna", "input": "Hello", "stream": True}
            direct = await _first(
                session, f"{provider['url']}/responses", ask, b"response.output_text.delta", provider["key"]
            )
            if number >= 3:  # the first rounds also open connections
                through.append(words)
                straight.append(direct)
    added = [a - b for a, b in zip(through, straight, strict=True)]
    rows = [
        ("straight from the model", ms(median(straight)), ms(percentile(straight, 95))),
        ("through the server", ms(median(through)), ms(percentile(through, 95))),
        (f"**added** (at most {ms(TARGET_ADDED)})", f"**{ms(median(added))}**", ms(percentile(added, 95))),
    ]
    return table(["request to first words", "median", "95 %"], rows)


async def _many_streams() -> str:
    async with served(FIRST_AFTER, TOKENS) as (server, url, _), open_session() as session:
        server.pin(0)
        idle = server.resident_mib()
        assistant = await post(session, f"{url}/assistants", {"model": "gpt-6-luna"})
        before = server.cpu_seconds()
        found = await asyncio.gather(*(_stream(session, url, assistant["id"]) for _ in range(STREAMS)))
        cpu = server.cpu_seconds() - before
        resident = server.resident_mib()
    firsts = [first for first, _, _ in found]
    ends = [end - FIRST_AFTER - (TOKENS - 1) / RATE for _, end, _ in found]
    deltas = [count for _, _, count in found]
    rows = [
        ("request to first words, less the model's 300 ms", ms(median(firsts) - FIRST_AFTER)),
        ("behind the model at the end, median", ms(median(ends))),
        ("behind the model at the end, worst", ms(max(ends))),
        ("deltas a stream (of 600 tokens)", round(median(deltas))),
        ("CPU of the server", f"{cpu:.1f} s"),
        ("resident, idle / after", f"{idle:.0f} / {resident:.0f} MiB"),
    ]
    return table([f"{STREAMS} streams at {RATE:.0f} tokens a second, one core", ""], rows)


async def _stream(session: aiohttp.ClientSession, url: str, assistant: str) -> tuple[float, float, int]:
    body = {
        "assistant_id": assistant,
        "stream": True,
        "thread": {"messages": [{"role": "user", "content": "Hello"}]},
    }
    begun = time.perf_counter()
    first = 0.0
    deltas = 0
    async with session.post(f"{url}/threads/runs", json=body, headers=bearer(KEY)) as response:
        async for line in response.content:
            if line.startswith(b"event: thread.message.delta"):
                first = first or time.perf_counter() - begun
                deltas += 1
            if line.startswith(b"event: thread.message.completed"):
                return first, time.perf_counter() - begun, deltas
    raise AssertionError("the stream ended before its message did")


async def _first(session: aiohttp.ClientSession, url: str, body: object, event: bytes, key: str) -> float:
    begun = time.perf_counter()
    found = 0.0
    async with session.post(url, json=body, headers=bearer(key)) as response:
        assert response.status == 200, await response.text()
        async for line in response.content:
            if not found and event in line:
                found = time.perf_counter() - begun
    return found


async def post(session: aiohttp.ClientSession, url: str, body: object) -> dict[str, str]:
    async with session.post(url, json=body, headers=bearer(KEY)) as response:
        assert response.status == 200, await response.text()
        found: dict[str, str] = orjson.loads(await response.read())
        return found


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "OpenAI-Beta": "assistants=v2"}


def open_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
