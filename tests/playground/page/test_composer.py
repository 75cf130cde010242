"""Writing in the page: text, names, files, messages that Discord refuses."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


async def test_a_typed_name_becomes_a_mention(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await discord.student("junho")
    sent = await minji.says("@Saem Solve 3x + 11 = 14, teacher?")
    await expect(sent.locator("button.mention")).to_have_text("@Saem")
    stored = await junho.reads("#general")
    assert stored[-1].raw["content"] == f"<@{discord.bot.id}> Solve 3x + 11 = 14, teacher?"
    assert [each["username"] for each in stored[-1].raw["mentions"]] == ["Saem"]


async def test_names_are_completed_from_the_keyboard(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("hi @s")
    offered = minji.pane().locator(".suggestions [role=option]")
    await expect(offered.filter(has_text="Saem").first).to_have_attribute("aria-selected", "true")
    await box.press("ArrowDown")
    await expect(offered.filter(has_text="Sora").first).to_have_attribute("aria-selected", "true")
    await box.press("Tab")
    await expect(box).to_have_value("hi @Sora ")
    await box.press("Enter")
    await expect(minji.messages().last.locator(".mention")).to_have_text("@Sora")


async def test_shift_enter_makes_a_line_and_enter_sends(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await expect(minji.messages()).to_have_count(0)
    await box.press("Enter")
    await expect(minji.messages().last.locator("[data-part=content]")).to_have_text("one\ntwo", use_inner_text=True)


async def test_enter_that_ends_a_hangul_syllable_does_not_send(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    box = minji.pane().locator("[data-part=input]")
    await box.focus()
    keyboard = await minji.context.new_cdp_session(minji.page)
    await keyboard.send("Input.imeSetComposition", {"text": "안녕", "selectionStart": 2, "selectionEnd": 2})
    pressed = await minji.page.evaluate(
        """() => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))"""
    )
    assert pressed, "the page took a key that belongs to the input method"
    await keyboard.send("Input.insertText", {"text": "안녕"})
    await expect(box).to_have_value("안녕")
    await expect(minji.messages()).to_have_count(0)
    await box.press("Enter")
    await expect(minji.messages().last).to_contain_text("안녕")


async def test_files_are_previewed_sent_and_shown(discord: Playground, browser_page: OpenPage, tmp_path: Path) -> None:
    photo = tmp_path / "homework.png"
    Image.new("RGB", (320, 200), "skyblue").save(photo)
    notes = tmp_path / "단원 3.txt"
    notes.write_text("목표연도는 2030년이다.", encoding="utf-8")
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.drags("oops.txt", b"not this one")
    await minji.pane().get_by_role("button", name="Remove oops.txt").click()
    await minji.says("here they are", files=[photo, notes])
    message = await junho.sees("here they are")
    await expect(message.locator("[data-part=picture] img")).to_have_js_property("naturalWidth", 320)
    card = message.locator("[data-part=file]")
    await expect(card).to_have_count(1)
    await expect(card.get_by_role("link", name="Download 단원_3.txt")).to_have_attribute("download", "단원_3.txt")
    await message.locator("[data-part=picture]").click()
    await expect(junho.page.locator("[data-part=lightbox] img")).to_be_visible()
    await junho.page.keyboard.press("Escape")
    await expect(junho.page.locator("[data-part=lightbox]")).to_have_count(0)


async def test_a_file_dropped_on_the_page_is_sent(discord: Playground, browser_page: OpenPage, tmp_path: Path) -> None:
    chapter = tmp_path / "chapter3.pdf"
    chapter.write_bytes(b"%PDF-1.4 " + b"0" * 5000)
    minji = await browser_page(discord, "minji")
    await minji.open("library")
    sent = await minji.drops(chapter)
    await expect(sent.locator("[data-part=file]")).to_have_attribute("data-filename", "chapter3.pdf")


async def test_a_message_that_is_refused_stays_with_a_retry(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.page.route("**/messages", lambda route: route.abort())
    box = minji.pane().locator("[data-part=input]")
    await box.fill("are you there?")
    await box.press("Enter")
    failed = minji.pane().locator("li[data-local=failed]")
    await expect(failed).to_contain_text("could not be sent")
    await minji.page.unroute("**/messages")
    await failed.locator("[data-action=retry]").click()
    await minji.sees("are you there?")
    await expect(failed).to_have_count(0)
    minji.problems.clear()  # the browser reports the request that this test cut off


async def test_what_is_typed_anywhere_goes_to_the_composer(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    message = await minji.says("edit me not")
    await message.locator("[data-part=content]").click()
    await minji.page.keyboard.type("edges")
    await expect(minji.pane().locator("[data-part=input]")).to_have_value("edges")
    await expect(minji.pane().locator("[data-part=editor]")).to_have_count(0)
