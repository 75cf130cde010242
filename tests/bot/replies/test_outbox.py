"""The outbox against Discord's limits: real discord.py, real headers, on loopback."""

import asyncio
import heapq
import random
from typing import Any

import discord
import pytest

from bot.replies.outbox import Outbox
from bot.replies.outbox_posts import Urgency
from bot.replies.rate_limits import Bucket, Budget, counts, route_of
from bot.replies.reply import Reply
from playground.faults import Fault
from tests.bot.replies.conftest import Desk


async def threads(desk: Desk, count: int) -> list[discord.PartialMessageable]:
    """Threads to write in, made by the student."""
    made = []
    for number in range(count):
        message = await desk.student.says("general", f"question {number}")
        made.append(await desk.student.starts_thread(message, f"thread {number}"))
    return [desk.client.get_partial_messageable(thread) for thread in made]


async def stream(reply: Reply, words: int, pause: float = 0.005) -> None:
    for number in range(words):
        reply.feed(f"w{number} ")
        await asyncio.sleep(pause)
    await reply.finish()


async def test_many_replies_in_one_channel_share_its_bucket_without_a_refusal(desk: Desk) -> None:
    replies = [desk.reply() for _ in range(4)]
    await asyncio.gather(*(stream(reply, 120) for reply in replies))
    for reply in replies:
        [post] = await desk.seen(reply, lambda posts: "w119" in posts[0].text)
        assert post.text.split() == [f"w{number}" for number in range(120)]
    assert desk.discord.stats.too_many == 0


async def test_many_threads_stream_at_once_within_the_global_limit(desk: Desk) -> None:
    # Students' writes are paced here; what counts is what the bot does afterwards.
    channels = await threads(desk, 5)
    replies = [Reply(desk.outbox, channel) for channel in channels for _ in range(12)]
    await asyncio.gather(*(stream(reply, 150, 0.01) for reply in replies))
    for reply in replies:
        await desk.seen(reply, lambda posts: "w149" in posts[0].text)
    assert desk.discord.stats.too_many == 0
    assert desk.outbox.request_trace.refusals == 0


async def test_feeding_never_waits_and_only_the_newest_state_is_sent(desk: Desk) -> None:
    reply = desk.reply()
    for number in range(500):
        reply.feed(f"w{number} ")
    before = desk.discord.stats.requests.total()
    await reply.finish()
    assert desk.discord.stats.requests.total() - before == 1
    posts = desk.posts(reply)
    assert posts[0].text.startswith("w0 w1 ")


async def test_a_refusal_is_waited_out_and_the_newest_state_follows(desk: Desk) -> None:
    reply = desk.reply()
    reply.feed("one ")
    await desk.seen(reply, lambda posts: True)
    desk.discord.fail(Fault(kind="rate_limit", route="PATCH *", seconds=0.6))
    reply.feed("two ")
    await asyncio.sleep(0.6)
    reply.feed("three")
    await reply.finish()
    await desk.seen(reply, lambda posts: posts[0].text == "one two three")
    assert desk.outbox.request_trace.refusals == 1


async def test_after_a_global_refusal_everything_waits_and_then_goes_on(desk: Desk) -> None:
    first, second = desk.reply("math"), desk.reply("general")
    first.feed("a ")
    await desk.seen(first, lambda posts: True)
    desk.discord.fail(Fault(kind="rate_limit", route="PATCH *", seconds=0.5, is_global=True))
    first.feed("b")
    second.feed("c")
    await asyncio.gather(first.finish(), second.finish())
    await desk.seen(first, lambda posts: posts[0].text == "a b")
    await desk.seen(second, lambda posts: posts[0].text == "c")


async def test_without_permission_the_reply_falls_silent_and_finishes(desk: Desk) -> None:
    desk.discord.fail(Fault(kind="status", route="POST */messages", status=403))
    reply = desk.reply()
    reply.feed("hello")
    await reply.finish()
    assert reply.undeliverable
    assert reply.message_ids == []


async def test_an_answer_goes_on_in_a_thread_that_archived_itself(desk: Desk) -> None:
    [channel] = await threads(desk, 1)
    reply = Reply(desk.outbox, channel)
    reply.feed("before ")
    await desk.seen(reply, lambda posts: True)
    await desk.client.http.edit_channel(channel.id, archived=True)
    reply.feed("after")
    await reply.finish()
    await desk.seen(reply, lambda posts: posts[0].text == "before after")


async def test_an_answer_is_posted_anew_where_discord_takes_no_more_edits(desk: Desk) -> None:
    reply = desk.reply()
    reply.feed("before ")
    [old] = await desk.seen(reply, lambda posts: True)
    desk.discord.clock.advance(2 * 3600)
    for _ in range(30):
        if reply.message_ids and reply.message_ids[0] != old.id:
            break
        reply.feed("more ")
        await asyncio.sleep(0.05)
    await reply.finish()
    text = "before " + "more " * reply.text.count("more")
    await desk.seen(reply, lambda posts: posts[0].text.split() == text.split())


