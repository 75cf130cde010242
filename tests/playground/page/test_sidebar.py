"""The lists of channels and direct messages in the page."""

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


async def test_channels_with_news_are_marked_until_they_are_read(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await discord.student("junho")
    math = minji.page.locator('#sidebar [data-channel-name="math"]')
    await minji.open("math")
    await minji.open("general")
    await junho.says("#math", f"<@{discord.user('minji').id}> look")
    await expect(math).to_have_attribute("data-unread", "")
    await expect(math.locator(".badge")).to_have_text("1")
    await minji.open("math")
    await expect(math.locator(".badge")).to_have_count(0)


async def test_direct_messages_reach_the_bot(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.open_direct("Saem")
    await minji.says("Can you help me?")
    assert "@me" in minji.page.url
