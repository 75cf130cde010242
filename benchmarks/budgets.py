"""Two hundred students ask at once against a server's limit, and the bot is killed in the middle: is all counted?

Playground and scripted model are in this process, the bot with its embedded server in one of its own, which is killed
(SIGKILL) when half of the answers that were admitted have ended, and started again. Each answer uses another number of
tokens, some more than it was estimated to. The model's own log holds the usage that it has told at each stream's end.

Then the same with two bots on one PostgreSQL (of DATABASE_URL, else pgserver's), each with a server of its own, and a
limit of the whole bot; one of the two is killed.
`python -m benchmarks.budgets [--students 200] [--limit 60000]`.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web

from benchmarks.several_servers import postgres
from benchmarks.table import table
from playground.server import Playground
from playground.world.guilds import Guild, Member
from playground.world.users import User
from tests.scripted_openai import Script, ScriptedOpenAI, Turn

STUDENTS = 200
LIMIT = 60_000
PATIENCE = 150.0


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
    found = [asyncio.run(measure(options.students, options.limit))]
    with postgres() as url:
        if url is not None:
            found.append(asyncio.run(measure(options.students, options.limit, bots=2, url=url)))
    rows: list[tuple[str, list[object]]] = [
        ("tokens reserved by the runs that were admitted at once", [f"{each.reserved:,}" for each in found]),
        ("runs that were admitted in all", [each.admitted for each in found]),
        ("answers that had ended when a bot was killed", [each.killed_at for each in found]),
        ("tokens beyond the limit at last", [f"{each.overshoot:,}" for each in found]),
        ("the same for each run", [f"{each.overshoot / max(1, each.admitted):.0f}" for each in found]),
        ("what one run used beyond its estimate, at most", [f"{each.largest_overrun:,}" for each in found]),
        ("tokens charged", [f"{each.charged:,}" for each in found]),
        ("of these, kept estimates of runs that were killed", [f"{each.kept:,}" for each in found]),
        ("of these, as the model has told", [f"{each.charged - each.kept:,}" for each in found]),
        ("tokens in the model's own log", [f"{each.told:,}" for each in found]),
        ("charges that are estimates still", [each.unsettled for each in found]),
    ]
    head = [f"{options.students} students at once, {options.limit:,} tokens a day"]
    head += ["one bot, SQLite", "two bots, PostgreSQL"][: len(found)]
    return table(head, [[name, *cells] for name, cells in rows])


async def measure(students: int, limit: int, bots: int = 1, url: str = "") -> Outcome:
    """Ask, kill one bot, start it again, and read the ledger: SQLite's, or that of the PostgreSQL at `url`."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        discord = await stack.enter_async_context(Playground(rate_limits=False, shards=bots))
        guilds = (
            [discord.add_guild(f"Class {each}", shard=each) for each in range(bots)] if bots > 1 else [discord.guild]
        )
        model = CountingModel()
        await stack.enter_async_context(model)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = [_student(discord, guilds, number) for number in range(students)]

        def charges() -> Awaitable[list[tuple[str, int, bool]]]:
            return _charges(url or str(directory / "saem.sqlite3"))

        def bot(number: int) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
            folder = directory / str(number) if url else directory
            limits = {"TOKENS_PER_DAY" if bots > 1 else "SERVER_TOKENS_PER_DAY": str(limit)}
            shared = {"DATABASE_URL": url.replace("+asyncpg", ""), "SHARDS": str(bots)} if url else {}
            return _bot(discord, model, {"DATA_DIR": str(folder), **limits, **shared})

        async with bot(0) as process:
            for number in range(1, bots):
                await stack.enter_async_context(bot(number))
            if url:
                await _until(lambda: _spread(url, bots))
                await asyncio.sleep(2.0)
            await asyncio.gather(*(_ask(http, discord, guilds, token, number) for number, token in enumerate(tokens)))
            await _until(lambda: _reached(charges, limit))
            first = await charges()
            await _until(lambda: _half_settled(charges, len(first)))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        killed_at, killed = len(model.told), {row[0]: row[1] for row in await charges() if not row[2]}
        model.gate.set()
        async with bot(0):
            await _until(lambda: _all_settled(charges))
        rows = await charges()
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


Charges = Callable[[], Awaitable[list[tuple[str, int, bool]]]]


async def _reached(charges: Charges, limit: int) -> bool:
    return sum(row[1] for row in await charges()) >= limit


async def _half_settled(charges: Charges, count: int) -> bool:
    return 2 * sum(row[2] for row in await charges()) >= count


async def _all_settled(charges: Charges) -> bool:
    return all(row[2] for row in await charges())


async def _spread(url: str, bots: int) -> bool:
    """Whether each bot has a shard."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return bool(await connection.fetchval("SELECT count(DISTINCT owner) FROM shards") >= bots)
    finally:
        await connection.close()


def _student(discord: Playground, guilds: Sequence[Guild], number: int) -> str:
    name = f"student{number}"
    user = User(2_000_000_000_000_000_000 + number, name, name, f"token-{number}")
    discord.world.users[user.id] = discord.world.tokens[user.token] = user
    for guild in guilds:
        guild.members[user.id] = Member(user, discord.world.clock.now())
    return user.token


async def _ask(
    http: aiohttp.ClientSession, discord: Playground, guilds: Sequence[Guild], token: str, number: int
) -> None:
    ids = {guild.id for guild in guilds}
    channels = [each for each in discord.world.channels.values() if each.type == 0 and each.guild_id in ids]
    url = f"{discord.api_url}/channels/{channels[number % len(channels)].id}/messages"
    body = {"content": f"<@{discord.bot.id}> question {number}"}
    async with http.post(url, json=body, headers={"Authorization": token}) as response:
        response.raise_for_status()


async def _charges(where: str) -> list[tuple[str, int, bool]]:
    """Id, tokens, and whether it is settled; none before there is a table."""
    query = "SELECT id, tokens, settled FROM token_charges"
    if where.startswith("postgresql"):
        connection = await asyncpg.connect(where.replace("+asyncpg", ""))
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()
    with closing(sqlite3.connect(f"file:{where}?mode=ro", uri=True, timeout=10)) as database:
        return list(database.execute(query))


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - it looks at another process
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _bot(
    discord: Playground, model: ScriptedOpenAI, settings: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DISCORD_TOKEN": discord.bot_token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "OPENAI_API_KEY": model.key,
        "OPENAI_BASE_URL": model.url,
        "EMBEDDING_MODEL": "",
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    began = discord.stats.identifies + discord.stats.resumes

    async def is_there() -> bool:
        return discord.stats.identifies + discord.stats.resumes > began

    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    try:
        await _until(is_there)
        await asyncio.sleep(1.0)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    print(main(sys.argv[1:]))
