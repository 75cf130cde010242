"""The bot's store, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.schema import whole_schema
from bot.store.store import Store, open_store


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """The same tests for both databases."""
    if request.param == "sqlite":
        async with open_store(f"sqlite:///{tmp_path / 'new' / 'saem.sqlite3'}") as opened:
            yield opened
        return
    async with open_store(request.getfixturevalue("postgres")) as opened:
        async with opened.database.writer.begin() as connection:
            for table in reversed(whole_schema().sorted_tables):
                await connection.execute(table.delete())
        yield opened
