"""Buttons, selects, forms, pictures and embeds in the page, with a real discord.py bot."""

import pytest
from discord import TextChannel
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import PHONE, OpenPage, StudentPage
from tests.playground.page.practice_bot import FORMULA, PracticeBot

pytestmark = pytest.mark.browser


async def test_a_button_edits_its_message_and_keeps_the_focus(minji: StudentPage) -> None:
    await minji.runs("/board")
    board = await minji.sees("Board of 민지")
    await minji.presses("Count")
    await expect(board).to_contain_text("Pressed 1 times")
    await expect(board.get_by_role("button", name="Count")).to_be_focused()
    await minji.page.keyboard.press("Enter")
    await expect(board).to_contain_text("Pressed 2 times")
    await expect(board.get_by_role("button", name="Off")).to_be_disabled()
    await expect(board.get_by_role("link", name="Manual")).to_have_attribute("target", "_blank")


async def test_a_press_is_not_lost_when_the_message_changes_under_the_finger(
    bot: PracticeBot, minji: StudentPage
) -> None:
    await minji.runs("/board")
    board = await minji.sees("Board of 민지")
    box = await board.get_by_role("button", name="Count").bounding_box()
    assert box is not None
    await minji.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await minji.page.mouse.down()
    channel = bot.get_channel(int(str(await minji.pane().get_attribute("data-channel-id"))))
    assert isinstance(channel, TextChannel)
    number = int(str(await board.get_attribute("data-message-id")))
    await bot.boards[0].write_on(await channel.fetch_message(number), 3)
    await minji.page.mouse.up()
    await expect(board).to_contain_text("Pressed 1 times")


async def test_what_only_one_may_see_is_shown_to_one_and_can_be_dismissed(
    discord: Playground, minji: StudentPage, browser_page: OpenPage
) -> None:
    junho = await browser_page(discord, "junho")
    await minji.runs("/board")
    await junho.sees("Board of 민지")
    await minji.presses("Private")
    whisper = await minji.sees("Between us")
    await expect(whisper).to_have_attribute("data-ephemeral", "")
    await expect(whisper).to_contain_text("Only you can see this")
    await expect(junho.message("Between us")).to_have_count(0)
    await whisper.locator("[data-action=dismiss]").click()
    await expect(whisper).to_have_count(0)


async def test_a_button_that_is_not_answered_says_so(minji: StudentPage) -> None:
    await minji.runs("/board")
    board = await minji.sees("Board of 민지")
    silent = board.get_by_role("button", name="Silent")
    await silent.click()
    await expect(board.locator('[data-custom-id=silent][data-state="pending"]')).to_be_visible()
    await expect(board.locator("[data-part=interaction-failed]")).to_have_text(
        "This interaction failed", timeout=15_000
    )
    await expect(silent).to_be_enabled()


async def test_several_options_are_chosen_in_a_select(minji: StudentPage) -> None:
    await minji.runs("/board")
    await minji.sees("Board of 민지")
    await minji.chooses("topics", "Fractions", "Geometry")
    await minji.sees("You chose fractions, geometry")
    await expect(minji.page.locator("[role=combobox][data-custom-id=topics]")).to_contain_text("Fractions")


async def test_a_classmate_is_chosen_by_searching(minji: StudentPage) -> None:
    await minji.runs("/board")
    await minji.sees("Board of 민지")
    await minji.page.locator("[role=combobox][data-custom-id=people]").click()
    await minji.page.keyboard.type("sor")
    await minji.page.keyboard.press("Enter")
    await minji.sees("Classmate: Sora")


async def test_a_form_is_checked_filled_in_and_answered(minji: StudentPage) -> None:
    await minji.runs("/board")
    await minji.sees("Board of 민지")
    await minji.presses("Form")
    form = minji.page.locator("dialog [data-part=form]")
    await expect(form.get_by_role("heading", name="Tell us")).to_be_visible()
    words = form.locator("[data-custom-id=words]")
    await expect(words).to_be_focused()
    await words.fill("ok")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert")).to_have_text("Your words: at least 3 characters.")
    await words.fill("Very clear")
    await minji.chooses("grade", "Good", within=form)
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await minji.sees("Very clear (good)")


async def test_formulas_stand_between_the_words_and_open_with_their_source(minji: StudentPage) -> None:
    await minji.runs("/example")
    answer = await minji.sees("gives two roots.")
    await expect(answer.locator("[data-part=gallery] img")).to_have_js_property("naturalWidth", 300)
    order = await answer.locator("[data-part=content], [data-part=picture], [data-part=file]").evaluate_all(
        "all => all.map((one) => one.querySelector('img')?.alt ?? one.innerText.split('\\n')[0])"
    )
    assert order == ["The formula", FORMULA, "gives two roots.", "Its graph", "A parabola", "notes.md"]
    await answer.get_by_role("button", name="Open picture: x =").click()
    await expect(minji.page.locator("[data-part=lightbox] .alt")).to_have_text(FORMULA)
    await minji.page.get_by_role("button", name="Close").click()
    await expect(minji.page.locator("[data-part=lightbox]")).to_have_count(0)


async def test_an_embed_shows_its_title_text_fields_and_colour(minji: StudentPage) -> None:
    await minji.runs("/card")
    card = (await minji.sees("Progress")).locator("[data-part=embed]")
    await expect(card).to_have_css("border-left-color", "rgb(46, 204, 113)")
    await expect(card.locator("strong")).to_have_text("7")
    await expect(card.locator(".embed-field-name")).to_have_text(["Right", "Wrong"])
    await expect(card.locator(".embed-footer")).to_have_text("this week")


async def test_buttons_and_commands_work_on_a_phone(
    discord: Playground, bot: PracticeBot, browser_page: OpenPage
) -> None:
    minji = await browser_page(discord, "minji", size=PHONE)
    await minji.runs("/board")
    board = await minji.sees("Board of 민지")
    await board.get_by_role("button", name="Count").tap()
    await expect(board).to_contain_text("Pressed 1 times")
    wide = await board.locator("*").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.className)"
    )
    assert wide == []
