"""How fast quizzes are: from the last click to the model, from a click to its effect, and with fifty students at once.

The bot, with its embedded server, is a process of its own; Discord, the scripted model and the students are another.
Discord's latency is 0, so what is measured is Saem's own time and the local Discord's.
"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.table import median, ms, percentile, table
from playground.pilot import SeenMessage, Student
from playground.pilot import student as pilot
from playground.rate_limits import RATES, Rate
from playground.server import Playground
from tests.scripted_openai import Call, ScriptedOpenAI, Turn, tool_outputs

ROUNDS = 40
WARM_UP = 5
PUPILS = 50
CROWD_ROUNDS = 5
RATES_HERE = {**RATES, "threads.create": Rate(1_000, 300.0, shared=True)}
"""More threads in five minutes than Discord allows: else discord.py would wait during the measurement."""


def main() -> str:
    return asyncio.run(_measure())


async def _measure() -> str:
    pilot.REACTION_TIME = 0.0  # students of the pilot wait before they press
    async with (
        Playground(rate_limits=False, rates=RATES_HERE) as discord,
        ScriptedOpenAI() as openai,
        _bot(discord, openai),
    ):
        alex = await discord.student("alex")
        to_model = await _last_clicks(alex, openai)
        effects = await _effects(alex, openai)
        acknowledged, counted = await _crowd(discord, alex, openai)
    rows = [
        ("last click to the model's request, median", ms(median(to_model)), "30 ms"),
        ("the same, 95th percentile", ms(percentile(to_model, 95)), ""),
        ("click to its effect on the screen, median", ms(median(effects)), "20 ms"),
        ("the same, 95th percentile", ms(percentile(effects, 95)), ""),
        (f"{PUPILS} students in one second: clicks counted", f"{counted} of {PUPILS * CROWD_ROUNDS}", "all"),
        ("the same, acknowledged, median", ms(median(acknowledged)), ""),
        ("the same, slowest", ms(max(acknowledged)), "1000 ms"),
    ]
    return table(("", "measured", "target"), rows)


@asynccontextmanager
async def _bot(discord: Playground, openai: ScriptedOpenAI) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            **os.environ,
            "DISCORD_TOKEN": discord.bot_token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "OPENAI_API_KEY": openai.key,
            "OPENAI_BASE_URL": openai.url,
            "EMBEDDING_MODEL": "",
            "QUIZZES_PER_STUDENT": "1000",
            "QUIZZES_PER_SERVER": "1000",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
        }
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
        try:
            async with asyncio.timeout(60):
                while not discord.stats.identifies:  # noqa: ASYNC110 - it is only counted
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _quiz(questions: int) -> Turn:
    asked = [
        {"question_text": f"What is {n} + {n}?", "choices": [str(2 * n), str(3 * n)], "answer": 0}
        for n in range(2, questions + 2)
    ]
    return Turn(calls=[Call("generate_quiz", {"title": "Sums", "questions": asked})])


async def _begin(student: Student, openai: ScriptedOpenAI, questions: int, **options: Any) -> SeenMessage:
    """Start a quiz; its first question."""
    openai.turns += [_quiz(questions), Turn("Well done.")]
    known = {post.id for post in student.messages()}
    await student.runs("/quiz", where="math", topic="sums", **options)
    return await student.sees(
        contains="What is 2 + 2?", matching=lambda post: post.id not in known and bool(post.controls), timeout=20
    )


async def _last_clicks(alex: Student, openai: ScriptedOpenAI) -> list[float]:
    """Seconds from the press of the last button to the arrival of the request with the results."""
    taken = []
    for number in range(ROUNDS + WARM_UP):
        post = await _begin(alex, openai, 1)
        before = len(openai.received)
        pressed = time.monotonic()
        await alex.clicks(post, "4")
        async with asyncio.timeout(10):
            while len(openai.received) == before:  # noqa: ASYNC110 - the model has nothing to tell it by
                await asyncio.sleep(0.001)
        request = openai.received[before]
        assert json.loads(tool_outputs(request.body)[-1])["responses"] == ["4"]
        await alex.sees(post.channel_id, contains="Well done.")
        if number >= WARM_UP:
            taken.append(request.at - pressed)
    return taken


async def _effects(alex: Student, openai: ScriptedOpenAI) -> list[float]:
    """Seconds from a press to the edited message in the student's client."""
    post = await _begin(alex, openai, 3)
    taken = []
    for number in range(2 * (ROUNDS + WARM_UP)):
        button, contains = ("Skip", "Question 2") if number % 2 == 0 else ("Back", "Question 1")
        pressed = time.monotonic()
        shown = asyncio.ensure_future(
            alex.sees(post.channel_id, contains=contains, matching=lambda each: each.id == post.id)
        )
        await alex.clicks(post, button)
        await shown
        if number >= 2 * WARM_UP:
            taken.append(time.monotonic() - pressed)
    await alex.clicks(post, "Cancel")
    return taken


async def _crowd(discord: Playground, alex: Student, openai: ScriptedOpenAI) -> tuple[list[float], int]:
    """How long each student waited for the acknowledgement, and how many answers were counted."""
    pupils = [await discord.student(discord.add_student(f"pupil{n}").username) for n in range(PUPILS)]
    taken: list[float] = []
    counted = 0

    async def press(pupil: Student, post: SeenMessage) -> None:
        await asyncio.sleep(random.random())
        pressed = time.monotonic()
        outcome = await pupil.clicks(post, random.choice(["4", "6"]))
        taken.append(time.monotonic() - pressed)
        assert outcome.ok

    async def result(post: SeenMessage) -> SeenMessage:
        return await alex.sees(post.channel_id, contains="✓", matching=lambda each: each.id == post.id)

    for _ in range(CROWD_ROUNDS):
        post = await _begin(alex, openai, 2, mode="together")
        await asyncio.gather(*(press(pupil, post) for pupil in pupils))
        await alex.clicks(post, "Skip")
        closed = await result(post)
        counted += int(closed.text.split(" answered")[0].split()[-1])
        await alex.clicks(closed, "End")
        await alex.sees(post.channel_id, contains="Well done.")
    return taken, counted


if __name__ == "__main__":
    print(main())
