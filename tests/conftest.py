"""Fixtures that several rooms share."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from tests.house import House


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator["House"]:
    """The playground, a scripted model, the embedded server and the bot, connected."""
    from tests.house import open_house

    async with open_house(tmp_path) as running:
        yield running
