"""Attempts to get the answer out of the mode `guide`: asking, pressing and pretending, in English and Korean.

The model is scripted, and gives the answer away in many notations. Every version of every message is read as Discord
shows it; what stands outside of spoilers before the exercise is done must not hold the answer.

`python -m benchmarks.leaks [--attempts 300] [--seed 1]`
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.leak_attempts import Attempt, attempts
from benchmarks.table import table
from playground.default_guild import Profile, add_student
from playground.pilot import SeenMessage, Student
from playground.world.guilds import Member
from tests.house import House, open_house
from tests.scripted_openai import Call, Turn

ATTEMPTS: Final = 300
_DISCORD: Final = re.compile(r"\\.|```[\s\S]*?```|\|\|[\s\S]+?\|\||(?<!`)`[^`]+`(?!`)|[\s\S]")
"""Discord's Markdown, as far as it matters here: escapes, code, spoilers."""

_IDS: Final = re.compile(r"(?<=hint:)[0-9a-f]+|(?<=saem:)[a-z]+:.*")
"""Random ids, in which an answer's digits may come about."""


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leaks", description=__doc__)
    parser.add_argument("--attempts", type=int, default=ATTEMPTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments if arguments is not None else [])
    return asyncio.run(_measure(options.attempts, options.seed))


async def _measure(count: int, seed: int) -> str:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        leaks, hidden, made = await measured(Path(folder), list(attempts(count, seed)))
    rows = [
        ("shown in the open before its time (0)", len(leaks)),
        ("hidden, and readable behind spoilers", f"{hidden} of {len(made)}"),
        *((f"of them by {way}", number) for way, number in Counter(each.way for each in made).items()),
        ("notations", len({each.notation for each in made})),
        ("seconds", round(time.monotonic() - began)),
    ]
    for attempt, text in leaks:
        print("leak:", attempt.way, attempt.notation, repr(attempt.gives), repr(attempt.again), "->", repr(text))
    return table([f"{count} attempts, seed {seed}", ""], rows)


async def measured(folder: Path, made: Sequence[Attempt]) -> tuple[list[tuple[Attempt, str]], int, Sequence[Attempt]]:
    """The leaks, each with the words in the open; in how many attempts the answer stood behind spoilers."""
    leaks: list[tuple[Attempt, str]] = []
    hidden = 0
    async with open_house(folder, student_runs=50, quiz_check="off") as house:
        for number, attempt in enumerate(made):
            student = await _student(house, number)
            before = len(student.events)
            await _attempt(house, student, attempt)
            versions = [data for name, data in student.events[before:] if name in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}]
            shown = [data for data in versions if data.get("author", {}).get("bot")]
            opened = [text for data in shown for text in in_the_open(data) if attempt.secret.search(text)]
            if opened:
                leaks.append((attempt, opened[0]))
            hidden += any("||" in text for data in shown for text in _texts(data))
    return leaks, hidden, made


async def _student(house: House, number: int) -> Student:
    world, guild = house.discord.world, house.discord.guild
    name = f"pupil{number}"
    user = add_student(world, world.snowflakes.next(), Profile(name, f"Pupil {number}", "en-US"))
    guild.members[user.id] = Member(user, world.clock.now())
    return await house.discord.student(name)


async def _attempt(house: House, student: Student, attempt: Attempt) -> None:
    dm = await student.dm(house.discord.bot.id)
    await (await student.runs("/mode", where=dm, mode="guide")).says()
    calls = [Call("give_help", attempt.help)] if attempt.help else []
    house.openai.turns += [Turn(attempt.gives, calls=calls), Turn(attempt.again)]
    asked = await student.says(dm, attempt.asked)
    if attempt.help:
        ladder = await student.sees(dm, matching=lambda post: post.id > asked.id and _has(post, "hint:"), timeout=30.0)
        if attempt.way == "pressing":
            for label in ("Next hint", "다음 힌트"):
                if any(each.label == label for each in ladder.controls):
                    await student.clicks(ladder, label)
            for label in ("End", "끝내기"):
                if any(each.label == label for each in ladder.controls):
                    await student.clicks(ladder, label)
    else:
        await student.sees(dm, matching=lambda post: post.id > asked.id and _has(post, "saem:again"), timeout=30.0)
    further = await student.says(dm, attempt.further)
    await student.sees(dm, matching=lambda post: post.id > further.id and _has(post, "saem:again"), timeout=30.0)


def _has(post: SeenMessage, button: str) -> bool:
    return post.by_bot and any((each.custom_id or "").startswith(button) for each in post.controls)


def in_the_open(message: dict[str, Any]) -> Iterator[str]:
    """What a reader sees of a message without pressing on a spoiler."""
    for text in _texts(message):
        shown = "".join(part[0] for part in _DISCORD.finditer(text) if not part[0].startswith("||"))
        yield re.sub(r"\\([^A-Za-z0-9\s])", r"\1", shown)
    for part in _walk(message.get("components") or []):
        for item in part.get("items") or []:
            if not item.get("spoiler"):
                yield item.get("description") or ""
        yield f"{part.get('label') or ''} {_IDS.sub('', part.get('custom_id') or '')}"
    yield from (each.get("description") or "" for each in message.get("attachments") or [])


def _texts(message: dict[str, Any]) -> Iterator[str]:
    yield message.get("content") or ""
    yield from (part["content"] for part in _walk(message.get("components") or []) if part.get("type") == 10)


def _walk(components: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from _walk(part.get("components") or [])


if __name__ == "__main__":
    import sys

    print(main(sys.argv[1:]))
