"""The page in a real browser, on a real playground: people writing to each other."""

import asyncio
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.async_api import Route, expect

from playground.server import Playground
from tests.e2e.conftest import OpenPage

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
    minji = await browser_page(discord, "minji")
    await expect(minji.page.locator("#sidebar").get_by_text("<i>thread</i>")).to_be_visible()
    assert await minji.page.locator("i:has-text('thread')").count() == 0
    await minji.says("@Saem I can still write")


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


async def test_typing_is_seen_by_others_until_the_message_comes(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.pane().locator("[data-part=input]").press_sequentially("hm")
    typing = junho.pane().locator("[data-part=typing]")
    await expect(typing).to_have_text("민지 is typing…")
    await minji.pane().locator("[data-part=input]").press("Enter")
    await expect(typing).to_have_text("")


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


async def test_a_thread_stands_under_its_message_in_the_list_and_beside_the_channel(
    discord: Playground, browser_page: OpenPage
) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    message = await minji.says("How do fractions work?")
    await minji.menu(message, "thread")
    await minji.page.get_by_role("textbox", name="Thread name").fill("Fractions")
    await minji.page.get_by_role("button", name="Create Thread").click()
    await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Fractions")
    seen = junho.message("How do fractions work?")
    preview = seen.locator("[data-part=thread-preview]")
    await expect(preview).to_contain_text("There are no recent messages in this thread.")
    await minji.says("I mean halves", "side")
    await expect(preview).to_contain_text("I mean halves")
    await expect(preview).to_contain_text("1 Message ›")
    slip = await minji.says("or do I?", "side")
    await expect(preview).to_contain_text("2 Messages ›")
    await minji.menu(slip, "delete")
    await minji.page.get_by_role("button", name="Delete", exact=True).click()
    await expect(preview).to_contain_text("1 Message ›")
    listed = junho.page.locator('#sidebar [data-thread][data-channel-name="Fractions"]')
    await expect(listed).to_have_attribute("data-unread", "")
    side = await junho.open_thread_of(seen)
    await expect(side.locator("li[data-message-id]").last).to_contain_text("I mean halves")
    await expect(listed).not_to_have_attribute("data-unread", "")
    await junho.open("math")
    await expect(junho.pane("side")).to_be_hidden()


async def test_a_thread_of_its_own_is_announced_in_the_channel(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.page.locator("[data-action=threads]").click()
    await minji.page.locator("[data-action=new-thread]").click()
    await minji.page.get_by_role("textbox", name="Thread name").fill("Exam week")
    await minji.page.keyboard.press("Enter")
    await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Exam week")
    announced = junho.pane().locator("[data-part=system]")
    await expect(announced).to_contain_text("민지 started a thread: Exam week.")
    await announced.get_by_role("button", name="Exam week").click()
    await expect(junho.pane().locator("[data-part=title]")).to_have_text("Exam week")


async def test_channels_with_news_are_marked_until_they_are_read(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await discord.student("junho")
    math = minji.page.locator('#sidebar [data-channel-name="math"]')
    await minji.open("math")
    await minji.open("general")
    await junho.says("#math", f"<@{discord.user('minji').id}> look")
    await expect(math).to_have_attribute("data-unread", "")
    await expect(math.locator(".badge")).to_have_text("1")
    await minji.open("math")
    await expect(math.locator(".badge")).to_have_count(0)


async def test_a_forum_lists_its_posts_and_takes_new_ones(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    await junho.posts_in_forum("homework", "Page 12", "Who got number 3?")
    minji = await browser_page(discord, "minji")
    await minji.open("homework")
    earlier = minji.page.locator(".post", has_text="Page 12")
    await expect(earlier).to_contain_text("0 messages")
    await earlier.click()
    await minji.sees("Who got number 3?")
    await minji.says("I did")
    await minji.open("homework")
    await expect(earlier).to_contain_text("1 message •")
    await minji.page.locator("[data-action=new-post]").click()
    form = minji.page.locator("[data-part=post-form]")
    await form.get_by_role("textbox", name="Title").fill("Page 13")
    await form.get_by_role("textbox", name="Message").fill("And this one?")
    await form.get_by_role("button", name="algebra").click()
    await form.locator("[data-part=file-input]").set_input_files(
        {"name": "page13.txt", "mimeType": "text/plain", "buffer": b"x + 1 = 2"}
    )
    await form.get_by_role("button", name="Post", exact=True).click()
    message = await minji.sees("And this one?")
    await expect(message.locator("[data-part=file]")).to_contain_text("page13.txt")
    await minji.open("homework")
    await expect(minji.page.locator(".post", has_text="Page 13").locator(".tag")).to_have_text("🔢 algebra")


async def test_a_post_that_is_refused_keeps_what_was_written(discord: Playground, browser_page: OpenPage) -> None:
    discord.channel("homework").flags |= 1 << 4  # a tag is required
    minji = await browser_page(discord, "minji")
    await minji.open("homework")
    await minji.page.locator("[data-action=new-post]").click()
    form = minji.page.locator("[data-part=post-form]")
    await form.get_by_role("textbox", name="Title").fill("Page 13")
    await form.get_by_role("textbox", name="Message").fill("And this one?")
    await form.get_by_role("button", name="Post", exact=True).click()
    await expect(form.get_by_role("alert")).to_contain_text("A tag is required")
    await form.get_by_role("button", name="geometry").click()
    await form.get_by_role("button", name="Post", exact=True).click()
    await minji.sees("And this one?")
    minji.problems.clear()  # the browser reports the request that was refused


async def test_direct_messages_reach_the_bot(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.open_direct("Saem")
    await minji.says("Can you help me?")
    assert "@me" in minji.page.url


async def test_one_can_become_someone_else(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.says("I am Minji")
    await minji.page.locator("[data-action=students]").click()
    await minji.page.locator('[data-action="student:junho"]').click()
    await expect(minji.page.locator("[data-action=students]")).to_have_attribute("data-student", "junho")
    await minji.says("and I am Junho")
    await expect(minji.message("and I am Junho")).to_have_attribute("data-author", "준호")


async def test_a_message_that_comes_while_its_channel_loads_is_shown(
    discord: Playground, browser_page: OpenPage
) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")

    async def answer_late(route: Route) -> None:
        page = await route.fetch()
        await junho.says("#math", "meanwhile")
        await asyncio.sleep(0.5)  # for the gateway to be faster
        await route.fulfill(response=page)

    await minji.page.route("**/channels/*/messages?*", answer_late, times=1)
    await minji.open("math")
    await minji.sees("meanwhile")
    await asyncio.sleep(0.5)
    await minji.sees("meanwhile")
