"""One run of the chaos: a Discord with its servers, a model, bots, students, and what goes wrong meanwhile."""

import asyncio
import json
import random
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos.checks import World, violations
from benchmarks.chaos.databases import Database, Sqlite, postgres
from benchmarks.chaos.desk import Desk, Numbers
from benchmarks.chaos.faults import Rested, Troubles
from benchmarks.chaos.ledger import accounts, leftovers, logs
from benchmarks.chaos.model import Model
from benchmarks.chaos.processes import Process, environment
from benchmarks.chaos.records import Asked, Violation
from benchmarks.chaos.stages import Stages
from benchmarks.chaos.stories import Stories
from benchmarks.chaos.students import StudentAtWork
from playground import default_guild
from playground.changes import guild_membership
from playground.pilot import NotSeen, Student
from playground.pilot.client import Client, ErrorResponse
from playground.server import Playground
from playground.world.guilds import Guild, Role
from playground.world.permissions import Permission
from tests.scripted_openai import ScriptedOpenAI

SETTLED = 75.0
"""Seconds that everything may take to come to its end when nothing goes wrong any more."""
SILENCE = 6.0
"""Seconds without a request after which all seems to be quiet."""
UNDER_WAY = 120.0
"""Seconds that what is under way at the end may take: a fault to be over, a student to give up."""
KEY = "chaos"


@dataclass(frozen=True)
class Size:
    """How much goes on: students in servers, for how many seconds, and how often something goes wrong."""

    students: int = 50
    servers: int = 10
    seconds: float = 90.0
    fault_every: float = 3.0
    deed_every: float = 6.0
    kill_each: float = 0.0
    """Seconds after which one process of each kind is killed, again and again; 0: only those that a fault kills."""
    bots: int = 1
    assistants: int = 0
    """Assistants servers in processes of their own; 0: each bot has one within."""
    shards: int = 1
    database: str = "sqlite"
    only: Sequence[str] = ()
    """Parts of the names of the faults that may happen; empty: all."""


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
    tokens: Counter[str] = field(default_factory=Counter)
    seconds_to_settle: float = 0.0
    seconds: float = 0.0


