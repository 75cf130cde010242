"""Small parts of the page: links, times."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


async def test_a_script_is_never_a_links_address(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    made = await minji.page.evaluate(
        """async () => {
            const { el } = await import("/widgets/dom.js");
            return ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "https://example.org/", "#x"]
                .map((href) => el("a", { href }).getAttribute("href"));
        }"""
    )
    assert made == [None, None, None, "https://example.org/", "#x"]


async def test_countdowns_count(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await minji.page.clock.install()
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    await minji.page.clock.pause_at(now)
    await junho.says("#general", f"Closes <t:{int(now.timestamp()) + 30}:R>")
    stamp = (await minji.sees("Closes")).locator("time.timestamp")
    await expect(stamp).to_have_text("in 30 seconds")
    await minji.page.clock.run_for(10_000)
    await expect(stamp).to_have_text("in 20 seconds")
    await minji.page.clock.run_for(25_000)
    await expect(stamp).to_have_text("5 seconds ago")
