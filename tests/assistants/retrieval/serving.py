"""A server over HTTP, whose clock a test can give."""

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openai import AsyncOpenAI

from assistants.app import create_app
from assistants.http_server import serve_app
from assistants.services import Clock
from assistants.settings import Settings
from workers import Pool


@asynccontextmanager
async def serving(settings: Settings, pool: Pool, clock: Clock = time.time) -> AsyncIterator[AsyncOpenAI]:
    """Run the server over HTTP and yield a client that does not retry."""
    app = create_app(settings, pool=pool, key="test", clock=clock)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        async with serve_app(app, listener), AsyncOpenAI(base_url=url, api_key="test", max_retries=0) as client:
            yield client