async def run(seed: int, size: Size, directory: Path | None = None) -> Result:
    """Play it, wait until it is quiet, and look whether every promise was kept."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = (directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        database: Database = stack.enter_context(postgres(folder)) if size.database == "postgres" else Sqlite(folder)
        discord = await stack.enter_async_context(Playground(shards=size.shards))
        openai = await stack.enter_async_context(ScriptedOpenAI())
        model, stories = Model(openai, seed), Stories()
        servers, bots = _processes(size, folder, discord, openai, database)
        for process in (*servers, *bots):
            stack.push_async_callback(process.kill)
        guilds = _guilds(discord, size)
        students = await _students(stack, discord, guilds, size, seed, stories)

        def asked() -> list[Asked]:
            return [each for student in students for each in student.desk.asked]

        rested = Rested(discord, model, bots, servers, database, guilds, asked)
        stages, result = Stages(), Result(seed, model=model.troubles)
        if await stages.within("the start", 150.0, _begin(rested, size)):
            supervisor = asyncio.create_task(_supervise(rested))
            stack.callback(supervisor.cancel)
            await stages.within("the greetings", 150.0, *(student.greet() for student in students))
            troubles = Troubles(seed, rested, size.only)
            stories.faults, result.faults = troubles.lines, troubles.happened
            work = [student.work(size.seconds, size.deed_every) for student in students]
            faults = troubles.go_on(size.seconds, size.fault_every)
            kills = troubles.kill_each(size.seconds, size.kill_each)
            await stages.within("the work", size.seconds + UNDER_WAY, faults, kills, *work)
            await troubles.end()
            _excuse(rested)
            quiet_from = time.monotonic()
            await stages.within("the quiet", 4 * SETTLED, _settle(students, rested))

            def story(each: Asked) -> tuple[str, ...]:
                return stories.of(each, rested.processes, model)

            result.violations = await _look(rested, story, until=quiet_from + SETTLED)
            result.violations += await _settings_hold(students)
            result.seconds_to_settle = time.monotonic() - quiet_from
            result.counts = _counts(asked(), World(discord))
            supervisor.cancel()
        result.asked = asked()
        await _end(rested, result)
        if directory is not None:
            _keep_rows(rested.database, folder)
        result.violations = stages.violations + model.violations + result.violations
        result.seconds = time.monotonic() - began
        return result


def _processes(
    size: Size, folder: Path, discord: Playground, openai: ScriptedOpenAI, database: Database
) -> tuple[list[Process], list[Process]]:
    """Assistants servers and bots; the bot of each number has the server of that number, if there is one."""
    common = {
        "OPENAI_API_KEY": openai.key,
        "OPENAI_BASE_URL": openai.url,
        "DATA_DIR": str(folder),
        "ASSISTANTS_KEY": KEY,
        **database.settings(),
    }
    servers, urls = [], []
    for number in range(1, size.assistants + 1):
        port = _free_port()
        own = {**common, "ASSISTANTS_PORT": str(port), "RUN_EXPIRES_AFTER": "86400"}
        servers.append(Process(f"server{number}", ["-m", "assistants"], environment(own), folder))
        urls.append(f"http://127.0.0.1:{port}/v1")
    bots = []
    for number in range(1, size.bots + 1):
        own = {
            **common,
            "DISCORD_TOKEN": discord.bot_token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            **({"ASSISTANTS_URL": urls[(number - 1) % len(urls)]} if urls else {}),
        }
        if not urls:
            own.pop("ASSISTANTS_KEY")
        bots.append(Process(f"bot{number}", ["-m", "bot", "run"], environment(own), folder))
    return servers, bots


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _guilds(discord: Playground, size: Size) -> list[Guild]:
    guilds = []
    for number in range(1, size.servers + 1):
        guild = discord.add_guild(f"Server {number}", shard=number % size.shards)
        for name in ("math", "library"):
            discord.add_channel(name, guild=guild)
        role = Role(discord.world.snowflakes.next(), "Teachers", int(Permission.MANAGE_GUILD), position=1)
        guild.roles[role.id] = role
        guilds.append(guild)
    return guilds


async def _students(
    stack: AsyncExitStack, discord: Playground, guilds: Sequence[Guild], size: Size, seed: int, stories: Stories
) -> list[StudentAtWork]:
    chance = random.Random(seed)
    numbers = [Numbers(number) for number in range(1, size.servers + 1)]
    classes: list[list[Desk]] = [[] for _ in guilds]
    found = []
    for index in range(size.students):
        which = index % size.servers
        name = f"Student {index}"
        profile = default_guild.Profile(f"student{index}", name, "en-US")
        user = default_guild.add_student(discord.world, discord.world.snowflakes.next(), profile)
        teaches = not classes[which]
        roles = [each.id for each in guilds[which].roles.values() if each.name == "Teachers"] if teaches else []
        guild_membership.join(discord.world, guilds[which], user, roles=roles)
        client = Client(discord.api_url, discord.gateway_url, user.token)
        student = Student(client, user.id, user.username)
        client.listen(_listener(stories))
        await client.open()
        stack.push_async_callback(client.close)
        desk = Desk(student, name, discord.bot.id, numbers[which], chance.randrange(1 << 30))
        classes[which].append(desk)
        found.append(StudentAtWork(desk, teaches=teaches))
    for together in classes:
        for desk in together:
            desk.classmates = [each for each in together if each is not desk]
    return found


def _listener(stories: Stories) -> Callable[[str, dict[str, Any]], None]:
    return lambda event, data: stories.hear(time.time(), event, data)


async def _begin(rested: Rested, size: Size) -> None:
    """Start all processes, and wait until the bots are there."""
    for process in rested.processes:
        await process.start()
    async with asyncio.timeout(90):
        while not _is_there(rested, size.shards):
            for process in rested.processes:
                if process.ended_by_itself:
                    raise RuntimeError(f"{process.name} has ended: {(process.lines() or ['without a word'])[-1]}")
            await asyncio.sleep(0.1)
    await asyncio.sleep(2.0 + size.servers / 10)


async def _supervise(rested: Rested) -> None:
    """Start again what ends by itself, as a host's supervisor does: a process that finds its database locked ends."""
    while True:
        await asyncio.sleep(1.0)
        for process in rested.processes:
            if process.ended_by_itself:
                await process.start()


