"""`saem demo` that is stopped and started again: conversation, quiz and library go on."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from playground.pilot import SeenMessage, Student
from playground.pilot.client import ErrorResponse
from tests.bot_process import BotProcess
from tests.e2e.test_demo import OUR_OWN, START

PATIENCE = 60
"""Seconds that a line of the tutor's may take: the machine is shared."""
BOT = "<@1300000000000000001>"


@asynccontextmanager
async def demo(directory: Path, end: signal.Signals, *arguments: str) -> AsyncIterator[tuple[str, str]]:
    """Run `saem demo` and end it with a signal; yields the page's address and what was printed up to there."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    environment = {**inherited, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = await BotProcess.start(
        *("demo", "--port", "0", *arguments), directory=directory, environment=environment, heard=True
    )
    heard = ""
    try:
        async with asyncio.timeout(START):
            while "Stop it with" not in heard:
                line = (await process.said.readline()).decode()
                assert line, f"saem demo ended: {heard}"
                heard += line
        address = re.search(r"http://127\.0\.0\.1:\d+", heard)
        assert address is not None
        yield address[0], heard
    finally:
        process.send_signal(end)
        async with asyncio.timeout(30):
            heard += (await process.said.read()).decode()
            await process.wait()
        print(heard)
    assert "Traceback" not in heard
    assert process.returncode == (0 if end == signal.SIGTERM else -end)


def student(address: str, name: str = "alex") -> AbstractAsyncContextManager[Student]:
    return Student.at(f"{address}/api/v10", address.replace("http", "ws", 1), name)


def buttons(post: SeenMessage) -> list[str]:
    return [each.custom_id or "" for each in post.controls]


async def thread_of(alex: Student, question: SeenMessage) -> list[SeenMessage]:
    """What stands in the thread under a question; nothing before there is one."""
    try:
        return await alex.reads(question)
    except ErrorResponse:
        return []


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_a_conversation_goes_on_after_a_restart(tmp_path: Path, end: signal.Signals) -> None:
    async with demo(tmp_path, end) as (address, _), student(address) as alex:
        question = await alex.says("math", f"{BOT} solve 3x + 11 = 14")
        await alex.sees(question, contains="x = 1", timeout=PATIENCE)
    async with demo(tmp_path, signal.SIGTERM) as (address, _), student(address) as alex:
        shown = await alex.reads(question)
        assert any("x = 1" in each.text for each in shown)
        await alex.says(question, "another one like that")
        again = await alex.sees(
            question, matching=lambda post: "x =" in post.text and post.id > shown[-1].id, timeout=30
        )
        assert again.text


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_what_was_asked_just_before_the_end_is_answered_after_the_next_start(
    tmp_path: Path, end: signal.Signals
) -> None:
    async with demo(tmp_path, end) as (address, _), student(address) as alex:
        question = await alex.says("math", f"{BOT} solve 5x + 1 = 11")
    async with demo(tmp_path, signal.SIGTERM) as (address, _), student(address) as alex:
        async with asyncio.timeout(PATIENCE):
            # It may have been answered before this student came back.
            while True:
                # Where no thread came in three seconds, the answer stands beside the question.
                shown = [*await thread_of(alex, question), *await alex.reads("math")]
                if any("x = 2" in each.text for each in shown):
                    break
                # A bot that is told to stop ends its answer where it stands, with a button to go on.
                for post in shown:
                    for each in post.controls:
                        if each.label == "Retry" and each.custom_id:
                            await alex.clicks(post, each.custom_id)
                await asyncio.sleep(0.2)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_half_a_quiz_goes_on_after_a_restart(tmp_path: Path, end: signal.Signals) -> None:
    async with demo(tmp_path, end) as (address, _), student(address) as alex:
        outcome = await alex.runs("/quiz", where="math", topic="fractions", questions=2, feedback="end")
        announced = await outcome.says("")
        first = await alex.sees(announced, contains="Question 1", timeout=PATIENCE)
        await alex.clicks(first, buttons(first)[0])
        second = await alex.sees(announced, contains="Question 2", timeout=PATIENCE)
    async with demo(tmp_path, signal.SIGTERM) as (address, _), student(address) as alex:
        clicked = await alex.clicks(second, buttons(second)[0])
        assert clicked.ok
        filled = await alex.sees(announced, contains="Check your answers", timeout=PATIENCE)
        await alex.clicks(filled, next(each.custom_id or "" for each in filled.controls if each.label == "Send"))
        await alex.sees(announced, contains="of 2 right", timeout=PATIENCE)


async def test_fresh_starts_anew_and_says_what_it_removed(tmp_path: Path) -> None:
    async with demo(tmp_path, signal.SIGTERM) as (address, _), student(address) as alex:
        await alex.says("general", "remember me")
    async with demo(tmp_path, signal.SIGTERM, "--fresh") as (address, said), student(address) as alex:
        assert "Removed the last demo in" in said
        left = [post.text for post in await alex.reads("general") if "Three things to try" not in post.text]
        assert left == []  # but for the greeting of a new server


async def test_a_second_demo_on_one_folder_says_so(tmp_path: Path) -> None:
    async with demo(tmp_path, signal.SIGTERM):
        for more in ((), ("--fresh",)):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "demo", "--port", "0", *more),
                cwd=tmp_path,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
                stderr=asyncio.subprocess.PIPE,
            )
            _, errors = await asyncio.wait_for(process.communicate(), START)
            assert process.returncode == 1
            assert re.fullmatch(r"saem: (Another|A) demo is running with .*\n", errors.decode())
