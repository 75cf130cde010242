"""Fixtures that several rooms share, and the order of the tests: the slowest files come first."""

import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import structlog

if TYPE_CHECKING:
    from tests.house import House


DURATIONS = Path(__file__).with_name("durations.json")
"""Seconds of each test file, written by `make durations`; the order needs no more than a rough idea of them."""
SHORTEST = 0.5
"""Seconds below which a file is not recorded."""

recorded: defaultdict[str, float] = defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-durations", action="store_true", help=f"write {DURATIONS.name} anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the slowest files, so that no process is left with one of them at the end."""
    seconds: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    items.sort(key=lambda item: -seconds.get(item.path.relative_to(config.rootpath).as_posix(), 0.0))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    recorded[report.nodeid.split("::")[0]] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--record-durations") and not hasattr(session.config, "workerinput"):
        slow = {name: round(seconds, 1) for name, seconds in sorted(recorded.items()) if seconds >= SHORTEST}
        DURATIONS.write_text(json.dumps(slow, indent=1) + "\n", encoding="utf-8")


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
