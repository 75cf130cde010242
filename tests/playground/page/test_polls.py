"""Polls in the page: voting by mouse and keyboard, what others vote, and the end."""

from datetime import timedelta
from pathlib import Path

import discord as library
import pytest
from playwright.async_api import Locator, expect

from playground.server import Playground
from playground.world.permissions import Permission
from tests.browser import PHONE, OpenPage, StudentPage
from tests.playground.page.practice_bot import PracticeBot
from tests.playground.rest.test_bans import allow

pytestmark = pytest.mark.browser


async def asked(bot: PracticeBot, discord: Playground, *, multiple: bool = False) -> library.Message:
    poll = library.Poll("When do we meet?", timedelta(hours=5), multiple=multiple)
    poll.add_answer(text="Monday", emoji="🌙").add_answer(text="Tuesday").add_answer(text="Wednesday")
    channel = bot.get_channel(discord.channel("general").id)
    assert isinstance(channel, library.TextChannel)
    return await channel.send(poll=poll)


async def shown(page: StudentPage) -> Locator:
    poll = page.pane().locator("[data-part=poll]").last
    await expect(poll).to_be_visible()
    return poll


async def votes(poll: Locator) -> list[str | None]:
    return [await each.get_attribute("aria-label") for each in await poll.locator("[data-answer]").all()]


async def test_a_vote_is_cast_and_taken_back_by_keyboard_and_others_see_it(
    discord: Playground, bot: PracticeBot, minji: StudentPage, browser_page: OpenPage, pictures: Path
) -> None:
    junho = await browser_page(discord, "junho", size=PHONE)
    message = await asked(bot, discord)
    poll = await shown(minji)
    await expect(poll.locator("legend")).to_have_text("When do we meet?")
    await expect(poll).to_contain_text("Select one answer")
    await expect(poll.locator(".poll-foot")).to_contain_text("0 votes • Ends in 5 hours")
    await expect(poll.locator("[data-action=vote]")).to_be_disabled()
    await poll.get_by_role("radio", name="Monday").focus()
    await minji.page.keyboard.press("Space")
    await minji.page.keyboard.press("ArrowDown")
    await expect(poll.get_by_role("radio", name="Tuesday")).to_be_focused()
    await minji.screenshot(pictures / "poll-open.png")
    await minji.page.keyboard.press("Enter")
    await expect(poll.locator("[data-answer]")).to_have_count(3)
    assert await votes(poll) == ["Monday, 0%, 0 votes", "Tuesday, 100%, 1 vote, Your vote", "Wednesday, 0%, 0 votes"]

    other = await shown(junho)
    await other.locator("[data-action=poll-results]").click()
    await expect(other.locator('[data-answer="2"]')).to_have_attribute("data-percent", "100")
    await other.locator("[data-action=poll-answers]").click()
    await other.get_by_text("Monday").click()
    await other.locator("[data-action=vote]").click()
    await expect(poll.locator('[data-answer="1"]')).to_have_attribute("aria-label", "Monday, 50%, 1 vote")
    await expect(poll.locator(".poll-foot")).to_contain_text("2 votes")

    await poll.locator("[data-action=remove-vote]").focus()
    await minji.page.keyboard.press("Enter")
    await expect(poll.get_by_role("radio")).to_have_count(3)
    await expect(other.locator('[data-answer="1"]')).to_have_attribute("data-percent", "100")
    assert await poll.get_by_role("radio", checked=True).count() == 0

    await message.end_poll()
    await expect(poll).to_contain_text("Poll closed")
    assert await votes(poll) == [
        "Monday, 100%, 1 vote, Winning answer",
        "Tuesday, 0%, 0 votes",
        "Wednesday, 0%, 0 votes",
    ]
    assert await poll.get_by_role("button").count() == 0
    told = minji.messages().last
    await expect(told).to_contain_text("poll When do we meet? has closed.")
    await expect(told.locator("[data-part=poll-result]")).to_have_text("🌙MondayWinning answer • 100%View Poll")
    await minji.screenshot(pictures / "poll-ended.png")
    await junho.screenshot(pictures / "poll-phone.png")
    await told.locator("[data-action=view-poll]").click()
    await expect(minji.page.locator(f'li[data-message-id="{message.id}"]')).to_be_focused()


async def test_several_answers_in_the_students_language_and_over_a_reload(
    discord: Playground, bot: PracticeBot, browser_page: OpenPage, pictures: Path
) -> None:
    minji = await browser_page(discord, "minji", language=None)
    await asked(bot, discord, multiple=True)
    poll = await shown(minji)
    await expect(poll).to_contain_text("답변을 하나 이상 고르세요")
    await poll.get_by_text("Monday").click()
    await poll.get_by_text("Wednesday").click()
    await poll.get_by_text("Tuesday").click()
    await poll.get_by_text("Tuesday").click()
    await poll.get_by_role("button", name="투표하기").click()
    chosen = ["Monday, 50%, 1표, 내 투표", "Tuesday, 0%, 0표", "Wednesday, 50%, 1표, 내 투표"]
    await expect(poll.locator("[data-answer]")).to_have_count(3)
    assert await votes(poll) == chosen
    await minji.page.reload()
    poll = await shown(minji)
    assert await votes(poll) == chosen
    discord.clock.advance(5 * 3600 + 1)
    await expect(minji.messages().last.locator("[data-part=poll-result]")).to_contain_text("동점입니다")
    await minji.screenshot(pictures / "poll-korean.png")


async def test_a_refused_vote_is_told_and_can_be_cast_again(
    discord: Playground, bot: PracticeBot, minji: StudentPage
) -> None:
    await asked(bot, discord)
    poll = await shown(minji)
    await poll.get_by_text("Tuesday").click()
    await minji.page.route("**/polls/**", lambda route: route.abort())
    await poll.locator("[data-action=vote]").click()
    await expect(minji.page.get_by_text("No connection to the server.")).to_be_visible()
    await minji.page.unroute("**/polls/**")
    minji.problems.clear()
    await poll.locator("[data-action=vote]").click()
    await expect(poll.locator('[data-answer="2"]')).to_have_attribute("data-percent", "100")


async def test_a_webhook_has_its_own_picture_and_each_name_its_own_heading(
    discord: Playground, bot: PracticeBot, minji: StudentPage
) -> None:
    allow(discord, Permission.MANAGE_WEBHOOKS)
    channel = bot.get_channel(discord.channel("general").id)
    assert isinstance(channel, library.TextChannel)
    hook = await channel.create_webhook(name="Grades")
    for name in ("Grades", "Timetable", "Timetable"):
        await hook.send(f"from {name}", username=name)
    await expect(minji.messages()).to_have_count(3)
    assert await minji.messages().locator(".author").all_inner_texts() == ["Grades", "Timetable"]
    assert await minji.messages().locator(".avatar text").all_text_contents() == ["G", "T"]
    await expect(minji.messages().locator(".app-tag")).to_have_count(2)
    await minji.messages().locator(".author").first.click()
    card = minji.page.locator("[data-part=profile]")
    await expect(card).to_contain_text("Grades")
    assert await card.get_by_role("button").count() == 0
