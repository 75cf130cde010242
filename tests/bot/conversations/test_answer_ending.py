"""The next question is asked when the last run has ended; the last edits of its answer follow, and none is lost."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.conversations import conversation as conversation_module
from playground.faults import Fault as DiscordFault
from playground.pilot import SeenMessage, Student
from playground.rate_limits import RATES, Rate, RateLimits
from playground.server import Playground
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, open_house, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

__all__ = ["away"]

EDIT = "PATCH /channels/*/messages/*"
SLOW_EDIT = DiscordFault("slow", EDIT, seconds=4.0)


async def _ended_unshown(house: House, student: Student, fault: DiscordFault) -> tuple[SeenMessage, SeenMessage]:
    """A question and its answer, whose run ends while `fault` keeps its last edit back."""
    gate = asyncio.Event()
    house.openai.turns.append(Turn("one two", gate=gate))
    question = await house.ask(student, "first")
    answer = await student.sees(question, contains="one")
    house.discord.fail(fault)
    gate.set()
    return question, answer


async def test_the_next_question_does_not_wait_for_the_last_answers_edits(house: House) -> None:
    alex = await house.discord.student("alex")
    question, first = await _ended_unshown(house, alex, SLOW_EDIT)
    house.openai.say("Second.")
    await asyncio.sleep(0.3)
    await alex.says(question.id, "second")
    await eventually(lambda: len(house.requests) == 2)
    assert "two" not in alex.now(first).text  # the edit is still held back
    assert house.user_texts() == ["Alex: first", "Alex: second"]
    second = await finished(alex, question, "Second.")
    await eventually(lambda: alex.now(first).text == "one two" and not alex.now(first).controls)
    assert second.id > first.id
    await eventually_ended(house, first, second)


async def eventually_ended(house: House, *answers: SeenMessage) -> None:
    """Wait until the ends of the answers that some messages show are stored."""
    async with asyncio.timeout(10):
        while await house.bot.conversation_store.answers_in("running"):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
    for answer in answers:
        assert await house.bot.conversation_store.conversation_of(answer.id) is not None


async def test_of_many_short_answers_in_a_row_each_is_whole_and_only_the_last_has_buttons(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_allow_one_edit_a_second) as house:
        alex = await house.discord.student("alex")
        channel = await alex.dm(house.discord.bot.id)
        for number in range(5):
            house.openai.say(f"This is answer {number}.")
            await alex.says(channel, f"question {number}")
            await eventually(lambda: len(house.requests) == number + 1)  # noqa: B023
            await asyncio.sleep(0.2)
        last = await finished(alex, channel, "answer 4.")
        await eventually(lambda: [post.id for post in alex.messages(channel) if post.controls] == [last.id])
        texts = [post.text for post in alex.messages(channel) if post.by_bot]
        assert texts == [f"This is answer {number}." for number in range(5)]
        await eventually_ended(house)
        assert house.discord.stats.too_many == 0


def _allow_one_edit_a_second(playground: Playground) -> None:
    rates = {**RATES, "messages.edit": Rate(1, 1.0)}
    playground.services.rate_limits = RateLimits(playground.clock.now, rates)


async def test_stop_under_an_answer_that_has_ended_does_not_stop_the_next(house: House) -> None:
    alex = await house.discord.student("alex")
    question, first = await _ended_unshown(house, alex, SLOW_EDIT)
    gate = asyncio.Event()
    house.openai.turns.append(Turn("three four", gate=gate))
    await asyncio.sleep(0.2)
    await alex.says(question.id, "second")
    await alex.sees(question, contains="three")
    await alex.clicks(first, "Stop")
    assert (await alex.sees(contains="not running")).ephemeral
    gate.set()
    await finished(alex, question, "three four")
    await eventually(lambda: alex.now(first).text == "one two")


async def test_a_question_deleted_while_its_answers_edits_wait_leaves_the_assistants_thread(house: House) -> None:
    alex = await house.discord.student("alex")
    channel = await alex.dm(house.discord.bot.id)
    gate = asyncio.Event()
    house.openai.turns.append(Turn("one two", gate=gate))
    question = await alex.says(channel, "first")
    await alex.sees(channel, contains="one")
    house.discord.fail(DiscordFault("slow", EDIT, seconds=2.0))
    gate.set()
    await asyncio.sleep(0.3)
    await alex.deletes(question)
    house.openai.say("Second.", "Third.")
    await alex.says(channel, "second")
    await finished(alex, channel, "Second.")
    await alex.says(channel, "third")
    third = await finished(alex, channel, "Third.")
    assert house.user_texts() == ["Alex: second", "Alex: third"]
    await eventually_ended(house, third)
    assert [post.text for post in alex.messages(channel) if post.by_bot] == ["one two", "Second.", "Third."]


async def test_regenerate_while_edits_of_the_answer_wait_leaves_nothing_of_it(house: House) -> None:
    """The last message has its buttons; an edit of the first comes too late for the answer that takes its place."""
    alex = await house.discord.student("alex")
    gate = asyncio.Event()
    words = " ".join(f"old{number}" for number in range(700))
    house.openai.turns.append(Turn(words, pieces=[words, " the end"], gate=gate))
    question = await house.ask(alex, "tell me")
    await alex.sees(question, contains="old699")
    first, last = [post for post in alex.messages(question) if post.by_bot]
    house.discord.fail(DiscordFault("slow", f"PATCH /channels/*/messages/{first.id}", seconds=2.0, times=3))
    gate.set()
    last = await finished(alex, question, "the end")
    house.openai.say("New answer.")
    await alex.clicks(last, "Regenerate")
    await finished(alex, question, "New answer.")
    await asyncio.sleep(0.5)
    assert [post.text for post in alex.messages(question) if post.by_bot] == ["New answer."]
    await eventually_ended(house)
    stored = await house.bot.conversation_store.last_answer(question.id)
    assert stored is not None
    assert await house.bot.conversation_store.messages_of(stored.id) == [last.id]


async def test_closing_shows_the_edits_that_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        alex = await house.discord.student("alex")
        _, answer = await _ended_unshown(house, alex, SLOW_EDIT)
        await asyncio.sleep(0.2)
        await house.bot.close()
        await eventually(lambda: alex.now(answer).text == "one two")
        assert [control.label for control in alex.now(answer).controls] == ["Regenerate"]


async def test_what_closing_has_no_time_for_is_shown_after_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_module, "CLOSING", 0.2)
    gate = asyncio.Event()
    async with Playground() as discord, ScriptedOpenAI(Turn("one two", gate=gate)) as openai:
        settings = settings_for(discord, openai, tmp_path)
        alex = await discord.student("alex")
        async with bot_in(discord, settings):
            question = await alex.says("math", f"<@{discord.bot.id}> count")
            answer = await alex.sees(question, contains="one")
            discord.fail(DiscordFault("disconnect", EDIT, times=99))
            gate.set()
            await asyncio.sleep(0.2)
        assert alex.now(answer).text == "one"
        discord.faults.clear()
        async with bot_in(discord, settings):
            whole = await finished(alex, question, "one two")
        assert whole.id == answer.id
        assert len([post for post in alex.messages(question) if post.by_bot]) == 1


async def test_two_answers_whose_edits_wait_when_the_process_dies_are_both_made_whole_in_place(away: Away) -> None:
    from assistants.http_server import serve_on_loopback
    from assistants.settings import Settings as ServerSettings
    from workers import Pool

    alex = await away.discord.student("alex")
    server = ServerSettings(
        openai_api_key=SecretStr(away.openai.key),
        openai_base_url=away.openai.url,
        data_dir=away.directory / "server",
    )
    gates = [asyncio.Event(), asyncio.Event()]
    away.openai.turns.extend([Turn("one two", gate=gates[0]), Turn("three four", gate=gates[1])])
    async with Pool() as pool, serve_on_loopback(server, pool=pool) as address:
        settings = settings_for(
            away.discord, away.openai, away.directory, assistants_url=address.url, assistants_key=address.key
        )
        async with away.bot_process(ASSISTANTS_URL=address.url, ASSISTANTS_KEY=address.key):
            question = await alex.says("math", f"{away.mention} count")
            first = await alex.sees(question, contains="one", timeout=20)
            away.discord.fail(DiscordFault("disconnect", EDIT, times=999))
            gates[0].set()
            await asyncio.sleep(0.3)
            await alex.says(question.id, "go on")
            second = await alex.sees(question, contains="three", timeout=20)
            gates[1].set()
            await asyncio.sleep(0.5)
        away.discord.faults.clear()
        assert [alex.now(post).text for post in (first, second)] == ["one", "three"]
        async with bot_in(away.discord, settings):
            await alex.wait_for(lambda: alex.now(first).text == "one two" or None)
            await alex.wait_for(lambda: alex.now(second).text == "three four" or None)
    assert [post.id for post in alex.messages(question) if post.by_bot] == [first.id, second.id]
