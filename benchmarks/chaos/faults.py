"""What goes wrong in the chaos, drawn by a seed."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.chaos.databases import Database, Postgres, Sqlite
from benchmarks.chaos.model import Model
from benchmarks.chaos.processes import Process
from benchmarks.chaos.records import Asked, Line
from playground.changes import channel_changes, message_changes, thread_changes
from playground.faults import Fault
from playground.server import Playground
from playground.world.channels import Overwrite
from playground.world.guilds import Guild
from playground.world.permissions import Permission

MESSAGES = "POST /channels/*/messages"
EDITS = "PATCH /channels/*/messages/*"
THREADS = "POST /channels/*/messages/*/threads"
READS = "GET *"
CALLBACKS = "POST /interactions/*"
MEMBER = 1
"""The type of an overwrite that is for one member."""
AT_ONCE = 2
"""Faults that last may overlap, so many at once."""
LATE = 90.0
"""Seconds that an answer may be late: a question of so long ago may meet that the bot may not write any more."""
STALE = 6.0
"""Seconds after which a fault that is counted in requests is over, though fewer have met it."""


@dataclass
class Rested:
    """All that the bots rest on."""

    discord: Playground
    model: Model
    bots: Sequence[Process]
    servers: Sequence[Process]
    database: Database
    guilds: Sequence[Guild]
    """In the order of the servers' numbers, from 1."""
    asked: Callable[[], list[Asked]]
    """All that was asked for so far."""
    excuses: list[tuple[int, float, float, str]] = field(default_factory=list)
    """Times in which nothing is owed to the students of a server: its number, from when, until when, why."""

    @property
    def processes(self) -> list[Process]:
        """Servers, then bots."""
        return [*self.servers, *self.bots]