def _is_there(rested: Rested, shards: int = 1) -> bool:
    discord = rested.discord
    connections = [each for each in discord.gateway.connections if not each.frozen]
    there = [each for each in connections if each.session and each.session.user is discord.bot]
    return len(there) >= shards


def _excuse(rested: Rested) -> None:
    """Nothing is owed where the bot could not do it."""
    for number, begin, end, why in rested.excuses:
        for each in rested.asked():
            if each.server == number and each.history and begin <= each.history[0][0] <= end:
                each.excused = each.excused or why


async def _settle(students: list[StudentAtWork], rested: Rested) -> None:
    """Wait until nobody says anything any more; finish open quizzes, and look every file up."""
    await _quiet(rested)
    open_still = [
        student.player.play(asked, SETTLED / 3)
        for student in students
        for asked in student.desk.asked
        if asked.kind in {"quiz", "group", "ladder"} and asked.taken and not asked.excused
    ]
    await asyncio.gather(*(asyncio.wait_for(each, SETTLED / 3) for each in open_still), return_exceptions=True)
    for student in students:
        for asked in [each for each in student.desk.asked if each.kind == "file" and each.message_id]:
            rested.model.found.pop(asked.mark, None)
            await student.look_up(asked)
    await _quiet(rested)


async def _quiet(rested: Rested) -> None:
    end = time.monotonic() + SETTLED
    last, since = -1, time.monotonic()
    while time.monotonic() < end:
        now = sum(rested.discord.stats.requests.values()) + len(rested.model.openai.received)
        if now != last or not _is_there(rested):
            last, since = now, time.monotonic()
        elif time.monotonic() - since > SILENCE:
            return
        await asyncio.sleep(0.5)


async def _look(rested: Rested, story: Callable[[Asked], tuple[str, ...]], *, until: float) -> list[Violation]:
    """The broken promises. What is tried again after up to a minute may still be kept: so it is looked at again."""
    while True:
        found = violations(World(rested.discord), rested.asked(), rested.model, story)
        estimated = rested.database.rows("token_charges", "id", "NOT settled AND run_id IS NOT NULL")
        if not (found or estimated) or time.monotonic() > until:
            return found
        await asyncio.sleep(5.0)


async def _settings_hold(students: Sequence[StudentAtWork]) -> list[Violation]:
    """What a teacher set last is how it is."""
    found = []
    for student in students:
        if student.calculator:
            try:
                told = await student.calculator_is()
            except (NotSeen, ErrorResponse) as error:
                told = f"nothing: {str(error).splitlines()[0]}"
            if f"is {student.calculator}" not in told:
                about = f"{student.desk.name} set the calculator {student.calculator}, and was told {told!r}"
                found.append(Violation("a setting holds", about))
    return found


async def _end(rested: Rested, result: Result) -> None:
    """Stop all processes, bots first, and look at what they leave."""
    for process in (*rested.bots, *rested.servers):
        await process.stop()
        result.violations += [Violation("a clean end", problem) for problem in process.problems]
        result.deaths += process.deaths
        result.warnings += process.warnings()
    died = any("killed" in each for each in result.deaths)
    disturbed = died or bool(rested.model.troubles) or bool(result.faults)
    broken, result.tokens = accounts(rested.database, rested.model, disturbed=disturbed)
    result.violations += [*broken, *leftovers(rested.database), *logs(rested.processes)]


def _keep_rows(database: Database, folder: Path) -> None:
    """Write what the databases hold of answers and runs into the folder: PostgreSQL's is gone with its server."""
    tables = [
        "questions",
        "answers",
        "answer_messages",
        "tool_calls",
        "token_charges",
        "runs",
        "quizzes",
        "library_files",
    ]
    for table in [*tables, "hint_ladders", "announced_requests"]:
        lines = [json.dumps(row, default=str) for row in database.rows(table, "*")]
        (folder / f"{table}.jsonl").write_text("\n".join(lines))


def _counts(asked: list[Asked], world: World) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in asked:
        counts[each.kind] += 1
        counts["excused"] += bool(each.excused)
        if each.kind == "question" and not each.excused:
            counts["answered" if world.ended(each.mark) else "failed with a sentence"] += each.taken
    return counts
