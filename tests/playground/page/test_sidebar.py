"""The lists of channels and direct messages in the page."""

import pytest
from playwright.async_api import expect

from playground.server import Playground
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


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


async def test_direct_messages_reach_the_bot(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.open_direct("Saem")
    await minji.says("Can you help me?")
    assert "@me" in minji.page.url


async def test_threads_stand_there_when_one_has_joined_them(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    junho = await discord.student("junho")
    question = await junho.says("#general", "who can help?")
    await junho.starts_thread(question, "junhos-thread")
    listed = minji.page.locator('#sidebar [data-channel-name="junhos-thread"]')
    message = await minji.sees("who can help?")
    await expect(message.locator("[data-part=thread-preview]")).to_be_visible()
    await expect(listed).to_have_count(0)
    await junho.says(question, f"<@{discord.user('minji').id}> you?")  # who is mentioned is in it
    await expect(listed).to_be_visible()
    await listed.click()
    await minji.page.locator("[data-action=leave-thread]").click()
    await expect(minji.page.locator("[data-action=join-thread]")).to_be_visible()
    await minji.open("math")
    await expect(listed).to_have_count(0)
    await minji.open("general")
    await minji.page.locator("[data-action=threads]").click()  # where others' threads are found
    await minji.page.get_by_role("menuitem", name="junhos-thread").click()
    await minji.says("here I am", "side")  # who writes is in it
    await expect(listed).to_be_visible()


async def test_the_author_of_a_message_is_in_the_thread_that_is_started_from_it(
    discord: Playground, browser_page: OpenPage
) -> None:
    minji = await browser_page(discord, "minji")
    junho = await discord.student("junho")
    await minji.says("a question")
    await junho.starts_thread((await junho.reads("general"))[-1], "about-it")
    await expect(minji.page.locator('#sidebar [data-channel-name="about-it"]')).to_be_visible()
