"""Servers that another process serves, as direct messages need them: with roles, channels and Saem's own roles there.

Nobody tells this process what changes in them, so they are fetched whenever somebody asks.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import discord
import structlog

from bot.replies.bounded_calls import bounded
from bot.replies.outbox import Outbox
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.shards.ownership import Ownership

log = structlog.get_logger(__name__)

FETCHED_FOR: Final = 5.0
"""Seconds for which a server is not fetched again: one question asks for it several times."""
NAMES_FOR: Final = 60.0
"""Seconds for which the names of all servers are not fetched again: somebody is typing one of them."""


class GuildsElsewhere:
    """Fetches servers that this process does not serve; one process alone serves all."""

    def __init__(self, client: discord.Client, outbox: Outbox, ownership: Ownership) -> None:
        self._client = client
        self._outbox = outbox
        self._ownership = ownership
        self._fetched: dict[int, tuple[float, discord.Guild | None]] = {}
        self._names: tuple[float, dict[int, str]] = (0.0, {})

    async def find(self, guild_id: int) -> discord.Guild | None:
        """A server, whoever serves it; None if Saem is not in it, or Discord does not tell just now."""
        known = self._client.get_guild(guild_id)
        if known is not None or self._ownership.owns(guild_id):
            return known
        now = asyncio.get_running_loop().time()
        self._fetched = {each: found for each, found in self._fetched.items() if now - found[0] < FETCHED_FOR}
        if guild_id not in self._fetched:
            try:
                self._fetched[guild_id] = now, await bounded(self._fetch(guild_id))
            except DISCORD_ERRORS as error:
                log.info("guild.elsewhere_unknown", guild=guild_id, cause=error)
                return None
        return self._fetched[guild_id][1]

    async def _fetch(self, guild_id: int) -> discord.Guild:
        await self._outbox.wait_for_turn()
        http, me = self._client.http, self._client.user
        assert me is not None
        guild: Any = await http.get_guild(guild_id, with_counts=False)
        guild["channels"] = await http.get_all_guild_channels(guild_id)
        guild["members"] = [await http.get_member(guild_id, me.id)]
        return discord.Guild(data=guild, state=self._client._connection)

    async def named(self, wanted: str) -> Sequence[int]:
        """The ids of the servers elsewhere with just that name (in lower case) or id."""
        if all(shard in self._ownership.shard_ids for shard in range(self._ownership.shard_count)):
            return ()
        now = asyncio.get_running_loop().time()
        if now - self._names[0] > NAMES_FOR or not self._names[1]:
            try:
                await self._outbox.wait_for_turn()
                self._names = now, await bounded(self._fetch_names())
            except DISCORD_ERRORS as error:
                log.info("guild.names_unknown", cause=error)
                return ()
        found = [each for each, name in self._names[1].items() if wanted in {name.casefold(), str(each)}]
        return [each for each in found if not self._ownership.owns(each)]

    async def _fetch_names(self) -> dict[int, str]:
        return {guild.id: guild.name async for guild in self._client.fetch_guilds(limit=None, with_counts=False)}
