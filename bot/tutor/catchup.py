"""Catching up: messages that were sent while the bot was away are read from the channels' histories and answered."""

import asyncio
import contextlib
import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
import structlog

from bot.replies.bounded_calls import bounded
from bot.replies.outbox import Outbox
from bot.replies.outgoing_messages import unhurried
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_final
from bot.retries import delay_before
from bot.store.conversation_store import ConversationStore
from bot.store.notes import ALIVE_AT, Notes
from bot.tutor.incoming_message import IncomingMessage, read_message

log = structlog.get_logger(__name__)

NOTED_EVERY = 15.0
"""Seconds between two writings of that note."""
HANDED_OVER = timedelta(seconds=5)
"""How old the note of a shard is at most that was handed over in order, with all read. A process that was killed may
have noted a moment before, but its shards are taken later than that."""
MARGIN = timedelta(seconds=60)
"""How much earlier the search begins: the last note may be missing, and clocks differ."""
LONGEST = timedelta(days=7)
"""Older messages are not answered any more."""
AT_ONCE = 4
"""Channels that are read at the same time."""
MESSAGES = 1_000
"""Messages read back per channel, the newest."""
DIRECT_BEFORE = timedelta(days=28)
"""How long before the bot went away somebody must have written directly for the direct messages to be read."""
SOONEST_ARCHIVED = timedelta(hours=1)
"""A thread archives itself an hour after its last message at the soonest: after less time away none is looked for.
https://discord.com/developers/docs/resources/channel#channel-object-channel-structure (`auto_archive_duration`)"""
LONGEST_REQUEST = 60.0
"""Seconds that the reading of one channel may take; then it is tried again."""
IN_ORDER = 20.0
"""Seconds that a message waits at most for those that were missed before it in its conversation. They are read first,
so it waits for one request; but Discord may fail."""
ARCHIVED_THREADS = 500
"""Archived threads that are looked at in a channel, those archived last."""

Take = Callable[[IncomingMessage], Awaitable[None]]
Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


@dataclass(frozen=True, slots=True, eq=False)
class _Unread:
    """A channel in which messages after a Discord id may have been missed."""

    channel: Any
    after: int
    shard_id: int
    archived_threads: bool = False
    """It is not the channel itself that is to be read, but its threads that were archived since."""

    @property
    def key(self) -> tuple[int, bool]:
        """What tells it from others."""
        return self.channel.id, self.archived_threads


