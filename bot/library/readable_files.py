"""The library's files that may be told: what a member could open in Discord, and what everybody in a place could.

Looked up whenever somebody asks, as permissions change. What is not known for certain counts as closed.
"""

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import discord
import structlog

from bot.conversations.location import LibraryScope, Location
from bot.library.channel_access import Readers, can_open
from bot.library.direct_libraries import DirectLibraries
from bot.library.library_store import FileRecord, KnownThread, LibraryStore
from bot.library.vector_store_files import SearchResult, VectorStoreFiles
from bot.replies.bounded_calls import bounded
from bot.replies.requests.discord_failures import DISCORD_ERRORS

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)


MOST_PASSAGES: Final = 8
"""Passages of one search."""


@dataclass(frozen=True, slots=True)
class _Located:
    """A channel, or a thread and its parent `channel`, whose permissions count."""

    channel: discord.abc.GuildChannel
    thread_id: int | None = None
    private: bool = False
    """Whether it is a private thread, which only its members and the parent's moderators can open."""


class ReadableFiles:
    """Says which files of a guild's library may be told to whom."""

    def __init__(self, bot: "SaemBot", library_store: LibraryStore) -> None:
        self._bot = bot
        self._library_store = library_store
        self._direct_libraries = DirectLibraries(bot, bot.store)

    async def to_asker(self, interaction: "discord.Interaction[SaemBot]") -> list[FileRecord]:
        """The files that whoever uses a command can open, newest first: for what they alone are shown."""
        if not isinstance(interaction.user, discord.Member):
            return []
        return await self._in_channels(interaction.user.guild.id, await self.channels_of_asker(interaction))

    async def channels_of_asker(self, interaction: "discord.Interaction[SaemBot]") -> frozenset[int]:
        """The channels and threads with files that whoever uses a command can open."""
        if not isinstance(interaction.user, discord.Member):
            return frozenset()
        return await self.channels_of_member(interaction.user, interaction.channel_id)

    async def in_place(self, guild_id: int, channel_id: int) -> list[FileRecord]:
        """The files that everybody who reads a channel or thread can open, newest first."""
        scope = await self.scope(Location(channel_id, guild_id, channel_id))
        return await self._in_channels(scope.guild_id, scope.channels)

    async def names_in_place(self, guild_id: int, channel_id: int) -> list[str]:
        """The names of searchable files that everybody who reads a channel or thread can open, newest first."""
        files = await self.in_place(guild_id, channel_id)
        return list(dict.fromkeys(record.filename for record in files if record.state == "ready"))

    async def any_in_place(self, guild_id: int, channel_id: int) -> bool:
        """Whether an answer in a channel or thread has files to rest on: of the library, or of its conversation."""
        files = await self.in_place(guild_id, channel_id)
        ready = any(record.state in ("ready", "waiting") for record in files)
        return ready or await self._library_store.conversation_has_files(channel_id)

    async def passages_in_place(self, location: Location, query: str) -> list[tuple[SearchResult, FileRecord]]:
        """Passages that fit a query, best first, each with its file, of the files that a run may read whose answer is
        shown at `location`.

        Raises:
            UserFacingError: the Assistants server does not answer.
        """
        scope = await self.scope(location)
        if not scope.channels:
            return []
        files = VectorStoreFiles(self._bot.openai, self._bot.guild_assistants)
        found = await files.search(scope.guild_id, query, MOST_PASSAGES, scope.channels)
        passages = []
        for result in found:
            records = [
                each
                for each in await self._library_store.of_file(result.file_id)
                if each.guild_id == scope.guild_id and each.channel_id in scope.channels
            ]
            passages += [(result, record) for record in records[:1]]
        return passages

    async def passages_of_thread(
        self, thread_id: str, location: Location, query: str
    ) -> list[tuple[SearchResult, FileRecord]]:
        """Passages that fit a query, best first, each with its file, of the files that came with the questions of a
        conversation: what is shown at `location` is shown to those who read them there.

        Raises:
            UserFacingError: the Assistants server does not answer.
        """
        files = VectorStoreFiles(self._bot.openai, self._bot.guild_assistants)
        passages = []
        for result in await files.search_thread(thread_id, query, MOST_PASSAGES):
            records = [
                each
                for each in await self._library_store.of_file(result.file_id)
                if each.kind == "thread" and each.guild_id == location.guild_id
            ]
            passages += [(result, record) for record in records[:1]]
        return passages

    async def scope(self, location: Location) -> LibraryScope:
        """What a run may read whose answer is shown at `location`."""
        guild_id = location.guild_id
        if guild_id == 0:
            return await self._direct_scope(location.channel_id)
        guild = self._bot.get_guild(guild_id)
        file_channels = {channel_id for _, channel_id in await self._library_store.file_channels(guild_id)}
        if guild is None:
            return LibraryScope(guild_id, past_is_open=False)
        threads = await self._library_store.threads(guild_id)
        place = _located(guild, location.channel_id, threads) or _located(guild, location.parent_id, threads)
        if place is None and file_channels:
            place = await self._fetched(guild, location.channel_id)
        if place is None:
            return LibraryScope(guild_id, past_is_open=not file_channels)
        readers = Readers(place.channel)
        channels = _open_to_all(readers, place, file_channels, threads)
        past_is_open = readers.can_open(place.channel)
        return LibraryScope(guild_id, channels, whole=file_channels <= channels, past_is_open=past_is_open)

    async def _direct_scope(self, channel_id: int) -> LibraryScope:
        """What may be told in direct messages: what its student can open in the server that they chose."""
        member = await self._direct_libraries.member(channel_id)
        if member is None:
            return LibraryScope()
        channels = await self.channels_of_member(member, None)
        everything = {each for _, each in await self._library_store.file_channels(member.guild.id)}
        return LibraryScope(member.guild.id, channels, whole=everything <= channels)

    async def channels_of_member(self, member: discord.Member, here: int | None) -> frozenset[int]:
        """The channels and threads with files that a member can open, who asks in the channel `here`."""
        guild = member.guild
        threads = await self._library_store.threads(guild.id)
        place = _located(guild, here, threads) if here is not None else None
        adults = place is not None and getattr(place.channel, "nsfw", False)
        readable = set()
        for _, channel_id in await self._library_store.file_channels(guild.id):
            located = _located(guild, channel_id, threads)
            if located is None or not _is_open_to_us(located.channel) or not can_open(member, located.channel):
                continue
            if getattr(located.channel, "nsfw", False) and not adults:
                continue  # Discord opens it to adults alone, and tells us so only where they are
            if not located.private or await self._is_in_thread(member, located):
                readable.add(channel_id)
        return frozenset(readable)

    async def _in_channels(self, guild_id: int, channels: frozenset[int]) -> list[FileRecord]:
        records = await self._library_store.newest_first(guild_id) if channels else []
        return [record for record in records if record.channel_id in channels]

    async def _fetched(self, guild: discord.Guild, thread_id: int) -> _Located | None:
        """A thread that is not in the cache, as Discord has archived it."""
        with contextlib.suppress(discord.NotFound):
            if (thread := await self.learn_thread(guild, thread_id)) is not None:
                return _located(guild, thread_id, {thread_id: thread})
        return None

    async def note_channel(self, guild: discord.Guild, channel: object) -> None:
        """A file came in a channel; if it is a thread, store its parent, for the time when Discord has archived it."""
        if isinstance(channel, discord.Thread):
            await self._library_store.add_thread(known_thread(channel))
        elif isinstance(channel, discord.PartialMessageable) and guild.get_channel(channel.id) is None:
            with contextlib.suppress(discord.NotFound):
                await self.learn_thread(guild, channel.id)

    async def learn_thread(self, guild: discord.Guild, thread_id: int) -> KnownThread | None:
        """Fetch and store a thread that is not known; None if Discord does not show it.

        Raises:
            discord.NotFound: it was deleted.
        """
        try:
            return await self.fetch_thread(guild, thread_id)
        except discord.NotFound:
            raise
        except (*DISCORD_ERRORS, discord.InvalidData) as error:
            log.info("library.channel_unknown", channel=thread_id, cause=error)
            return None

    async def fetch_thread(self, guild: discord.Guild, thread_id: int) -> KnownThread | None:
        """The same; None if it is no thread.

        Raises:
            DISCORD_ERRORS, discord.InvalidData: Discord does not show it.
        """
        await self._bot.outbox.wait_for_turn()
        thread = await bounded(guild.fetch_channel(thread_id))
        if not isinstance(thread, discord.Thread):
            return None
        known = known_thread(thread)
        await self._library_store.add_thread(known)
        return known

    async def _is_in_thread(self, member: discord.Member, thread: _Located) -> bool:
        """Whether a member who can open the parent can open its private thread."""
        assert thread.thread_id is not None
        if thread.channel.permissions_for(member).manage_threads:
            return True
        try:
            await bounded(self._bot.http.get_thread_member(thread.thread_id, member.id))
        except DISCORD_ERRORS as error:
            log.debug("library.thread_closed", thread=thread.thread_id, cause=error)
            return False
        return True


