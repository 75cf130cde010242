"""Two server processes on one PostgreSQL: one is killed, and runs are cancelled through the other."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from openai.types.beta.threads import Message, Run

from assistants.runs.run_tasks import LEASE

KEY = "test-key"
pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Server:
    """A server process and a client of it."""

    process: asyncio.subprocess.Process
    client: AsyncOpenAI

    async def begin(self, question: str) -> Run:
        assistant = await self.client.beta.assistants.create(model="speaker")
        return await self.client.beta.threads.create_and_run(
            assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": question}]}
        )

    async def until(self, run: Run, *states: str) -> tuple[Run, float]:
        """The run in one of these states, and how long that took."""
        begun = time.monotonic()
        async with asyncio.timeout(20):
            while run.status not in states:
                await asyncio.sleep(0.02)
                run = await self.client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        return run, time.monotonic() - begun

    async def answer(self, run: Run) -> tuple[Message, list[str]]:
        """The run's message, and its words."""
        listed = await self.client.beta.threads.messages.list(run.thread_id)
        message = next(each for each in listed.data if each.role == "assistant")
        text = "".join(part.text.value for part in message.content if part.type == "text")
        return message, text.split()

    async def heard(self, run: Run, words: int) -> None:
        """Wait until so many words are in the database."""
        async with asyncio.timeout(20):
            while True:
                listed = await self.client.beta.threads.messages.list(run.thread_id)
                if listed.data[0].role == "assistant" and len((await self.answer(run))[1]) >= words:
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def served(folder: Path, url: str, **variables: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.assistants.server_process", str(folder), url, KEY),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "127.0.0.1"} | variables,
    )
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        assert address, "it ended before it served"
        async with AsyncOpenAI(base_url=address, api_key=KEY, max_retries=0, timeout=20) as client:
            yield Server(process, client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest_asyncio.fixture
async def pair(tmp_path: Path, postgres: str) -> AsyncIterator[tuple[Server, Server]]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(served(tmp_path, postgres))
        two = await stack.enter_async_context(served(tmp_path, postgres, QUICK="1"))
        yield one, two


async def test_runs_of_a_killed_server_end_or_are_begun_again_within_ten_seconds(pair: tuple[Server, Server]) -> None:
    one, two = pair
    speaking, thinking, cancelled = [await one.begin(what) for what in ("speak", "think of 3", "speak more")]
    await one.until(thinking, "in_progress")
    await one.heard(speaking, 20)
    await one.heard(cancelled, 5)
    one.process.send_signal(signal.SIGKILL)
    await one.process.wait()
    await two.client.beta.threads.runs.cancel(cancelled.id, thread_id=cancelled.thread_id)

    begun = time.monotonic()
    ended, _ = await two.until(speaking, "failed")
    gone, _ = await two.until(cancelled, "cancelled")
    again, _ = await two.until(thinking, "completed", "failed")
    took = time.monotonic() - begun

    assert took < 10, f"{took:.1f} s, with a lease of {LEASE} s"
    message, said = await two.answer(ended)
    assert message.status == "incomplete"
    assert said == [str(number) for number in range(len(said))]
    assert len(said) >= 20
    assert len((await two.answer(gone))[1]) >= 5
    assert (again.status, (await two.answer(again))[1]) == ("completed", ["0", "1", "2"])


async def test_a_cancel_through_another_server_takes_effect_at_once(pair: tuple[Server, Server]) -> None:
    one, two = pair
    times = []
    for _ in range(3):
        run = await one.begin("speak")
        await one.heard(run, 0)
        run = await two.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        run, took = await two.until(run, "cancelled")
        times.append(took)
        message, said = await two.answer(run)
        assert message.status == "incomplete"
        assert said == [str(number) for number in range(len(said))]
        assert said
    assert sorted(times)[1] < 0.3, times  # those that hear nothing look once a second
