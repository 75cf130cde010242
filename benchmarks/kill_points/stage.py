"""Where a scenario is played: a Discord, a model, and a bot that dies at its points and is started again at once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from benchmarks.kill_points import bot_process
from playground.pilot import SeenMessage, Student
from playground.pilot.seen import NotSeen
from playground.pilot.student import ChannelLike, Outcome
from playground.server import Playground
from tests.migrated import bot_database, server_database
from tests.scripted_openai import ScriptedOpenAI

PATIENCE = 40.0
"""Seconds that people wait for something that has to come."""
QUIET = 0.8
"""Seconds without a request after which nothing more is expected."""


@dataclass
class Stage:
    """What a scenario works with. `kills`: at which point each process dies, the first process first."""

    discord: Playground
    openai: ScriptedOpenAI
    directory: Path
    context: ForkServerContext
    settings: Mapping[str, Any]
    kills: Sequence[int] = ()
    problems: list[str] = field(default_factory=list)
    started: int = 0
    first: int = 0
    """The number of the process that is the first to die."""
    deaths: int = 0
    _preparing: bool = False
    _process: ForkServerProcess | None = None
    _supervisor: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def mention(self) -> str:
        """How the bot is mentioned."""
        return f"<@{self.discord.bot.id}>"

    # The bot

    async def begin(self) -> None:
        """Start the bot, and again whenever it has died."""
        self._supervisor = asyncio.create_task(self._supervise())
        await self.connected()

    @asynccontextmanager
    async def preparation(self) -> AsyncIterator[None]:
        """What is done before a scenario begins: in it nothing dies, and the bot is away when it ends."""
        self._preparing = True
        await self.begin()
        yield
        await self.quiet()
        await self.end()
        self._preparing, self.first, self.deaths = False, self.started, 0

    async def _supervise(self) -> None:
        while True:
            number = self.started
            kill_at = self.kills[number - self.first] if self.first <= number < self.first + len(self.kills) else None
            if self._preparing:
                kill_at = None
            self._process = bot_process.start(self.context, self.settings, self.directory, number, kill_at)
            self.started += 1
            await _ended(self._process)
            if self._process.exitcode != -9:
                self.problems.append(f"the bot ended by itself, with code {self._process.exitcode}")
                return
            self.deaths += 1

    def is_there(self) -> bool:
        """Whether the bot is connected."""
        return any(each.session and each.session.user is self.discord.bot for each in self.discord.gateway.connections)

    async def connected(self) -> None:
        """Wait until the bot is there."""
        await self.until(self.is_there, "the bot to connect", seconds=60.0)

    async def end(self) -> None:
        """Kill the bot."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        if self._process is not None:
            self._process.kill()
            await _ended(self._process)

    # Waiting

    async def until(self, condition: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
        """Wait until it is true; returns what it gives.

        Raises:
            NotSeen: it did not come.
        """
        end = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > end:
                raise NotSeen(f"waited {seconds:g} s for {what}")
            await asyncio.sleep(0.02)
        return found

    async def quiet(self) -> None:
        """Wait until nothing happens any more."""
        last, since = -1, time.monotonic()
        end = since + PATIENCE
        while time.monotonic() - since < QUIET and time.monotonic() < end:
            now = sum(self.discord.stats.requests.values()) + len(self.openai.received)
            if now != last or not self.is_there():
                last, since = now, time.monotonic()
            await asyncio.sleep(0.05)

    # What people do, who try again where Discord says that it failed

    async def press(
        self, student: Student, message: SeenMessage, label: str, done: Callable[[], Any], what: str
    ) -> Any:
        """Press a button until `done()`: again only where Discord has said that the press failed."""

        def deed() -> Any:
            now = student.now(message)
            return student.clicks(now, control_named(now, label))

        return await self._do(student, deed, done, what)

    async def fill_in(
        self,
        student: Student,
        message: SeenMessage,
        label: str,
        values: Mapping[str, str],
        done: Callable[[], Any],
        what: str,
    ) -> Any:
        """Press a button that opens a form, and send that, as `press`."""

        async def deed() -> Outcome:
            opened = await student.clicks(student.now(message), label)
            return await student.submits(opened, **values) if opened.modal is not None else opened

        return await self._do(student, deed, done, what)

    async def select(
        self, student: Student, message: SeenMessage, control: str, choice: str, done: Callable[[], Any], what: str
    ) -> Any:
        """Choose in a select, as `press`."""
        return await self._do(student, lambda: student.selects(student.now(message), control, choice), done, what)

    async def run(
        self, student: Student, command: str, where: ChannelLike, done: Callable[[], Any], what: str, **options: Any
    ) -> Any:
        """Run a command until `done()`: again only where Discord has said that it failed."""
        return await self._do(student, lambda: student.runs(command, where=where, **options), done, what)

    async def _do(self, student: Student, deed: Callable[[], Any], done: Callable[[], Any], what: str) -> Any:
        def interrupted() -> int:
            return sum("I was interrupted just now" in each.text for each in student.messages())

        for _ in range(6):
            before = interrupted()
            if found := done():
                return found
            await self.connected()
            try:
                outcome = await self._outcome(deed)
            except NotSeen:  # it is not there (any more): the last try may have done it
                outcome = None
            if outcome is not None and outcome.ok:
                await self.until(lambda: done() or interrupted() > before, what)  # noqa: B023
                if interrupted() > before:
                    await self.quiet()
                if found := done():
                    return found
                continue
            end = time.monotonic() + 3.0
            while time.monotonic() < end:
                if found := done():
                    return found
                await asyncio.sleep(0.05)
        return await self.until(done, f"{what}, after six tries")

    async def _outcome(self, deed: Callable[[], Any]) -> Outcome | None:
        """How it ended; None where the bot died first, which people see as a failure."""
        deaths = self.deaths
        task = asyncio.ensure_future(deed())
        while not task.done():
            await asyncio.wait({task}, timeout=0.05)
            if self.deaths > deaths and not task.done():
                await asyncio.wait({task}, timeout=0.2)
                if not task.done():
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    return None
        outcome: Outcome = task.result()
        return outcome

    # Looking

    def said(self, place: ChannelLike | None = None) -> list[SeenMessage]:
        """The bot's messages, everywhere or in one place, as they are now."""
        channels = [place] if place is not None else list(self.discord.world.channels)
        return [each for channel in channels for each in self.discord.messages(channel) if each.by_bot]

    def expect(self, what: str, *, holds: bool, about: object = "") -> None:
        """Note a problem where something does not hold."""
        if not holds:
            self.problems.append(f"{what} {about}".strip())


@asynccontextmanager
async def open_stage(
    context: ForkServerContext, directory: Path, kills: Sequence[int] = (), **settings: Any
) -> AsyncIterator[Stage]:
    """A Discord, a model and an empty folder; the bot is not started yet."""
    async with Playground() as discord, ScriptedOpenAI() as openai:
        if settings.pop("migrated", True):
            bot_database(directory)
            server_database(directory)
        given: dict[str, Any] = {
            "discord_token": discord.bot_token,
            "discord_api_url": discord.api_url,
            "discord_gateway_url": discord.gateway_url,
            "openai_api_key": openai.key,
            "openai_base_url": openai.url,
            "data_dir": directory,
            "quiz_check": "off",
            **settings,
        }
        stage = Stage(discord, openai, directory, context, given, kills)
        try:
            yield stage
        finally:
            await stage.end()


def control_named(message: SeenMessage, text: str) -> str:
    """What presses the button of that label, or of the choice with that text, which has a letter."""
    if any(text in {each.label, each.custom_id} for each in message.controls):
        return text
    lettered = re.search(rf"\*\*([A-Z])\*\* {re.escape(text)}", message.text)
    return lettered[1] if lettered else text


async def _ended(process: ForkServerProcess) -> None:
    """Wait for a process to end."""
    while process.is_alive():  # noqa: ASYNC110 - multiprocessing tells nobody
        await asyncio.sleep(0.01)
    process.join()
