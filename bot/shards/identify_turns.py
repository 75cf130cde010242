"""Identifying in turn: Discord bounds how many shards may do it at a time, and how many sessions begin in a day.

https://discord.com/developers/docs/events/gateway#session-start-limit-object
Both limits are kept in rows, so that they hold for all processes together.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import discord
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.shards.lease_store import LeaseStore, SessionStarts

log = structlog.get_logger(__name__)

RETRY: Final = 2.0
"""Seconds to the next try when the database or Discord cannot be reached."""
ASK_EVERY: Final = 5.0
"""Seconds for which what Discord has told this process is new enough: it lets itself be asked twice in that time."""
LONGEST_WAIT: Final = 60.0
"""Seconds after which to look again, however long it is to take: rows change."""


class IdentifyTurns:
    """Lets a shard wait until it may identify."""

    def __init__(self, store: LeaseStore, ask_discord: Callable[[], Awaitable[SessionStarts]]) -> None:
        self._store = store
        self._ask_discord = ask_discord
        self._said = False
        self._asked_at = -ASK_EVERY

    async def wait(self, shard_id: int) -> None:
        """Return when the shard may identify; it is counted.

        Discord is asked first, unless it was just now: another program may have begun sessions with the same token,
        and who identifies when none is left loses the token.
        """
        asked = asyncio.get_running_loop().time() - self._asked_at < ASK_EVERY
        while True:
            try:
                if not asked:
                    asked = await self._ask_if_possible(shard_id)
                turn = await self._store.take_turn(shard_id)
                if turn.outdated:
                    await self._store.set_starts(await self._ask_discord())
                    continue
            except (SQLAlchemyError, OSError, aiohttp.ClientError, discord.DiscordException, TimeoutError) as error:
                log.warning("identify.not_yet", shard=shard_id, cause=error)
                await asyncio.sleep(RETRY)
                continue
            if turn.wait <= 0:
                self._said = False
                return
            asked = not turn.used_up
            if turn.used_up and not self._said:
                self._said = True
                log.warning("identify.limit_used_up", shard=shard_id, seconds=round(turn.wait))
            await asyncio.sleep(min(turn.wait, LONGEST_WAIT))

    async def _ask_if_possible(self, shard_id: int) -> bool:
        """Note what Discord says now; while it cannot be asked, what is known holds. Returns True."""
        self._asked_at = asyncio.get_running_loop().time()
        try:
            starts = await self._ask_discord()
        except (OSError, aiohttp.ClientError, discord.DiscordException, TimeoutError) as error:
            log.info("identify.not_asked", shard=shard_id, cause=error)
        else:
            await self._store.set_starts(starts)
        return True
