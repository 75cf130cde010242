"""What was asked while the bot was away is answered, once."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot import retries
from bot.store.notes import ALIVE_AT
from bot.tutor.catchup import HANDED_OVER, MESSAGES, CatchUp, _active_channels
from bot.tutor.incoming_message import IncomingMessage, read_message
from playground.changes.thread_changes import set_archived
from playground.faults import Fault
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import Turn, last_user_text

__all__ = ["away"]


async def test_what_was_asked_while_the_bot_was_away_is_answered_once(away: Away) -> None:
    away.openai.say("Before.")
    alex = await away.discord.student("alex")
    async with away.bot_process():
        question = await alex.says("math", f"{away.mention} before?")
        await finished(alex, question, "Before.")
        direct = await alex.dm(away.discord.bot.id)
        away.openai.say("Private.")
        await alex.says(direct, "are you there?")
        await finished(alex, direct, "Private.")
    away.openai.reply = lambda body: Turn(f"Answer {len(away.openai.requests)}.")
    await alex.says(question.id, "in the thread?")
    mention = await alex.says("general", f"{away.mention} in another channel?")
    await alex.says("general", "not for Saem")
    await alex.says(direct, "in private?")
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        await finished(alex, mention, "Answer")
        await alex.sees(question, contains="Answer")
        await alex.sees(direct, contains="Answer")
    asked = len(away.openai.requests)
    async with bot_in(away.discord, settings) as bot:
        await asyncio.sleep(3)
        assert len(away.openai.requests) == asked
        assert bot.is_ready()


async def test_in_a_busy_channel_the_newest_questions_are_found(away: Away) -> None:
    away.openai.say("Found you.")
    alex = await away.discord.student("alex")
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        pass
    for number in range(MESSAGES + 10):
        await alex.says("general", f"talk {number}")
    question = await alex.says("general", f"{away.mention} am I heard?")
    async with bot_in(away.discord, settings):
        await finished(alex, question, "Found you.")


async def test_what_waited_and_what_was_missed_is_answered_although_discord_fails_while_the_bot_connects(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.05)
    alex, minji = [await away.discord.student(name) for name in ("alex", "minji")]
    direct = await alex.dm(away.discord.bot.id)
    away.openai.say("Private.")
    away.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    async with away.bot_process(STUDENT_RUNS="1"):
        await alex.says(direct, "are you there?")
        await finished(alex, direct, "Private.")
        half = await alex.says("math", f"{away.mention} count to three")
        await alex.sees(half, contains="one", timeout=20)
        waiting = await alex.says("math", f"{away.mention} this waits")
        await alex.wait_for(lambda: waiting.id in away.discord.world.channels, timeout=20)
    away.openai.reply = lambda body: Turn(f"Answer to {last_user_text(body)}.")
    missed = await minji.says("general", f"{away.mention} this was missed")
    await alex.says(direct, "and in private?")
    for route, times in (("GET /channels/*", 12), ("POST */messages", 2), ("PATCH */messages/*", 2)):
        away.discord.fail(Fault("status", route, status=503, times=times))
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings) as bot:
        await finished(alex, waiting, "this waits")
        await finished(minji, missed, "this was missed")
        await finished(alex, direct, "in private?")
        interrupted = await finished(alex, half, button="saem:retry:")
        assert "one" in interrupted.text
        for question in (half, waiting, missed):
            assert len([post for post in alex.messages(question) if post.by_bot]) == 1
        states = await bot.conversation_store.questions_in("dropped", "waiting", answered=True)
        assert not states


async def test_until_when_all_was_received_is_noted_by_discords_clock_and_not_before_all_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.05)
    house.openai.say("Found.")
    alex = await house.discord.student("alex")
    notes = house.bot.notes
    taken: list[int] = []

    async def take(message: IncomingMessage) -> None:
        taken.append(message.id)

    catch_up = CatchUp(house.bot, house.bot.outbox, house.bot.conversation_store, notes, take)
    own = house.bot.get_cog("TutorCog").catch_up  # type: ignore[union-attr]
    await eventually(lambda: own.receives_everything(0))
    catch_up.session_began(0)
    await catch_up.shards_gained(frozenset([0]))
    long_ago = house.bot.outbox.request_trace.clock.now() - timedelta(minutes=30)
    await notes.set(ALIVE_AT, long_ago.isoformat())
    missed = await alex.says("general", "missed")
    channel: Any = house.bot.get_channel(missed.channel_id)
    await eventually(lambda: channel.last_message_id == missed.id)
    house.discord.fail(Fault("status", "GET /channels/*", status=503, times=4))
    catch_up.disconnected(0)
    catch_up.session_began(0)
    run = asyncio.create_task(catch_up.ready(0))
    await eventually(lambda: house.discord.stats.errors)
    assert not catch_up.receives_everything(0)
    assert await notes.get(ALIVE_AT) == long_ago.isoformat()
    await run
    assert missed.id in taken
    assert catch_up.receives_everything(0)
    noted = datetime.fromisoformat(await notes.get(ALIVE_AT) or "")
    assert abs(noted.timestamp() - house.discord.clock.now()) < 5
    catch_up.disconnected(0)
    catch_up.resumed(1)
    assert not catch_up.receives_everything(0)


async def test_a_message_that_is_being_handled_is_not_noted_as_received_nor_answered_when_it_is_deleted(
    house: House,
) -> None:
    """The next owner of the shard looks for it: the session goes on there behind it."""
    alex = await house.discord.student("alex")
    catch_up = house.bot.get_cog("TutorCog").catch_up  # type: ignore[union-attr]
    await eventually(lambda: catch_up.receives_everything(0))
    sent = await alex.says("general", "on its way")
    channel: Any = house.bot.get_channel(sent.channel_id)
    message = read_message(await channel.fetch_message(sent.id), house.bot)
    catch_up.deleted(message.id)
    with catch_up.handling(message):
        assert not catch_up.is_deleted(message.id)
        catch_up.deleted(message.id)
        assert catch_up.is_deleted(message.id)
        await catch_up.shards_lost(frozenset([0]))
    assert not catch_up.is_deleted(message.id)
    noted = datetime.fromisoformat(await house.bot.notes.get(ALIVE_AT) or "")
    assert noted <= message.sent_at - HANDED_OVER


async def test_what_was_missed_in_a_conversation_is_answered_before_what_is_written_there_on_return(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while Discord does not let the conversation be read at first."""
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.05)
    away.openai.reply = lambda body: Turn(f"Answer to {last_user_text(body)}.")
    alex = await away.discord.student("alex")
    direct = await alex.dm(away.discord.bot.id)
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        question = await alex.says("math", f"{away.mention} before")
        await finished(alex, question, "before")
        await alex.says(direct, "hello")
        await finished(alex, direct, "hello")
    places = (question.id, direct)
    for place in places:
        await alex.says(place, f"missed {place}")
    away.discord.fail(Fault("status", "GET /channels/*/messages", status=503, times=4))
    async with bot_in(away.discord, settings) as bot:
        assert not bot.is_ready()
        for place in places:
            await alex.says(place, f"on return {place}")
        for place in places:
            await alex.sees(place, contains="on return")
    asked = [str(each) for each in away.openai.requests]
    for place in places:
        first = next(each for each in asked if f"on return {place}" in each)
        assert 0 <= first.find(f"missed {place}") < first.find(f"on return {place}")


