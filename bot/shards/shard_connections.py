"""Single shards of discord.py's client, connected and disconnected while it runs.

`AutoShardedClient` connects all its shards at the start, and has one queue for their reconnections. Here each shard has
a queue of its own (one that waits until it may identify holds up no other), can go on with a session that another
process has begun, and can leave its session for another process.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import discord
import structlog
import yarl
from discord.gateway import ReconnectWebSocket
from discord.shard import EventItem, EventType, Shard

from bot.shards.lease import Lease
from bot.shards.lease_store import Session
from database.steady_clock import boot_time

log = structlog.get_logger(__name__)

KEEP_SESSION: Final = 4000
"""Closes a connection so that its session can be resumed; 1000 and 1001 would end that."""
HANDLED_AFTER: Final = 10.0
"""Seconds after which an event counts as handled. Who resumes after a kill is sent again what is younger."""
ANSWERABLE: Final = timedelta(seconds=3)
"""How old an interaction may be that nobody has answered.
https://discord.com/developers/docs/interactions/receiving-and-responding"""
CLOSING: Final = 2.0
"""Seconds that the gateway may take to close a connection; nobody waits for it."""


class NoConnection:
    """In place of a connection that is not there yet, with the session to go on with."""

    open = False
    latency = float("inf")

    def __init__(self, shard_id: int, session: Session | None) -> None:
        self.shard_id = shard_id
        self.session_id = session.session_id if session is not None else None
        self.sequence = session.sequence if session is not None else None
        self.gateway = yarl.URL(session.resume_gateway_url) if session is not None else None

    async def close(self, code: int = KEEP_SESSION) -> None:
        """Nothing is open."""

    def is_ratelimited(self) -> bool:
        """No."""
        return False


