"""The page as a whole: students, themes, sizes, keyboard, the address of what is open."""

from typing import Final

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import PHONE, OpenPage

pytestmark = pytest.mark.browser

NAMELESS: Final = """() => [...document.querySelectorAll("button, a[href], input, textarea, [role=button]")]
    .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden]"))
    .filter((one) => !one.getAttribute("aria-label") && !one.textContent.trim() && !one.labels?.length)
    .map((one) => one.outerHTML)"""


async def test_one_can_become_someone_else(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.says("I am Minji")
    await minji.page.locator("[data-action=students]").click()
    await minji.page.locator('[data-action="student:junho"]').click()
    await expect(minji.page.locator("[data-action=students]")).to_have_attribute("data-student", "junho")
    await minji.says("and I am Junho")
    await expect(minji.message("and I am Junho")).to_have_attribute("data-author", "준호")


async def test_the_theme_is_switched_and_remembered(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    ground = "getComputedStyle(document.querySelector('#main')).backgroundColor"
    assert await minji.page.evaluate(ground) == "rgb(49, 51, 56)"
    await minji.page.locator("[data-action=theme]").click()
    assert await minji.page.evaluate(ground) == "rgb(255, 255, 255)"
    await minji.page.goto(f"{discord.page_url}?student=minji")
    await expect(minji.pane().locator("[data-part=title]")).to_be_visible()
    assert await minji.page.evaluate(ground) == "rgb(255, 255, 255)"


async def test_on_a_phone_one_thing_is_shown_at_a_time(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    question = await junho.says("#math", "x + 1 = 2 " + "and so on " * 30)
    thread = await junho.starts_thread(question, "x + 1 = 2")
    await junho.says(thread, "x = 1")
    minji = await browser_page(discord, "minji", size=PHONE)
    await expect(minji.page.locator("#sidebar")).to_be_hidden()
    await minji.open("math")
    await expect(minji.page.locator("#sidebar")).to_be_hidden()
    await minji.open_thread_of(await minji.sees("and so on"))
    await minji.sees("x = 1")
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("x + 1 = 2")
    await minji.says("thank you!")
    await minji.page.locator("[data-action=members]").click()
    await expect(minji.page.locator("#members")).to_be_visible()
    await minji.page.keyboard.press("Escape")
    await expect(minji.page.locator("#members")).to_be_hidden()
    assert await minji.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_everything_that_can_be_pressed_has_a_name_and_can_be_reached(
    discord: Playground, browser_page: OpenPage
) -> None:
    junho = await discord.student("junho")
    post = await junho.says("#general", "||hidden|| ```py\nx = 1\n``` <@1> **bold** https://example.org")
    await junho.reacts(post, "👍")
    await junho.starts_thread(post, "A thread")
    minji = await browser_page(discord, "minji")
    message = await minji.sees("bold")
    nameless = await minji.page.evaluate(NAMELESS)
    assert nameless == []
    await minji.pane().locator("[data-part=scroller]").focus()
    await minji.page.keyboard.press("ArrowUp")
    await expect(message).to_be_focused()
    await minji.page.keyboard.press("Enter")
    await expect(minji.page.locator("[role=menuitem]").first).to_be_focused()
    await minji.page.keyboard.press("ArrowDown")
    await expect(minji.page.locator("[role=menuitem]").nth(1)).to_be_focused()
    await minji.page.keyboard.press("Escape")
    await expect(message).to_be_focused()
    await minji.page.keyboard.press("r")
    await expect(minji.pane().locator("[data-part=reply-bar]")).to_be_visible()
    spoiler = message.locator(".spoiler")
    await spoiler.focus()
    await minji.page.keyboard.press("Enter")
    await expect(spoiler).to_have_attribute("data-state", "shown")


async def test_a_thread_stays_open_after_a_reload_and_back_and_forward_lead_in_and_out(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        start = await junho.says("#general", "a question")
        thread = await junho.starts_thread(start, "The thread")
        answers = [await junho.says(thread, f"an answer, number {number}") for number in range(60)]
        minji = await browser_page(discord, "minji")
        side = await minji.open_thread_of(minji.message("a question"))
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await minji.page.reload()
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await expect(minji.message("a question")).to_be_in_viewport()
        await minji.page.go_back()
        await expect(side).not_to_be_visible()
        await minji.page.go_forward()
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await minji.page.goto(
            f"{minji.page.url.partition('#')[0]}#/channels/{discord.guild.id}/{start.id}/{answers[2].id}"
        )
        old = minji.pane().locator(f'li[data-message-id="{answers[2].id}"]')
        await expect(old).to_be_in_viewport()
        await minji.page.reload()
        await expect(old).to_be_in_viewport()


async def test_a_channel_that_is_hidden_while_it_is_open_is_left(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.open("math")
    teacher = await discord.student("teacher")
    math = discord.channel("math").id
    path = f"/channels/{math}/permissions/{discord.guild.id}"
    await teacher.client.request("PUT", path, {"type": 0, "deny": str(1 << 10)})
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("general")
    await expect(minji.page.locator(f'#sidebar [data-channel-id="{math}"]')).to_have_count(0)
    await teacher.client.request("DELETE", path)
    await expect(minji.page.locator(f'#sidebar [data-channel-id="{math}"]')).to_be_visible()
    await minji.open("math")


async def test_a_student_chooses_the_language_of_their_discord(discord: Playground, browser_page: OpenPage) -> None:
    alex = await browser_page(discord, "alex")
    await alex.page.locator("[data-action=students]").click()
    await alex.page.locator('[data-action="language:ja"]').click()
    await expect(alex.page.locator("html")).to_have_attribute("lang", "ja")
    await alex.page.locator("[data-action=students]").click()
    await expect(alex.page.get_by_text("Discordの言語")).to_be_visible()
    assert discord.user("alex").locale == "ja"
