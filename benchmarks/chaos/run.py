"""One run of the chaos: a Discord with its servers, a model, a bot, students, and what goes wrong meanwhile."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.bots import Bot, environment
from benchmarks.chaos.checks import World, violations
from benchmarks.chaos.faults import Troubles
from benchmarks.chaos.model import Model
from benchmarks.chaos.records import Asked, Violation
from benchmarks.chaos.students import Numbers, StudentAtWork
from playground import default_guild
from playground.changes import guild_membership
from playground.pilot import Student
from playground.pilot.client import Client
from playground.server import Playground
from playground.world.guilds import Guild
from tests.scripted_openai import ScriptedOpenAI

SETTLED = 120.0
"""Seconds that everything may take to come to its end when nothing goes wrong any more."""


@dataclass(frozen=True)
class Size:
    """How much goes on: students in servers, for how many seconds, and how often something goes wrong."""

    students: int = 50
    servers: int = 10
    seconds: float = 600.0
    fault_every: float = 6.0
    deed_every: float = 12.0


@dataclass
class Result:
    """What became of a run."""

    seed: int
    asked: list[Asked] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    model: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seconds_to_settle: float = 0.0


async def run(seed: int, size: Size, directory: Path | None = None, more: Mapping[str, str] | None = None) -> Result:
    """Play it, wait until it is quiet, and look whether every promise was kept."""
    async with AsyncExitStack() as stack:
        folder = directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        discord = await stack.enter_async_context(Playground())
        openai = await stack.enter_async_context(ScriptedOpenAI())
        model = Model(openai, seed)
        bot = Bot(_environment(discord, openai, folder, more or {}), folder)
        stack.push_async_callback(bot.kill)
        students = await _students(stack, discord, size, seed)
        await bot.start()
        await _connected(discord, size.servers)
        await asyncio.gather(*(student.greet() for student in students))
        data = None if "DATABASE_URL" in (more or {}) else folder
        troubles = Troubles(seed, discord, model, bot, data)
        await asyncio.gather(
            troubles.go_on(size.seconds, size.fault_every),
            *(student.work(size.seconds, size.deed_every) for student in students),
        )
        began = time.monotonic()
        await _settle(students, discord, model)
        result = Result(seed, seconds_to_settle=time.monotonic() - began)
        result.asked = [each for student in students for each in student.asked]
        world = World(discord)
        result.violations = violations(world, result.asked, model)
        await bot.stop()
        result.violations += [Violation("a clean end", problem) for problem in bot.problems]
        result.faults, result.model, result.deaths = troubles.happened, model.troubles, bot.deaths
        result.warnings = bot.warnings()
        result.counts = _counts(result.asked, world)
        return result


def _environment(discord: Playground, openai: ScriptedOpenAI, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    return environment(
        {
            "DISCORD_TOKEN": discord.bot_token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "OPENAI_API_KEY": openai.key,
            "OPENAI_BASE_URL": openai.url,
            "DATA_DIR": str(folder),
            **more,
        }
    )


async def _students(stack: AsyncExitStack, discord: Playground, size: Size, seed: int) -> list[StudentAtWork]:
    chance = random.Random(seed)
    guilds: list[Guild] = []
    for number in range(1, size.servers + 1):
        guild = discord.add_guild(f"Server {number}")
        for name in ("math", "library"):
            discord.add_channel(name, guild=guild)
        guilds.append(guild)
    numbers = [Numbers(number) for number in range(1, size.servers + 1)]
    found = []
    for index in range(size.students):
        which = index % size.servers
        profile = default_guild.Profile(f"student{index}", f"Student {index}", "en-US")
        user = default_guild.add_student(discord.world, discord.world.snowflakes.next(), profile)
        guild_membership.join(discord.world, guilds[which], user)
        client = Client(discord.api_url, discord.gateway_url, user.token)
        student = Student(client, user.id, user.username)
        await client.open()
        stack.push_async_callback(client.close)
        found.append(StudentAtWork(student, discord.bot.id, numbers[which], chance.randrange(1 << 30)))
    return found


async def _connected(discord: Playground, servers: int) -> None:
    async with asyncio.timeout(60):
        while discord.stats.identifies == 0:  # noqa: ASYNC110 - the playground tells nobody
            await asyncio.sleep(0.1)
    await asyncio.sleep(2.0 + servers / 10)


def _is_there(discord: Playground) -> bool:
    return any(each.session and each.session.user is discord.bot for each in discord.gateway.connections)


async def _settle(students: list[StudentAtWork], discord: Playground, model: Model) -> None:
    """Wait until nobody says anything any more; finish open quizzes, and look every file up."""
    await _quiet(discord, model)
    quizzes = [
        student.play(asked, SETTLED / 2)
        for student in students
        for asked in student.asked
        if asked.kind == "quiz" and asked.taken and student._quiz_message(asked.mark)
    ]
    await asyncio.gather(*quizzes)
    for student in students:
        for asked in [each for each in student.asked if each.kind == "file" and each.message_id]:
            model.found.pop(asked.mark, None)
            await student.look_up(asked)
    await _quiet(discord, model)


async def _quiet(discord: Playground, model: Model) -> None:
    end = time.monotonic() + SETTLED
    last, since = -1, time.monotonic()
    while time.monotonic() < end:
        now = sum(discord.stats.requests.values()) + len(model.openai.received)
        if now != last or not _is_there(discord):
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 12.0:
            return
        await asyncio.sleep(1.0)


def _counts(asked: list[Asked], world: World) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in asked:
        counts[each.kind] += 1
        if each.kind == "question":
            counts["answered" if world.ended(each.mark) else "failed with a sentence"] += each.taken
    return counts
