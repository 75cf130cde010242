"""Fixtures that several rooms share."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server out of pgserver's wheel."""
    pgserver: Any = pytest.importorskip("pgserver", reason="no TEST_DATABASE_URL and no pgserver")
    with pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete") as server:
        yield server


@pytest.fixture(scope="module")
def postgres(request: pytest.FixtureRequest) -> str:
    """The address of a PostgreSQL database: `TEST_DATABASE_URL`, or an empty one of the module's own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    server = request.getfixturevalue("postgres_server")
    name = "_".join(request.module.__name__.split(".")[1:])
    server.psql(f"CREATE DATABASE {name};")
    address: str = server.get_uri().replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")
    return address
