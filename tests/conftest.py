"""Fixtures that several rooms share."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import structlog

if TYPE_CHECKING:
    from tests.house import House


@pytest.fixture(autouse=True)
def plain_tracebacks() -> None:
    """Where rich is installed, structlog draws every traceback with it, and holds the loop up for seconds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator["House"]:
    """The playground, a scripted model, the embedded server and the bot, connected."""
    from tests.house import open_house

    async with open_house(tmp_path) as running:
        yield running
