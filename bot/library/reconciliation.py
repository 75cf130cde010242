"""After a start, or a time away: what is stored of files agrees again with Discord and the Assistants server."""

import asyncio
import functools
import heapq
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
import openai
import structlog

from bot.library.library_store import FileRecord, KnownThread, LibraryStore
from bot.library.readable_files import ReadableFiles
from bot.library.removal import Removal
from bot.library.vector_store_files import VectorStoreFiles
from bot.replies.outgoing_messages import unhurried
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_final, keep_trying
from bot.retries import delay_before
from bot.tutor.incoming_message import IncomingMessage, read_message

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

PAGES = 500
"""Pages of messages that are looked through at most; the newest messages with files come first."""
PAGE = 100
"""Messages of a page; Discord gives no more."""
CHANNELS_NAMED = "library.channels_named"
"""The note that every file on the server names the channel that it came in."""


class Reconciliation:
    """Looks for what happened while nobody listened; `message_edited(message)` is told of messages with files."""

    def __init__(
        self,
        bot: "SaemBot",
        library_store: LibraryStore,
        vector_store_files: VectorStoreFiles,
        removal: Removal,
        readable_files: ReadableFiles,
        *,
        message_edited: Callable[[IncomingMessage], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._library_store = library_store
        self._vector_store_files = vector_store_files
        self._removal = removal
        self._readable_files = readable_files
        self._message_edited = message_edited

    async def name_channels(self) -> list[FileRecord]:
        """Write to each file on the server which channel it came in, once; returns files that are to be added again.

        Earlier releases kept content that came in two channels as one file, which can name one of them alone.
        """
        if await self._bot.notes.get(CHANNELS_NAMED):
            return []
        again: list[FileRecord] = []
        named: dict[str, int] = {}
        for record in await self._library_store.in_state("ready", "library"):
            assert record.file_id is not None
            if named.setdefault(record.file_id, record.channel_id) != record.channel_id:
                again.append(replace(record, state="waiting", sha256=None, file_id=None))
                await self._library_store.update(again[-1])
        records = {record.file_id: record for record in await self._library_store.in_state("ready", "library")}
        try:
            for record in records.values():
                await self._vector_store_files.name_channel(record)
        except openai.OpenAIError as error:
            log.warning("library.channels_not_named", cause=error)
            return again
        await self._bot.notes.set(CHANNELS_NAMED, "1")
        return again

    async def learn_threads(self, ours: Callable[[int], bool]) -> None:
        """Learn the parents of threads that are not known, and remove the files of channels that were deleted, in
        guilds that are ours.
        """
        known = await self._library_store.threads()
        with unhurried():
            await self._learn_threads(known, ours)

    async def _learn_threads(self, known: Mapping[int, KnownThread], ours: Callable[[int], bool]) -> None:
        for guild_id, channel_id in await self._library_store.file_channels():
            guild = self._bot.get_guild(guild_id)
            if not ours(guild_id) or guild is None or channel_id in known or guild.get_channel(channel_id) is not None:
                continue
            try:
                fetch = functools.partial(self._readable_files.fetch_thread, guild, channel_id)
                await keep_trying(fetch, f"library thread {channel_id}")
            except discord.NotFound:
                await self._removal.remove(await self._library_store.of_channel(channel_id))
            except (discord.Forbidden, discord.InvalidData) as error:
                log.info("library.channel_unknown", channel=channel_id, cause=error)

    async def check_channel(self, guild_id: int, channel_id: int) -> None:
        """Saem can open a channel again: look at its messages with files, and at those of its threads."""
        threads = await self._library_store.threads(guild_id)
        below = {each.thread_id for each in threads.values() if each.parent_id == channel_id}
        await self.check_messages(only=frozenset({channel_id, *below}))

    async def check_messages(self, pages: int = PAGES, *, only: frozenset[int] | None = None) -> None:
        """Remove files whose messages were deleted, or that were edited out of them; add those edited in.

        `only` names channels and threads; None: all.
        """
        messages: defaultdict[int, set[int]] = defaultdict(set)
        guilds: dict[int, int] = {}
        for state in ("ready", "failed"):
            for record in await self._library_store.in_state(state):
                if only is not None and record.channel_id not in only:
                    continue
                if not self._bot.ownership.owns(record.guild_id):
                    continue
                messages[record.channel_id].add(record.message_id)
                guilds[record.channel_id] = record.guild_id
        newest_first = [(-max(ids), channel_id) for channel_id, ids in messages.items()]
        heapq.heapify(newest_first)
        not_now: list[tuple[int, int]] = []
        failures = 0
        for _ in range(pages):
            if not newest_first and not_now:
                failures += 1
                log.warning("library.checked_later", channels=len(not_now), seconds=delay_before(failures))
                await asyncio.sleep(delay_before(failures))
                newest_first, not_now = not_now, []
                heapq.heapify(newest_first)
            if not newest_first:
                return
            newest, channel_id = heapq.heappop(newest_first)
            channel = self._bot.get_partial_messageable(channel_id, guild_id=guilds[channel_id] or None)
            try:
                left = await self._check_page(channel, messages[channel_id])
            except DISCORD_ERRORS as error:
                log.info("library.messages_not_checked", channel=channel_id, final=is_final(error), cause=error)
                if not is_final(error):
                    not_now.append((newest, channel_id))
                continue
            if left:
                messages[channel_id] = left
                heapq.heappush(newest_first, (-max(left), channel_id))

    async def _check_page(self, channel: discord.PartialMessageable, message_ids: set[int]) -> set[int]:
        """Check the newest of these messages, a page of them; returns those that are left to check.

        Raises:
            DISCORD_ERRORS: Discord does not let them be read.
        """
        try:
            with unhurried():  # many channels are looked through at a start, while people wait for answers
                await self._bot.outbox.wait_for_turn()
                before = discord.Object(max(message_ids) + 1)
                page = {each.id: each async for each in channel.history(limit=PAGE, before=before)}
        except discord.NotFound:
            await self._removal.remove(await self._library_store.of_channel(channel.id))
            return set()
        oldest = min(page) if len(page) == PAGE else 0
        for message_id in [each for each in message_ids if each >= oldest]:
            if message_id in page:
                await self._message_edited(read_message(page[message_id], self._bot))
            else:
                await self._removal.remove(await self._library_store.of_message(message_id))
        return {each for each in message_ids if each < oldest}
