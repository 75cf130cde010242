"""Two hundred students ask at once against a server's limit, and the bot is killed in the middle: is all counted?

Playground and scripted model are in this process, the bot with its embedded server in one of its own, which is killed
(SIGKILL) when half of the answers that were admitted have ended, and started again. Each answer uses another number of
tokens, some more than it was estimated to. The model's own log holds the usage that it has told at each stream's end.
`python -m benchmarks.budgets [--students 200] [--limit 60000]`.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.table import table
from playground.server import Playground
from playground.world.guilds import Member
from playground.world.users import User
from tests.scripted_openai import Script, ScriptedOpenAI, Turn

STUDENTS = 200
LIMIT = 60_000
PATIENCE = 90.0


class CountingModel(ScriptedOpenAI):
    """Notes what it has told at the end of each stream; every second answer is held back until `gate` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.asked = 0
        self.told: list[int] = []
        self.reply = self._answer

    def _answer(self, _body: Mapping[str, Any]) -> Script:
        self.asked += 1
        usage = (900 + 97 * (self.asked % 23), 40 + self.asked % 7)  # estimates are about 1,500
        return Turn("one two three", usage=usage, gate=None if self.asked % 2 else self.gate)

    async def _stream(
        self, request: web.Request, turn: Script, events: AsyncIterator[Any], *, named: bool
    ) -> web.StreamResponse:
        async def watched() -> AsyncIterator[Any]:
            async for event in events:
                yield event
            if isinstance(turn, Turn):
                self.told.append(sum(turn.usage))

        return await super()._stream(request, turn, watched(), named=named)


@dataclass
class Outcome:
    """What came of it."""

    students: int
    limit: int
    admitted: int
    """Runs."""
    reserved: int
    """Tokens that the runs of the first moment were estimated to use."""
    killed_at: int
    """Answers that had ended then."""
    charged: int
    kept: int
    """Of `charged`: estimates of runs that were killed before the model told what they used."""
    told: int
    unsettled: int
    largest_overrun: int
    """How many tokens one run used beyond its estimate, at most."""

    @property
    def overshoot(self) -> int:
        """Tokens that were used beyond the limit."""
        return max(0, self.charged - self.limit)


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budgets", description=__doc__)
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--limit", type=int, default=LIMIT)
    options = parser.parse_args(arguments if arguments is not None else [])
    found = asyncio.run(measure(options.students, options.limit))
    rows = [
        ("runs that were admitted", found.admitted),
        ("tokens reserved by them (limit reached)", found.reserved),
        ("answers that had ended when the bot was killed", found.killed_at),
        ("tokens beyond the limit at last", found.overshoot),
        ("the same for each run that was under way", f"{found.overshoot / max(1, found.admitted):.0f}"),
        ("what one run used beyond its estimate, at most", found.largest_overrun),
        ("tokens charged", found.charged),
        ("of these, kept estimates of runs that were killed", found.kept),
        ("of these, as the model has told", found.charged - found.kept),
        ("tokens in the model's own log", found.told),
        ("charges that are estimates still", found.unsettled),
    ]
    return table([f"{found.students} students at once, {found.limit:,} tokens a day", ""], rows)


async def measure(students: int, limit: int) -> Outcome:
    """Ask, kill, start again, and read the ledger."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        discord = await stack.enter_async_context(Playground(rate_limits=False))
        model = CountingModel()
        await stack.enter_async_context(model)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = [_student(discord, number) for number in range(students)]
        async with _bot(discord, model, directory, limit) as process:
            await asyncio.gather(*(_ask(http, discord, token, number) for number, token in enumerate(tokens)))
            await _until(lambda: sum(row[1] for row in _charges(directory)) >= limit)
            first = _charges(directory)
            await _until(lambda: 2 * sum(row[2] for row in _charges(directory)) >= len(first))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        killed_at, killed = len(model.told), {row[0]: row[1] for row in _charges(directory) if not row[2]}
        model.gate.set()
        async with _bot(discord, model, directory, limit):
            await _until(lambda: all(row[2] for row in _charges(directory)))
        rows = _charges(directory)
        used = {row[0]: row[1] for row in rows}
        return Outcome(
            students=students,
            limit=limit,
            admitted=len([row for row in rows if row[1]]),
            reserved=sum(row[1] for row in first),
            killed_at=killed_at,
            charged=sum(used.values()),
            kept=sum(used[each] for each, tokens in killed.items() if used[each] == tokens),
            told=sum(model.told),
            unsettled=len([row for row in rows if not row[2]]),
            largest_overrun=max((used[each] - tokens for each, tokens, _ in first), default=0),
        )


def _student(discord: Playground, number: int) -> str:
    name = f"student{number}"
    user = User(2_000_000_000_000_000_000 + number, name, name, f"token-{number}")
    discord.world.users[user.id] = discord.world.tokens[user.token] = user
    discord.guild.members[user.id] = Member(user, discord.world.clock.now())
    return user.token


async def _ask(http: aiohttp.ClientSession, discord: Playground, token: str, number: int) -> None:
    channels = [each for each in discord.world.channels.values() if each.type == 0]
    url = f"{discord.api_url}/channels/{channels[number % len(channels)].id}/messages"
    body = {"content": f"<@{discord.bot.id}> question {number}"}
    async with http.post(url, json=body, headers={"Authorization": token}) as response:
        response.raise_for_status()


def _charges(directory: Path) -> list[tuple[str, int, bool]]:
    """Id, tokens, and whether it is settled."""
    with closing(sqlite3.connect(f"file:{directory / 'saem.sqlite3'}?mode=ro", uri=True, timeout=10)) as connection:
        return list(connection.execute("SELECT id, tokens, settled FROM token_charges"))


async def _until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - it looks at another process
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _bot(
    discord: Playground, model: ScriptedOpenAI, directory: Path, limit: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DISCORD_TOKEN": discord.bot_token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "OPENAI_API_KEY": model.key,
        "OPENAI_BASE_URL": model.url,
        "DATA_DIR": str(directory),
        "SERVER_TOKENS_PER_DAY": str(limit),
        "EMBEDDING_MODEL": "",
        "LOG_LEVEL": "ERROR",
    }
    identified = discord.stats.identifies
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    try:
        await _until(lambda: discord.stats.identifies > identified)
        await asyncio.sleep(1.0)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    print(main(sys.argv[1:]))
