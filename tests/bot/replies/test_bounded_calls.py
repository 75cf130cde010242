"""Calls of discord.py's that a student waits for: given up in time, never cancelled, never sent afterwards."""

import asyncio

import pytest

from bot.replies.bounded_calls import BoundedCall, CallGivenUpError, Patience, bounded, finish_later
from bot.replies.reply import Reply
from playground.faults import Fault
from tests.bot.replies.conftest import Harness


async def test_what_is_done_in_time_is_returned_or_raised() -> None:
    async def work(error: Exception | None = None) -> int:
        await asyncio.sleep(0.01)
        if error is not None:
            raise error
        return 7

    assert await bounded(work(), 1) == 7
    assert await finish_later(work(), 1) == 7
    with pytest.raises(ValueError, match="no"):
        await bounded(work(ValueError("no")), 1)
    with pytest.raises(ValueError, match="no"):
        await finish_later(work(ValueError("no")), 1)


async def test_a_call_that_discord_makes_wait_is_given_up_and_not_sent_later(harness: Harness) -> None:
    """It sleeps in discord.py until the limit's end; what it would send then nobody wants any more."""
    harness.discord.fail(Fault("rate_limit", "POST */typing", seconds=1.2))
    typing = harness.client.http.send_typing(harness.channel().id)
    with pytest.raises(TimeoutError, match=r"0\.3 s"):
        await bounded(typing, 0.3)
    await asyncio.sleep(1.5)
    assert harness.discord.stats.requests["POST /channels/{channel}/typing"] == 0
    await bounded(harness.client.http.send_typing(harness.channel().id), 1)
    assert harness.discord.stats.requests["POST /channels/{channel}/typing"] == 1


async def test_a_global_limit_that_a_given_up_call_waits_for_ends_for_the_others(harness: Harness) -> None:
    """A call that is cancelled there would leave discord.py closed for ever."""
    harness.discord.fail(Fault("rate_limit", "POST */typing", seconds=1, is_global=True))
    with pytest.raises(TimeoutError):
        await bounded(harness.client.http.send_typing(harness.channel().id), 0.2)
    reply = harness.reply()
    reply.feed("after it")
    await asyncio.wait_for(reply.finish(), 8)
    [message] = await harness.seen(reply, lambda messages: True)
    assert message.text == "after it"


async def test_what_goes_on_by_itself_takes_effect_later(harness: Harness) -> None:
    message = await harness.student.says("math", "here")
    harness.discord.fail(Fault("slow", "PUT */reactions/*", seconds=0.5))
    began = asyncio.get_running_loop().time()
    await finish_later(harness.client.http.add_reaction(message.channel_id, message.id, "👍"), 0.1)
    assert asyncio.get_running_loop().time() - began < 0.45
    await harness.student.wait_for(lambda: "MESSAGE_REACTION_ADD" in [name for name, _ in harness.student.events])


async def test_time_that_the_bots_own_limit_takes_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    call, never = BoundedCall(queued=True), asyncio.get_running_loop().create_future()
    patience = Patience(0.2)
    assert not await patience.wait([never], [call], at_most=0.5)
    assert patience.left == 0.2
    assert not await patience.wait([never], [BoundedCall()])
    assert patience.left <= 0
    monkeypatch.setattr("bot.replies.bounded_calls.LONGEST", 0.3)
    assert not await Patience(0.2).wait([never], [BoundedCall(queued=True)])  # not for ever


async def test_a_place_that_a_given_up_call_gets_is_given_back(harness: Harness) -> None:
    limit = harness.outbox.global_limit
    now = asyncio.get_running_loop().time()
    for _ in range(limit.rate):
        limit.take(now)
    call = BoundedCall()

    async def work() -> None:
        await harness.client.http.send_typing(harness.channel().id)

    from bot.replies.bounded_calls import give_up, start_call

    task = start_call(call, work())
    await asyncio.sleep(0.1)
    assert call.queued
    give_up(call, task)
    before = limit.in_flight
    limit.give_back()
    harness.outbox.schedule()
    with pytest.raises(CallGivenUpError):
        await task
    assert limit.in_flight == before - 1
    assert harness.discord.stats.requests["POST /channels/{channel}/typing"] == 0


async def test_a_given_up_call_gives_up_no_reply_that_is_sent_meanwhile(harness: Harness) -> None:
    """Its response wakes the scheduler, which begins the calls of others."""
    harness.discord.fail(Fault("slow", "POST */typing", seconds=0.5))
    reply = Reply(harness.outbox, harness.channel())
    limit = harness.outbox.global_limit
    now = asyncio.get_running_loop().time()
    for _ in range(limit.rate - 1):
        limit.take(now)
    with pytest.raises(TimeoutError):
        await bounded(harness.client.http.send_typing(harness.channel().id), 0.1)
    reply.feed("sent all the same")
    await asyncio.wait_for(reply.finish(), 8)
    [message] = await harness.seen(reply, lambda messages: True)
    assert message.text == "sent all the same"
