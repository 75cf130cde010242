"""Threads made from messages: where they may not be made, the answer is posted in the channel."""

import asyncio
from pathlib import Path

from playground.faults import Fault
from playground.rate_limits import RATES, Rate, RateLimits
from playground.server import Playground
from tests.house import House, finished, handled, open_house
from tests.scripted_openai import Turn


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
        refused = await alex.sees("math", contains="1 questions waiting")
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
        house.openai.say("One.", "Two.", "Three.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "first"), "One.")
        await finished(alex, await house.ask(alex, "second"), "Two.")
        third = await house.ask(alex, "third")
        answer = await finished(alex, "math", "Three.")
        assert answer.raw["message_reference"]["message_id"] == str(third.id)


def _allow_three_threads(playground: Playground) -> None:
    rates = {**RATES, "threads.create": Rate(3, 300.0, shared=True)}
    playground.services.rate_limits = RateLimits(playground.clock.now, rates)
