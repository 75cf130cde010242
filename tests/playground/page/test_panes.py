"""Conversations in the page: threads, forums, who is typing."""

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


async def test_typing_is_seen_by_others_until_the_message_comes(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await browser_page(discord, "junho")
    await minji.pane().locator("[data-part=input]").press_sequentially("hm")
    typing = junho.pane().locator("[data-part=typing]")
    await expect(typing).to_have_text("민지 is typing…")
    await minji.pane().locator("[data-part=input]").press("Enter")
    await expect(typing).to_have_text("")


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
    await minji.says("@준호 I mean halves", "side")  # who is mentioned has the thread in the sidebar
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


async def test_the_first_message_of_an_open_thread_changes_and_goes_with_its_original(
    discord: Playground, browser_page: OpenPage
) -> None:
    junho, minji = await discord.student("junho"), await browser_page(discord, "minji")
    await minji.open("math")
    message = await junho.says("math", "How do fractoins work?")
    await minji.menu(minji.message("How do fractoins work?"), "thread")
    await minji.page.get_by_role("textbox", name="Thread name").fill("Fractions")
    await minji.page.get_by_role("button", name="Create Thread").click()
    side = minji.pane("side")
    first = side.locator("li[data-message-id]").first
    await expect(first).to_contain_text("How do fractoins work?")
    await junho.edits(message, "How do fractions work?")
    await expect(first).to_contain_text("How do fractions work?")
    await junho.deletes(message)
    await expect(first).to_contain_text("The first message was deleted")
    await expect(side).not_to_contain_text("How do fractions work?")


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
