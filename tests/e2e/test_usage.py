"""A manager and a student look at what was used: the page in a real browser, wide and on a phone, in two languages."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.client import SaemBot
from bot.prices import Request
from bot.store.token_charges import KINDS, Charge
from playground.server import Playground
from tests.browser import DESKTOP, PHONE, OpenPage
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI

pytestmark = pytest.mark.browser
TO_TOP = "message => message.scrollIntoView({block: 'start'})"


async def thirty_days(bot: SaemBot, guild_id: int, students: list[int], model: str) -> None:
    """Charges of thirty days, more on weekdays than at weekends."""
    budgets = bot.quotas.budgets
    today = date.fromisoformat(budgets._today())
    for back in range(30):
        day = today - timedelta(days=back)
        for number, kind in enumerate(KINDS[:6]):
            tokens = (7 - day.weekday()) * 1_900 // (number + 1) + 137 * (back % 5)
            used: Any = {"model": model if number % 2 else "gpt-6-sol", "kind": kind}
            used["picodollars"] = budgets.prices.cost(used["model"], Request(tokens, tokens // 9))
            student = students[(back + number) % len(students)]
            await budgets.charges.put(Charge(f"{back}-{number}", day.isoformat(), guild_id, student, tokens, **used))
    await budgets.load()


async def test_the_picture_of_use_is_seen_and_said(
    discord: Playground, browser_page: OpenPage, pictures: Path, tmp_path: Path
) -> None:
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)) as bot:
        students = [discord.user(name).id for name in ("alex", "minji", "junho")]
        await thirty_days(bot, discord.guild.id, students, "gpt-6-luna")
        owner = discord.application.owner.username
        for size, name in ((DESKTOP, "usage.png"), (PHONE, "usage-phone.png")):
            page = await browser_page(discord, owner, size=size)
            await page.open("math" if size is DESKTOP else "general")
            await page.runs("/usage", whose="server")
            seen = await page.sees("What this server has used", author="Saem")
            assert "Only you can see this" in await seen.inner_text()
            await seen.evaluate(TO_TOP)
            await page.screenshot(pictures / name)
        for size, name in ((DESKTOP, "usage-korean.png"), (PHONE, "usage-korean-phone.png")):
            page = await browser_page(discord, "minji", size=size, language=None)
            if size is PHONE:
                await page.page.locator("[data-action=channels]").click()
            await page.open_direct("Saem")
            await page.runs("/사용량")
            seen = await page.sees("내 사용량", author="Saem")
            await seen.evaluate(TO_TOP)
            await page.screenshot(pictures / name)
