"""Answers that nobody reads, and two servers on one PostgreSQL of which one dies.

What 200 clients that read nothing cost in memory; how long it takes until the runs of a killed server have ended or
begun again, and until a run has ended that was cancelled through the other server. (The PostgreSQL is that of
DATABASE_URL, else pgserver's.)
"""

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI
from openai.types.beta.threads import Run

from benchmarks.processes import Child, child
from benchmarks.table import median, ms, table

KEY = "benchmark"
READERS, WORDS = 200, 20_000
CANCELS = 20
ENDED = ("completed", "failed", "cancelled", "incomplete")


@asynccontextmanager
async def served(folder: str, url: str, **environment: str) -> AsyncIterator[tuple[Child, AsyncOpenAI]]:
    """A server process and a client of it."""
    arguments = ("tests.assistants.server_process", folder, url, KEY)
    async with child(*arguments, environment=environment) as server:
        address = server.line.strip()
        async with AsyncOpenAI(base_url=address, api_key=KEY, max_retries=0, timeout=60) as client:
            yield server, client


async def begin(client: AsyncOpenAI, question: str) -> Run:
    assistant = await client.beta.assistants.create(model="speaker")
    return await client.beta.threads.create_and_run(
        assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": question}]}
    )


async def until(client: AsyncOpenAI, run: Run, *states: str) -> Run:
    async with asyncio.timeout(120):
        while run.status not in states:
            await asyncio.sleep(0.01)
            run = await client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    return run


async def unread() -> tuple[float, float, float]:
    """Resident MiB of a server before, with, and after clients that read none of their answers."""
    with tempfile.TemporaryDirectory() as folder:
        async with served(folder, "") as (server, client):
            assistant = await client.beta.assistants.create(model="speaker")
            await until(client, await begin(client, "10"), "completed")
            before = server.resident_mib()
            with contextlib.ExitStack() as sockets:
                threads = []
                for _ in range(READERS):
                    thread = await client.beta.threads.create(
                        messages=[{"role": "user", "content": f"{WORDS} words, please"}]
                    )
                    threads.append(thread.id)
                    sockets.enter_context(deaf(server.line.strip(), thread.id, assistant.id))
                for thread_id in threads:
                    await until(client, await _run(client, thread_id), *ENDED)
                unread_mib = server.resident_mib()
            await asyncio.sleep(1)
            return before, unread_mib, server.resident_mib()


async def _run(client: AsyncOpenAI, thread_id: str) -> Run:
    """The thread's run, once the server has read the request for it."""
    while True:
        if found := (await client.beta.threads.runs.list(thread_id)).data:
            return found[0]
        await asyncio.sleep(0.05)


@contextlib.contextmanager
def deaf(address: str, thread_id: str, assistant_id: str) -> Iterator[None]:
    """A client that asks for a stream and reads nothing of it."""
    host, _, port = address.removeprefix("http://").removesuffix("/v1").partition(":")
    body = f'{{"assistant_id": "{assistant_id}", "stream": true}}'.encode()
    head = (
        f"POST /v1/threads/{thread_id}/runs HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((host, int(port)))
        connection.sendall(head.encode() + body)
        yield


async def deaths(url: str) -> tuple[float, float]:
    """Seconds until a killed server's speaking run has ended, and its thinking one was begun again and completed."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            one, first = await stack.enter_async_context(served(folder, url))
            _, second = await stack.enter_async_context(served(folder, url, QUICK="1"))
            speaking, thinking = await begin(first, "speak"), await begin(first, "think of 3")
            await until(first, thinking, "in_progress")
            await asyncio.sleep(3)
            os.kill(one._process.pid, signal.SIGKILL)
            begun = time.monotonic()
            await until(second, speaking, *ENDED)
            ended = time.monotonic() - begun
            await until(second, thinking, "completed")
            again = time.monotonic() - begun
            return ended, again


async def cancels(url: str) -> list[float]:
    """Seconds from a cancel through another server until the run has ended."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        async with served(folder, url) as (_, one), served(folder, url) as (_, two):
            for _ in range(CANCELS):
                run = await until(one, await begin(one, "speak"), "in_progress")
                await asyncio.sleep(0.1)
                begun = time.monotonic()
                run = await two.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
                await until(two, run, "cancelled")
                times.append(time.monotonic() - begun)
    return times


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    try:
        pgserver: Any = importlib.import_module("pgserver")
    except ImportError:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop") as server,
    ):
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")


async def _measure() -> str:
    before, unread_mib, after = await unread()
    rows: list[tuple[str, str]] = [
        (f"{READERS} clients that read nothing of {WORDS:,} words: resident before", f"{before:.0f} MiB"),
        ("… with all answers ended and unread", f"{unread_mib:.0f} MiB"),
        ("… after they have left", f"{after:.0f} MiB"),
    ]
    with postgres() as url:
        if url is None:
            rows.append(("two servers on PostgreSQL", "not measured: no DATABASE_URL, no pgserver"))
        else:
            ended, again = await deaths(url)
            times = await cancels(url)
            rows += [
                ("killed server: its run that had spoken has ended after", f"{ended:.1f} s"),
                ("… its run that had not is begun again and completed after", f"{again:.1f} s"),
                (f"cancel through the other server, median of {CANCELS}", ms(median(times))),
                ("… worst", ms(max(times))),
            ]
    return table(["several servers", ""], rows)


def main() -> str:
    return asyncio.run(_measure())
