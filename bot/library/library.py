"""A bot's library: which channels count, who may add, and what happens to files when their messages change."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot import sentences
from bot.conversations.citations import Source
from bot.library import sentences as say
from bot.library.backlog import MANY, Standing
from bot.library.display_names import plain_name
from bot.library.downloads import Fetcher
from bot.library.intake import Intake, documents_of
from bot.library.library_store import FileRecord, Records
from bot.library.marks import Marks
from bot.library.reactions import Job
from bot.library.vector_store import Shelf
from bot.tutor.incoming_message import IncomingMessage, read_message

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_CHECKED = 500  # messages per start that are looked up for having been deleted meanwhile


class Library:
    """The libraries of all guilds."""

    def __init__(self, bot: "SaemBot") -> None:
        self._bot = bot
        self.records = Records(bot.store)
        self.shelf = Shelf(bot.openai, bot.guild_assistants)
        self.fetcher = Fetcher(bot.settings.data_dir / "incoming")
        self.intake = Intake(bot, self.records, self.shelf, self.fetcher)
        self._names = {name.casefold() for name in bot.settings.library_channels}
        self._watched: dict[int, bool] = {}
        self._contributors: dict[int, int | None] = {}
        self.standing = Standing(bot, self)
        self._left: list[FileRecord] = []
        self._unmarked: list[FileRecord] = []

    async def open(self) -> None:
        """Read what is stored, and begin to work."""
        for channel_id, (watched, seen) in (await self.records.channels()).items():
            if watched is not None:
                self._watched[channel_id] = watched
            if seen is not None:
                self.standing.seen[channel_id] = seen
        self._contributors = await self.records.contributors()
        # What waits from now on is this process's own.
        self._left = await self.records.in_state("waiting", "library")
        self._unmarked = await self.records.unmarked()
        self.intake.start()

    async def close(self) -> None:
        """Stop working."""
        await self.standing.close()
        await self.intake.close()
        await self.fetcher.close()

    # Who and where

    def watches(self, channel: Any) -> bool:
        """Whether files dropped in a channel go into the library: somebody decided, or its name does."""
        decided = self._watched.get(channel.id)
        if decided is not None:
            return decided
        return isinstance(channel, discord.abc.GuildChannel) and channel.name.casefold() in self._names

    def watched_channels(self, guild: discord.Guild) -> list[discord.abc.GuildChannel]:
        """The guild's library channels."""
        return [channel for channel in guild.channels if self.watches(channel)]

    async def watch(self, guild_id: int, channel_id: int, *, watched: bool) -> None:
        """Decide about a channel; what stands in one that is watched from now on is taken in."""
        self._watched[channel_id] = watched
        await self.records.watch(guild_id, channel_id, watched=watched)
        channel = self._bot.get_channel(channel_id)
        if watched and isinstance(channel, discord.TextChannel):
            self.standing.look(channel)

    def contributor_role(self, guild_id: int) -> int | None:
        """The role that may add files; None: everyone."""
        return self._contributors.get(guild_id)

    async def set_contributors(self, guild_id: int, role_id: int | None) -> None:
        """Decide who may add files."""
        self._contributors[guild_id] = role_id
        await self.records.set_contributors(guild_id, role_id)

    def may_add(self, author: discord.User | discord.Member, guild_id: int) -> bool:
        """Whether somebody may add files to a guild's library."""
        role_id = self.contributor_role(guild_id)
        if role_id is None:
            return True
        if not isinstance(author, discord.Member):
            return False
        return author.guild_permissions.manage_guild or any(role.id == role_id for role in author.roles)

    # Files come

    async def dropped(self, message: IncomingMessage) -> None:
        """Somebody wrote in a watched channel."""
        if message.guild is None or not message.is_from_a_person:
            return
        carried = documents_of(message.attachments)
        if carried and self.may_add(message.author, message.guild.id):
            await self.take(message, carried)
        elif carried and not await self.records.of_message(message.id):
            await self._marks(message).refuse(self._only(message))
        await self.standing.saw(message.guild.id, message.channel.id, message.id)

    async def take(
        self, message: IncomingMessage, attachments: Sequence[discord.Attachment], *, standing: bool = False
    ) -> int:
        """Take files of a message in, each once; returns how many are new.

        Those that were `standing` there before anybody looked are taken in quietly, after what people drop meanwhile.
        """
        assert message.guild is not None
        records = [
            FileRecord(
                each.id, message.guild.id, message.channel.id, message.id, message.author.id, _name(each), each.size
            )
            for each in attachments
        ]
        new = [record for record in records if await self.records.add(record)]
        if new:
            urls = {each.id: each.url for each in attachments}
            self.intake.put(Job(new, urls, sentences.of_text(message.source.content, message.guild), standing))
        return len(new)

    # Files go

    async def message_gone(self, message_id: int) -> None:
        """A message was deleted."""
        await self.withdraw(await self.records.of_message(message_id))

    async def channel_gone(self, channel_id: int) -> None:
        """A channel or thread was deleted with all its messages."""
        await self.withdraw(await self.records.of_channel(channel_id))

    async def edited(self, message: IncomingMessage) -> None:
        """A message may have other files now."""
        records = await self.records.of_message(message.id)
        carried = {each.id: each for each in message.attachments}
        await self.withdraw([record for record in records if record.attachment_id not in carried])
        known = {record.attachment_id for record in records}
        added = [each for each in documents_of(list(carried.values())) if each.id not in known]
        is_libraries = any(record.kind == "library" for record in records) or self.watches(message.channel)
        if not added or not is_libraries or message.guild is None or not message.is_from_a_person:
            return
        if self.may_add(message.author, message.guild.id):
            await self.take(message, added)

    async def withdraw(self, records: Iterable[FileRecord]) -> None:
        """Take files out everywhere; a content that came twice stays while one of its messages does."""
        leaving = list(records)
        await self.records.leave(leaving)
        for record in leaving:
            if record.file_id is None or await self.records.of_file(record.file_id):
                await self.records.remove(record)
            elif await self.shelf.delete(record.file_id):
                await self.records.remove(record)
                log.info("library.withdrawn", attachment=record.attachment_id, guild=record.guild_id)

    # Citations

    async def source(self, file_id: str) -> Source | None:
        """Where a cited file came from."""
        records = await self.records.of_file(file_id)
        return Source(plain_name(records[0].filename), records[0].jump_url) if records else None

    # After a restart, or a time away

    async def recover(self) -> None:
        """Finish what the last process left undone."""
        await self.withdraw(await self.records.in_state("leaving"))
        unmarked, self._unmarked = _by_message(self._unmarked), []
        for records in unmarked:
            guild = self._guild(records[0])
            job = Job(records, {}, sentences.of_text("", guild), standing=len(unmarked) > MANY)
            self.intake.marking.end(job, records)
        left, self._left = self._left, []
        await self._again(left)

    async def store_lost(self, guild_id: int) -> None:
        """Take all files of a guild in anew."""
        await self._again(await self.records.of_guild(guild_id, "waiting"))

    async def check(self) -> None:
        """Take out what was deleted, or edited away, while nobody listened; looks at the newest messages."""
        records = [*await self.records.in_state("ready"), *await self.records.in_state("failed")]
        messages = {record.message_id: record.channel_id for record in records}
        for message_id in sorted(messages, reverse=True)[:_CHECKED]:
            await self._bot.outbox.wait_for_turn()
            try:
                channel = self._bot.get_partial_messageable(messages[message_id])
                message = await channel.fetch_message(message_id)
            except discord.NotFound:
                await self.message_gone(message_id)
            except discord.HTTPException as error:
                log.info("library.not_checked", message=message_id, cause=str(error))
            else:
                await self.edited(read_message(message, self._bot))

    async def _again(self, records: Sequence[FileRecord]) -> None:
        """Take files in anew, with fresh links: Discord's expire."""
        by_message = _by_message(records)
        for together in by_message:
            message_id = together[0].message_id
            await self._bot.outbox.wait_for_turn()
            channel = self._bot.get_partial_messageable(together[0].channel_id, guild_id=together[0].guild_id or None)
            try:
                message = await channel.fetch_message(message_id)
            except discord.NotFound:
                await self.withdraw(together)
                continue
            except discord.HTTPException as error:
                log.warning("library.not_taken_up", message=message_id, cause=str(error))
                continue
            urls = {each.id: each.url for each in read_message(message, self._bot).attachments}
            locale = sentences.of_text(message.content, self._guild(together[0]))
            self.intake.put(Job(together, urls, locale, standing=len(by_message) > MANY))

    def _guild(self, record: FileRecord) -> discord.Guild | None:
        return self._bot.get_guild(record.guild_id)

    def _marks(self, message: IncomingMessage) -> Marks:
        locale = sentences.of_text(message.source.content, message.guild)
        guild_id = message.guild.id if message.guild is not None else 0
        return Marks(self._bot, guild_id, message.channel.id, message.id, locale)

    def _only(self, message: IncomingMessage) -> str:
        assert message.guild is not None
        role = message.guild.get_role(self.contributor_role(message.guild.id) or 0)
        locale = sentences.of_text(message.source.content, message.guild)
        return say.MAY_NOT_ADD(locale, role=f"@{role.name}" if role is not None else "?")


def _by_message(records: Iterable[FileRecord]) -> list[list[FileRecord]]:
    messages: dict[int, list[FileRecord]] = {}
    for record in records:
        messages.setdefault(record.message_id, []).append(record)
    return list(messages.values())


def _name(attachment: discord.Attachment) -> str:
    """The name that it was given; Discord's own strips what it does not like."""
    return (attachment.title and _with_ending(attachment)) or attachment.filename


def _with_ending(attachment: discord.Attachment) -> str:
    title, dot, ending = attachment.title or "", *attachment.filename.rpartition(".")[1:]
    return title if not dot or title.endswith(f".{ending}") else f"{title}.{ending}"
