"""Whether a process is well: its shards are connected, database and Assistants server answer, and no outage lasts."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, Literal

import openai
from openai import AsyncOpenAI
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.logs import kind_of
from bot.status.process_status import Problem
from bot.store.store import Store
from database.outages import lasting_outages, outage_of_folder, state_of_disk

PATIENCE: Final = 3.0
"""Seconds in which database and server have to answer."""
KNOWN_FOR: Final = 3.0
"""Seconds for which an answer holds: monitors may ask as often as they like."""


class Health:
    """Looks whether the process is well. `shard_problems` says what is wrong with its shards."""

    def __init__(self, store: Store, api: AsyncOpenAI, shard_problems: Callable[[], Sequence[Problem]]) -> None:
        self._store = store
        self._api = api.with_options(max_retries=0, timeout=PATIENCE)
        self._shard_problems = shard_problems
        self._lock = asyncio.Lock()
        self._others: tuple[Problem, ...] = ()
        self._looked_at = -KNOWN_FOR
        folder = Path(tempfile.gettempdir())
        self._temporary_folder, self._temporary = str(folder), outage_of_folder(folder, "temporary files")

    async def problems(self) -> tuple[Problem, ...]:
        """What is wrong; empty when all is well."""
        async with self._lock:
            if time.monotonic() - self._looked_at >= KNOWN_FOR:
                database, server = await asyncio.gather(self._database(), self._server())
                self._others = tuple(each for each in (database, server) if each is not None)
                self._look_at_temporary_files()
                self._looked_at = time.monotonic()
        outages = (Problem("outage", each.name, each.kind, each.since.timestamp()) for each in lasting_outages())
        return (*self._shard_problems(), *self._others, *outages)

    def _look_at_temporary_files(self) -> None:
        """See whether there is room for them: files are read there, and formulas drawn, by processes that only fail."""
        kind = state_of_disk(self._temporary_folder)
        if kind is None:
            self._temporary.succeeded()
        else:
            self._temporary.failed(kind, None)

    async def _database(self) -> Problem | None:
        async def ask() -> None:
            await self._store.read(text("SELECT 1"))

        return await _tried(ask, "database", (SQLAlchemyError, OSError))

    async def _server(self) -> Problem | None:
        async def ask() -> None:
            await self._api.beta.assistants.list(limit=1)

        return await _tried(ask, "assistants", (openai.OpenAIError,))


async def _tried(
    ask: Callable[[], Awaitable[None]], kind: Literal["database", "assistants"], errors: tuple[type[Exception], ...]
) -> Problem | None:
    try:
        async with asyncio.timeout(PATIENCE):
            await ask()
    except Exception as error:
        if not isinstance(error, (TimeoutError, *errors)):
            raise
        return Problem(kind, cause=kind_of(error))
    return None