async def test_threads_that_were_archived_meanwhile_are_caught_up_with(away: Away) -> None:
    away.openai.reply = lambda body: Turn(f"Answer to {last_user_text(body)}.")
    alex = await away.discord.student("alex")
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings):
        question = await alex.says("math", f"{away.mention} before")
        await finished(alex, question, "before")
    await alex.says(question.id, "while you were away")
    homework = await alex.starts_thread(await alex.says("math", "my homework"), "Homework")
    await alex.says(homework, f"{away.mention} and here")
    away.discord.clock.advance(8 * 24 * 3600 / 7)
    for thread_id in (question.id, homework):
        set_archived(away.discord.world, away.discord.world.channels[thread_id], archived=True)
    async with bot_in(away.discord, settings):
        await alex.sees(question, contains="while you were away")
        await finished(alex, homework, "and here")


def test_channels_are_read_from_the_newest_words_on_and_only_where_something_was_said() -> None:
    def channel(last: int | None, *, readable: bool = True) -> Any:
        allowed = SimpleNamespace(view_channel=readable, read_message_history=True)
        guild = SimpleNamespace(me=None)
        return SimpleNamespace(last_message_id=last, guild=guild, permissions_for=lambda _: allowed)

    def guild(text: list[Any], threads: list[Any]) -> Any:
        return SimpleNamespace(text_channels=text, voice_channels=[], stage_channels=[], threads=threads)

    guilds = [
        guild([channel(30), channel(None), channel(10)], [channel(50)]),
        guild([channel(40), channel(60, readable=False)], [channel(20)]),
    ]
    assert [each.last_message_id for each in _active_channels(guilds, after=10)] == [50, 40, 30, 20]
