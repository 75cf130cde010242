"""The page in a real browser, on a real playground."""

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.browser


async def test_students_see_what_the_others_say(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.says("안녕하세요! **Hello**")
    heard = await junho.sees("안녕하세요! Hello", author="민지")
    await expect(heard.locator("strong")).to_have_text("Hello")
