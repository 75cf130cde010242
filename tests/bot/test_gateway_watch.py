"""Sessions that never begin, or are never resumed, are left for new ones."""

import asyncio

from bot.gateway_watch import MOST_REFUSED, MUTE_AFTER
from tests.house import House, eventually


async def test_a_mute_session_is_given_up_for_a_new_one_and_what_was_missed_is_answered(house: House) -> None:
    house.openai.say("I am back.")
    bot, gateway = house.bot, house.discord.gateway
    alex = await house.discord.student("alex")
    await bot.wait_until_ready()
    identifies = house.discord.stats.identifies
    watch, now = bot.gateway_watch, asyncio.get_running_loop().time()
    await watch.look(now)
    await watch.look(now + MUTE_AFTER + 1)
    assert house.discord.stats.identifies == identifies  # a session that has begun may be quiet for long
    before = bot.get_shard(0)._parent.ws  # type: ignore[union-attr]
    gateway.mute(2)  # the RESUME, and the IDENTIFY after it
    gateway.drop()
    question = await house.ask(alex, "is anybody there?")
    for number in range(2):
        await eventually(lambda: gateway.muted == number + 1)  # noqa: B023
        connection = bot.get_shard(0)._parent.ws  # type: ignore[union-attr]
        assert connection is not before
        before = connection
        await watch.look(now)
        await watch.look(now + MUTE_AFTER - 1)
        assert bot.get_shard(0)._parent.ws is connection  # type: ignore[union-attr]
        await watch.look(now + MUTE_AFTER + 1)
    await alex.sees(question, contains="I am back.", timeout=30)
    assert house.discord.stats.identifies == identifies + 1


async def test_after_two_refused_resumes_a_new_session_is_begun_and_what_was_missed_is_answered(house: House) -> None:
    house.openai.say("I am back.")
    alex = await house.discord.student("alex")
    await house.bot.wait_until_ready()
    gateway, identifies = house.discord.gateway, house.discord.stats.identifies
    gateway.refuse_resumes()
    gateway.drop()
    question = await house.ask(alex, "is anybody there?")
    await alex.sees(question, contains="I am back.", timeout=60)
    assert house.discord.stats.identifies == identifies + 1
    assert gateway.refused == MOST_REFUSED
