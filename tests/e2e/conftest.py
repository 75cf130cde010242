"""A Discord of one's own and a browser to see it with.

    @pytest.mark.browser
    async def test_hello(discord, browser_page):
        minji = await browser_page(discord, "minji")
        await minji.open("math")
        await minji.says("@Saem 3x + 11 = 14")
        await minji.sees("x = 1", author="Saem")

All tests here share an event loop, and so a browser, in each process of pytest; every tab has a fresh profile.

`discord` is a running `Playground` without a bot. `browser_page(discord, student, size=…, theme=…, place=…)` opens a
tab in a fresh profile (as many as wanted; see `browser.StudentPage` for what one can do in it) and fails the test if
the page left errors in the browser's console. Tests that use it are skipped where there is no browser.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from playground.server import Playground
from tests.e2e.browser import DESKTOP, StudentPage, Theme, open_page

BROWSERS: Final = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
)


class OpenPage(Protocol):
    """What the `browser_page` fixture gives."""

    async def __call__(
        self,
        discord: Playground,
        student: str,
        *,
        size: tuple[int, int] = DESKTOP,
        theme: Theme = "dark",
        place: str = "",
    ) -> StudentPage:
        """Open the page as `student`."""


def find_browser(bundled: str) -> str | None:
    """Return a Chromium: the one named by CHROMIUM, Debian's, another on the path, or Playwright's own."""
    on_path = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    candidates = (os.environ.get("CHROMIUM"), *BROWSERS, *on_path, bundled)
    return next((each for each in candidates if each and Path(each).is_file()), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what looks into a browser in one event loop: a browser belongs to the loop that it was started in."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def pictures() -> Path:
    """Where screenshots are kept: `make pictures` sets SCREENSHOTS to the folder that the documents show."""
    folder = Path(os.environ.get("SCREENSHOTS", "test-results"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def discord() -> AsyncIterator[Playground]:
    """Run a Discord on a free port, with a guild, three channels and a few students."""
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start a Chromium, once in each process of pytest; `new_context` gives a profile that knows nothing."""
    async with async_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("there is no Chromium here (set CHROMIUM, or install one)")
        running = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Give a function that opens the page as a student; afterwards the browser must have nothing to complain about."""
    tabs: list[StudentPage] = []

    async def show(
        discord: Playground,
        student: str,
        *,
        size: tuple[int, int] = DESKTOP,
        theme: Theme = "dark",
        place: str = "",
    ) -> StudentPage:
        tab = await open_page(browser, discord.page_url, student, size=size, theme=theme, place=place)
        tabs.append(tab)
        return tab

    yield show
    problems = [f"{tab.student}: {problem}" for tab in tabs for problem in tab.problems]
    for tab in tabs:
        await tab.context.close()
    assert problems == []
