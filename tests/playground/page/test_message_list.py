"""The list of messages in the page: loading, scrolling, jumping, what is new."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from playground.server import Playground
from tests.browser import OpenPage
from tests.playground.page.general import many, place

pytestmark = pytest.mark.browser


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


async def test_older_messages_load_while_scrolling_up_and_the_place_is_kept(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        await many(await discord.student("junho"), 120)
        minji = await browser_page(discord, "minji")
        await expect(minji.message("message number 119")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(50)
        scroller = minji.pane().locator("[data-part=scroller]")
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.messages()).to_have_count(100)
        await expect(minji.message("message number 70")).to_be_in_viewport()
        await expect(minji.message("message number 21")).not_to_be_in_viewport()
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.messages()).to_have_count(120)
        await expect(minji.message("message number 20")).to_be_in_viewport()
        await expect(minji.pane().get_by_text("Welcome to #general!")).to_be_attached()


async def test_a_long_channel_is_read_to_its_beginning_and_back_without_holding_all_of_it(
    browser_page: OpenPage,
) -> None:
    async with Playground(rate_limits=False) as discord:
        await many(await discord.student("junho"), 320)
        minji = await browser_page(discord, "minji")
        scroller = minji.pane().locator("[data-part=scroller]")
        for oldest in (220, 170, 120, 70, 20, 0):
            await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
            await expect(minji.pane().get_by_text(f"message number {oldest}", exact=True)).to_be_attached()
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.message("message number 0")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(250)
        await expect(minji.pane().locator(".notice")).to_contain_text("You're viewing older messages")
        for newest in (299, 319):
            await scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
            await expect(minji.message(f"message number {newest}")).to_be_attached()
        await scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
        await expect(minji.message("message number 319")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(250)
        await expect(minji.pane().locator(".notice")).to_be_hidden()


async def test_a_link_to_an_old_message_opens_its_surroundings_and_leads_back(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        posts = await many(junho, 150)
        minji = await browser_page(discord, "minji", place=place(discord, posts[20]))
        old = minji.pane().locator(f'li[data-message-id="{posts[20].id}"]')
        await expect(old).to_be_in_viewport()
        await expect(old).to_be_focused()
        await expect(minji.message("message number 149")).to_have_count(0)
        await junho.says("#general", "news")
        await expect(minji.message("news")).to_have_count(0)
        await minji.pane().locator("[data-action=present]").click()
        await expect(minji.message("news")).to_be_in_viewport()


async def test_a_citation_jumps_to_the_message_that_it_names(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    source = await junho.drops("#library", ("chapter3.pdf", b"%PDF-1.4"))
    link = f"https://discord.com/channels/{discord.guild.id}/{source.channel_id}/{source.id}"
    await junho.says("#general", f"The target year is 2030.[[1]]({link}) and bare: {link}")
    minji = await browser_page(discord, "minji")
    answer = await minji.sees("The target year is 2030.")
    await expect(answer.locator("a.place")).to_contain_text("library")
    await answer.get_by_role("link", name="[1]").click()
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("library")
    await expect(minji.pane().locator(f'li[data-message-id="{source.id}"]')).to_be_focused()
    await minji.page.go_back()
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("general")


async def test_one_who_reads_old_messages_is_not_torn_away_by_new_ones(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        await many(junho, 45)
        minji = await browser_page(discord, "minji")
        early = minji.message("message number 5")
        await early.scroll_into_view_if_needed()
        await expect(early).to_be_in_viewport()
        await junho.says("#general", "something new")
        await expect(minji.pane().locator(".divider.new")).to_have_count(1)
        notice = minji.pane().locator(".notice")
        await expect(notice).to_contain_text("1 new message")
        await expect(early).to_be_in_viewport()
        await notice.get_by_role("button").click()
        await expect(minji.message("something new")).to_be_in_viewport()


async def test_what_comes_while_one_looks_is_not_marked_as_new(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    await junho.says("#general", "one")
    minji = await browser_page(discord, "minji")
    await minji.sees("one")
    await junho.says("#general", "two")
    await minji.sees("two")
    await expect(minji.pane().locator(".divider.new")).to_have_count(0)
    await minji.open("math")
    await junho.says("#general", "three")
    await minji.open("general")
    three = await minji.sees("three")
    await expect(minji.pane().locator(".divider.new + li")).to_have_attribute(
        "data-message-id", str(await three.get_attribute("data-message-id"))
    )


async def test_the_newest_message_stays_in_sight_when_a_thread_opens_beside_it(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        for number in range(30):
            await junho.says("#general", f"{number}: " + "a long question " * 12)
        last = await junho.says("#general", "the newest")
        thread = await junho.starts_thread(last, "Beside")
        minji = await browser_page(discord, "minji", place=f"{place(discord)}/threads/{thread}")
        await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Beside")
        await expect(minji.message("the newest").locator("[data-part=thread-preview]")).to_be_in_viewport(ratio=1)
        await minji.page.reload()
        await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Beside")
        await expect(minji.message("the newest").locator("[data-part=thread-preview]")).to_be_in_viewport(ratio=1)
