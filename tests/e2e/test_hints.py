"""A ladder in the demo, without a key, in a real browser: climbed to the second hint and solved, in two languages."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser import DESKTOP, PATIENCE, PHONE, StudentPage, open_page
from tests.e2e.test_demo import demo

pytestmark = pytest.mark.browser


async def in_direct_messages(
    browser: Browser, url: str, student: str, language: str, size: tuple[int, int]
) -> StudentPage:
    """The page, beside a direct message to Saem."""
    page = await open_page(browser, url, student, size=size, language=language)
    if size == PHONE:
        await page.page.locator("[data-action=channels]").click()
    await page.open_direct("Saem")
    return page


async def answer(page: StudentPage, button: str, given: str) -> None:
    """Open the form, type an answer and send it."""
    await page.presses(button)
    form = page.page.locator("dialog [data-part=form]")
    await form.locator("input, textarea").first.fill(given)
    await form.locator("[data-action=submit], button[type=submit]").first.click()
    await expect(form).to_have_count(0, timeout=PATIENCE)


async def test_a_ladder_climbed_to_the_second_hint_and_solved(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as url:
        alex = await in_direct_messages(browser, url, "alex", "en", DESKTOP)
        await alex.runs("/mode", mode="guide: hints for exercises first")
        await alex.sees("From now on", author="Saem")
        await alex.says("solve 2x + 3 = 11")
        ladder = await alex.sees("Hint 1 of 2", author="Saem")
        assert "x = 4" not in await ladder.inner_text()
        await alex.presses("Next hint")
        await alex.sees("Hint 2 of 2", author="Saem")
        await answer(alex, "My answer…", "x = 5")
        await alex.sees("is not it yet", author="Saem")
        await alex.screenshot(pictures / "hints.png")
        await answer(alex, "My answer…", "8/2")
        await alex.sees("Solved", author="Saem")
        word = await alex.sees("You kept at it", author="Saem")
        await expect(word.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE)
        await alex.screenshot(pictures / "hints-solved.png")
        assert alex.problems == []
        await alex.context.close()


async def test_the_same_in_korean_on_a_phone(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as url:
        minji = await in_direct_messages(browser, url, "minji", "ko", PHONE)
        await minji.says("2x + 3 = 11 힌트 주세요")
        await minji.sees("힌트 1/2", author="Saem")
        await minji.presses("다음 힌트")
        await minji.sees("힌트 2/2", author="Saem")
        await minji.screenshot(pictures / "hints-korean.png")
        await answer(minji, "내 답…", "4")
        await minji.sees("해결", author="Saem")
        await minji.sees("해냈네요", author="Saem")
        assert minji.problems == []
        await minji.context.close()
