"""Threads made from messages: where they may not be made, the answer is posted in the channel."""

import asyncio
from pathlib import Path

import pytest

from playground.faults import Fault
from playground.pilot import SeenMessage
from playground.rate_limits import RATES, Rate, RateLimits
from playground.server import Playground
from tests.house import House, eventually, finished, handled, open_house
from tests.scripted_openai import JSON, Turn, last_user_text


async def test_a_question_that_is_refused_gets_no_thread(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.append(Turn("one two", gate=gate))
        alex = await house.discord.student("alex")
        first = await house.ask(alex, "first")
        await alex.sees(first, contains="one")
        second = await house.ask(alex, "second")
        await handled(house, second.id)
        third = await house.ask(alex, "third")
        refused = await alex.sees("math", contains="1 question waiting")
        assert refused.raw["message_reference"]["message_id"] == str(third.id)
        gate.set()
        await finished(alex, second)
        assert third.id not in house.discord.world.channels


async def test_a_thread_is_made_again_when_the_connection_breaks_over_it(house: House) -> None:
    house.openai.say("One.", "Two.", "Three.")
    alex = await house.discord.student("alex")
    house.discord.fail(Fault("disconnect", "POST */threads"))
    await finished(alex, await house.ask(alex, "first"), "One.")
    house.discord.fail(Fault("disconnect", "POST */threads", after=True))
    second = await house.ask(alex, "second")
    await finished(alex, second, "Two.")
    assert len([post for post in alex.messages(second.id) if post.by_bot]) == 1
    house.discord.fail(Fault("disconnect", "POST */threads", times=9))
    third = await house.ask(alex, "third")
    answer = await finished(alex, "math", "Three.")
    assert answer.raw["message_reference"]["message_id"] == str(third.id)


async def test_without_permission_to_make_threads_it_answers_in_the_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_forbid_threads) as house:
        house.openai.say("In place.", "Still in place.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "where?")
        answer = await finished(alex, "math", "In place.")
        assert answer.raw["message_reference"]["message_id"] == str(question.id)
        assert question.id not in house.discord.world.channels
        more = await alex.says("math", "and now?", reply_to=answer)
        second = await finished(alex, "math", "Still in place.")
        assert second.raw["message_reference"]["message_id"] == str(more.id)
        assert house.user_texts() == ["Alex: where?", "Alex: and now?"]


async def test_where_discord_refuses_the_thread_it_answers_in_the_channel(house: House) -> None:
    house.discord.fail(Fault(kind="status", route="POST */threads", status=403))
    house.openai.say("In place.")
    alex = await house.discord.student("alex")
    await house.ask(alex, "where?")
    await finished(alex, "math", "In place.")


def _forbid_threads(playground: Playground) -> None:
    create_public_threads = 1 << 35
    for role in playground.guild.roles.values():
        role.permissions &= ~create_public_threads


async def test_when_a_channel_may_have_no_more_threads_it_answers_in_the_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_allow_three_threads) as house:
        house.openai.say("One.", "Two.", "Three.", "Four.", "Five.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "first"), "One.")
        await finished(alex, await house.ask(alex, "second"), "Two.")
        # discord.py waits for the end of the window before it returns the last thread.
        await finished(alex, await house.ask(alex, "third"), "Three.")
        fourth = await house.ask(alex, "fourth")
        answer = await finished(alex, "math", "Four.")
        assert answer.raw["message_reference"]["message_id"] == str(fourth.id)
        assert house.discord.stats.too_many == 0
        await finished(alex, await house.ask(alex, "elsewhere", "general"), "Five.")


def _limit_threads(playground: Playground, rate: Rate) -> None:
    playground.services.rate_limits = RateLimits(playground.clock.now, {**RATES, "threads.create": rate})


def _allow_three_threads(playground: Playground) -> None:
    _limit_threads(playground, Rate(3, 300.0, shared=True))


@pytest.mark.parametrize("hidden", [False, True])
async def test_where_a_guild_gets_no_more_threads_everybody_is_answered_at_once(tmp_path: Path, hidden: bool) -> None:
    """A hundred channels ask at the same moment; Discord makes fifty threads in five minutes in the whole guild."""
    channels: list[int] = []

    def furnish(playground: Playground) -> None:
        _limit_threads(playground, Rate(50, 300.0, shared=True, guild=True, hidden=hidden))
        channels.extend(playground.add_channel(f"room-{number}").id for number in range(100))

    async with open_house(tmp_path, furnish=furnish, student_runs=1000, student_queue=1000) as house:
        alex = await house.discord.student("alex")
        asked = await asyncio.gather(*(alex.says(each, f"{house.mention} how are you?") for each in channels))
        answers: dict[int, SeenMessage] = {}

        def answered() -> bool:
            for post in alex.messages():
                if post.by_bot and "You said" in post.text:
                    parent = post.channel_id if post.channel_id in channels else None
                    reference = (post.raw.get("message_reference") or {}).get("message_id")
                    answers.setdefault(post.channel_id if parent is None else int(str(reference)), post)
            return answers.keys() == {question.id for question in asked}

        await eventually(answered, 60)  # the window ends after 300
        in_threads = [post for post in answers.values() if post.channel_id not in channels]
        assert len(in_threads) == 50
        assert house.discord.stats.too_many <= (8 if hidden else 0)
        threads = [each for each in house.discord.guild.threads.values() if each.parent_id in channels]
        assert {each.id for each in threads} == {post.channel_id for post in in_threads}
        # The conversation goes on beside the question.
        beside = next(post for post in answers.values() if post.channel_id in channels)
        house.openai.say("Quite well.")
        more = await alex.says(beside.channel_id, "and you?", reply_to=beside)
        second = await finished(alex, beside.channel_id, "Quite well.")
        assert second.raw["message_reference"]["message_id"] == str(more.id)
        assert len(house.user_texts()) == 2


async def test_a_429_of_five_minutes_keeps_nobody_waiting(house: House) -> None:
    house.discord.fail(Fault("rate_limit", "POST */threads", seconds=300))
    house.openai.say("At once.", "Again.")
    alex = await house.discord.student("alex")
    for words in ("At once.", "Again."):
        began = asyncio.get_running_loop().time()
        question = await house.ask(alex, "where?")
        answer = await finished(alex, "math", words)
        assert answer.raw["message_reference"]["message_id"] == str(question.id)
        assert asyncio.get_running_loop().time() - began < 60
    assert house.discord.stats.too_many == 1


async def test_a_short_429_is_waited_out(house: House) -> None:
    house.discord.fail(Fault("rate_limit", "POST */threads", seconds=1))
    house.openai.say("In a thread.")
    alex = await house.discord.student("alex")
    await finished(alex, await house.ask(alex, "where?"), "In a thread.")


async def test_a_creation_that_hangs_keeps_neither_its_question_nor_others_waiting(house: House) -> None:
    """The thread comes after three seconds all the same: it is removed, for the answer is beside the question.

    That Saem removes it ends neither the answer that is being told nor the conversation.
    """
    house.discord.fail(Fault("slow", "POST */threads", seconds=6))
    gate = asyncio.Event()

    def reply(body: JSON) -> Turn:
        words = last_user_text(body)[-6:]
        return Turn(f"You said {words}", gate=gate if words == "first!" else None)

    house.openai.reply = reply
    loop = asyncio.get_running_loop()
    alex = await house.discord.student("alex")
    began = loop.time()
    hanging = await house.ask(alex, "first!")
    await eventually(lambda: len(house.requests) == 1)
    meanwhile = await house.ask(alex, "second")
    half = await alex.sees("math", contains="You", matching=lambda each: _reply_to(each) == hanging.id)
    answer = await finished(alex, "math", "You said second")
    assert _reply_to(answer) == meanwhile.id
    assert loop.time() - began > 2
    assert hanging.id not in house.discord.world.channels
    began = loop.time()
    await house.ask(alex, "third!")
    await finished(alex, "math", "You said third!")
    assert loop.time() - began < 2.8
    await eventually(lambda: house.discord.stats.requests["DELETE /channels/{channel}"] == 1)
    assert hanging.id not in house.discord.world.channels
    gate.set()
    assert (await finished(alex, "math", "You said first!")).id == half.id
    more = await alex.says("math", "fourth", reply_to=half)
    beside = await finished(alex, "math", "You said fourth")
    assert _reply_to(beside) == more.id
    assert house.user_texts() == ["Alex: first!", "Alex: fourth"]
    assert len([post for post in alex.messages("math") if post.by_bot]) == 4
    await finished(alex, await house.ask(alex, "fifth!"), "You said fifth!")
    assert house.discord.stats.requests["POST /channels/{channel}/messages/{message}/threads"] == 2


def _reply_to(message: SeenMessage) -> int:
    return int((message.raw.get("message_reference") or {}).get("message_id") or 0)


async def test_a_thread_whose_response_is_late_is_used_when_discord_tells_of_it(house: House) -> None:
    house.discord.fail(Fault("slow", "POST */threads", seconds=10, after=True))
    house.openai.say("In the thread.")
    alex = await house.discord.student("alex")
    await finished(alex, await house.ask(alex, "where?"), "In the thread.")


async def test_a_late_thread_that_may_not_be_removed_is_archived(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_forbid_managing_threads) as house:
        house.discord.fail(Fault("slow", "POST */threads", seconds=4.0))
        house.openai.say("Beside it.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "where?")
        await finished(alex, "math", "Beside it.")
        await eventually(lambda: question.id in house.discord.world.channels)
        await eventually(lambda: house.discord.world.channels[question.id].thread.archived)  # type: ignore[union-attr]


def _forbid_managing_threads(playground: Playground) -> None:
    manage_threads, administrator = 1 << 34, 1 << 3
    for role in playground.guild.roles.values():
        role.permissions &= ~(manage_threads | administrator)
