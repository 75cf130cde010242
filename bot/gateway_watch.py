"""Sessions of the gateway that never begin are closed.

A gateway may take a connection and acknowledge its heartbeats, and yet send neither READY nor RESUMED. discord.py waits
for these for ever, as long as heartbeats are acknowledged. And a gateway that answers every RESUME by closing the
connection would be asked to resume for ever. Both end here: a new session is begun at the main address. One that is
closed before the gateway's first message would end discord.py's client; here it is tried again, each time later.
https://discord.com/developers/docs/events/gateway#connection-lifecycle
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
import structlog
from discord.gateway import ReconnectWebSocket
from discord.shard import EventItem, EventType, Shard

log = structlog.get_logger(__name__)

MOST_REFUSED = 2
"""Resumes that may be refused, one after the other; then the session is given up."""
MUTE_AFTER = 60.0
"""Seconds after which a connection without READY or RESUMED is given up."""
RESUMES_WITHIN = 15.0
"""Seconds that a resume host has to take a connection and to send its first message, which comes at once in health."""
LOOK_EVERY = 5.0
LONGEST_BACKOFF = 5
"""discord.py waits for up to 2 ** 10 seconds between two tries to connect; here for up to 2 ** 5."""
CLOSE_CODE = 4000
"""Closes a connection; unlike 1000 it does not end the session (which is given up all the same)."""


class GatewayWatch:
    """Watches the shards of one client. discord.py has no public way to end one connection and begin a session anew."""

    def __init__(self, client: discord.AutoShardedClient, may_identify: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self.may_identify = may_identify
        """Waited for before a session begins anew, where this process has all shards."""
        self._begun: dict[int, Any] = {}
        """By shard: the connection whose session has begun."""
        self._waiting: dict[int, tuple[Any, float]] = {}
        """By shard: a connection whose session has not, and since when."""
        self._resumes: dict[int, int] = {}
        """By shard: how often it was to be resumed since its session began or went on."""
        self._connecting: dict[int, asyncio.Task[None]] = {}
        """By shard: what connects it again."""

    def session_began(self, shard_id: int) -> None:
        """READY or RESUMED came."""
        self._resumes.pop(shard_id, None)
        info = self._client.shards.get(shard_id)
        if info is not None:
            self._begun[shard_id] = info._parent.ws

    def is_connected(self, shard_id: int) -> bool:
        """Whether a shard's session has begun, or goes on, over the connection that is open."""
        info = self._client.shards.get(shard_id)
        if info is None or info._parent.ws is None:
            return False
        return bool(info._parent.ws.open) and self._begun.get(shard_id) is info._parent.ws

    def attend(self, shard: Any) -> None:
        """Watch how a shard connects again, from its first connection on; a second time does nothing."""
        if "reidentify" in vars(shard):
            return
        reidentify, reconnect, put = shard.reidentify, shard.reconnect, shard._queue_put
        shard._backoff._max = LONGEST_BACKOFF
        # A shard that another class manages has a queue of its own, and waits until it may identify.
        has_all = type(shard) is Shard
        resuming: list[bool] = []
        """Whether it is resumed: of the try to connect that is under way."""

        async def connect(work: Coroutine[Any, Any, None], *, resumes: bool) -> None:
            try:
                if has_all and not resumes:
                    await self.may_identify()
                resuming[:] = [resumes]
                async with asyncio.timeout(RESUMES_WITHIN if resumes else None) as patience:
                    await work
            finally:
                work.close()  # nothing, where it was begun
                resuming.clear()
            if patience.expired():  # discord.py ends without a word when it is cancelled
                self._leave_resume_host(shard)

        async def attended_reidentify(wanted: ReconnectWebSocket) -> None:
            wanted = self._bounded(shard, wanted)
            await self._begin(shard.id, connect(reidentify(wanted), resumes=wanted.resume), apart=has_all)

        async def attended_reconnect() -> None:
            await self._begin(shard.id, connect(reconnect(), resumes=False), apart=has_all)

        def attended_put(item: EventItem) -> None:
            if not (resuming and isinstance(item.error, ReconnectWebSocket)):
                put(item)
                return
            delay, again = shard._backoff.delay(), ReconnectWebSocket(shard.id, resume=resuming[0])
            log.warning("gateway.hung_up", shard=shard.id, again_in=round(delay, 1))
            kind = EventType.resume if again.resume else EventType.identify
            asyncio.get_running_loop().call_later(delay, put, EventItem(kind, shard, again))

        shard.reidentify, shard.reconnect, shard._queue_put = attended_reidentify, attended_reconnect, attended_put

    def _bounded(self, shard: Any, wanted: ReconnectWebSocket) -> ReconnectWebSocket:
        """What is wanted, or a new session where some resumes in a row were refused."""
        if not wanted.resume:
            return wanted
        self._resumes[shard.id] = self._resumes.get(shard.id, 0) + 1
        if self._resumes[shard.id] <= MOST_REFUSED:
            return wanted
        log.warning("gateway.resumes_refused", shard=shard.id, times=MOST_REFUSED)
        shard.ws.session_id = shard.ws.sequence = None
        return ReconnectWebSocket(shard.id, resume=False)

    def _leave_resume_host(self, shard: Any) -> None:
        """Nothing came from the resume host: begin a session at the main address."""
        log.warning("gateway.resume_host_silent", shard=shard.id, seconds=RESUMES_WITHIN)
        shard.ws.session_id = shard.ws.sequence = None
        shard._queue_put(EventItem(EventType.identify, shard, ReconnectWebSocket(shard.id, resume=False)))

    async def _begin(self, shard_id: int, work: Coroutine[Any, Any, None], *, apart: bool) -> None:
        """Connect a shard; `apart` from discord.py's queue, which is one for all shards and would wait for this one."""
        if not apart:
            await work
            return
        if (before := self._connecting.get(shard_id)) is not None:
            before.cancel()
        task = asyncio.create_task(work, name=f"shard-{shard_id}-connects")
        self._connecting[shard_id] = task
        task.add_done_callback(lambda done: self._connected(shard_id, done))

    def _connected(self, shard_id: int, task: "asyncio.Task[None]") -> None:
        if self._connecting.get(shard_id) is task:
            del self._connecting[shard_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("gateway.connecting_failed", shard=shard_id, exc_info=error)

    async def close(self) -> None:
        """Connect no shard any more."""
        tasks = list(self._connecting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
