"""The bot's owner looks at its status: the page in a real browser, wide and on a phone, in English and Korean."""

from pathlib import Path

import pytest

from bot.hourly_counts import HourlyCounts
from bot.logs import error_counts
from playground.server import Playground
from tests.browser import DESKTOP, PHONE, OpenPage
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

pytestmark = pytest.mark.browser


async def test_the_owner_sees_how_saem_is(
    discord: Playground, browser_page: OpenPage, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_counts, "counts", HourlyCounts())
    error_counts.counts.add("library.file_not_read (TimeoutError)")
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)):
        owner = discord.application.owner.username
        wide = await browser_page(discord, owner)
        await wide.open("math")
        openai.turns += [Turn("x = 1, as 3 + 11 = 14."), Turn("x = 2.")]
        await wide.says("@Saem 3x + 11 = 14")
        await wide.sees("3x + 11 = 14")
        await wide.runs("/saem status")
        status = await wide.sees("How Saem is", author="Saem")
        assert "Only you can see this" in await status.inner_text()
        await wide.screenshot(pictures / "status.png")
        phone = await browser_page(discord, owner, size=PHONE)
        await phone.open("general")
        await phone.runs("/saem status")
        await phone.sees("How Saem is", author="Saem")
        await phone.screenshot(pictures / "status-phone.png")

        discord.application.owner = discord.user("minji")
        for size, name in ((DESKTOP, "status-korean.png"), (PHONE, "status-korean-phone.png")):
            minji = await browser_page(discord, "minji", size=size, language=None)
            if size is PHONE:
                await minji.page.locator("[data-action=channels]").click()
            await minji.open_direct("Saem")
            await minji.runs("/쌤 상태")
            await minji.sees("쌤의 상태", author="Saem")
            await minji.screenshot(pictures / name)