class CatchUp:
    """Knows for each shard until when the bot received every message, and hands over the messages sent after that.

    A channel that Discord does not let be read is read later. Until all of a shard are read, its note does not move: a
    process that is started again, or that takes the shard over, reads them all once more, and what was handled before
    is left out.
    """

    def __init__(
        self, client: discord.AutoShardedClient, outbox: Outbox, store: ConversationStore, notes: Notes, take: Take
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._clock = outbox.request_trace.clock
        self._store = store
        self._notes = notes
        self._take = take
        self._gained: set[int] = set()
        """Shards of this process."""
        self._new: set[int] = set()
        """Shards with a new session, for which no search has begun yet."""
        self._disconnected: set[int] = set()
        """Shards without a connection."""
        self._handled: dict[int, tuple[int, datetime]] = {}
        """Messages that are being handled: their shards, and when they were sent."""
        self._deleted: set[int] = set()
        """Those of them that were deleted meanwhile."""
        self._searches: Counter[int] = Counter()
        """How many searches for channels are under way, by shard."""
        self._unread: dict[tuple[int, bool], _Unread] = {}
        self._reader: asyncio.Task[None] | None = None
        self._read_first: dict[tuple[int, int], asyncio.Task[None]] = {}
        """What reads a conversation before the others, by shard and channel; once in a session."""
        self._try_now = asyncio.Event()

    # What happens to shards

    def session_began(self, shard_id: int) -> None:
        """A shard has begun a new session: what was said before is to be looked for."""
        self._new.add(shard_id)
        self._forget_read_first({shard_id})

    def disconnected(self, shard_id: int) -> None:
        """The gateway's connection of a shard is lost: from now on messages may be missed."""
        self._disconnected.add(shard_id)

    def resumed(self, shard_id: int) -> None:
        """The gateway has sent everything that was missed (RESUMED)."""
        self._disconnected.discard(shard_id)

    async def ready(self, shard_id: int) -> None:
        """The guilds of a shard's new session are known."""
        if shard_id in self._gained:
            await self.run({shard_id} & self._new)

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """Look for what was missed where a session is new, or the last owner had not read all. Where a session goes
        on, Discord sends what was missed.
        """
        self._gained |= shard_ids
        new = shard_ids & self._new
        self._disconnected |= shard_ids - new
        unread = {each for each in shard_ids - new if await self._is_behind(each)}
        if new | unread:
            await self.run(new | unread)

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """The next owner reads what is not read."""
        for shard_id in shard_ids:
            if self.receives_everything(shard_id):
                # What is being handled may come to nothing here, and the session goes on behind it there.
                await self._note_now(shard_id, behind=2 * HANDED_OVER)
        self._gained -= shard_ids
        self._new -= shard_ids
        self._disconnected -= shard_ids
        self._unread = {key: each for key, each in self._unread.items() if each.shard_id not in shard_ids}
        self._forget_read_first(shard_ids)

    def receives_everything(self, shard_id: int) -> bool:
        """Whether no message of a shard is missed, and all that were are handed over."""
        return shard_id in self._gained and not (
            shard_id in self._disconnected
            or shard_id in self._new
            or self._searches[shard_id]
            or any(each.shard_id == shard_id for each in self._unread.values())
        )

    async def keep_noting(self) -> None:
        """Write the notes again and again while no message is missed; runs until cancelled."""
        first = True
        while True:
            try:
                if first and not await self._notes.beginning_with(ALIVE_AT):
                    await self._notes.set(ALIVE_AT, self._clock.now().isoformat())  # what is said from now on counts
                first = False
                for shard_id in sorted(self._gained):
                    if self.receives_everything(shard_id):
                        await self._note_now(shard_id)
            except Exception:
                log.exception("catchup.not_noted")
            await asyncio.sleep(NOTED_EVERY)

    async def run(self, shard_ids: Iterable[int]) -> None:
        """Hand over the messages of shards that were missed, oldest first in each channel, also those that can be read
        later.
        """
        shards = frozenset(shard_ids)
        self._searches.update(shards)
        try:
            for shard_id in shards:
                since = await self._since(shard_id)
                is_new = shard_id in self._new
                if is_new:
                    self._new.discard(shard_id)
                    self._disconnected.discard(shard_id)
                try:
                    if since is not None:
                        await self._add_channels(shard_id, since)
                except Exception:
                    self._new |= {shard_id} if is_new else set()  # it is looked for again
                    raise
        finally:
            self._searches.subtract(shards)
        self._try_now.set()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_all(), name="catch-up")
        await asyncio.wait({self._reader})

    def close(self) -> None:
        """Read no more; the next process does."""
        for task in (self._reader, *self._read_first.values()):
            if task is not None:
                task.cancel()

    # In order

    @contextlib.contextmanager
    def handling(self, message: IncomingMessage) -> Iterator[None]:
        """While a message is being handled, it is not received: the process may end before it is stored."""
        self._handled[message.id] = (_shard_of(message), message.sent_at)
        try:
            yield
        finally:
            self._handled.pop(message.id, None)
            self._deleted.discard(message.id)

    def deleted(self, message_id: int) -> None:
        """A message was deleted; one that is being handled is not to be answered."""
        if message_id in self._handled:
            self._deleted.add(message_id)

    def is_deleted(self, message_id: int) -> bool:
        """Whether a message that is being handled was deleted meanwhile."""
        return message_id in self._deleted

    async def before(self, message: IncomingMessage) -> None:
        """Hand over what was missed in the conversation of a message that came live: it is answered in order.

        Where Discord does not let it be read in `IN_ORDER` seconds, the message does not wait any longer.

        Raises:
            SQLAlchemyError: the database is away.
        """
        shard_id = _shard_of(message)
        if not message.is_from_a_person or self.receives_everything(shard_id):
            return
        key = shard_id, message.channel.id
        if key not in self._read_first:
            if await self._store.conversation(message.channel.id) is None:
                return
            since = await self._since(shard_id)
            if since is None:
                return
            unread = _Unread(message.channel, discord.utils.time_snowflake(since), shard_id)
            if key not in self._read_first:
                self._read_first[key] = asyncio.create_task(self._read_until_read(unread), name="catch-up-first")
        await asyncio.wait({self._read_first[key]}, timeout=IN_ORDER)

    async def missed_in(self, guild_id: int, channel_id: int) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """What was missed in a conversation in which stored questions wait: ids, and what hands each over.

        Nothing where all was received, or Discord does not let it be read in `IN_ORDER` seconds.
        """
        guild = self._client.get_guild(guild_id)
        shard_id = 0 if guild is None else guild.shard_id
        since = None if self.receives_everything(shard_id) else await self._since(shard_id)
        if since is None:
            return []
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id or None)
        unread = _Unread(channel, discord.utils.time_snowflake(since), shard_id)
        with contextlib.suppress(TimeoutError, *DISCORD_ERRORS):  # what is not read now is read by the search
            async with asyncio.timeout(IN_ORDER):
                return [(each.id, partial(self._take, each)) for each in await self._unknown(unread)]
        return []

    async def _read_until_read(self, unread: _Unread) -> None:
        """Read it now. It is never broken off: what is being handed over would be stored, and asked by nobody."""
        self._add(unread)
        loop = asyncio.get_running_loop()
        end = loop.time() + IN_ORDER
        for attempt in itertools.count(1):
            if unread.key in self._unread:
                await self._take_missed(self._unread[unread.key], asyncio.Semaphore())
            if unread.key not in self._unread or loop.time() > end:  # then it stays among those to be read
                return
            await asyncio.sleep(delay_before(attempt))

    def _forget_read_first(self, shard_ids: Iterable[int]) -> None:
        for key in [key for key in self._read_first if key[0] in shard_ids]:
            del self._read_first[key]

    def _note(self, shard_id: int) -> str:
        """The name of a shard's note."""
        count = self._client.shard_count or 1
        return ALIVE_AT if count == 1 else f"{ALIVE_AT}:{shard_id}/{count}"

    async def _note_now(self, shard_id: int, *, behind: timedelta = timedelta()) -> None:
        """Note that all was received until now, or until the oldest message that is being handled, less `behind`."""
        under_way = [since - behind for shard, since in self._handled.values() if shard == shard_id]
        await self._notes.set(self._note(shard_id), min([self._clock.now(), *under_way]).isoformat())

    async def _noted(self, shard_id: int) -> datetime | None:
        """Until when every message of a shard was received; where it has no note, because there was another number of
        shards, every message of all.
        """
        own = self._note(shard_id)
        by_count: defaultdict[str, list[datetime]] = defaultdict(list)
        for name, value in (await self._notes.beginning_with(ALIVE_AT)).items():
            if name == own:
                return datetime.fromisoformat(value)
            by_count[name.partition("/")[2]].append(datetime.fromisoformat(value))
        return min(max(by_count.values(), key=max), default=None) if by_count else None

    async def _since(self, shard_id: int) -> datetime | None:
        noted = await self._noted(shard_id)
        return None if noted is None else max(noted - MARGIN, self._clock.now() - LONGEST)

    async def _is_behind(self, shard_id: int) -> bool:
        """Whether a shard's last owner may not have read all: one that had, and gave it away, has just written so."""
        noted = await self._noted(shard_id)
        return noted is not None and self._clock.now() - noted > HANDED_OVER

    # Which channels

    async def _add_channels(self, shard_id: int, since: datetime) -> None:
        """Add the channels of a shard where something may have been said since."""
        after = discord.utils.time_snowflake(since)
        guilds = [each for each in self._client.guilds if each.shard_id == shard_id]
        for channel in _active_channels(guilds, after):
            self._add(_Unread(channel, after, shard_id))
        if shard_id == 0:  # direct messages come to shard 0
            for each in await self._store.direct_conversations(discord.utils.time_snowflake(since - DIRECT_BEFORE)):
                self._add(_Unread(self._client.get_partial_messageable(each.channel_id), after, shard_id))
        if self._clock.now() - since > SOONEST_ARCHIVED:
            for parent in _channels_with_threads(guilds):
                self._add(_Unread(parent, after, shard_id, archived_threads=True))

    def _add(self, unread: _Unread) -> None:
        known = self._unread.get(unread.key)
        self._unread[unread.key] = unread if known is None else replace(unread, after=min(unread.after, known.after))

    # Reading them

    async def _read_all(self) -> None:
        """Read all channels; those that Discord does not let be read are tried again, each time later."""
        failures, count = 0, 0
        while self._unread:
            self._try_now.clear()
            tried = tuple(self._unread.values())
            room = asyncio.Semaphore(AT_ONCE)
            count += sum(await asyncio.gather(*(self._take_missed(each, room) for each in tried)))
            left = sum(self._unread.get(each.key) is each for each in tried)
            failures = failures + 1 if left else 0
            if left:
                log.warning("catchup.goes_on_later", channels=left, seconds=delay_before(failures))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._try_now.wait(), delay_before(failures))
        log.info("catchup.done", messages=count)
        for shard_id in sorted(self._gained):
            if self.receives_everything(shard_id):
                self._forget_read_first({shard_id})
                await self._note_now(shard_id)

    async def _take_missed(self, unread: _Unread, room: asyncio.Semaphore) -> int:
        """Hand over what was missed in one channel; returns how many messages. A channel that Discord delays holds up
        no other, and one that cannot be read stays among those to be read.
        """
        missed: list[IncomingMessage] = []
        try:
            async with room:
                if unread.archived_threads:
                    with unhurried():  # there are many channels, and seldom is anything found
                        await self._outbox.wait_for_turn()
                        await self._add_archived(unread)
                else:
                    await self._outbox.wait_for_turn()
                    missed = await self._unknown(unread)
            for message in missed:
                await self._take(message)
        except DISCORD_ERRORS as error:
            log.warning("catchup.not_read", channel=unread.channel.id, final=is_final(error), cause=error)
            if not is_final(error):
                return 0
        except Exception:
            log.exception("catchup.failed", channel=unread.channel.id)
            return 0
        if self._unread.get(unread.key) is unread:
            del self._unread[unread.key]
        return len(missed)

    async def _unknown(self, unread: _Unread) -> list[IncomingMessage]:
        """The messages of people in a channel since, oldest first, except those that were handled before, or are being
        handled: an event tells more of its author than a history does.

        Raises:
            DISCORD_ERRORS: Discord does not let them be read.
        """
        history = unread.channel.history(after=discord.Object(unread.after), limit=MESSAGES, oldest_first=False)
        newest_first = await bounded(self._read(history), LONGEST_REQUEST)
        said = [message for message in reversed(newest_first) if message.is_from_a_person]
        known = await self._store.handled([message.id for message in said]) if said else set()
        return [message for message in said if message.id not in known and message.id not in self._handled]

    async def _read(self, history: AsyncIterator[discord.Message]) -> list[IncomingMessage]:
        return [read_message(each, self._client) async for each in history]

    async def _add_archived(self, unread: _Unread) -> None:
        """Add the threads of a channel that were archived since, and in which something was said since. Discord tells
        of these only who asks (https://discord.com/developers/docs/topics/threads#active--archived-threads).

        Raises:
            DISCORD_ERRORS: Discord does not tell.
        """
        await bounded(self._look_for_archived(unread), LONGEST_REQUEST)

    async def _look_for_archived(self, unread: _Unread) -> None:
        since = discord.utils.snowflake_time(unread.after)
        ways: list[dict[str, bool]] = [{}]
        if isinstance(unread.channel, discord.TextChannel) and not unread.channel.is_news():
            ways.append({"private": True, "joined": True})
        for way in ways:
            async for thread in unread.channel.archived_threads(limit=ARCHIVED_THREADS, **way):
                if not way and thread.archive_timestamp < since:
                    break  # the one that was archived last comes first
                if (thread.last_message_id or 0) > unread.after:
                    self._add(_Unread(thread, unread.after, unread.shard_id))


def _shard_of(message: IncomingMessage) -> int:
    return 0 if message.guild is None else message.guild.shard_id


def _active_channels(guilds: Sequence[discord.Guild], after: int) -> list[Channel]:
    """The channels where something was said after, the newest words first: who has just asked waits for the answer.
    Discord tells each channel's last message when it connects.
    """
    found: list[Channel] = []
    for guild in guilds:
        channels: list[Channel] = [
            *guild.text_channels,
            *guild.voice_channels,
            *guild.stage_channels,
            *guild.threads,
        ]
        found += (each for each in channels if (each.last_message_id or 0) > after and _is_readable(each))
    return sorted(found, key=lambda channel: channel.last_message_id or 0, reverse=True)


def _channels_with_threads(guilds: Sequence[discord.Guild]) -> Iterable[discord.TextChannel | discord.ForumChannel]:
    for guild in guilds:
        parents: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels, *guild.forums]
        yield from (channel for channel in parents if _is_readable(channel))


def _is_readable(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.view_channel and allowed.read_message_history
