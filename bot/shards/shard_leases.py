"""Ownership by leases: the processes of a bot share its shards through rows in PostgreSQL, and nobody leads."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import discord
import structlog
from discord.shard import EventItem, EventType
from sqlalchemy.exc import SQLAlchemyError

from bot.shards.balance import plan
from bot.shards.event_handlers import handlers_end
from bot.shards.guild_payloads import add_to_cache, packed, remove_from_cache
from bot.shards.identify_turns import IdentifyTurns
from bot.shards.lease import MARGIN, Lease
from bot.shards.lease_store import CHANNEL, LEASE, Beat, LeaseStore, Session, SessionStarts, Taken
from bot.shards.ownership import ShardListener, new_process_id, shard_of, tell_cut_off, tell_gained, tell_lost
from bot.shards.shard_connections import ShardConnections
from database.database import Database
from database.notifications import Listener
from database.steady_clock import boot_time

log = structlog.get_logger(__name__)

BEAT: Final = 2.0
"""Seconds between two heartbeats."""
BEAT_TIMEOUT: Final = 4.0
"""Seconds after which a heartbeat is given up, and tried again."""
RETRY: Final = 0.5
"""Seconds to the next try, when a heartbeat failed."""
EXPIRED: Final = 0.05
"""Seconds after the end of another's lease at which to look for its shard."""
STORE_EVERY: Final = 5
"""Heartbeats between two writings of the guilds that changed."""
HANDLERS: Final = 1.0
"""Seconds that handlers under way may take before a shard is given to another process: Discord waits three seconds for
the answer to a press, and the next owner needs a part of these."""
LEAVING: Final = 1.5
"""Seconds that giving all shards back may take at the end; then their leases run out."""
AT_THE_END: Final = 0.3
"""Seconds for handlers under way, and for the rooms, at the end: they had their time before."""
ROOMS: Final = 5.0
"""Seconds that the rooms may take to read what they need of a shard, or to forget it; nobody is heard meanwhile."""
FIRST_SHARDS: Final = 30.0
"""Seconds after which the bot counts as ready, though its first shards are not connected yet."""


class ShardCountChangedError(Exception):
    """The other processes work with another number of shards: this one must begin anew."""


