"""The outbox against Discord's limits: real discord.py, real headers, on loopback."""

import asyncio
from dataclasses import replace

import discord
import pytest

from bot.replies import outbox as outbox_module
from bot.replies import request_trace
from bot.replies.channel_writer import ChannelWriter
from bot.replies.limits import rate_limits
from bot.replies.limits.rate_limits import GlobalRateLimit
from bot.replies.outbox import Outbox
from bot.replies.outgoing_messages import Urgency, unhurried
from bot.replies.reply import Reply
from playground.faults import Fault
from tests.bot.replies.conftest import Harness
from tests.house import eventually


async def threads(harness: Harness, count: int) -> list[discord.PartialMessageable]:
    """Threads to write in, made by the student."""
    made = []
    for number in range(count):
        message = await harness.student.says("general", f"question {number}")
        made.append(await harness.student.starts_thread(message, f"thread {number}"))
    return [harness.client.get_partial_messageable(thread) for thread in made]


async def stream(reply: Reply, words: int, pause: float = 0.005) -> None:
    for number in range(words):
        reply.feed(f"w{number} ")
        await asyncio.sleep(pause)
    await reply.finish()


async def test_many_replies_in_one_channel_share_its_bucket_without_a_refusal(harness: Harness) -> None:
    replies = [harness.reply() for _ in range(4)]
    await asyncio.gather(*(stream(reply, 120) for reply in replies))
    for reply in replies:
        [message] = await harness.seen(reply, lambda messages: "w119" in messages[0].text)
        assert message.text.split() == [f"w{number}" for number in range(120)]
    assert harness.discord.stats.too_many == 0


async def test_many_threads_stream_at_once_within_the_global_limit(harness: Harness) -> None:
    # Students' writes are paced here; what counts is what the bot does afterwards.
    channels = await threads(harness, 5)
    replies = [Reply(harness.outbox, channel) for channel in channels for _ in range(12)]
    await asyncio.gather(*(stream(reply, 150, 0.01) for reply in replies))
    for reply in replies:
        await harness.seen(reply, lambda messages: "w149" in messages[0].text)
    assert harness.discord.stats.too_many == 0
    assert harness.outbox.request_trace.rate_limited == 0


async def test_feeding_never_waits_and_only_the_newest_state_is_sent(harness: Harness) -> None:
    reply = harness.reply()
    for number in range(500):
        reply.feed(f"w{number} ")
    before = harness.discord.stats.requests.total()
    await reply.finish()
    assert harness.discord.stats.requests.total() - before == 1
    messages = harness.messages(reply)
    assert messages[0].text.startswith("w0 w1 ")


