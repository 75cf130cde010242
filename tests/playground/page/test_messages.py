"""Messages in the page: what they show, what a student can do with them."""

from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from playground.server import Playground
from tests.browser import OpenPage, open_page

pytestmark = pytest.mark.browser

HOSTILE: Final = (
    "<script>window.broken = true</script>",
    '<img src="x" onerror="window.broken = true">',
    "**<svg onload='window.broken = true'>**",
    "[click](javascript:window.broken=true)",
    "&lt;b&gt; &amp;amp;",
)


async def test_students_see_what_the_others_say(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.says("안녕하세요! **Hello**")
    heard = await junho.sees("안녕하세요! Hello", author="민지")
    await expect(heard.locator("strong")).to_have_text("Hello")


async def test_markup_in_messages_is_shown_as_text_and_never_runs(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    for text in HOSTILE:
        await junho.says("#general", text)
    await minji.sees("&lt;b&gt; &amp;amp;")
    shown = await minji.messages().locator("[data-part=content]").all_inner_texts()
    assert shown == [text.replace("**", "") for text in HOSTILE]
    assert await minji.messages().locator("script, img, [data-part=content] svg, [onerror], [onload]").count() == 0
    assert await minji.messages().locator("a[href^=javascript]").count() == 0
    assert await minji.page.evaluate("window.broken") is None


async def test_hostile_names_of_files_and_threads_are_text(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    post = await junho.drops("#general", ("<b>x.pdf", b"%PDF-1.4"), text="a file")
    await junho.starts_thread(post, "<i>thread</i> x^2 - 5x")
    await junho.says(post, f"<@{discord.user('minji').id}>")  # so that it stands in her sidebar
    minji = await browser_page(discord, "minji")
    await expect(minji.page.locator("#sidebar").get_by_text("<i>thread</i>")).to_be_visible()
    assert await minji.page.locator("i:has-text('thread')").count() == 0
    await minji.says("@Saem I can still write")


async def test_the_last_message_is_edited_with_arrow_up(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.says("3x + 11 = 41")
    await minji.pane().locator("[data-part=input]").press("ArrowUp")
    editor = minji.pane().locator("[data-part=editor]")
    await editor.fill("3x + 11 = 14")
    await editor.press("Enter")
    changed = await junho.sees("3x + 11 = 14")
    await expect(changed.locator(".edited")).to_have_text("(edited)")


async def test_a_message_is_deleted_from_its_menu(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.menu(await minji.says("wrong channel"), "delete")
    await minji.page.locator("dialog [data-action=confirm]").click()
    await expect(minji.message("wrong channel")).to_have_count(0)
    await expect(junho.message("wrong channel")).to_have_count(0)


async def test_only_what_is_allowed_stands_in_the_menu(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await junho.says("#general", "mine")
    message = await minji.sees("mine")
    await message.click(button="right")
    entries = await minji.page.locator("[role=menu] [role=menuitem]").evaluate_all(
        "all => all.map(one => one.dataset.action)"
    )
    assert "reply" in entries
    assert {"edit", "delete"}.isdisjoint(entries)
    await minji.page.keyboard.press("Escape")
    await expect(minji.page.locator("[role=menu]")).to_have_count(0)


async def test_a_reply_shows_what_it_answers_and_jumps_there(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await junho.says("#general", "Who has the homework?")
    await minji.menu(await minji.sees("Who has the homework?"), "reply")
    await expect(minji.pane().locator("[data-part=reply-bar]")).to_contain_text("준호")
    reply = await minji.says("Me!")
    context = reply.locator("[data-part=reply-context]")
    await expect(context).to_contain_text("Who has the homework?")
    await context.locator("button").click()
    await expect(minji.messages().first).to_be_focused()
    assert (await junho.reads("#general"))[-1].raw["message_reference"]["message_id"]


async def test_reactions_are_counted_and_toggled(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    post = await junho.says("#general", "Done!")
    message = await minji.sees("Done!")
    await junho.reacts(post, "🎉")
    tada = message.locator('.reaction[data-emoji="🎉"]')
    await expect(tada).to_have_text("🎉1")
    await tada.click()
    await expect(tada).to_have_text("🎉2")
    await expect(tada).to_have_attribute("aria-pressed", "true")
    await tada.click()
    await expect(tada).to_have_text("🎉1")
    await minji.menu(message, "react")
    await minji.page.locator('[data-part=emoji-picker] .emoji-grid [data-emoji="✅"]').click()
    await expect(message.locator('.reaction[data-emoji="✅"]')).to_have_attribute("aria-pressed", "true")


async def test_files_are_found_whatever_name_the_server_is_called_by(
    discord: Playground, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (64, 48), "skyblue").save(photo)
    junho = await discord.student("junho")
    await junho.drops("#general", photo.as_posix(), ("notes.txt", b"notes"), text="two files")
    minji = await open_page(browser, discord.page_url.replace("127.0.0.1", "localhost"), "minji")
    message = await minji.sees("two files")
    await expect(message.locator("img")).to_have_js_property("naturalWidth", 64)
    async with minji.page.expect_download() as download:
        await message.get_by_role("link", name="Download notes.txt").click()
    assert (await (await download.value).path()).read_bytes() == b"notes"
    assert minji.problems == []
    await minji.context.close()


async def test_what_others_say_is_read_out(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await junho.says("#general", "**Listen** to <#" + str(discord.channel("math").id) + ">")
    await expect(minji.page.locator("[data-part=announcer]")).to_contain_text("준호: Listen to #math")
