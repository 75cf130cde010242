from collections.abc import AsyncIterator

import pytest_asyncio

from playground.server import Playground


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running