async def test_a_refusal_is_waited_out_and_the_newest_state_follows(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("one ")
    await harness.seen(reply, lambda messages: True)
    harness.discord.fail(Fault(kind="rate_limit", route="PATCH *", seconds=0.6))
    reply.feed("two ")
    await asyncio.sleep(0.6)
    reply.feed("three")
    await reply.finish()
    await harness.seen(reply, lambda messages: messages[0].text == "one two three")
    assert harness.outbox.request_trace.rate_limited == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("rate_limit", seconds=3600),
        Fault("rate_limit", seconds=3600, shared=True),
        Fault("rate_limit", seconds=3600, is_global=True),
        Fault("rate_limit", seconds=3600, body="html", via=False),
        Fault("rate_limit", seconds=3600, body="text", via=False, headers=False),
        Fault("rate_limit", seconds=3600, body="html"),
    ],
    ids=["user", "shared", "global", "Cloudflare", "Cloudflare without headers", "page"],
)
async def test_who_is_to_wait_for_an_hour_asks_again_soon_with_the_newest_state(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(request_trace, "ASKED_AGAIN", 0.3)
    monkeypatch.setattr(rate_limits, "PROBED_AFTER", 0.3)
    reply = harness.reply()
    reply.feed("one ")
    await harness.seen(reply, lambda messages: True)
    before = harness.discord.stats.requests.copy()
    harness.discord.fail(replace(fault, route="PATCH *"))
    reply.feed("two ")
    await eventually(lambda: harness.outbox.request_trace.rate_limited == 1)
    reply.feed("three")
    await reply.finish()
    await harness.seen(reply, lambda messages: messages[0].text == "one two three")
    route = "PATCH /channels/{channel}/messages/{message}"
    assert harness.discord.stats.requests[route] - before[route] == 1  # no older words were sent after the wait


async def test_after_a_global_refusal_everything_waits_and_then_goes_on(harness: Harness) -> None:
    first, second = harness.reply("math"), harness.reply("general")
    first.feed("a ")
    await harness.seen(first, lambda messages: True)
    harness.discord.fail(Fault(kind="rate_limit", route="PATCH *", seconds=0.5, is_global=True))
    first.feed("b")
    second.feed("c")
    await asyncio.gather(first.finish(), second.finish())
    await harness.seen(first, lambda messages: messages[0].text == "a b")
    await harness.seen(second, lambda messages: messages[0].text == "c")


async def test_without_permission_the_reply_falls_silent_and_finishes(harness: Harness) -> None:
    harness.discord.fail(Fault(kind="status", route="POST */messages", status=403))
    reply = harness.reply()
    reply.feed("hello")
    await reply.finish()
    assert reply.undeliverable
    assert reply.message_ids == []


async def test_a_message_that_fails_again_and_again_is_given_up_in_the_end(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "ATTEMPTS", 3)
    monkeypatch.setattr(outbox_module, "SLOWEST_RETRY", 0.02)
    harness.discord.fail(Fault(kind="status", route="POST */messages", times=9))
    reply = harness.reply()
    reply.feed("hello")
    await reply.finish()
    assert reply.undeliverable
    assert harness.discord.stats.errors.total() == 3


@pytest.fixture
def in_guild(monkeypatch: pytest.MonkeyPatch) -> int:
    """The guild of all channels; the harness's client knows none."""
    monkeypatch.setattr(ChannelWriter, "guild_id", 77)
    return 77


async def test_what_was_not_allowed_is_tried_again_in_the_guild_whose_permissions_changed(
    harness: Harness, in_guild: int
) -> None:
    harness.discord.fail(Fault(kind="status", route="POST */messages", status=403))
    reply = harness.reply()
    reply.feed("hello")
    await reply.finish()
    before = harness.discord.stats.requests.total()
    harness.outbox.permissions_changed(1)
    await harness.outbox.wait_for_turn()
    assert reply.undeliverable
    assert harness.discord.stats.requests.total() == before
    harness.outbox.permissions_changed(in_guild)
    await harness.seen(reply, lambda messages: messages[0].text == "hello")
    assert not reply.undeliverable


async def test_permissions_that_change_while_a_call_is_under_way_are_not_missed(
    harness: Harness, in_guild: int
) -> None:
    harness.discord.fail(Fault(kind="status", route="POST */messages", status=403))
    reply = harness.reply()
    reply.feed("hello")
    while not harness.outbox._calls:  # noqa: ASYNC110 - a call is over within milliseconds
        await asyncio.sleep(0)
    harness.outbox.permissions_changed(in_guild)
    await reply.finish()
    await harness.seen(reply, lambda messages: messages[0].text == "hello")


async def test_no_more_than_some_messages_are_kept_until_permissions_change(
    harness: Harness, in_guild: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "MOST_REFUSED", 1)
    replies = [harness.reply(), harness.reply()]
    harness.discord.fail(Fault(kind="status", route="POST */messages", status=403, times=2))
    for number, reply in enumerate(replies):
        reply.feed(f"answer {number}")
        await reply.finish()
    harness.outbox.permissions_changed(in_guild)
    await harness.seen(replies[1], lambda messages: messages[0].text == "answer 1")
    assert replies[0].undeliverable


async def test_an_answer_goes_on_in_a_thread_that_archived_itself(harness: Harness) -> None:
    [channel] = await threads(harness, 1)
    reply = Reply(harness.outbox, channel)
    reply.feed("before ")
    await harness.seen(reply, lambda messages: True)
    await harness.client.http.edit_channel(channel.id, archived=True)
    reply.feed("after")
    await reply.finish()
    await harness.seen(reply, lambda messages: messages[0].text == "before after")


async def test_an_answer_is_posted_anew_where_discord_takes_no_more_edits(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("before ")
    [old] = await harness.seen(reply, lambda messages: True)
    harness.discord.clock.advance(2 * 3600)
    for _ in range(30):
        if reply.message_ids and reply.message_ids[0] != old.id:
            break
        reply.feed("more ")
        await asyncio.sleep(0.05)
    await reply.finish()
    text = "before " + "more " * reply.text.count("more")
    await harness.seen(reply, lambda messages: messages[0].text.split() == text.split())


async def test_a_lost_answer_to_a_message_does_not_post_it_twice(harness: Harness) -> None:
    harness.discord.fail(Fault(kind="disconnect", route="POST */messages", after=True))
    reply = harness.reply()
    reply.feed("only once")
    await reply.finish()
    await harness.seen(reply, lambda messages: messages[0].text == "only once")
    assert len([message for message in harness.student.messages("math") if message.text == "only once"]) == 1


async def test_closing_sends_what_was_said_last() -> None:
    from tests.bot.replies.conftest import open_harness

    async with open_harness() as harness:
        reply = harness.reply()
        reply.feed("one ")
        await harness.seen(reply, lambda messages: True)
        reply.feed("two")
        await harness.outbox.close()
        await harness.seen(reply, lambda messages: messages[0].text == "one two")


async def test_calls_that_no_reply_makes_keep_within_the_global_limit_too(harness: Harness) -> None:
    channel = harness.discord.channel("math").id
    ids = [harness.discord.channel(name).id for name in ("math", "general", "library")]
    await asyncio.gather(*(harness.client.http.get_channel(ids[number % 3]) for number in range(130)))
    await harness.client.http.get_channel(channel)
    assert harness.discord.stats.too_many == 0


async def test_turns_are_given_by_urgency_when_there_are_few() -> None:
    global_limit = GlobalRateLimit(rate=1, period=0.1)
    outbox = Outbox(global_limit)
    order: list[str] = []

    async def take(name: str, urgency: Urgency) -> None:
        await outbox.wait_for_turn(urgency)
        order.append(name)

    global_limit.take(asyncio.get_running_loop().time())
    waiting = [asyncio.create_task(take("later", Urgency.LATER)), asyncio.create_task(take("now", Urgency.NOW))]
    await asyncio.sleep(0)
    global_limit.answered(asyncio.get_running_loop().time())
    outbox.schedule()
    await asyncio.gather(*waiting)
    assert order == ["now", "later"]
    await outbox.close()


async def test_unhurried_requests_wait_for_those_that_somebody_waits_for() -> None:
    outbox = Outbox(GlobalRateLimit(rate=1, period=0.1))
    order: list[str] = []

    async def look_through() -> None:
        with unhurried():
            await outbox.wait_for_turn()
        order.append("looked through")

    async def ask() -> None:
        await outbox.wait_for_turn()
        order.append("asked")

    outbox.global_limit.take(asyncio.get_running_loop().time())
    waiting = [asyncio.create_task(look_through()), asyncio.create_task(ask())]
    await asyncio.sleep(0)
    outbox.global_limit.answered(asyncio.get_running_loop().time())
    outbox.schedule()
    await asyncio.gather(*waiting)
    assert order == ["asked", "looked through"]
    await outbox.close()
