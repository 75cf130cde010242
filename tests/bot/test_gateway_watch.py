"""Sessions that never begin, or are never resumed, are left for new ones."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from discord.backoff import ExponentialBackoff
from structlog.testing import capture_logs

from bot import gateway_watch, session_start_limit
from bot.gateway_watch import MOST_REFUSED, MUTE_AFTER
from playground.gateway.resume_host import ResumeFault
from playground.pilot.student import Student
from tests.house import House, eventually, open_house


async def no_wait(shard_id: int | None, *, initial: bool = False) -> None:
    """In place of the five seconds between two identifies."""


@pytest.fixture
def at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house, whose bot waits for nothing before it connects again: neither at random, nor the five seconds."""
    monkeypatch.setattr(house.bot, "before_identify_hook", no_wait)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda self: 0.01)
    return house


async def test_a_mute_session_is_given_up_for_a_new_one_and_what_was_missed_is_answered(at_once: House) -> None:
    at_once.openai.say("I am back.")
    bot, gateway = at_once.bot, at_once.discord.gateway
    alex = await at_once.discord.student("alex")
    await bot.wait_until_ready()
    identifies = at_once.discord.stats.identifies
    watch, now = bot.gateway_watch, asyncio.get_running_loop().time()
    await watch.look(now)
    await watch.look(now + MUTE_AFTER + 1)
    assert at_once.discord.stats.identifies == identifies  # a session that has begun may be quiet for long
    assert watch.is_connected(0)
    assert not watch.is_connected(1)
    before = bot.get_shard(0)._parent.ws  # type: ignore[union-attr]
    gateway.mute(2)  # the RESUME, and the IDENTIFY after it
    gateway.drop()
    question = await at_once.ask(alex, "is anybody there?")
    for number in range(2):
        await eventually(lambda: gateway.muted == number + 1)  # noqa: B023
        connection = bot.get_shard(0)._parent.ws  # type: ignore[union-attr]
        assert connection is not before
        before = connection
        assert not watch.is_connected(0)
        await watch.look(now)
        await watch.look(now + MUTE_AFTER - 1)
        assert bot.get_shard(0)._parent.ws is connection  # type: ignore[union-attr]
        await watch.look(now + MUTE_AFTER + 1)
    await alex.sees(question, contains="I am back.", timeout=30)
    assert at_once.discord.stats.identifies == identifies + 1
    assert watch.is_connected(0)


async def test_after_two_refused_resumes_a_new_session_is_begun_and_what_was_missed_is_answered(at_once: House) -> None:
    at_once.openai.say("I am back.")
    alex = await at_once.discord.student("alex")
    await at_once.bot.wait_until_ready()
    gateway, identifies = at_once.discord.gateway, at_once.discord.stats.identifies
    gateway.refuse_resumes()
    gateway.drop()
    question = await at_once.ask(alex, "is anybody there?")
    await alex.sees(question, contains="I am back.", timeout=60)
    assert at_once.discord.stats.identifies == identifies + 1
    assert gateway.refused == MOST_REFUSED


async def answers_again(house: House, student: Student) -> None:
    house.openai.say("I am back.")
    await student.sees(await house.ask(student, "is anybody there?"), contains="I am back.", timeout=30)


@pytest.mark.parametrize("fault", ["down", "unavailable", "refuses", "silent"])
async def test_a_resume_host_that_fails_is_left_for_the_main_address(
    at_once: House, monkeypatch: pytest.MonkeyPatch, fault: ResumeFault
) -> None:
    monkeypatch.setattr(gateway_watch, "RESUMES_WITHIN", 0.5 if fault == "silent" else gateway_watch.RESUMES_WITHIN)
    alex = await at_once.discord.student("alex")
    identifies = at_once.discord.stats.identifies
    await at_once.discord.gateway.resume_host.fail(fault)
    at_once.discord.gateway.drop()
    await answers_again(at_once, alex)
    assert at_once.discord.stats.identifies == identifies + 1


async def test_gateways_that_hang_up_before_their_first_message_are_tried_again(at_once: House) -> None:
    alex = await at_once.discord.student("alex")
    gateway, bot = at_once.discord.gateway, at_once.bot
    await gateway.resume_host.fail("down")  # so that discord.py connects to the main address
    gateway.hang_ups = 3
    with capture_logs() as logged:
        gateway.drop()
        await answers_again(at_once, alex)
    assert gateway.hang_ups == 0
    assert not bot.is_closed()
    assert [line["event"] for line in logged].count("gateway.hung_up") >= 1


async def test_ten_drops_with_every_kind_of_reconnect_lose_no_question(at_once: House) -> None:
    alex = await at_once.discord.student("alex")
    gateway, user = at_once.discord.gateway, at_once.discord.bot
    reconnects: list[Callable[[], int]] = [
        lambda: gateway.drop(user=user),
        lambda: gateway.ask_to_reconnect(user),
        lambda: gateway.invalidate(user, resumable=True),
        lambda: gateway.invalidate(user),
        lambda: gateway.drop(resumable=False, user=user),
    ]
    for number, reconnect in enumerate(reconnects * 2):
        at_once.openai.say(f"This is answer {number}.")
        await eventually(lambda: reconnect() == 1)  # noqa: B023
        question = await at_once.ask(alex, f"question {number}")
        await alex.sees(question, contains=f"This is answer {number}.", timeout=30)


async def test_no_session_is_begun_while_none_is_left_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_start_limit, "LOOK_AGAIN", 0.05)
    async with open_house(tmp_path, playground={"session_starts": 1}) as house:
        monkeypatch.setattr(house.bot, "before_identify_hook", no_wait)
        alex = await house.discord.student("alex")
        with capture_logs() as logged:
            house.discord.gateway.drop(resumable=False)
            await eventually(lambda: any(line["event"] == "identify.limit_used_up" for line in logged))
            house.discord.clock.advance(86_401)
            await answers_again(house, alex)
        assert house.discord.gateway.session_starts.refused == 0
        assert [line["event"] for line in logged].count("identify.limit_used_up") == 1
