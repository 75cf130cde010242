"""The status of one process of the bot: measured, looked at, and noted every some seconds for others to read."""

import asyncio
import contextlib
import math
import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import aiohttp
import discord
import structlog
from openai import AsyncOpenAI
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway_watch import GatewayWatch
from bot.logs import error_counts, kind_of
from bot.shards.ownership import Ownership
from bot.status.condition import Condition, read_condition
from bot.status.health import Health
from bot.status.measurements import ModelMeasurements, RestMeasurements
from bot.status.process_status import KEPT_CHANGES, Problem, ProcessStatus, ShardChange, ShardStatus
from bot.status.status_store import StatusStore
from bot.store.store import Store

log = structlog.get_logger(__name__)

NOTE_EVERY: Final = 10.0
"""Seconds from one note to the next."""
SETTLES: Final = 1.0
"""Seconds from a change of the shards until it is noted: others follow it."""


def release() -> str:
    """The version of Saem that runs."""
    try:
        return version("saem")
    except PackageNotFoundError:  # run from a folder, without an installation
        return "(not installed)"


class ConditionUnknownError(Exception):
    """The database does not tell how the bot is."""


class BotStatus:
    """What a process knows of itself. It is a listener of shards (`ShardListener`).

    `starts_again_in` says for how many seconds Discord lets no session begin; None when it does.
    """

    def __init__(
        self,
        client: discord.AutoShardedClient,
        store: Store,
        api: AsyncOpenAI,
        *,
        ownership: Ownership,
        gateway_watch: GatewayWatch,
        starts_again_in: Callable[[], float | None],
        trace: aiohttp.TraceConfig,
        database_files: Sequence[Path] = (),
    ) -> None:
        self.registry = CollectorRegistry()
        self.model = ModelMeasurements(self.registry)
        self.rest = RestMeasurements(self.registry)
        self.rest.attend(trace)
        self.health = Health(store, api, lambda: list(self._shard_problems()))
        self._client = client
        self._store = store
        self._rows = StatusStore(store)
        self._ownership = ownership
        self._gateway_watch = gateway_watch
        self._starts_again_in = starts_again_in
        self._files = database_files
        self._started_at = time.time()
        self._stopping = False
        self._apart_since: dict[int, float] = {}
        self._changes: deque[ShardChange] = deque(maxlen=KEPT_CHANGES)
        self._changed = asyncio.Event()
        """Set when there is something to note at once."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Note from now on."""
        self._task = asyncio.create_task(self._run(), name="status-notes")

    def stopping(self) -> None:
        """The process is about to end."""
        self._stopping = True
        self.changed()

    def changed(self) -> None:
        """There is something to note before its time."""
        self._changed.set()

    async def close(self) -> None:
        """The process ends in order: its note goes."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        try:
            await self._rows.remove(self._ownership.process_id)
        except (SQLAlchemyError, OSError) as error:
            log.info("status.not_removed", cause=error)

    async def _run(self) -> None:
        while True:
            try:
                await self.note()
            except Exception:
                log.exception("status.not_noted")
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), NOTE_EVERY)
                await asyncio.sleep(SETTLES)

    async def note(self) -> None:
        """Note how this process is. Where the database takes no writes the note grows old, and tells so itself."""
        try:
            await self._rows.put(await self.of_process())
        except (SQLAlchemyError, OSError) as error:
            log.debug("status.not_noted", cause=error)  # whoever needs the database says what is wrong with it

    async def of_process(self) -> ProcessStatus:
        """How this process is."""
        again_in = self._starts_again_in()
        return ProcessStatus(
            process_id=self._ownership.process_id,
            version=release(),
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            noted_at=time.time(),
            shard_count=self._client.shard_count or 1,
            servers=len(self._client.guilds),
            shards=tuple(self._shards()),
            problems=await self.health.problems(),
            changes=tuple(self._changes),
            model=self.model.status(),
            rest=self.rest.status(),
            errors=error_counts.counts.counts(),
            starts_again_at=None if again_in is None else time.time() + again_in,
        )

    async def of_bot(self) -> Condition:
        """How all processes are, as they have noted it, this one just now.

        Raises:
            ConditionUnknownError: the database cannot be read.
        """
        await self.note()
        return await self.read_bot()

    async def read_bot(self) -> Condition:
        """How all processes are, as they have noted it.

        Raises:
            ConditionUnknownError: the database cannot be read.
        """
        try:
            return await read_condition(self._store.read, self._store.dialect, self._files)
        except (SQLAlchemyError, OSError) as error:
            raise ConditionUnknownError(kind_of(error)) from error

    def _shards(self) -> Iterator[ShardStatus]:
        for shard_id, info in sorted(self._client.shards.items()):
            connected = self._gateway_watch.is_connected(shard_id)
            latency = info.latency if connected and math.isfinite(info.latency) else None
            yield ShardStatus(shard_id, connected, latency)

    def _shard_problems(self) -> Iterator[Problem]:
        if self._stopping:
            yield Problem("stopping")
            return
        now, apart = time.time(), self._apart_since
        shards = list(self._shards())
        self._apart_since = {each.shard_id: apart.get(each.shard_id, now) for each in shards if not each.connected}
        for shard_id, since in self._apart_since.items():
            yield Problem("shard_apart", str(shard_id), since=since)
        # Of several processes one may have none, and stand by.
        if not shards and not (self._store.dialect == "postgresql" and self._client.is_ready()):
            yield Problem("no_shard")

    # As a listener of shards

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """Shards came."""
        self._changes.extend(ShardChange(time.time(), each, gained=True) for each in sorted(shard_ids))
        self.changed()

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """Shards left."""
        self._changes.extend(ShardChange(time.time(), each, gained=False) for each in sorted(shard_ids))
        self.changed()

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        """Shards were taken."""
        await self.shards_lost(shard_ids)
