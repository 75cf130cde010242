"""The page in the student's language, and what it says to try first."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import PHONE, OpenPage

pytestmark = pytest.mark.browser

READ = """() => {
  const names = ["aria-label", "title", "placeholder", "alt"];
  const texts = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest("script, noscript")) texts.push(walk.currentNode.data);
  }
  for (const node of document.querySelectorAll("*")) {
    for (const name of names) texts.push(node.getAttribute(name) ?? "");
  }
  return texts.filter((text) => /[A-Za-z]{2}/.test(text));
}"""
"""All that can be read or heard on the page and has Latin letters."""
DATA = re.compile(
    r"Saem('s study room)?|general|math|library|homework|Study|Say hello, ask anything|Mention @Saem with a question"
    r"|Drop a file and Saem will know it|Alex|Sora|Ms\. Han|MH|SSR|@?(minji|junho|alex|sora|teacher)|Esc|Enter"
    r"|hello|algebra|geometry|ID"
)
"""What people have named and written, and keys."""
LANGUAGES = {"English", "Deutsch", "Español", "Français", "Português do Brasil", "Discordの言語"}
"""The languages to choose from, each by its own name; and a name in the title of that list."""


@pytest.mark.parametrize(("student", "language"), [("minji", "ko"), ("sora", "ja")])
async def test_a_student_reads_nothing_in_another_language(
    discord: Playground, browser_page: OpenPage, student: str, language: str
) -> None:
    page = await browser_page(discord, student, language=None)
    found: set[str] = set()

    async def read() -> None:
        found.update(await page.page.evaluate(READ))

    await read()
    await page.says("hello")
    message = await page.sees("hello")
    await message.hover()
    await message.locator("[data-action=more]").click()
    menu = page.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    await read()
    await menu.press("Escape")
    await expect(menu).to_be_hidden()
    await message.hover()
    await message.locator("[data-action=edit]").click()
    await read()
    await page.page.keyboard.press("Escape")
    await page.page.locator("[data-action=threads]").click()
    await read()
    await page.page.keyboard.press("Escape")
    await page.page.locator("[data-action=students]").click()
    await read()
    await page.page.keyboard.press("Escape")
    await page.page.locator("[data-action=emoji]").first.click()
    await page.page.keyboard.press("Escape")
    await page.open("homework")
    await read()
    await page.page.locator('[data-guild-id="@me"]').click()
    await read()
    assert await page.page.locator("html").get_attribute("lang") == language
    left = {text for text in found if re.search("[A-Za-z]{2}", DATA.sub("", text))} - LANGUAGES
    assert left == set()


async def test_switching_the_student_switches_the_language(discord: Playground, browser_page: OpenPage) -> None:
    page = await browser_page(discord, "alex", language=None)
    await expect(page.page.locator("[data-part=account] small")).to_have_text("Switch student")
    await page.page.locator("[data-action=students]").click()
    await page.page.locator('[data-action="student:minji"]').click()
    await expect(page.page.locator("[data-part=account] small")).to_have_text("학생 바꾸기")


async def test_an_example_fills_the_composer_and_goes_with_the_first_message(
    discord: Playground, browser_page: OpenPage
) -> None:
    page = await browser_page(discord, "alex")
    examples = page.page.locator("[data-action=example]")
    await expect(examples).to_have_count(3)
    await examples.first.focus()
    await page.page.keyboard.press("Enter")
    composer = page.pane().locator("[data-part=input]")
    await expect(composer).to_have_value("@Saem Solve 3x + 11 = 14")
    await expect(composer).to_be_focused()
    await page.page.keyboard.press("Enter")
    await page.sees("Solve 3x + 11 = 14")
    await expect(examples).to_have_count(0)


async def test_examples_that_are_dismissed_stay_away(discord: Playground, browser_page: OpenPage) -> None:
    page = await browser_page(discord, "alex")
    await page.page.get_by_role("button", name="No, thanks").click()
    await expect(page.pane().locator("[data-part=input]")).to_be_focused()
    await page.open("math")
    await expect(page.page.locator("[data-part=examples]")).to_have_count(0)
    await page.page.reload()
    await expect(page.page.locator("#app")).to_have_attribute("data-state", "ready")
    await expect(page.page.locator("[data-part=examples]")).to_have_count(0)


@pytest.mark.parametrize("student", ["alex", "minji", "sora"])
async def test_the_first_screen_fits_a_phone(
    discord: Playground, browser_page: OpenPage, pictures: Path, student: str
) -> None:
    page = await browser_page(discord, student, size=PHONE, language=None)
    for each in await page.page.locator("[data-action=example]").all():
        box = await each.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        await expect(each).to_be_in_viewport(ratio=1)
    await page.screenshot(pictures / f"first-{student}.png")


async def test_in_a_direct_message_nobody_is_mentioned(discord: Playground, browser_page: OpenPage) -> None:
    page = await browser_page(discord, "alex")
    await page.open_direct("Saem")
    await page.page.locator("[data-action=example]").first.click()
    await expect(page.pane().locator("[data-part=input]")).to_have_value("Solve 3x + 11 = 14")