def known_thread(thread: discord.Thread) -> KnownThread:
    """What is stored of a thread."""
    return KnownThread(thread.id, thread.guild.id, thread.parent_id, thread.is_private())


def _open_to_all(
    readers: Readers, place: _Located, file_channels: Collection[int], threads: Mapping[int, KnownThread]
) -> frozenset[int]:
    """Those of these channels and threads with files that everybody who reads a place can open."""
    known: dict[int, bool] = {}
    readable = set()
    for channel_id in file_channels:
        located = _located(place.channel.guild, channel_id, threads)
        if located is None or (located.private and located.thread_id != place.thread_id):
            continue
        parent = located.channel
        if parent.id not in known:
            known[parent.id] = _is_open_to_us(parent) and readers.can_open(parent)
        if known[parent.id]:
            readable.add(channel_id)
    return frozenset(readable)


def _is_open_to_us(channel: discord.abc.GuildChannel) -> bool:
    """Whether Saem itself can open a channel: where it cannot, nobody tells it what is deleted."""
    return can_open(channel.guild.me, channel)


def _located(guild: discord.Guild, channel_id: int, threads: Mapping[int, KnownThread]) -> _Located | None:
    found = guild.get_channel_or_thread(channel_id)
    if found is not None and not isinstance(found, discord.Thread):
        return _Located(found)
    thread = known_thread(found) if found is not None else threads.get(channel_id)
    parent = guild.get_channel(thread.parent_id) if thread is not None else None
    return _Located(parent, channel_id, thread.private) if thread is not None and parent is not None else None
