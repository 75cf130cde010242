"""A running server with a scripted model, and the SDK's client of it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
from fastapi import FastAPI
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from openai.types.beta import Assistant, Thread
from openai.types.beta.threads import Message

from assistants.app import create_app
from assistants.http_server import bind, serve_app
from assistants.server_tools import ServerTool
from assistants.services import Clock
from assistants.settings import Settings
from tests.assistants.response_watch import ResponseWatch
from tests.assistants.scripted_model import ScriptedModel
from tests.migrated import server_database
from workers import Pool

KEY = "test-key"


@dataclass
class Running:
    """A running server and a client of it."""

    url: str
    client: AsyncOpenAI
    model: ScriptedModel
    app: FastAPI
    settings: Settings
    _threads: list[str] = field(default_factory=list)

    async def assistant(self, **fields: Any) -> Assistant:
        """Create an assistant; every field has a default."""
        return await self.client.beta.assistants.create(
            **{"model": "gpt-6-luna", "instructions": "You are a maths tutor.", **fields}
        )

    async def said(self, thread_id: str) -> list[Message]:
        """The assistants' messages in a thread, newest first, also unfinished ones."""
        messages = await self.client.beta.threads.messages.list(thread_id)
        return [message for message in messages.data if message.role == "assistant"]

    async def thread(self, *messages: str) -> Thread:
        """Create a thread with these messages of a student."""
        return await self.client.beta.threads.create(
            messages=[{"role": "user", "content": message} for message in messages]
        )


async def eventually(probe: Callable[[], Awaitable[object]]) -> None:
    """Wait until `probe` is true."""
    async with asyncio.timeout(20):
        while True:
            if await probe():
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(
    data_dir: Path,
    model: ScriptedModel | None = None,
    *,
    tools: Sequence[ServerTool] = (),
    clock: Clock | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """Run the server on a free port with its data in `data_dir`."""
    model = model or ScriptedModel()
    configured = Settings(_env_file=None, data_dir=data_dir, embedding_model="", **settings)  # type: ignore[call-arg]
    if "database_url" not in settings:
        server_database(data_dir)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(size=1))
        opener: Any = model.opener()
        app = create_app(configured, pool=pool, key=KEY, stand_alone=True, open_model=opener, tools=tools, clock=clock)
        watch = ResponseWatch()
        app.add_middleware(watch.middleware)
        listener: socket.socket = stack.enter_context(bind("127.0.0.1", 0))
        await stack.enter_async_context(serve_app(app, listener))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        http = DefaultAsyncHttpxClient(verify=False, timeout=20)  # there is no TLS: to read what it trusts takes 20 ms
        client = await stack.enter_async_context(
            AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0, timeout=20, http_client=http)
        )
        yield Running(url, client, model, app, configured)
        watch.record()
        assert not watch.deviations


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    """A server with an empty store; runs expire after ten minutes, as in the Assistants API."""
    async with running(tmp_path) as here:
        yield here