class Troubles:
    """Faults of everything that the bots rest on, one after another."""

    def __init__(self, seed: int, rested: Rested, only: Sequence[str] = ()) -> None:
        self._chance = random.Random(seed)
        self._rested = rested
        self._discord = rested.discord
        self.happened: Counter[str] = Counter()
        self.lines: list[Line] = []
        self._all: dict[str, Callable[[], Awaitable[None]]] = {
            "kill": self._kill,
            "kill while starting": self._kill_twice,
            "all killed": self._kill_all,
            "stop": self._stop,
            "gateway drop": self._drop,
            "gateway opcode 7": self._reconnect,
            "gateway opcode 9": self._invalidate,
            "resume host fails": self._fail_resumes,
            "gateway mute": self._mute,
            "gateway zombie": self._freeze,
            "ten reconnects": self._reconnect_often,
            "identifies used up": self._use_up_identifies,
            "Discord away": self._go_away,
            "REST storm": self._storm,
            "REST lost answers": self._lose_answers,
            "REST slow": self._slow,
            "REST breaks off": self._break_off,
            "REST failing while reconnecting": self._storm_at_start,
            "rate limit": self._rate_limit,
            "rate limit of threads": self._limit_threads,
            "global rate limit": self._limit_all,
            "Cloudflare": self._cloudflare,
            "Cloudflare's limit": self._limit_address,
            "thread deleted": self._delete_thread,
            "answer deleted": self._delete_answer,
            "may not make threads": self._forbid_threads,
            "may not write": self._forbid_writing,
            "model in trouble": self._model_trouble,
        }
        match rested.database:
            case Sqlite() as sqlite:
                self._all["database locked"] = lambda: self._lock_file(sqlite)
                self._all["disk full"] = self._fill_disk
            case Postgres() as postgres:
                self._all["database stopped"] = lambda: self._stop_database(postgres, signal.SIGINT)
                self._all["database killed"] = lambda: self._stop_database(postgres, signal.SIGQUIT)
                self._all["database cut off"] = postgres.cut
                self._all["database locked"] = lambda: self._lock_table(postgres)
        if rested.servers:
            self._all["Assistants server killed"] = self._kill_server
            self._all["Assistants server stopped"] = self._stop_server
        if only:
            self._all = {name: work for name, work in self._all.items() if any(each in name for each in only)}

    async def go_on(self, seconds: float, every: float) -> None:
        """Let things go wrong for a time, one of them every few seconds on average."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        names = sorted(self._all)
        room = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                pause = self._chance.expovariate(1 / every)
                if loop.time() + pause > end:
                    break
                await asyncio.sleep(pause)
                await room.acquire()
                group.create_task(self._happen(self._chance.choice(names), room))
        await asyncio.sleep(max(0.0, end - loop.time()))

    async def kill_each(self, seconds: float, every: float) -> None:
        """Kill one process of each kind every so many seconds for a time, and start it again; 0: never."""
        end = time.monotonic() + seconds
        while every and time.monotonic() + every < end:
            await asyncio.sleep(every)
            for kind, processes in (("bot", self._rested.bots), ("server", self._rested.servers)):
                if processes:
                    self.happened[f"{kind} killed by the clock"] += 1
                    self.lines.append((time.time(), f"{kind} killed by the clock"))
                    await self._kill_one(processes)

    async def end(self) -> None:
        """Let all be well again."""
        await self._rested.database.mend()
        self._discord.faults.clear()
        await self._discord.gateway.resume_host.mend()
        self._rested.model.trouble = 0.0
        self.lines.append((time.time(), "none any more"))
        for process in self._rested.processes:
            process.limit_files(None)
            await process.start()

    async def _happen(self, name: str, room: asyncio.Semaphore) -> None:
        self.happened[name] += 1
        self.lines.append((time.time(), name))
        try:
            await self._all[name]()
        finally:
            self.lines.append((time.time(), f"{name}: over"))
            room.release()

    async def _fail(self, fault: Fault) -> None:
        """Let the next requests meet a fault, those of the next seconds.

        Without the end a bot that waits longer after each failure would meet nothing but faults of minutes ago.
        """
        fault.bots_only = True
        self._discord.fail(fault)
        for _ in range(int(10 * STALE)):
            if fault.times <= 0:
                break
            await asyncio.sleep(0.1)
        self._discord.faults.remove(fault)

    async def _fail_for(self, fault: Fault, seconds: float) -> None:
        """Let all requests of a time meet a fault."""
        fault.bots_only, fault.times = True, 1_000_000
        self._discord.fail(fault)
        await asyncio.sleep(seconds)
        self._discord.faults.remove(fault)

    # Processes

    async def _kill(self) -> None:
        await self._kill_one(self._rested.bots)

    async def _kill_server(self) -> None:
        await self._kill_one(self._rested.servers)

    async def _kill_one(self, processes: Sequence[Process]) -> None:
        process = self._chance.choice(processes)
        await process.kill()
        await asyncio.sleep(self._chance.uniform(0.0, 3.0))
        await process.start()

    async def _kill_twice(self) -> None:
        process = self._chance.choice(self._rested.bots)
        await process.kill()
        await process.start()
        await asyncio.sleep(self._chance.uniform(0.5, 6.0))
        await process.kill()
        await process.start()

    async def _kill_all(self) -> None:
        """The machine loses its power."""
        for process in self._rested.processes:
            await process.kill()
        await asyncio.sleep(self._chance.uniform(0.0, 3.0))
        for process in self._rested.processes:
            await process.start()

    async def _stop(self) -> None:
        await self._stop_one(self._rested.bots)

    async def _stop_server(self) -> None:
        await self._stop_one(self._rested.servers)

    async def _stop_one(self, processes: Sequence[Process]) -> None:
        process = self._chance.choice(processes)
        await process.stop()
        await process.start()

    # The gateway

    async def _drop(self) -> None:
        self._discord.gateway.drop(user=self._discord.bot, resumable=self._chance.random() < 0.5)

    async def _reconnect(self) -> None:
        self._discord.gateway.ask_to_reconnect(self._discord.bot)

    async def _invalidate(self) -> None:
        self._discord.gateway.invalidate(self._discord.bot, resumable=self._chance.random() < 0.5)

    async def _fail_resumes(self) -> None:
        """The host that READY names for resuming is away, and the connections break."""
        fault = self._chance.choice(["down", "unavailable", "refuses"])
        await self._discord.gateway.resume_host.fail(fault)  # type: ignore[arg-type]
        self._discord.gateway.drop(user=self._discord.bot)
        await asyncio.sleep(self._chance.uniform(3.0, 15.0))
        await self._discord.gateway.resume_host.mend()

    async def _mute(self) -> None:
        """The session is lost, and the next one is acknowledged without a word: neither READY nor RESUMED."""
        self._discord.gateway.mute()
        self._discord.gateway.drop(user=self._discord.bot, resumable=self._chance.random() < 0.5)

    async def _freeze(self) -> None:
        """The connection is there, and nothing comes over it; at last it breaks."""
        self._discord.gateway.freeze(self._discord.bot)
        await asyncio.sleep(self._chance.uniform(3.0, 12.0))
        self._discord.gateway.drop(user=self._discord.bot)

    async def _reconnect_often(self) -> None:
        for _ in range(10):
            self._discord.gateway.ask_to_reconnect(self._discord.bot)
            await asyncio.sleep(self._chance.uniform(0.2, 1.0))

    async def _go_away(self) -> None:
        """Nothing of Discord can be reached, as when the name of its host is not found."""
        await self._discord.gateway.resume_host.fail("down")
        self._discord.gateway.drop(user=self._discord.bot)
        await self._fail_for(Fault("disconnect", "*"), self._chance.choice([self._chance.uniform(3.0, 12.0), 20.0]))
        await self._discord.gateway.resume_host.mend()

    async def _use_up_identifies(self) -> None:
        seconds = self._chance.uniform(2.0, 8.0)
        self._discord.gateway.session_starts.use_up(seconds)
        self._discord.gateway.invalidate(self._discord.bot)
        await asyncio.sleep(seconds)

    # Requests

    async def _storm(self) -> None:
        status = self._chance.choice([500, 502, 503, 504])
        await self._fail_for(Fault("status", "*", status=status), self._chance.uniform(2.0, 10.0))

    async def _storm_at_start(self) -> None:
        process = self._chance.choice(self._rested.bots)
        await process.kill()
        await process.start()
        await self._fail_for(Fault("status", READS, status=503), self._chance.uniform(4.0, 12.0))

    async def _lose_answers(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS, THREADS, CALLBACKS])
        await self._fail(Fault("disconnect", route, times=self._chance.randint(1, 4), after=True))

    async def _slow(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS, READS, THREADS])
        await self._fail(Fault("slow", route, times=5, seconds=self._chance.uniform(1.0, 8.0)))

    async def _break_off(self) -> None:
        await self._fail(Fault("disconnect", "*", times=self._chance.randint(3, 15)))

    async def _rate_limit(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS])
        shared = self._chance.random() < 0.3
        await self._fail(Fault("rate_limit", route, times=3, seconds=self._chance.uniform(0.5, 4.0), shared=shared))

    async def _limit_threads(self) -> None:
        await self._fail(Fault("rate_limit", THREADS, times=2, seconds=self._chance.choice([5.0, 300.0])))

    async def _limit_all(self) -> None:
        await self._fail(Fault("rate_limit", "*", times=2, seconds=2.0, is_global=True))

    async def _cloudflare(self) -> None:
        """A page instead of Discord's answer."""
        status = self._chance.choice([502, 520, 524])
        await self._fail(Fault("status", "*", status=status, times=self._chance.randint(2, 10), body="html", via=False))

    async def _limit_address(self) -> None:
        """Cloudflare refuses the machine's address, without Discord's word."""
        fault = Fault("rate_limit", "*", seconds=self._chance.uniform(1.0, 6.0), body="html", via=False)
        fault.headers = self._chance.random() < 0.5
        await self._fail_for(fault, fault.seconds)

    # What moderators do

    async def _delete_thread(self) -> None:
        """A moderator deletes the thread of a question or a quiz, with all that goes on in it."""
        world = self._discord.world
        threads = [
            each for each in self._rested.asked() if each.kind == "question" and each.message_id in world.channels
        ]
        if not threads:
            return
        gone = self._chance.choice(threads[-10:]).message_id
        for each in self._rested.asked():
            if gone in {each.channel_id, each.message_id}:
                each.excused = "a moderator has deleted its thread"
                each.note("its thread is deleted")
        thread_changes.remove(world, world.channels[gone])

    async def _delete_answer(self) -> None:
        """A moderator deletes what the bot says just now."""
        world = self._discord.world
        asked = [each for each in self._rested.asked() if each.kind == "question" and each.message_id in world.channels]
        for each in reversed(asked[-10:]):
            thread = world.channels[each.message_id]
            said = [one for one in thread.messages.values() if one.author_id == self._discord.bot.id]
            if said:
                for one in self._rested.asked():
                    if each.message_id in {one.channel_id, one.message_id}:
                        one.excused = "a moderator has deleted an answer in its thread"
                        one.note("an answer in its thread is deleted")
                message_changes.delete(world, thread, said[-1])
                return

    async def _forbid_threads(self) -> None:
        await self._forbid(Permission.CREATE_PUBLIC_THREADS | Permission.MANAGE_THREADS, excused="")

    async def _forbid_writing(self) -> None:
        writing = Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS
        await self._forbid(writing, excused="the bot might not write there")

    async def _forbid(self, permissions: Permission, *, excused: str) -> None:
        """Take permissions from the bot in a server's channel, and give them back."""
        number = self._chance.randrange(len(self._rested.guilds))
        guild, world, bot_id = self._rested.guilds[number], self._discord.world, self._discord.bot.id
        channel = next(each for each in guild.channels.values() if each.name == "math")
        began = time.time()
        channel.overwrites[bot_id] = Overwrite(bot_id, MEMBER, 0, int(permissions))
        channel_changes.announce(world, guild, channel, "CHANNEL_UPDATE")
        await asyncio.sleep(self._chance.uniform(2.0, 8.0))
        channel.overwrites.pop(bot_id, None)
        channel_changes.announce(world, guild, channel, "CHANNEL_UPDATE")
        if excused:
            self._rested.excuses.append((number + 1, began - LATE, time.time() + 3.0, excused))

    # The model and the databases

    async def _model_trouble(self) -> None:
        self._rested.model.trouble = 0.7
        await asyncio.sleep(self._chance.uniform(2.0, 6.0))
        self._rested.model.trouble = 0.0

    async def _lock_file(self, database: Sqlite) -> None:
        """Another program writes into the bot's database, or the server's, for a time."""
        name = self._chance.choice(["saem.sqlite3", "assistants.sqlite3"])
        await database.lock(name, self._chance.choice([self._chance.uniform(1.0, 7.0), 15.0]))

    async def _fill_disk(self) -> None:
        """No file of a process can grow, as on a full disk."""
        process = self._chance.choice(self._rested.processes)
        if process.limit_files(4096):
            await asyncio.sleep(self._chance.uniform(2.0, 8.0))
            process.limit_files(None)

    async def _stop_database(self, database: Postgres, how: signal.Signals) -> None:
        await database.stop(self._chance.choice([self._chance.uniform(1.0, 8.0), 20.0]), how)

    async def _lock_table(self, database: Postgres) -> None:
        table = self._chance.choice(["questions", "answers", "tool_calls", "quizzes", "runs", "messages"])
        await database.lock(table, self._chance.uniform(1.0, 6.0))
