"""Discord's connections break, its server fails, or it makes one wait for minutes, and the tutor goes on."""

import asyncio
from dataclasses import replace
from unittest.mock import AsyncMock, Mock

import aiohttp
import discord
import pytest
from structlog.testing import capture_logs

from bot import sentences
from bot.errors import UserFacingError
from bot.tutor import attachments
from bot.tutor.error_handler import handle_error
from database.outages import NotConnectedError
from playground.faults import Fault as DiscordFault
from tests.bot.tutor.test_attachments import photo
from tests.bot_process import Away, away
from tests.house import House, bot_in, finished, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]


async def test_connections_that_break_while_discord_is_asked_are_outlived(house: House) -> None:
    house.openai.say("Here I am.", "Here I am again.")
    minji = await house.discord.student("minji")
    thread = await minji.starts_thread(await minji.says("math", "my homework"), "Homework")
    house.discord.fail(DiscordFault("disconnect", "GET */messages", times=3))
    await minji.says(thread, f"{house.mention} are you there?")
    await finished(minji, thread, "Here I am.")
    house.discord.faults.clear()
    await minji.says(thread, f"{house.mention} still?")
    await finished(minji, thread, "Here I am again.")


async def test_discords_server_errors_are_outlived(house: House) -> None:
    house.openai.say("Here it is.")
    house.discord.fail(DiscordFault(kind="status", route="POST */messages", status=503))
    alex = await house.discord.student("teacher")
    house.discord.faults.clear()
    question = await house.ask(alex, "hello")
    house.discord.fail(DiscordFault(kind="status", route="PATCH */messages/*", status=503))
    await finished(alex, question, "Here it is.")


async def test_an_answer_does_without_what_discord_delays(house: House) -> None:
    """The history, typing and the context: discord.py would sleep for five minutes."""
    house.openai.say("Here I am.")
    minji = await house.discord.student("minji")
    thread = await minji.starts_thread(await minji.says("math", "my homework"), "Homework")
    for route in (f"GET */{thread}/messages", "POST */typing"):  # the library reads other channels at its start
        house.discord.fail(DiscordFault("rate_limit", route, seconds=300))
    await minji.says(thread, f"{house.mention} are you there?")
    await finished(minji, thread, "Here I am.")
    assert house.user_texts() == ["민지: are you there?"]


async def test_what_is_attached_and_does_not_come_is_told_and_the_question_is_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "DOWNLOAD", 0.5)
    monkeypatch.setattr(attachments, "DOCUMENTS", 0.5)
    house.openai.say("Please send them again.")
    house.discord.cdn.delay = 8
    alex = await house.discord.student("alex")
    files = [("homework.png", photo()), ("notes.txt", b"hello")]
    question = await alex.says("math", f"{house.mention} look", files=files)
    answer = await finished(alex, question, "Please send them again.")
    assert "I could not fetch homework.png." in answer.text
    assert "I could not fetch notes.txt." in answer.text


async def test_regenerate_does_not_wait_for_what_discord_delays(house: House) -> None:
    words = " ".join(f"old{number}" for number in range(700))
    house.openai.turns.extend([Turn(words, pieces=[words]), Turn("New answer.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "tell me")
    last = await finished(alex, question, "old699")
    house.discord.fail(DiscordFault("slow", "DELETE */messages/*", seconds=9))
    began = asyncio.get_running_loop().time()
    await alex.clicks(last, "Regenerate")
    await finished(alex, question, "New answer.")
    assert asyncio.get_running_loop().time() - began < 8.5
    await alex.wait_for(
        lambda: [post.text for post in alex.messages(question) if post.by_bot] == ["New answer."], timeout=20
    )


async def test_after_a_restart_a_thread_that_discord_does_not_make_is_done_without(away: Away) -> None:
    alex = await away.discord.student("alex")
    away.discord.fail(DiscordFault("slow", "POST */threads", seconds=60))
    away.openai.turns.append(Turn("lost", thinking=asyncio.Event()))
    async with away.bot_process():
        questions = [await alex.says("math", f"{away.mention} question {number}") for number in range(2)]
        await alex.wait_for(lambda: len([body for body in away.openai.requests if body]) >= 1, timeout=20)
        await asyncio.sleep(0.3)
    away.discord.faults.clear()
    away.discord.fail(DiscordFault("rate_limit", "POST */threads", seconds=300))
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
        for question in questions:
            shown = await finished(alex, "math", button="saem:retry:")
            assert shown.raw["message_reference"]["message_id"] in {str(each.id) for each in questions}
            assert question.id not in away.discord.world.channels


@pytest.mark.parametrize(
    "fault",
    [
        DiscordFault("rate_limit", seconds=0.2),
        DiscordFault("rate_limit", seconds=3600, times=2),
        DiscordFault("rate_limit", seconds=3600, body="html", via=False),
        DiscordFault("rate_limit", seconds=2, body="html"),
        DiscordFault("rate_limit", seconds=2, body="text", via=False, headers=False),
        DiscordFault("status", times=2),
    ],
    ids=["short", "long", "Cloudflare", "page", "Cloudflare without headers", "503"],
)
async def test_a_press_whose_response_discord_refuses_for_a_moment_is_answered_all_the_same(
    house: House, fault: DiscordFault
) -> None:
    house.openai.say("Old.", "New.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "hello")
    old = await finished(alex, question, "Old.")
    house.discord.fail(replace(fault, route="POST */callback"))
    await alex.clicks(old, "Regenerate")
    await finished(alex, question, "New.")
    assert [post.text for post in alex.messages(question) if post.by_bot] == ["New."]


async def test_nothing_is_said_where_discord_waits_for_no_response_any_more() -> None:
    interaction = AsyncMock(locale=discord.Locale.american_english, guild_locale=None, guild_id=None, data={})
    interaction.response.is_done = lambda: False
    with capture_logs() as logged:
        await handle_error(interaction, discord.NotFound(Mock(status=404), {"code": 10062, "message": "Unknown"}))
    interaction.response.send_message.assert_not_awaited()
    assert [line["event"] for line in logged] == ["interaction.too_late"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (discord.RateLimited(60.0), sentences.DISCORD_FAILED),
        (discord.HTTPException(Mock(status=503), "no"), sentences.DISCORD_FAILED),
        (discord.HTTPException(Mock(status=429), "no"), sentences.DISCORD_FAILED),
        (aiohttp.ServerDisconnectedError(), sentences.DISCORD_FAILED),
        (discord.Forbidden(Mock(status=403), "no"), sentences.BUTTON_FAILED),
        (discord.Forbidden(Mock(status=403), {"code": 50013, "message": "no"}), sentences.I_LACK_A_PERMISSION),
        (ValueError("ours"), sentences.BUTTON_FAILED),
        (NotConnectedError("connect", None, OSError("refused")), sentences.STORE_AWAY),
        (UserFacingError(sentences.BUTTON_OLD), sentences.BUTTON_OLD),
    ],
)
async def test_who_presses_in_vain_is_told_whose_fault_it_is(error: Exception, told: sentences.Sentence) -> None:
    interaction = AsyncMock(locale=discord.Locale.american_english, guild_locale=None, guild_id=None, data={})
    interaction.response.is_done = lambda: False
    await handle_error(interaction, error)
    assert interaction.response.send_message.await_args.args == (told("en"),)