class ShardLeases:
    """What this process has by leases (an `Ownership`), and the loop that renews, takes and gives them."""

    def __init__(
        self,
        client: discord.AutoShardedClient,
        database: Database,
        listeners: Sequence[ShardListener],
        *,
        began: Callable[[Any], None],
        discord_time: Callable[[], datetime],
        shard_count: int | None = None,
    ) -> None:
        self.process_id = new_process_id()
        self.shard_count = 1
        self.on_heartbeat: Callable[[], None] = lambda: None
        """Called when the database has answered to a heartbeat."""
        self.store = LeaseStore(database, self.process_id, self.process_id.rsplit("-", 1)[0])
        self._client = client
        self._listeners = listeners
        self._began = began
        self._discord_time = discord_time
        self._wanted_count = shard_count
        self._turns = IdentifyTurns(self.store, self._ask_starts)
        self._connections: ShardConnections | None = None
        self._held: dict[int, Lease] = {}
        """Leases by shard, those too whose shard is still connecting or being given away."""
        self._gained: set[int] = set()
        self._leaving: dict[int, Session | None] = {}
        """Shards that are on their way to another process, with what is noted of their sessions meanwhile."""
        self._giving: set[asyncio.Task[None]] = set()
        self._changing: dict[int, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._listener = Listener(database.writer, CHANNEL, self._heard)
        self._beats = 0
        self._storing: asyncio.Task[None] | None = None
        self._renewed_at = boot_time()
        self._spares_lapsed_until = 0.0
        self._closing = False
        self._left = False
        self._said_away = False

    # What others ask

    @property
    def shard_ids(self) -> frozenset[int]:
        """The shards of this process: gained, and not lost."""
        return frozenset(self._gained)

    def shard_of(self, guild_id: int) -> int:
        """The shard of a guild; 0 stands for direct messages."""
        return shard_of(guild_id, self.shard_count)

    def owns(self, guild_id: int) -> bool:
        """Whether a guild's events come to this process; 0 stands for direct messages."""
        shard_id = self.shard_of(guild_id)
        return shard_id in self._held and shard_id not in self._leaving and self._held[shard_id].lasts

    @property
    def is_certain(self) -> bool:
        """Whether the other processes know for certain that this one lives."""
        return boot_time() < self._renewed_at + LEASE - MARGIN

    async def owner_of(self, shard_id: int) -> str | None:
        """The process that has a shard; None while none has it."""
        return await self.store.owner_of(shard_id)

    async def live_processes(self) -> frozenset[str]:
        """The processes that live, this one among them."""
        return await self.store.live_processes() | {self.process_id}

    async def once(self, name: str, digest: str) -> bool:
        """Whether this process is to do something that one does for all; nobody has done it for `digest`."""
        try:
            return await self.store.once(name, digest)
        except (SQLAlchemyError, OSError) as error:
            self._say_away(error)
            return True

    # From the start to the end

    async def start(self) -> None:
        """Join the other processes, and begin to take shards.

        Raises:
            discord.GatewayNotFound: Discord cannot be reached.
        """
        self._connections = ShardConnections(
            self._client, wait_for_turn=self._turns.wait, began=self._began, discord_time=self._discord_time
        )
        count, starts = await self._ask_discord()
        while True:
            try:
                self.shard_count = await self.store.join(self._wanted_count, count, starts)
                break
            except (SQLAlchemyError, OSError) as error:
                self._say_away(error)
                await asyncio.sleep(RETRY)
        self._client.shard_count = self._client._connection.shard_count = self.shard_count
        self._client._connection.shard_ids = []  # discord.py says `ready` by itself when as many have begun
        log.info("shards.joined", process=self.process_id, shards=self.shard_count)
        self._begin(self._listener.run(), "shards-listen")
        self._loop = asyncio.create_task(self._keep(), name="shard-leases")

    async def _ask_discord(self) -> tuple[int, SessionStarts]:
        count, _, limits = await self._client.http.get_bot_gateway()
        return count, SessionStarts(
            int(limits["max_concurrency"]), int(limits["remaining"]), limits["reset_after"] / 1_000
        )

    async def _ask_starts(self) -> SessionStarts:
        return (await self._ask_discord())[1]

    def hand_over(self) -> None:
        """Take no shards any more, and give those there are to the other processes, if there are any."""
        self._closing = True
        self._wake.set()

    async def close(self) -> None:
        """Give all shards back, with what others (or the next start) need to go on, and leave."""
        self._closing = self._left = True
        try:
            if self._loop is not None:
                async with asyncio.timeout(LEAVING):
                    await self._leave(self._loop)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            self._say_away(error)  # the leases run out
        finally:
            tasks = [each for each in (self._loop, *self._tasks) if each is not None]
            for task in tasks:
                task.cancel()
            for shard_id in tuple(self._held):
                if self._connections is not None:
                    await self._connections.disconnect(shard_id)
            if tasks:
                await asyncio.wait(tasks, timeout=LEAVING / 4)
            await self.store.close()

    async def _leave(self, loop: "asyncio.Task[None]") -> None:
        loop.cancel()
        self._wake.set()
        await asyncio.wait({loop, *self._giving}, timeout=LEAVING / 2)
        await self._give(sorted(self._held), last=True)
        await self.store.leave()

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """End the client: what follows is not known to be right any more."""
        queue = vars(self._client)["_AutoShardedClient__queue"]
        queue.put_nowait(EventItem(EventType.terminate, None, error))  # type: ignore[arg-type]

    def _heard(self, process_id: str) -> None:
        if process_id != self.process_id:
            self._wake.set()

    # The loop

    async def _keep(self) -> None:
        first = True
        try:
            while not self._left:
                self._wake.clear()
                try:
                    pause = min(BEAT, await self._beat())
                    self._said_away = False
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    self._say_away(error)
                    pause = RETRY
                else:
                    if first:
                        first = False
                        self._begin(self._say_ready(), "shards-ready")
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
        except Exception as error:
            if not isinstance(error, ShardCountChangedError):
                log.exception("shards.failed")
            self._fail(error)

    def _say_away(self, error: BaseException) -> None:
        if not self._said_away:
            log.warning("shards.not_renewed", cause=error)
        self._said_away = True

    async def _say_ready(self) -> None:
        """Say that the bot is ready when the shards that it took first are connected; a bot without any is at once."""
        wanted = set(self._held)
        until = boot_time() + FIRST_SHARDS
        while not wanted <= self._gained and boot_time() < until:  # noqa: ASYNC110 - several events together
            await asyncio.sleep(0.05)
        self._client._handle_ready()
        self._client.dispatch("ready")

    async def _beat(self) -> float:
        """Renew what this process has, see what the others do, take and give; returns in how many seconds the first
        lease of another process runs out.
        """
        connections = self._connections
        assert connections is not None
        began = boot_time()
        if began - self._renewed_at > LEASE:
            # Paused, or without the database: perhaps the others were too, and renew their leases right now.
            self._spares_lapsed_until = began + LEASE
        held = {
            shard_id: self._leaving[shard_id] if shard_id in self._leaving else connections.session_to_note(shard_id)
            for shard_id in self._held
        }
        async with asyncio.timeout(BEAT_TIMEOUT):
            seen = await self.store.beat(held, closing=self._closing)
        if seen.shard_count != self.shard_count:
            raise ShardCountChangedError
        if began - self._renewed_at > LEASE:  # others may have taken this one for dead, with what it was at still
            gone = frozenset(range(self.shard_count)) - set(self._held)
            await tell_cut_off(self._listeners, gone)
        self._renewed_at = began
        self.on_heartbeat()
        for shard_id in held:
            if shard_id not in self._held:
                continue  # given back meanwhile
            if shard_id in seen.renewed:
                self._held[shard_id].renew(began + LEASE)
            elif shard_id not in self._leaving:
                log.warning("shards.taken_by_another", shard=shard_id)
                self._leaving[shard_id] = None
                self._begin(self._drop(shard_id), f"shard-{shard_id}-dropped")
        await self._take_and_give(seen, connections.connecting)
        self._beats += 1
        if self._beats % STORE_EVERY == 0 and (self._storing is None or self._storing.done()):
            self._storing = self._begin(self._store_all_guilds(), "shards-store-guilds")
        others = [-each.free_for for each in seen.shards if each.owner not in (None, self.process_id)]
        return max(RETRY, min((each for each in others if each > 0), default=BEAT) + EXPIRED)

    async def _take_and_give(self, seen: Beat, connecting: int) -> None:
        if self._closing:
            if any(each.process_id != self.process_id and not each.closing for each in seen.processes):
                self._give_soon(set(self._held))
            return
        todo = plan(
            self.process_id,
            seen.processes,
            seen.shards,
            identifies=seen.max_concurrency - connecting,
            spares_lapsed=boot_time() < self._spares_lapsed_until,
        )
        for shard in seen.shards:
            if shard.owner == self.process_id and shard.shard_id not in self._held:
                async with asyncio.timeout(BEAT_TIMEOUT):
                    await self.store.free(shard.shard_id)  # taken, but the answer was lost
        for shard_id in todo.take:
            if shard_id in self._held:
                continue
            began = boot_time()
            async with asyncio.timeout(BEAT_TIMEOUT):
                taken = await self.store.take(shard_id)
            if taken is not None:
                self._hold(shard_id, taken, began)
        if todo.give is not None and not self._leaving and todo.give in self._gained:
            self._give_soon({todo.give})

    # One shard's way

    def _lock(self, shard_id: int) -> asyncio.Lock:
        return self._changing.setdefault(shard_id, asyncio.Lock())

    def _hold(self, shard_id: int, taken: Taken, began: float) -> None:
        self._held[shard_id] = lease = Lease(shard_id, began + LEASE)
        log.info("shards.taken", shard=shard_id, resumes=taken.session is not None, guilds=len(taken.guilds))
        assert self._connections is not None
        if taken.session is not None:
            add_to_cache(self._client, taken.guilds)
            # It connects at once; what comes waits until the rooms are ready.
            self._connections.connect(lease, taken.session)
            self._begin(self._gain(shard_id), f"shard-{shard_id}-gained")
        else:
            lease.open()
            self._connections.connect(lease, None)

    async def _gain(self, shard_id: int) -> None:
        async with self._lock(shard_id):
            if shard_id in self._gained or shard_id not in self._held or shard_id in self._leaving:
                return
            self._gained.add(shard_id)
            await self._bounded(tell_gained(self._listeners, [shard_id]), shard_id)
            self._held[shard_id].open()

    async def session_began(self, shard_id: int) -> None:
        """A shard has begun a session, and its guilds are known."""
        if shard_id in self._held:
            await self._gain(shard_id)
            await self._store_guilds(shard_id)

    async def _store_all_guilds(self) -> None:
        for shard_id in tuple(self._gained):
            await self._store_guilds(shard_id)

    async def _store_guilds(self, shard_id: int) -> None:
        """Write the guilds that changed, or all of a new session."""
        connections = self._connections
        history = connections.history(shard_id) if connections is not None else None
        session = connections.present_session(shard_id) if connections is not None else None
        if history is None or session is None or not (history.changed or not history.is_stored):
            return
        whole, changed = not history.is_stored, set(history.changed)
        guilds, gone = self._guilds_of(shard_id, None if whole else changed)
        history.changed.clear()
        try:
            async with asyncio.timeout(BEAT_TIMEOUT):
                await self.store.save_guilds(shard_id, session, guilds, gone, whole=whole)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            history.changed |= changed
            self._say_away(error)
        else:
            if connections is not None and connections.history(shard_id) is history:
                history.stored(session.sequence)

    def _guilds_of(self, shard_id: int, only: set[int] | None) -> tuple[dict[int, bytes], set[int]]:
        """The payloads of a shard's guilds, and those of `only` that are gone."""
        there = [each for each in self._client.guilds if each.shard_id == shard_id]
        guilds = {each.id: packed(each) for each in there if only is None or each.id in only}
        return guilds, set() if only is None else only - set(guilds)

    def _give_soon(self, shard_ids: Iterable[int]) -> None:
        wanted = [each for each in shard_ids if each not in self._leaving]
        if wanted:
            task = self._begin(self._give(wanted), f"shards-{wanted}-given")
            self._giving.add(task)
            task.add_done_callback(self._giving.discard)

    async def _give(self, shard_ids: Sequence[int], *, last: bool = False) -> None:
        """Give shards to the other processes: their connections are closed, what is under way ends, rooms forget."""
        connections = self._connections
        assert connections is not None
        mine = [each for each in shard_ids if each in self._held and each not in self._leaving]
        began = boot_time()
        histories = {each: connections.history(each) for each in mine}
        self._leaving |= {each: connections.session_to_note(each) for each in mine}
        sessions: dict[int, Session | None] = {}
        for shard_id in mine:
            async with self._lock(shard_id):
                sessions[shard_id] = await connections.disconnect(shard_id)
        await handlers_end(AT_THE_END if last else HANDLERS)
        gained = [each for each in mine if each in self._gained]
        self._gained.difference_update(mine)
        if gained:
            await self._bounded(tell_lost(self._listeners, gained), *gained, seconds=AT_THE_END if last else ROOMS)
        for shard_id in mine:
            history, session = histories[shard_id], sessions[shard_id]
            if history is None or session is None or session.session_id != history.session_id:
                session = None
            whole = history is None or not history.is_stored
            guilds, gone = self._guilds_of(shard_id, None if history is None or whole else history.changed)
            if not last:
                remove_from_cache(self._client, shard_id)
            await self._give_back(shard_id, session, guilds, gone)
            log.info("shards.given", shard=shard_id, seconds=round(boot_time() - began, 3), session=session is not None)

    async def _give_back(
        self, shard_id: int, session: Session | None, guilds: dict[int, bytes], gone: set[int]
    ) -> None:
        lease = self._held[shard_id]
        while lease.lasts:  # after that it is free by itself
            try:
                async with asyncio.timeout(BEAT_TIMEOUT):
                    await self.store.give(shard_id, session, guilds, gone)
                break
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                self._say_away(error)
                await asyncio.sleep(RETRY)
        self._held.pop(shard_id, None)
        self._leaving.pop(shard_id, None)

    async def _drop(self, shard_id: int) -> None:
        """Another process has a shard already: leave it, without a handover."""
        connections = self._connections
        assert connections is not None
        async with self._lock(shard_id):
            await connections.disconnect(shard_id)
        was_gained = shard_id in self._gained
        self._gained.discard(shard_id)
        if was_gained:
            await self._bounded(tell_cut_off(self._listeners, [shard_id]), shard_id)
        remove_from_cache(self._client, shard_id)
        self._held.pop(shard_id, None)
        self._leaving.pop(shard_id, None)

    async def _bounded(self, telling: Coroutine[Any, Any, None], *shard_ids: int, seconds: float = ROOMS) -> None:
        """Wait until the rooms are told, but not for long: they go on by themselves."""
        task = self._begin(telling, f"shards-{shard_ids}-told")
        _, late = await asyncio.wait({task}, timeout=seconds)
        if late:
            log.warning("shards.rooms_late", shards=shard_ids, seconds=seconds)
