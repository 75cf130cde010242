"""The store, on both databases."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.store.store import Store, open_store


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: `TEST_DATABASE_URL`, or one out of pgserver's wheel."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    pgserver: Any = pytest.importorskip(
        "pgserver", reason="no TEST_DATABASE_URL and no pgserver: PostgreSQL not tested"
    )
    directory = tmp_path_factory.mktemp("postgres")
    with pgserver.get_server(directory, cleanup_mode="delete") as server:
        server.psql("CREATE DATABASE quizzes;")
        yield f"postgresql+asyncpg://postgres@/quizzes?host={directory}"


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, brought up to date."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'saem.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_url")
    async with open_store(url) as opened:
        yield opened
