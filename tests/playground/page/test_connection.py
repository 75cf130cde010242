"""The page without its gateway: resuming, the banner, coming back."""

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import PATIENCE, OpenPage

pytestmark = pytest.mark.browser


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await minji.says("before")
    for resumable in (True, False):
        discord.gateway.drop(resumable=resumable, user=discord.user("minji"))
        await junho.says("#general", f"meanwhile {resumable}")
        await minji.sees(f"meanwhile {resumable}")
    await expect(minji.page.locator("[data-part=banner]")).to_be_hidden()
    await expect(minji.message("before")).to_have_count(1)
    await minji.says("after")


async def test_a_banner_shows_while_the_server_is_away(browser_page: OpenPage) -> None:
    async with Playground() as discord:
        minji = await browser_page(discord, "minji")
        await minji.says("still here")
    await expect(minji.page.locator("[data-part=banner]")).to_contain_text("Connection lost. Reconnecting…")
    await expect(minji.message("still here")).to_be_visible()
    minji.problems.clear()  # the browser reports every connection that is refused
    await minji.page.close()


async def test_the_page_comes_back_when_the_server_does(browser_page: OpenPage) -> None:
    async with Playground() as discord:
        minji = await browser_page(discord, "minji")
        await minji.open("math")
        await minji.says("before the restart")
        port = int(discord.origin.rsplit(":", 1)[1])
    await expect(minji.page.locator("[data-part=banner]")).to_be_visible()
    async with Playground(port=port) as discord:
        await expect(minji.page.locator("[data-part=banner]")).to_be_hidden(timeout=PATIENCE)
        await expect(minji.message("before the restart")).to_have_count(0)
        await expect(minji.pane().locator("[data-part=title]")).to_have_text("math")
        await minji.says("after the restart")
        minji.problems.clear()  # the browser reports every connection that is refused
        await minji.page.close()
