"""The buttons under an answer, pressed in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import PATIENCE, OpenPage
from tests.e2e.test_demo import opened_thread
from tests.house import bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

pytestmark = pytest.mark.browser

ROOTS = (
    "Use the quadratic formula for $x^2 - 5x + 6 = 0$:\n\n"
    "\\[ x = \\frac{5 \\pm \\sqrt{25 - 24}}{2} \\]\n\n"
    "| root | value |\n|---|---:|\n| $x_1$ | 2 |\n| $x_2$ | 3 |"
)
FACTORS = "Factor it instead: $(x - 2)(x - 3) = 0$, so $x = 2$ or $x = 3$."


async def test_an_answer_is_shown_as_text_in_private_and_made_anew_in_its_place(
    discord: Playground, browser_page: OpenPage, tmp_path: Path, pictures: Path
) -> None:
    async with (
        ScriptedOpenAI(Turn(ROOTS), Turn(FACTORS, first_after=1.5)) as openai,
        bot_in(discord, settings_for(discord, openai, tmp_path)),
    ):
        alex = await browser_page(discord, "alex")
        await opened_thread(alex, "solve it, please")
        answer = await alex.sees("quadratic formula", "side", author="Saem")
        await expect(answer.locator("img[alt*=frac]")).to_be_visible(timeout=PATIENCE)
        await answer.get_by_role("button", name="Show as text").click()
        source = await alex.sees("\\frac{5 \\pm \\sqrt{25 - 24}}{2}", "side", author="Saem")
        await expect(source.locator("code")).to_contain_text("| $x_1$ | 2 |")
        await expect(source).to_contain_text("Only you can see this")
        await alex.screenshot(pictures / "show-as-text.png")
        await answer.get_by_role("button", name="Regenerate").click()
        await expect(answer.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)
        await alex.screenshot(pictures / "regenerating.png")
        await alex.sees("Factor it instead", "side", author="Saem")
        await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible(timeout=PATIENCE)
        await expect(answer).to_contain_text("Factor it instead")
        await expect(answer.locator("img[alt*=frac]")).to_have_count(0)
        await alex.screenshot(pictures / "regenerated.png")
