"""The bot ends in order and in time, whatever Discord does; answers under way may come to their end."""

import asyncio
import re
from pathlib import Path

import pytest

from bot import client
from bot.__main__ import CONFIGURATION, GRACE
from bot.closing import AT_ONCE, ClosingStep, close_in_order
from playground.faults import Fault
from tests.bot_process import Away, away
from tests.house import bot_in, finished, open_house, settings_for
from tests.scripted_openai import Turn

__all__ = ["away"]
ROOT = Path(__file__).parents[2]


async def test_the_bot_ends_in_time_although_discord_answers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RUNNING_ANSWERS", "ANSWERS_LEFT", "CLOSING"):
        monkeypatch.setattr(client, name, 0.5)
    async with open_house(tmp_path) as house:
        house.openai.turns.append(Turn("one two", gate=asyncio.Event()))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "count")
        await alex.sees(question, contains="one")
        house.discord.fail(Fault("slow", "*", seconds=60, times=1_000))
        began = asyncio.get_running_loop().time()
        await house.bot.close()
        assert asyncio.get_running_loop().time() - began < 4
        house.discord.faults.clear()


async def test_while_the_bot_ends_an_answer_comes_to_its_end_and_what_is_asked_waits(away: Away) -> None:
    gate, never = asyncio.Event(), asyncio.Event()
    settings = settings_for(away.discord, away.openai, away.directory)
    away.openai.turns += [Turn("one two three", gate=gate), Turn("slow and slower", gate=never), Turn("other one")]
    alex, minji = await away.discord.student("alex"), await away.discord.student("minji")
    async with bot_in(away.discord, settings) as bot:
        whole = await alex.says("math", f"{away.mention} count")
        await alex.sees(whole, contains="one")
        stopped = await minji.says("math", f"{away.mention} count slowly")
        running = await minji.sees(stopped, contains="slow")
        ended = await finished(alex, await alex.says("math", f"{away.mention} another"))
        closing = asyncio.create_task(bot.close())
        await asyncio.sleep(0)
        later = await alex.says("math", f"{away.mention} what is a prime?")
        await alex.says(whole, "and this?")
        await (await alex.clicks(ended, "Regenerate")).says("started again")
        await minji.clicks(running, "Stop")
        await finished(minji, stopped, button="saem:retry:")
        assert not closing.done()
        gate.set()
        assert "three" in (await finished(alex, whole)).text
        await closing
    requests = [body for body in away.openai.requests if "input" in body]
    assert len(requests) == 3
    away.openai.say("A number with two divisors.", "That too.")
    async with bot_in(away.discord, settings):
        await alex.sees(later, contains="", matching=lambda each: "divisors" in each.text or "That too" in each.text)
        await alex.sees(whole, matching=lambda each: "divisors" in each.text or "That too" in each.text)


async def test_second_signal_ends_at_once_and_marks_what_runs(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "count")
        await alex.sees(question, contains="one")
        assert sum(step.seconds for step in house.bot.closing_steps()) < GRACE
        began = asyncio.get_running_loop().time()
        closing = asyncio.create_task(house.bot.close())
        await asyncio.sleep(0.05)
        closing.cancel()
        await closing
        assert asyncio.get_running_loop().time() - began < client.RUNNING_ANSWERS / 2
        assert "interrupted" in (await finished(alex, question, button="saem:retry:")).text


def test_supervisors_wait_for_longer_than_all_steps_take() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    waits = min(int(seconds) for seconds in re.findall(r"stop_grace_period: (\d+)s", compose))
    assert waits > GRACE
    unit = (ROOT / "saem.service").read_text().splitlines()
    assert f"TimeoutStopSec={waits}" in unit
    assert f"RestartPreventExitStatus={CONFIGURATION}" in unit
    told = (ROOT / "docs" / "hosting.md").read_text()
    assert f"TimeoutStopSec={waits}" in told
    assert f"RestartPreventExitStatus={CONFIGURATION}" in told


def _step(taken: list[str], name: str, *, seconds: float = 5.0, waits: bool = False, ends: bool = True) -> ClosingStep:
    async def work() -> None:
        taken.append(name)
        if not ends:
            await asyncio.Event().wait()

    return ClosingStep(name, seconds, work, waits)


async def test_step_that_fails_or_hangs_keeps_no_other_from_being_taken(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("no")

    taken: list[str] = []
    await close_in_order(
        [ClosingStep("fails", 5.0, fail), _step(taken, "hangs", seconds=0.01, ends=False), _step(taken, "last")]
    )
    assert taken == ["hangs", "last"]


@pytest.mark.parametrize(("signals", "taken_then"), [(1, ["a", "c"]), (2, ["a", "c"])])
async def test_signals_leave_out_what_only_waits_and_give_up_what_hangs(
    signals: int, taken_then: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.closing.AT_ONCE", AT_ONCE if signals == 2 else 0.01)
    taken: list[str] = []
    hanging = _step(taken, "a", ends=False)
    closing = asyncio.create_task(
        close_in_order([hanging, _step(taken, "b", waits=True, ends=False), _step(taken, "c")])
    )
    for _ in range(signals):
        await asyncio.sleep(0.01)
        closing.cancel()
    await asyncio.wait_for(closing, 1)
    assert taken == taken_then
    assert not closing.cancelled()
