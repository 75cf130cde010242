"""What stands in watched channels already: at first sight of a channel, and after a time away."""

import asyncio
from typing import TYPE_CHECKING

import discord
import structlog

from bot.library.intake import documents_of
from bot.tutor.incoming_message import IncomingMessage, read_message

if TYPE_CHECKING:
    from bot.client import SaemBot
    from bot.library.library import Library

log = structlog.get_logger(__name__)

FIRST_SIGHT = 1_000
"""Messages of a channel, counted from the newest, that are looked through when it is seen for the first time."""

CATCH_UP = 10_000
"""Messages of a channel that are looked through after a time away, oldest first."""

MANY = 20
"""Messages with files beyond which they are taken in quietly: with one sentence for all, not one for each."""


class Standing:
    """Looks through channels in the background, one after the other; `seen` is how far each was taken in."""

    def __init__(self, bot: "SaemBot", library: "Library") -> None:
        self._bot = bot
        self._library = library
        self.seen: dict[int, int] = {}
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._one = asyncio.Lock()

    async def close(self) -> None:
        """Stop; what was not looked at is looked at by the next process."""
        for task in self._looking.values():
            task.cancel()
        await asyncio.gather(*self._looking.values(), return_exceptions=True)

    def look_everywhere(self, guilds: list[discord.Guild]) -> None:
        """Look through all library channels of these guilds."""
        for guild in guilds:
            for channel in self._library.watched_channels(guild):
                if isinstance(channel, discord.TextChannel):
                    self.look(channel)

    def look(self, channel: discord.TextChannel) -> None:
        """Look through a channel, unless that is under way."""
        if channel.id not in self._looking:
            task = asyncio.create_task(self._look(channel), name="library-standing")
            self._looking[channel.id] = task
            task.add_done_callback(lambda _: self._looking.pop(channel.id, None))

    async def saw(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """A message came in a watched channel; it says nothing of those before it until these were looked through."""
        if channel_id not in self._looking and channel_id in self.seen and message_id > self.seen[channel_id]:
            self.seen[channel_id] = message_id
            await self._library.records.see(guild_id, channel_id, message_id)

    async def _look(self, channel: discord.TextChannel) -> None:
        newest = channel.last_message_id or 0
        if newest <= self.seen.get(channel.id, -1):
            return
        try:
            async with self._one:
                found = await self._carrying(channel)
                quiet = channel.id not in self.seen or len(found) > MANY
                for message in found:
                    await self._take(message, quiet=quiet)
        except discord.HTTPException as error:
            log.warning("library.not_looked_through", channel=channel.id, cause=str(error))
            return
        except Exception:
            log.exception("library.not_looked_through", channel=channel.id)
            return
        self.seen[channel.id] = max(newest, channel.last_message_id or 0)
        await self._library.records.see(channel.guild.id, channel.id, self.seen[channel.id])
        log.info("library.looked_through", channel=channel.id, messages=len(found))

    async def _carrying(self, channel: discord.TextChannel) -> list[IncomingMessage]:
        """The messages of people that carry documents and were not seen yet, oldest first."""
        await self._bot.outbox.wait_for_turn()
        if (seen := self.seen.get(channel.id)) is not None:
            history = channel.history(after=discord.Object(seen), limit=CATCH_UP, oldest_first=True)
        else:
            history = channel.history(limit=FIRST_SIGHT)
        known = {record.attachment_id for record in await self._library.records.of_channel(channel.id)}
        messages = [read_message(each, self._bot) async for each in history]
        found = [each for each in messages if each.is_from_a_person and _documents(each) - known]
        return sorted(found, key=lambda message: message.id)

    async def _take(self, message: IncomingMessage, *, quiet: bool) -> None:
        if not quiet:
            await self._library.dropped(message)
            return
        assert message.guild is not None
        author = message.author
        if not isinstance(author, discord.Member) and self._library.contributor_role(message.guild.id) is not None:
            author = await self._member(message.guild, author)
        if self._library.may_add(author, message.guild.id):
            await self._library.take(message, documents_of(message.attachments), standing=True)

    async def _member(self, guild: discord.Guild, user: discord.User) -> discord.User | discord.Member:
        """Who wrote it, with their roles; who has left has none."""
        try:
            return guild.get_member(user.id) or await guild.fetch_member(user.id)
        except discord.NotFound:
            return user


def _documents(message: IncomingMessage) -> set[int]:
    return {each.id for each in documents_of(message.attachments)}
