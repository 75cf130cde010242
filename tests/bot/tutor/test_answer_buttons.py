"""The buttons under an answer: Stop, Regenerate and Retry, pressed by anybody, early, late and after a restart."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord_clock import DISCORD_CLOCK
from bot.tutor.discord_adapter import WAITING
from playground.faults import Fault as Trouble
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import Fault, ScriptedOpenAI, Turn


def answers(student: Student, location: Any) -> list[SeenMessage]:
    """The bot's messages in a location."""
    return [post for post in student.messages(location) if post.by_bot]


async def regenerated(house: House, student: Student, answer: SeenMessage, label: str = "Regenerate") -> dict[str, int]:
    """Press the button; the requests so far, to tell what comes of it from what was before."""
    before = dict(house.discord.stats.requests)
    assert (await student.clicks(answer, label)).ok
    return before


async def test_regenerate_writes_the_answer_anew_through_the_interaction(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns += [Turn("Old $\\frac{a}{b}$ answer."), Turn("New answer, " * 40, gate=gate)]
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "tell me")
    old = await finished(minji, start, "Old")
    before = await regenerated(house, minji, old)
    running = await minji.sees(start, contains="New", matching=lambda post: post.id == old.id)
    assert [control.label for control in running.controls] == ["Stop"]
    gate.set()
    new = await finished(minji, start, "New answer")
    assert new.id == old.id
    assert answers(minji, start) == [new]
    assert not new.raw["attachments"]
    used = house.calls_since(before)
    assert used
    assert not [route for route in used if "/channels/" in route], used
    assert sum(count for route, count in used.items() if route.startswith("PATCH /webhooks/")) >= 2


async def test_while_the_model_thinks_the_old_answer_is_gone_and_the_new_one_can_be_stopped(house: House) -> None:
    house.openai.turns += [Turn("Old answer."), Turn("Never.", first_after=30.0)]
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "tell me")
    old = await finished(minji, start, "Old")
    await regenerated(house, minji, old)
    waiting = await minji.sees(start, contains=WAITING, matching=lambda post: post.id == old.id)
    await eventually(lambda: len(house.requests) == 2)
    await minji.clicks(waiting, "Stop")
    stopped = await finished(minji, start, "Stopped.", button="saem:retry:")
    assert stopped.id == old.id
    assert WAITING not in stopped.text


async def test_a_long_answer_made_anew_leaves_none_of_its_old_messages(house: House) -> None:
    house.openai.say("Old words. " * 900, "New words. " * 900, "Short.")
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "tell me")
    old = await finished(minji, start, "Old")
    assert len(answers(minji, start)) == 4
    await regenerated(house, minji, old)
    new = await finished(minji, start, "New")
    await eventually(lambda: len(answers(minji, start)) == 4)
    assert "Old" not in " ".join(post.text for post in answers(minji, start))
    await regenerated(house, minji, new)
    await finished(minji, start, "Short.")
    assert [post.text for post in answers(minji, start)] == ["Short."]


async def test_retry_takes_the_place_of_the_failure(house: House) -> None:
    house.openai.turns.extend([Fault(status=400, message="no"), Turn("Now it works.")])
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "please")
    failed = await finished(minji, start, button="saem:retry:")
    before = await regenerated(house, minji, failed, "Retry")
    answer = await finished(minji, start, "Now it works.")
    assert answer.id == failed.id
    assert "⚠️" not in answer.text
    assert not [route for route in house.calls_since(before) if "/channels/" in route]


async def test_retry_under_what_was_stopped_works_although_more_was_asked_since(house: House) -> None:
    house.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "count to three")
    running = await alex.sees(question, contains="one")
    await alex.clicks(running, "Stop")
    stopped = await finished(alex, question, "Stopped.", button="saem:retry:")
    house.openai.say("Something else.", "one two three, all of them")
    await alex.says(question.id, "something else?")
    await finished(alex, question, "Something else.")
    assert (await alex.clicks(stopped, "Retry")).ok
    answer = await finished(alex, question, "all of them")
    assert [post.text for post in alex.messages(question) if post.by_bot] == [
        "Something else.",
        "one two three, all of them",
    ]
    assert house.user_texts()[-1] == "Alex: count to three"
    assert len([text for text in house.user_texts() if "count to three" in text]) == 1
    assert answer.id > stopped.id


async def test_buttons_go_also_when_the_token_of_the_press_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.openai.say("Old.", "New.", "Another.")
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "one")
    await regenerated(house, minji, await finished(minji, start, "Old."))
    new = await finished(minji, start, "New.")
    house.discord.clock.advance(16 * 60)
    later = discord.utils.utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(DISCORD_CLOCK, "now", lambda: later)
    await minji.says(start.id, "two")
    await finished(minji, start, "Another.")
    await eventually(lambda: not minji.now(new).controls)
    assert "New." in minji.now(new).text


async def test_an_old_answer_is_made_anew_in_a_message_of_its_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord lets messages older than an hour be edited a few times only."""
    house.openai.say("Old.", "New.")
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "one")
    old = await finished(minji, start, "Old.")
    later = discord.utils.utcnow() + timedelta(hours=2)
    house.discord.clock.advance(2 * 3600)
    monkeypatch.setattr(DISCORD_CLOCK, "now", lambda: later)
    await regenerated(house, minji, old)
    new = await finished(minji, start, "New.")
    assert new.id != old.id
    assert answers(minji, start) == [new]


async def test_a_press_that_discord_does_not_let_be_answered_is_heeded_all_the_same(house: House) -> None:
    house.openai.say("Old.", "New.")
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "one")
    old = await finished(minji, start, "Old.")
    house.discord.fail(Trouble(kind="status", route="POST */callback", status=404))
    pressing = asyncio.create_task(minji.clicks(old, "Regenerate"))
    await finished(minji, start, "New.")
    assert [post.text for post in answers(minji, start)] == ["New."]
    house.discord.clock.advance(4)
    await pressing


async def test_an_answer_made_anew_after_a_restart_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI(Turn("Old."), Turn("New.")) as openai:
        settings = settings_for(local, openai, tmp_path)
        minji = await local.student("minji")
        async with bot_in(local, settings):
            start = await minji.says("math", f"<@{local.bot.id}> one")
            old = await finished(minji, start, "Old.")
        async with bot_in(local, settings):
            await minji.clicks(old, "Regenerate")
            new = await finished(minji, start, "New.")
            assert new.id == old.id


async def test_only_the_asker_may_regenerate_and_the_answer_stays(house: House) -> None:
    house.openai.say("Old.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    start = await house.ask(minji, "one")
    old = await finished(minji, start, "Old.")
    await alex.clicks(old, "Regenerate")
    assert (await alex.sees(contains="Only the one who asked")).ephemeral
    assert alex.now(old).text == old.text