async def test_a_lost_answer_to_a_message_does_not_post_it_twice(desk: Desk) -> None:
    desk.discord.fail(Fault(kind="disconnect", route="POST */messages", after=True))
    reply = desk.reply()
    reply.feed("only once")
    await reply.finish()
    await desk.seen(reply, lambda posts: posts[0].text == "only once")
    assert len([post for post in desk.student.messages("math") if post.text == "only once"]) == 1


async def test_closing_sends_what_was_said_last() -> None:
    from tests.bot.replies.conftest import open_desk

    async with open_desk() as desk:
        reply = desk.reply()
        reply.feed("one ")
        await desk.seen(reply, lambda posts: True)
        reply.feed("two")
        await desk.outbox.close()
        await desk.seen(reply, lambda posts: posts[0].text == "one two")


async def test_calls_that_no_reply_makes_keep_within_the_global_limit_too(desk: Desk) -> None:
    channel = desk.discord.channel("math").id
    ids = [desk.discord.channel(name).id for name in ("math", "general", "library")]
    await asyncio.gather(*(desk.client.http.get_channel(ids[number % 3]) for number in range(130)))
    await desk.client.http.get_channel(channel)
    assert desk.discord.stats.too_many == 0


async def test_turns_are_given_by_urgency_when_there_are_few() -> None:
    budget = Budget(rate=1, period=0.1)
    outbox = Outbox(budget)
    order: list[str] = []

    async def take(name: str, urgency: Urgency) -> None:
        await outbox.wait_for_turn(urgency)
        order.append(name)

    budget.take(asyncio.get_running_loop().time())
    waiting = [asyncio.create_task(take("later", Urgency.LATER)), asyncio.create_task(take("now", Urgency.NOW))]
    await asyncio.sleep(0)
    budget.answered(asyncio.get_running_loop().time())
    outbox.wake()
    await asyncio.gather(*waiting)
    assert order == ["now", "later"]
    await outbox.close()


def headers(limit: int, remaining: int, after: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": str(after),
    }


def test_a_bucket_paces_what_is_left_over_what_is_left_of_its_window() -> None:
    bucket = Bucket()
    bucket.heard(headers(5, 4, 5.0), now=10.0)
    assert bucket.pace(10.0) == pytest.approx(1.0)
    bucket.heard(headers(5, 1, 2.0), now=13.0)
    assert bucket.pace(13.0) == pytest.approx(1.0)
    assert bucket.ready_at(13.0) == 13.0


def test_an_empty_bucket_is_ready_when_its_window_ends_and_full_after_it() -> None:
    bucket = Bucket()
    bucket.heard(headers(5, 0, 2.0), now=10.0)
    assert bucket.ready_at(10.5) == 12.0
    assert bucket.left(12.0) == 5


def test_answers_that_arrive_out_of_order_do_not_fill_a_bucket() -> None:
    bucket = Bucket()
    bucket.heard(headers(5, 2, 4.0), now=1.0)
    bucket.heard(headers(5, 3, 4.0), now=1.1)
    assert bucket.left(1.2) == 2


@pytest.mark.parametrize("urgent", [True, False])
def test_no_second_of_discords_sees_more_than_the_rate_however_requests_are_delayed(*, urgent: bool) -> None:
    chance = random.Random(5)
    budget = Budget(rate=10, period=1.0)
    now = 0.0
    counted: list[float] = []
    answers: list[float] = []
    while len(counted) < 300:
        while answers and answers[0] <= now:
            budget.answered(heapq.heappop(answers))
        ready = budget.ready_at(now, urgent=urgent)
        if ready > now:
            now = min(ready, answers[0] if answers else ready)
            continue
        budget.take(now)
        there, back = chance.expovariate(5), chance.expovariate(5)
        counted.append(now + there)
        heapq.heappush(answers, now + there + back)
    counted.sort()
    assert all(later - earlier >= 1.0 for earlier, later in zip(counted, counted[10:], strict=False))


def test_what_is_not_urgent_leaves_gaps_for_what_is() -> None:
    budget = Budget(rate=10, period=1.0)
    now = 0.0
    for _ in range(30):
        now = max(now, budget.ready_at(now, urgent=False))
        budget.take(now)
        budget.answered(now)
    assert budget.ready_at(now) - now <= 0.11


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("PATCH", "/api/v10/channels/12/messages/34", "PATCH 12"),
        ("POST", "/api/v10/channels/12/messages", "POST 12"),
        ("PATCH", "/api/v10/webhooks/1/token/messages/@original", "PATCH token"),
        ("POST", "/api/v10/channels/12/typing", None),
    ],
)
def test_routes_are_told_apart(method: str, path: str, route: Any) -> None:
    assert route_of(method, path) == route


def test_what_is_of_an_interaction_or_no_api_call_does_not_count_against_the_global_limit() -> None:
    assert not counts("/api/v10/interactions/1/token/callback")
    assert not counts("/api/v10/webhooks/1/token/messages/@original")
    assert not counts("/attachments/1/2/answer.md")
    assert counts("/api/v10/channels/1/messages")