class ManagedShard(Shard):
    """A shard with a queue of its own, whose events wait for its lease."""

    def __init__(
        self,
        client: discord.AutoShardedClient,
        lease: Lease,
        session: Session | None,
        *,
        wait_for_turn: Callable[[int], Awaitable[None]],
        ended: Callable[[EventItem], None],
    ) -> None:
        super().__init__(NoConnection(lease.shard_id, session), client, self._queued)  # type: ignore[arg-type]
        self.lease = lease
        self.history = SessionHistory(session)
        self._wait_for_turn = wait_for_turn
        self._waits_for_turn = False
        self._ended = ended
        self._events: asyncio.Queue[EventItem] = asyncio.Queue()
        self._stopped = False
        self._serving: asyncio.Task[None] | None = None

    def connect(self) -> None:
        """Begin to connect, and go on until `disconnect`."""
        self._serving = asyncio.create_task(self._serve(), name=f"shard-{self.id}")

    async def _serve(self) -> None:
        if self.ws.session_id is not None:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))
        else:
            await self.reconnect()
        while not self._stopped:  # discord.py's calls end without a word when they are cancelled
            item = await self._events.get()
            if isinstance(item.error, ReconnectWebSocket):
                await self.reidentify(item.error)
            else:
                await self.reconnect()

    def _queued(self, item: EventItem) -> None:
        if item.type in {EventType.close, EventType.terminate}:
            self._ended(item)
        elif not (self._waits_for_turn and item.type == EventType.identify):
            self._events.put_nowait(item)

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        """Resume, or begin a session anew when it is this shard's turn."""
        if not exc.resume:
            await self._turn()
        await super().reidentify(exc)

    async def reconnect(self) -> None:
        """Begin a session when it is this shard's turn."""
        await self._turn()
        await super().reconnect()

    async def _turn(self) -> None:
        self._waits_for_turn = True
        try:
            await self._wait_for_turn(self.id)
        finally:
            self._waits_for_turn = False

    def launch(self) -> None:
        """Read events, each of which waits for the lease."""
        connection, lease = self.ws, self.lease
        received = connection.received_message

        async def received_message(message: Any, /) -> None:
            if not lease.may_handle:
                await lease.wait()
            await received(message)

        connection.received_message = received_message  # type: ignore[method-assign]
        super().launch()

    @property
    def is_connecting(self) -> bool:
        """Whether its session has still to begin."""
        return self.history.session_id is None

    async def stop(self) -> Session | None:
        """Read no event any more and close the connection; the session to go on with, None when there is none."""
        self._stopped = True
        tasks = [each for each in (self._serving, self._task) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        connection = self.ws
        closing = asyncio.create_task(_close(connection), name=f"shard-{self.id}-closes")
        _CLOSING.add(closing)
        closing.add_done_callback(_CLOSING.discard)
        await asyncio.sleep(0)  # the close is on its way
        return session_of(connection)


_CLOSING: set["asyncio.Task[None]"] = set()


async def _close(connection: Any) -> None:
    with suppress(TimeoutError, OSError, RuntimeError):
        async with asyncio.timeout(CLOSING):
            await connection.close(KEEP_SESSION)


def session_of(connection: Any) -> Session | None:
    """The session of a connection; None when none has begun."""
    if connection.session_id is None or connection.sequence is None or connection.gateway is None:
        return None
    return Session(connection.session_id, connection.sequence, str(connection.gateway))


class SessionHistory:
    """What of a session can be noted: from which event on one may go on after a kill.

    That is one that was handled for certain (some seconds ago), and that the guilds know which were stored.
    """

    def __init__(self, session: Session | None) -> None:
        self.session_id: str | None = None
        self.changed: set[int] = set()
        """Guilds that changed since they were stored."""
        self.is_stored = False
        """Whether all guilds of this session are stored."""
        self._stored_at = 0
        """The last event that the stored guilds know of."""
        self._received: deque[tuple[float, int]] = deque()
        if session is not None:
            self.began(session.session_id, session.sequence)
            self.is_stored, self._stored_at = True, session.sequence

    def began(self, session_id: str, sequence: int) -> None:
        """A session has begun, with this event."""
        self.session_id, self.is_stored = session_id, False
        self.changed.clear()
        self._received = deque([(boot_time(), sequence)])

    def stored(self, sequence: int) -> None:
        """All guilds are stored as they were after this event."""
        self.is_stored, self._stored_at = True, sequence

    def sequence(self, received: int) -> int | None:
        """The event to note, when `received` was the last; None when nothing can be noted yet."""
        now = boot_time()
        self._received.append((now, received))
        while len(self._received) > 1 and self._received[1][0] <= now - HANDLED_AFTER:
            self._received.popleft()
        if not self.is_stored:
            return None
        handled = self._received[0][1]
        return min(handled, self._stored_at) if self.changed else handled


class ShardConnections:
    """The shards of a client that are connected, or are being connected."""

    def __init__(
        self,
        client: discord.AutoShardedClient,
        *,
        wait_for_turn: Callable[[int], Awaitable[None]],
        began: Callable[[Any], None],
        discord_time: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._wait_for_turn = wait_for_turn
        self._began = began
        """Is told of each shard before it connects."""
        self._discord_time = discord_time
        private = vars(client)
        self._shards: dict[int, Any] = private["_AutoShardedClient__shards"]
        self._ended: asyncio.Queue[EventItem] = private["_AutoShardedClient__queue"]
        self._watch_parsers(client._connection.parsers)

    def _watch_parsers(self, parsers: dict[str, Callable[[Any], None]]) -> None:
        """Note which guilds change, and when sessions begin."""
        for name, parse in tuple(parsers.items()):
            if name.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
                parsers[name] = self._noting_change(name, parse)
        parsers["READY"] = self._noting_session(parsers["READY"])
        parsers["INTERACTION_CREATE"] = self._in_time(parsers["INTERACTION_CREATE"])

    def _noting_change(self, name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        key = "id" if name in {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"} else "guild_id"

        def noting(data: Any) -> None:
            parse(data)
            if (guild_id := data.get(key)) is not None:
                shard = self._shards.get((int(guild_id) >> 22) % (self._client.shard_count or 1))
                if shard is not None:
                    shard.history.changed.add(int(guild_id))

        return noting

    def _noting_session(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def noting(data: Any) -> None:
            shard_id = int(data["shard"][0])
            there = {int(each["id"]) for each in data["guilds"]}
            for guild in list(self._client.guilds):
                if guild.shard_id == shard_id and guild.id not in there:
                    self._client._connection._remove_guild(guild)  # left while nobody listened
            parse(data)
            if (shard := self._shards.get(shard_id)) is not None:
                shard.history.began(data["session_id"], shard.ws.sequence or 0)

        return noting

    def _in_time(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def in_time(data: Any) -> None:
            age = self._discord_time() - discord.utils.snowflake_time(int(data["id"]))
            if age <= ANSWERABLE:
                parse(data)
            else:  # sent again by the gateway: its first owner has answered, or nobody can any more
                log.info("interaction.too_old", seconds=round(age.total_seconds(), 1))

        return in_time

    def connect(self, lease: Lease, session: Session | None) -> None:
        """Begin to connect a shard, going on with `session` if there is one."""
        shard = ManagedShard(
            self._client, lease, session, wait_for_turn=self._wait_for_turn, ended=self._ended.put_nowait
        )
        self._shards[lease.shard_id] = shard
        self._began(shard)
        shard.connect()

    async def disconnect(self, shard_id: int) -> Session | None:
        """Disconnect a shard so that its session can be resumed; returns that."""
        shard: ManagedShard | None = self._shards.get(shard_id)
        if shard is None:
            return None
        session = await shard.stop()
        self._shards.pop(shard_id, None)
        return session

    def history(self, shard_id: int) -> SessionHistory | None:
        """What is known of a shard's session."""
        shard = self._shards.get(shard_id)
        return shard.history if shard is not None else None

    def present_session(self, shard_id: int) -> Session | None:
        """A shard's session, up to the last event that came."""
        shard = self._shards.get(shard_id)
        if shard is None or (session := session_of(shard.ws)) is None:
            return None
        return session if session.session_id == shard.history.session_id else None

    def session_to_note(self, shard_id: int) -> Session | None:
        """A shard's session, from which another process can go on if this one is killed."""
        session = self.present_session(shard_id)
        history = self.history(shard_id)
        sequence = history.sequence(session.sequence) if session is not None and history is not None else None
        if session is None or sequence is None:
            return None
        return Session(session.session_id, sequence, session.resume_gateway_url)

    @property
    def connecting(self) -> int:
        """How many shards have no session yet."""
        return sum(shard.is_connecting for shard in self._shards.values())
