"""Sessions of the gateway that never begin are closed.

A gateway may take a connection and acknowledge its heartbeats, and yet send neither READY nor RESUMED. discord.py waits
for these for ever, as long as heartbeats are acknowledged. And a gateway that answers every RESUME by closing the
connection would be asked to resume for ever. Both end here: a new session is begun at the main address.
https://discord.com/developers/docs/events/gateway#connection-lifecycle
"""

import asyncio
from typing import Any

import discord
import structlog
from discord.gateway import ReconnectWebSocket
from discord.shard import EventItem, EventType

log = structlog.get_logger(__name__)

MOST_REFUSED = 2
"""Resumes that may be refused, one after the other; then the session is given up."""
MUTE_AFTER = 60.0
"""Seconds after which a connection without READY or RESUMED is given up."""
LOOK_EVERY = 5.0
CLOSE_CODE = 4000
"""Closes a connection; unlike 1000 it does not end the session (which is given up all the same)."""


class GatewayWatch:
    """Watches the shards of one client. discord.py has no public way to end one connection and begin a session anew."""

    def __init__(self, client: discord.AutoShardedClient) -> None:
        self._client = client
        self._begun: dict[int, Any] = {}
        """By shard: the connection whose session has begun."""
        self._waiting: dict[int, tuple[Any, float]] = {}
        """By shard: a connection whose session has not, and since when."""
        self._resumes: dict[int, int] = {}
        """By shard: how often it was to be resumed since its session began or went on."""

    def session_began(self, shard_id: int) -> None:
        """READY or RESUMED came."""
        self._resumes.pop(shard_id, None)
        info = self._client.shards.get(shard_id)
        if info is not None:
            self._begun[shard_id] = info._parent.ws
            self.bound_resumes(info._parent)

    def bound_resumes(self, shard: Any) -> None:
        """Let a shard identify instead of resuming when some resumes in a row were refused."""
        if "reidentify" in vars(shard):
            return
        original = shard.reidentify

        async def reidentify(wanted: ReconnectWebSocket) -> None:
            if wanted.resume:
                self._resumes[shard.id] = self._resumes.get(shard.id, 0) + 1
                if self._resumes[shard.id] > MOST_REFUSED:
                    log.warning("gateway.resumes_refused", shard=shard.id, times=MOST_REFUSED)
                    shard.ws.session_id = shard.ws.sequence = None
                    wanted = ReconnectWebSocket(shard.id, resume=False)
            await original(wanted)

        shard.reidentify = reidentify

    async def run(self) -> None:
        """Look again and again; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look(asyncio.get_running_loop().time())

    async def look(self, now: float) -> None:
        """Give up the connections that have been mute for too long at the loop time `now`."""
        for shard_id, info in list(self._client.shards.items()):
            connection = info._parent.ws
            if self._begun.get(shard_id) is connection:
                self._waiting.pop(shard_id, None)
                continue
            known, since = self._waiting.get(shard_id, (None, now))
            if known is not connection:
                self._waiting[shard_id] = connection, now
            elif now - since > MUTE_AFTER:
                log.warning("gateway.mute", shard=shard_id, seconds=round(now - since))
                del self._waiting[shard_id]
                await self._begin_anew(info._parent)

    async def _begin_anew(self, shard: Any) -> None:
        """Close a shard's connection, and have discord.py identify at the main address."""
        shard.ws.session_id = shard.ws.sequence = None
        shard._cancel_task()
        await shard.ws.close(code=CLOSE_CODE)
        shard._queue_put(EventItem(EventType.identify, shard, ReconnectWebSocket(shard.id, resume=False)))
