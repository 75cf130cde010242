"""What the bot's processes tell one another at once, by NOTIFY: rows say the same, a little later."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.store.store import Store
from database.notifications import Listener, notify

log = structlog.get_logger(__name__)

CHANNEL: Final = "saem_bots"
LISTENING: Final = 5.0
"""Seconds that the beginning waits until it hears: what is told before that, rows say."""

Heard = Callable[[Mapping[str, Any]], None]


class Notices:
    """Tells and hears. On SQLite, which one process has alone, it does neither."""

    def __init__(self, store: Store, process_id: str) -> None:
        self._store = store
        self._process_id = process_id
        self._heard: defaultdict[str, list[Heard]] = defaultdict(list)
        self._listening: asyncio.Task[None] | None = None

    def on(self, kind: str, heard: Heard) -> None:
        """Have `heard` called with what other processes tell of a kind."""
        self._heard[kind].append(heard)

    async def open(self) -> None:
        """Begin to listen."""
        if self._store.dialect != "postgresql" or self._listening is not None:
            return
        listener = Listener(self._store.database.reader, CHANNEL, self._take)
        self._listening = asyncio.create_task(listener.run(), name="notices")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(listener.listening.wait(), LISTENING)

    async def close(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def tell(self, kind: str, **what: Any) -> None:
        """Tell all other processes; where the database is away, nobody hears it."""
        if self._store.dialect != "postgresql":
            return
        message = json.dumps({"kind": kind, "from": self._process_id, **what})
        try:
            async with self._store.database.writer.begin() as connection:
                await notify(connection, CHANNEL, message)
        except (SQLAlchemyError, OSError) as error:
            log.warning("notice.not_told", kind=kind, cause=error)

    def _take(self, message: str) -> None:
        told: Mapping[str, Any] = json.loads(message)
        if told.get("from") == self._process_id:
            return
        for heard in self._heard.get(str(told.get("kind")), ()):
            heard(told)
