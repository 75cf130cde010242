"""What goes wrong in the chaos, drawn by a seed."""

import asyncio
import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.chaos.bots import Bot
from benchmarks.chaos.model import Model
from playground.faults import Fault
from playground.server import Playground

MESSAGES = "POST /channels/*/messages"
EDITS = "PATCH /channels/*/messages/*"
THREADS = "POST /channels/*/messages/*/threads"
READS = "GET *"
CALLBACKS = "POST /interactions/*"


class Troubles:
    """Faults of everything that the bot rests on, one after another."""

    def __init__(self, seed: int, discord: Playground, model: Model, bot: Bot, files: Path | None) -> None:
        self._chance = random.Random(seed)
        self._discord = discord
        self._model = model
        self._bot = bot
        self._files = files
        self.happened: Counter[str] = Counter()
        self._all: dict[str, Callable[[], Awaitable[None]]] = {
            "kill": self._kill,
            "kill while starting": self._kill_twice,
            "stop": self._stop,
            "gateway drop": self._drop,
            "gateway opcode 7": self._reconnect,
            "gateway opcode 9": self._invalidate,
            "REST storm": self._storm,
            "REST lost answers": self._lose_answers,
            "REST slow": self._slow,
            "REST breaks off": self._break_off,
            "rate limit": self._rate_limit,
            "rate limit of threads": self._limit_threads,
            "global rate limit": self._limit_all,
            "REST failing while reconnecting": self._storm_at_start,
            "model in trouble": self._model_trouble,
            "database locked": self._lock,
        }

    async def go_on(self, seconds: float, every: float) -> None:
        """Let things go wrong for a time, one of them every few seconds on average; afterwards all is well again."""
        end = asyncio.get_running_loop().time() + seconds
        names = sorted(self._all)
        while True:
            pause = self._chance.expovariate(1 / every)
            if asyncio.get_running_loop().time() + pause > end:
                break
            await asyncio.sleep(pause)
            name = self._chance.choice(names)
            self.happened[name] += 1
            await self._all[name]()
        await asyncio.sleep(max(0.0, end - asyncio.get_running_loop().time()))
        self._discord.faults.clear()
        self._model.trouble = 0.0
        await self._bot.start()

    def _fail(self, fault: Fault) -> None:
        fault.bots_only = True
        self._discord.fail(fault)

    async def _fail_for(self, fault: Fault, seconds: float) -> None:
        """Let all requests of a time meet a fault."""
        fault.times = 1_000_000
        self._fail(fault)
        await asyncio.sleep(seconds)
        self._discord.faults.remove(fault)

    async def _kill(self) -> None:
        await self._bot.kill()
        await asyncio.sleep(self._chance.uniform(0.0, 3.0))
        await self._bot.start()

    async def _kill_twice(self) -> None:
        await self._bot.kill()
        await self._bot.start()
        await asyncio.sleep(self._chance.uniform(0.5, 6.0))
        await self._kill()

    async def _stop(self) -> None:
        await self._bot.stop()
        await self._bot.start()

    async def _drop(self) -> None:
        self._discord.gateway.drop(user=self._discord.bot, resumable=self._chance.random() < 0.5)

    async def _reconnect(self) -> None:
        self._discord.gateway.ask_to_reconnect(self._discord.bot)

    async def _invalidate(self) -> None:
        self._discord.gateway.invalidate(self._discord.bot, resumable=self._chance.random() < 0.5)

    async def _storm(self) -> None:
        status = self._chance.choice([500, 502, 503, 504])
        await self._fail_for(Fault("status", "*", status=status), self._chance.uniform(2.0, 10.0))

    async def _storm_at_start(self) -> None:
        await self._bot.kill()
        await self._bot.start()
        await self._fail_for(Fault("status", READS, status=503), self._chance.uniform(4.0, 12.0))

    async def _lose_answers(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS, THREADS, CALLBACKS])
        self._fail(Fault("disconnect", route, times=self._chance.randint(1, 4), after=True))

    async def _slow(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS, READS, THREADS])
        self._fail(Fault("slow", route, times=5, seconds=self._chance.uniform(1.0, 8.0)))

    async def _break_off(self) -> None:
        self._fail(Fault("disconnect", "*", times=self._chance.randint(3, 15)))

    async def _rate_limit(self) -> None:
        route = self._chance.choice([MESSAGES, EDITS])
        self._fail(Fault("rate_limit", route, times=3, seconds=self._chance.uniform(0.5, 4.0)))

    async def _limit_threads(self) -> None:
        self._fail(Fault("rate_limit", THREADS, times=2, seconds=self._chance.choice([5.0, 300.0])))

    async def _limit_all(self) -> None:
        self._fail(Fault("rate_limit", "*", times=2, seconds=2.0, is_global=True))

    async def _model_trouble(self) -> None:
        self._model.trouble = 0.7
        await asyncio.sleep(self._chance.uniform(2.0, 6.0))
        self._model.trouble = 0.0

    async def _lock(self) -> None:
        """Another program writes into the bot's database, or the server's, for a few seconds."""
        if self._files is None:
            return
        path = self._files / self._chance.choice(["saem.sqlite3", "assistants.sqlite3"])
        if not path.exists():
            return
        with contextlib.closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return
            await asyncio.sleep(self._chance.uniform(1.0, 7.0))
            other.execute("ROLLBACK")
