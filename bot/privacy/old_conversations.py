"""Conversations that nobody has written in for as long as the host or a server keeps them: they go on both sides.

The Assistants thread is deleted with its runs and files, and so is what the store has of questions and answers. What
people wrote in Discord stays theirs: it is read again when somebody writes on.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.privacy.old_conversations_store import OldConversationsStore
from bot.retries import delay_before
from bot.store.base import now
from bot.store.server_settings import RETENTION_DAYS, ServerSettings
from bot.store.sweep import snowflake

log = structlog.get_logger(__name__)

AFTER_START: Final = 900.0
"""Seconds from a start to the first look."""
EVERY: Final = 6 * 3_600.0
"""Seconds from one look to the next."""
AT_ONCE: Final = 100
"""Conversations that are read at a time."""
REST: Final = 0.05
"""Seconds of rest after each: the Assistants server has other work."""


class Forgetting(Protocol):
    """What deletes a conversation on the Assistants server (`Conversations`)."""

    async def forget(self, conversation_id: int, student_id: int) -> bool:
        """Whether it is gone; else it is tried again later."""
        ...


class OldConversations:
    """Deletes them, in the servers that this process `owns`. `host_days` is what the host has set; 0: no limit."""

    def __init__(
        self,
        store: OldConversationsStore,
        conversations: Forgetting,
        settings: ServerSettings,
        *,
        owns: Callable[[int], bool],
        host_days: int,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._settings = settings
        self._owns = owns
        self._host_days = host_days
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.before: list[Callable[[], Awaitable[object]]] = []
        """What else is looked at, first."""

    def days(self, guild_id: int) -> int:
        """For how many days a server's conversations are kept after their last message; 0: no limit."""
        return kept_days(self._settings, guild_id, self._host_days)

    def start(self) -> None:
        """Look again and again, until `close`."""
        self._task = asyncio.create_task(self._run(), name="old-conversations")

    def close(self) -> None:
        """Break off; the next start goes on."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        await asyncio.sleep(AFTER_START)
        while True:
            try:
                await self.run_once()
            except Exception:
                log.exception("old_conversations.failed")
            await asyncio.sleep(EVERY)

    async def run_once(self) -> int:
        """Delete all that are too old; how many went."""
        for look in self.before:
            await look()
        at, last, gone = self._clock(), 0, 0
        shortest = min((days for days in (self._host_days, *self._of_servers()) if days), default=0)
        if not shortest:
            return 0
        while found := await self._store.silent_since(at - timedelta(days=shortest), last, AT_ONCE):
            for conversation_id, guild_id, newest in found:
                days = self.days(guild_id)
                if self._owns(guild_id) and days and newest < snowflake(at - timedelta(days=days)):
                    gone += await self._forget(conversation_id)
            last = found[-1][0]
            await asyncio.sleep(REST)
        if gone:
            log.info("old_conversations.gone", count=gone)
        return gone

    def _of_servers(self) -> set[int]:
        return {int(days) for days in self._settings.in_all_servers(RETENTION_DAYS)}

    async def channel_deleted(self, channel_id: int) -> None:
        """A channel was deleted: the conversations that began in it go with it, as soon as the server deletes them."""
        for attempt in itertools.count(1):
            began = [each for each, guild_id in await self._store.began_in(channel_id) if self._owns(guild_id)]
            if all([await self._forget(each) for each in began]):
                return
            await asyncio.sleep(delay_before(attempt))

    async def guild_left(self, guild_id: int) -> bool:
        """Delete all conversations of a server; False: some of them not yet."""
        return all([await self._forget(each) for each in await self._store.of_guild(guild_id)])

    async def _forget(self, conversation_id: int) -> bool:
        gone = await self._conversations.forget(conversation_id, 0)
        if gone:
            await self._store.forget(conversation_id)
        await asyncio.sleep(REST)
        return gone


def kept_days(settings: ServerSettings, guild_id: int, host_days: int) -> int:
    """The shorter of what the host and a server have set, in days; 0: no limit."""
    own = int(settings.value(RETENTION_DAYS, guild_id) or 0)
    return min((days for days in (own, host_days) if days), default=0)
