"""Fixtures that several rooms share, and the order of the tests: the slowest files come first."""

import gc
import json
import logging
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, settings

from bot.discord_clock import DISCORD_CLOCK

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from playground.server import Playground
    from tests.browser import OpenPage, StudentPage
    from tests.house import House


# Each process of a run imports all tests, and many start the program: without bytecode each compiles everything anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
gc.disable()  # until everything is loaded: what is loaded stays

# How long an example takes goes with the machine and its load; times are looked at in `benchmarks/`.
settings.register_profile("saem", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("saem")

GC_THRESHOLD = 10_000
"""As `bot/command_line/run.py` has it."""
DURATIONS = Path(__file__).with_name("durations.json")
"""Seconds of each test file, written by `make durations`; the order needs no more than a rough idea of them."""
SHORTEST = 0.5
"""Seconds below which a file is not recorded."""

recorded: defaultdict[str, float] = defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-durations", action="store_true", help=f"write {DURATIONS.name} anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the slowest files, so that no process is left with one of them at the end.

    What looks into a browser shares an event loop: a browser belongs to the loop that it was started in.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    seconds: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    items.sort(key=lambda item: -seconds.get(item.path.relative_to(config.rootpath).as_posix(), 0.0))


def pytest_collection_finish() -> None:
    """What was loaded stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    gc.enable()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    recorded[report.nodeid.split("::")[0]] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--record-durations") and not hasattr(session.config, "workerinput"):
        slow = {name: round(seconds, 1) for name, seconds in sorted(recorded.items()) if seconds >= SHORTEST}
        DURATIONS.write_text(json.dumps(slow, indent=1) + "\n", encoding="utf-8")


@pytest.fixture(autouse=True)
def english_class(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the playground's own tests, Sora's Discord speaks English: many tests read what Saem says to her, and
    the catalogues' own hold what it says in Japanese.
    """
    if "playground" in request.node.path.parts:
        return
    from playground import default_guild

    students = tuple(replace(each, locale="en-US") if each.locale == "ja" else each for each in default_guild.STUDENTS)
    monkeypatch.setattr(default_guild, "STUDENTS", students)


@pytest.fixture(autouse=True)
def usual_process() -> Iterator[None]:
    """Logs go to standard output, new files are everybody's to read, and the time is this machine's, whatever a command
    or a Discord that ran in this process before has set up.

    Where rich is installed, structlog draws every traceback with it, and holds the loop up for seconds.
    """
    before = set(logging.root.handlers)
    os.umask(0o022)
    DISCORD_CLOCK.begin_anew()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
    )
    yield
    for handler in set(logging.root.handlers) - before:
        if type(handler) is logging.StreamHandler:  # pytest's own come and go by themselves
            logging.root.removeHandler(handler)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator["House"]:
    """The playground, a scripted model, the embedded server and the bot, connected."""
    from tests.house import open_house

    async with open_house(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[Any]:
    """A PostgreSQL server out of pgserver's wheel, one for all processes of a run: the last that needs it stops it.

    Its folder is not in pytest's: each pytest that starts takes from all others the right to look into that, and root
    has to run PostgreSQL as another user.
    """
    pgserver: Any = pytest.importorskip("pgserver", reason="no TEST_DATABASE_URL and no pgserver")
    folder = Path(tempfile.gettempdir()) / f"saem-postgres-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    with pgserver.get_server(folder, cleanup_mode="delete") as server:
        yield server


@pytest.fixture(scope="module")
def postgres(request: pytest.FixtureRequest, worker_id: str) -> str:
    """The address of a PostgreSQL database: `TEST_DATABASE_URL`, or an empty one of the module's own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    server = request.getfixturevalue("postgres_server")
    name = "_".join([*request.module.__name__.split(".")[1:], worker_id])
    server.psql(f"CREATE DATABASE {name};")
    address: str = server.get_uri().replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")
    return address


# A browser: see `tests/browser.py`. What only these fixtures need is imported in them.


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots are kept: `make pictures` sets SCREENSHOTS to the folder that the documents show."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def discord() -> AsyncIterator["Playground"]:
    """A Discord on a free port, with a guild, three channels and a few students, for tests with a browser."""
    from playground.server import Playground

    async with Playground() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator["Browser"]:
    """A Chromium, one in each process of pytest; `new_context` gives a profile that knows nothing."""
    from playwright.async_api import async_playwright

    from tests.browser import ARGUMENTS, ending, find_browser

    before = set(psutil.Process().children(recursive=True))
    playwright = await async_playwright().start()
    started = set(psutil.Process().children(recursive=True)) - before  # the driver, whose children are the browser's
    async with ending(playwright.stop, started):
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("there is no Chromium here (set CHROMIUM, or install one)")
        running = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        async with ending(running.close, started):
            yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser_page(browser: "Browser") -> AsyncIterator["OpenPage"]:
    """A function that opens the page as a student; afterwards the browser must have nothing to complain about."""
    from tests.browser import DESKTOP, Theme, open_page

    tabs: list[StudentPage] = []

    async def show(
        discord: "Playground",
        student: str,
        *,
        size: tuple[int, int] = DESKTOP,
        theme: Theme = "dark",
        place: str = "",
        language: str | None = "en",
    ) -> "StudentPage":
        tab = await open_page(
            browser, discord.page_url, student, size=size, theme=theme, place=place, language=language
        )
        tabs.append(tab)
        return tab

    yield show
    problems = [f"{tab.student}: {problem}" for tab in tabs for problem in tab.problems]
    for tab in tabs:
        await tab.context.close()
    assert problems == []
