"""A bot that answers commands and buttons, and a student who sees it in the page."""

from collections.abc import AsyncIterator

import pytest_asyncio

from playground.server import Playground
from tests.browser import OpenPage, StudentPage
from tests.playground.page.practice_bot import PracticeBot, practice_bot


@pytest_asyncio.fixture(loop_scope="session")
async def bot(discord: Playground) -> AsyncIterator[PracticeBot]:
    async with practice_bot(discord) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def minji(discord: Playground, bot: PracticeBot, browser_page: OpenPage) -> StudentPage:
    return await browser_page(discord, "minji")
