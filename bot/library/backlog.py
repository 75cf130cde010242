"""Files that are in watched channels already: at the bot's first look at a channel, and after a time away."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import discord
import structlog

from bot.library.contributors import Contributors
from bot.library.intake import Intake
from bot.library.library_store import LibraryStore
from bot.library.message_files import BULK_ABOVE
from bot.library.watched_channels import WatchedChannels
from bot.replies.outgoing_messages import unhurried
from bot.replies.requests.discord_failures import DISCORD_ERRORS, keep_trying
from bot.retries import through_outages
from bot.tutor.attachments import documents_of
from bot.tutor.incoming_message import IncomingMessage, read_message

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

FIRST_LOOK = 1_000
"""Newest messages of a channel that are looked through at the first look at it."""

CATCH_UP = 10_000
"""Messages of a channel that are looked through after a time away, oldest first."""


class Backlog:
    """Reads channels in the background, one after the other, and adds their files."""

    def __init__(
        self,
        bot: "SaemBot",
        library_store: LibraryStore,
        watched_channels: WatchedChannels,
        contributors: Contributors,
        intake: Intake,
    ) -> None:
        self._bot = bot
        self._library_store = library_store
        self._watched_channels = watched_channels
        self._contributors = contributors
        self._intake = intake
        self._read_up_to: dict[int, int] = {}
        """By channel: the message up to which its files were added; absent before the first look."""
        self._up_to_date: set[int] = set()
        """The channels whose messages from before this session of the gateway are read."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._guilds: dict[int, int] = {}
        """The guild of each channel that was looked at."""
        self._one_channel_at_a_time = asyncio.Lock()

    async def load(self, ours: Callable[[int], bool]) -> None:
        """Read from the database how far each channel was read, in guilds that are ours now."""
        for known in await self._library_store.channels():
            if known.seen_message_id is not None and ours(known.guild_id):
                before = self._read_up_to.get(known.channel_id, 0)
                self._read_up_to[known.channel_id] = max(before, known.seen_message_id)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Read nothing more in guilds that another process serves from now on: that one does."""
        channels = [channel_id for channel_id, guild_id in self._guilds.items() if theirs(guild_id)]
        tasks = [self._tasks[channel_id] for channel_id in channels if channel_id in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel_id in channels:
            del self._guilds[channel_id]
            self._read_up_to.pop(channel_id, None)
            self._up_to_date.discard(channel_id)

    async def close(self) -> None:
        """Stop; the next process reads what was not read."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def session_began(self) -> None:
        """The gateway has begun a new session: messages may have come before it that no event tells of.

        Until a channel is looked through, a new message does not mark it as read.
        """
        self._up_to_date.clear()

    def read_guilds(self, guilds: Iterable[discord.Guild]) -> None:
        """Read the watched channels of guilds."""
        for guild in guilds:
            for channel in guild.channels:
                self.read_channel(channel)

    def read_channel(self, channel: object) -> None:
        """Read a channel if it is watched, unless that is under way."""
        if not isinstance(channel, discord.TextChannel) or not self._watched_channels.watches(channel):
            return
        self._guilds[channel.id] = channel.guild.id
        if channel.id not in self._tasks:
            task = asyncio.create_task(self._read(channel), name="library-backlog")
            self._tasks[channel.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(channel.id, None))

    async def mark_read(self, message: IncomingMessage) -> None:
        """The channel is read up to a new message, unless the messages before it are not read yet."""
        channel_id = message.channel.id
        known = channel_id in self._read_up_to and channel_id in self._up_to_date
        if known and message.guild is not None and message.id > self._read_up_to[channel_id]:
            self._read_up_to[channel_id] = message.id
            await self._library_store.set_read_up_to(message.guild.id, channel_id, message.id)

    async def _read(self, channel: discord.TextChannel) -> None:
        newest = channel.last_message_id or 0
        if newest <= self._read_up_to.get(channel.id, -1):
            self._up_to_date.add(channel.id)
            return
        what = f"library channel {channel.id}"
        try:
            messages = await through_outages(lambda: keep_trying(lambda: self._add_files(channel), what))
        except DISCORD_ERRORS as error:
            log.warning("library.channel_not_read", channel=channel.id, cause=error)
            return
        except Exception:
            log.exception("library.channel_not_read", channel=channel.id)
            return
        self._up_to_date.add(channel.id)
        self._read_up_to[channel.id] = max(newest, channel.last_message_id or 0)
        up_to = self._read_up_to[channel.id]
        await through_outages(lambda: self._library_store.set_read_up_to(channel.guild.id, channel.id, up_to))
        log.info("library.channel_read", channel=channel.id, messages=messages)

    async def _add_files(self, channel: discord.TextChannel) -> int:
        """Add the files of a channel that are not stored yet; returns how many messages have any."""
        async with self._one_channel_at_a_time:
            messages = await self._messages_with_documents(channel)
            bulk = channel.id not in self._read_up_to or len(messages) > BULK_ABOVE
            for message in messages:
                await (self._add_in_bulk(message) if bulk else self._intake.offer(message))
        return len(messages)

    async def _messages_with_documents(self, channel: discord.TextChannel) -> list[IncomingMessage]:
        """Messages of people with documents that are not stored yet, oldest first."""
        with unhurried():
            return await self._read_documents(channel)

    async def _read_documents(self, channel: discord.TextChannel) -> list[IncomingMessage]:
        await self._bot.outbox.wait_for_turn()
        if (read_up_to := self._read_up_to.get(channel.id)) is not None:
            history = channel.history(after=discord.Object(read_up_to), limit=CATCH_UP, oldest_first=True)
        else:
            history = channel.history(limit=FIRST_LOOK)
        stored = {record.attachment_id for record in await self._library_store.of_channel(channel.id)}
        messages = [read_message(each, self._bot) async for each in history]
        found = [
            message
            for message in messages
            if message.is_from_a_person and {each.id for each in documents_of(message.attachments)} - stored
        ]
        return sorted(found, key=lambda message: message.id)

    async def _add_in_bulk(self, message: IncomingMessage) -> None:
        assert message.guild is not None
        author = message.author
        if not isinstance(author, discord.Member) and self._contributors.role_id(message.guild.id) is not None:
            author = await self._member(message.guild, author)
        if self._contributors.may_add(author, message.guild.id):
            await self._intake.add(message, documents_of(message.attachments), bulk=True)

    async def _member(self, guild: discord.Guild, user: discord.User) -> discord.User | discord.Member:
        """The author with their roles, or without if they left the guild."""
        try:
            return guild.get_member(user.id) or await guild.fetch_member(user.id)
        except discord.NotFound:
            return user
