"""A gateway that acknowledges heartbeats and says nothing else is left for a new session."""

import asyncio

from bot.gateway_watch import MUTE_AFTER
from tests.house import House, eventually, finished


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
    await finished(alex, question, "I am back.")
    assert house.discord.stats.identifies == identifies + 1
