"""What responses tell of Discord's limits for threads, whatever scope they have and in whatever order they come."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor import thread_limits
from bot.tutor.thread_limits import AT_ONCE_IN_GUILD, BucketState, ThreadLimit, ThreadLimits


def made(limit: ThreadLimit, now: float, remaining: int, resets_at: float = 300.0, of: int = 50) -> None:
    """A thread is asked for and made; the headers tell `remaining`."""
    limit.take()
    limit.release()
    limit.count(now)
    limit.learn(BucketState(of, remaining, resets_at))


def test_headers_are_read_and_nonsense_is_nothing() -> None:
    headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "7", "X-RateLimit-Reset-After": "2.5"}
    assert BucketState.of(headers, 10.0) == BucketState(50, 7, 12.5)
    assert BucketState.of({}, 10.0) is None
    assert BucketState.of({**headers, "X-RateLimit-Remaining": "many"}, 10.0) is None


def test_a_channel_that_is_used_up_closes_alone() -> None:
    limits = ThreadLimits()
    math_channel, general = limits.of(1, 10, 0.0), limits.of(1, 11, 0.0)
    made(math_channel, 0.0, remaining=1, of=2)
    assert math_channel.opens_at(1.0) == 1.0
    made(math_channel, 1.0, remaining=0, of=2)
    assert math_channel.opens_at(2.0) == 300.0
    assert general.opens_at(2.0) == 2.0
    assert math_channel.opens_at(300.0) == 300.0  # the window is over


def test_requests_under_way_take_what_remains() -> None:
    limit = ThreadLimits().of(1, 10, 0.0)
    made(limit, 0.0, remaining=2)
    limit.take()
    assert limit.opens_at(1.0) == 1.0
    limit.take()
    assert limit.opens_at(1.0) == 300.0
    limit.release()
    assert limit.opens_at(1.0) == 1.0


def test_a_response_that_was_overtaken_does_not_make_room() -> None:
    limit = ThreadLimits().of(1, 10, 0.0)
    made(limit, 0.0, remaining=0, of=3)
    made(limit, 0.0, remaining=1, resets_at=300.5, of=3)
    assert limit.opens_at(1.0) == 300.5
    made(limit, 1.0, remaining=2, resets_at=100.0, of=3)  # from a window that is over
    assert limit.opens_at(1.0) == 300.5
    made(limit, 301.0, remaining=2, resets_at=601.0, of=3)
    assert limit.opens_at(302.0) == 302.0


def test_what_a_channels_own_threads_do_not_explain_is_the_guilds() -> None:
    limits = ThreadLimits()
    for number in range(49):
        made(limits.of(1, number, 0.0), 0.0, remaining=49 - number)
    assert limits.of(1, 100, 1.0).opens_at(1.0) == 1.0
    made(limits.of(1, 49, 0.0), 0.0, remaining=0)
    assert limits.of(1, 100, 1.0).opens_at(1.0) == 300.0
    assert limits.of(2, 200, 1.0).opens_at(1.0) == 1.0


def test_a_limit_of_each_channel_is_not_taken_for_the_guilds() -> None:
    limits = ThreadLimits()
    for number in range(60):
        made(limits.of(1, number, 0.0), 0.0, remaining=49)
        made(limits.of(1, number, 0.0), 0.0, remaining=48)
    assert limits.of(1, 100, 1.0).opens_at(1.0) == 1.0


def test_a_limit_of_the_whole_bot_is_seen_by_all_guilds() -> None:
    limits = ThreadLimits()
    for guild in range(6):
        for channel in (0, 1):
            count = guild * 2 + channel + 1
            made(limits.of(guild, guild * 10 + channel, 0.0), 0.0, remaining=12 - count, of=12)
    assert limits.of(99, 990, 1.0).opens_at(1.0) == 300.0


def test_a_429_closes_its_channel_and_what_has_room_closes_the_guild() -> None:
    limits = ThreadLimits()
    limits.of(1, 10, 0.0).refuse(300.0, BucketState(50, 0, 300.0), 0.0)
    assert limits.of(1, 10, 1.0).opens_at(1.0) == 300.0
    assert limits.of(1, 11, 1.0).opens_at(1.0) == 1.0
    limits.of(1, 11, 1.0).refuse(200.0, BucketState(50, 49, 200.0), 1.0)
    assert limits.of(1, 12, 1.0).opens_at(1.0) == 200.0
    assert limits.of(2, 20, 1.0).opens_at(1.0) == 1.0


def test_two_channels_that_are_refused_close_the_guild_and_two_guilds_all() -> None:
    limits = ThreadLimits()
    for guild in (1, 2):
        limits.of(guild, guild * 10, 0.0).refuse(300.0, None, 0.0)
        assert limits.of(guild, guild * 10 + 5, 0.0).opens_at(0.0) == 0.0
        limits.of(guild, guild * 10 + 1, 0.0).refuse(300.0, None, 0.0)
        assert limits.of(guild, guild * 10 + 5, 0.0).opens_at(0.0) == 300.0
    assert limits.of(3, 30, 0.0).opens_at(0.0) == 300.0
    assert limits.of(3, 30, 301.0).opens_at(301.0) == 301.0


def test_refusals_long_ago_do_not_add_up() -> None:
    limits = ThreadLimits()
    limits.of(1, 10, 0.0).refuse(5.0, None, 0.0)
    limits.of(1, 11, 100.0).refuse(105.0, None, 100.0)
    assert limits.of(1, 12, 100.0).opens_at(100.0) == 100.0


def test_few_are_asked_for_at_once_and_a_hanging_one_closes_its_channel() -> None:
    limits = ThreadLimits()
    taken = [limits.of(1, number, 0.0) for number in range(AT_ONCE_IN_GUILD)]
    for limit in taken:
        limit.take()
    assert limits.of(1, 100, 0.0).opens_at(0.0) == math.inf
    assert limits.of(2, 200, 0.0).opens_at(0.0) == 0.0
    taken[0].release()
    assert limits.of(1, 100, 0.0).opens_at(0.0) == 0.0
    taken[0].hanging += 1
    assert taken[0].opens_at(0.0) > 30.0
    assert limits.of(1, 100, 0.0).opens_at(0.0) == 0.0


def test_channels_that_are_idle_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_limits, "FEW_CHANNELS", 3)
    limits = ThreadLimits()
    busy, hanging, closed = (limits.of(1, number, 0.0) for number in range(3))
    busy.take()
    hanging.hanging = 1
    closed.refuse(100.0, None, 0.0)
    for number in range(3, 20):
        limits.of(1, number, 50.0)
    assert [limits.of(1, number, 50.0) for number in range(3)] == [busy, hanging, closed]
    limits.of(1, 30, 101.0)
    assert limits.of(1, 2, 101.0) is not closed


@given(seed=st.integers(0, 2**32), scope=st.sampled_from(["channel", "guild", "bot"]), hidden=st.booleans())
def test_whatever_the_scope_few_requests_are_refused_and_room_is_used(seed: int, scope: str, hidden: bool) -> None:
    """A Discord that counts in one scope, many channels that ask, responses in any order."""
    chance, size = random.Random(seed), 20
    limits, used, under_way, refused, asked = ThreadLimits(), dict[object, int](), list[tuple[int, int]](), 0, 0
    channels = [(guild, guild * 100 + number) for guild in range(3) for number in range(12)]
    told: dict[int, int] = {}

    def key(guild: int, channel: int) -> object:
        return {"channel": channel, "guild": guild, "bot": 0}[scope]

    for _ in range(400):
        guild, channel = chance.choice(channels)
        limit = limits.of(guild, channel, 1.0)
        if limit.opens_at(1.0) <= 1.0 and chance.random() < 0.7:
            limit.take()
            asked += 1
            under_way.append((guild, channel))
        elif under_way:
            guild, channel = under_way.pop(chance.randrange(len(under_way)))
            limit = limits.of(guild, channel, 1.0)
            full = used.get(key(guild, channel), 0) >= size
            if not full:
                used[key(guild, channel)] = used.get(key(guild, channel), 0) + 1
                told[channel] = told.get(channel, 0) + 1
            remaining = size - (told.get(channel, 0) if hidden else used[key(guild, channel)])
            state = BucketState(size, remaining, 300.0)
            if full:
                refused += 1
                limit.refuse(300.0, state, 1.0)
                limit.release()
            else:
                limit.release()
                limit.count(1.0)
                limit.learn(state)
    assert all(limit.in_flight >= 0 for limit in (limits.of(*each, 1.0) for each in channels))
    scopes = {"channel": 36, "guild": 3, "bot": 1}[scope]
    # One scope costs at most what is under way at once, when its limit is not in the headers.
    assert refused <= scopes * AT_ONCE_IN_GUILD * (3 if scope == "bot" else 1)
    if scope != "channel":
        assert sum(used.values()) >= min(asked - refused - len(under_way), scopes * size) - 1
