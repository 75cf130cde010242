"""The store, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.store import Store, open_store


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, brought up to date."""
    url = f"sqlite:///{tmp_path / 'saem.sqlite3'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    async with open_store(url) as opened:
        yield opened
