"""The libraries of all guilds: files come with messages, go with messages, are searched and cited."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

import discord
import structlog

from bot.conversations.answer_contents.citations import FindSource, Source
from bot.conversations.location import Location
from bot.library import sentences as say
from bot.library.backlog import Backlog
from bot.library.contributors import Contributors
from bot.library.discord_requests import attempt
from bot.library.downloads import Downloader
from bot.library.intake import Intake
from bot.library.library_store import FileRecord, LibraryStore
from bot.library.message_files import locale_of
from bot.library.readable_files import ReadableFiles
from bot.library.reconciliation import PAGES, Reconciliation
from bot.library.removal import Removal
from bot.library.upload_quotas import UploadQuotas
from bot.library.vector_store_files import SearchResult, VectorStoreFiles
from bot.library.watched_channels import WatchedChannels
from bot.retries import through_outages
from bot.store.server_settings import CONTRIBUTORS, LIBRARY_CHANNEL
from bot.tutor.attachments import documents_of
from bot.tutor.incoming_message import IncomingMessage

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_PAGES_AFTER_RECONNECTING = 20
"""Pages of messages with files that are looked through after an interruption, in which messages may be deleted."""


class Library:
    """The libraries of all guilds of a bot."""

    def __init__(self, bot: "SaemBot") -> None:
        self._bot = bot
        self.library_store = LibraryStore(bot.store)
        self.vector_store_files = VectorStoreFiles(bot.openai, bot.guild_assistants)
        self.downloader = Downloader(bot.settings.data_dir / "incoming")
        self.watched_channels = WatchedChannels(self.library_store, bot.settings.library_channels)
        self.contributors = Contributors(self.library_store)
        self.upload_quotas = UploadQuotas(bot.store, bot.settings)
        self.readable_files = ReadableFiles(bot, self.library_store)
        self.removal = Removal(self.library_store, self.vector_store_files)
        self.intake = Intake(
            bot,
            self.library_store,
            self.vector_store_files,
            self.downloader,
            contributors=self.contributors,
            removal=self.removal,
            readable_files=self.readable_files,
            upload_quotas=self.upload_quotas,
        )
        self.backlog = Backlog(bot, self.library_store, self.watched_channels, self.contributors, self.intake)
        self.reconciliation = Reconciliation(
            bot,
            self.library_store,
            self.vector_store_files,
            self.removal,
            self.readable_files,
            message_edited=self.message_edited,
        )
        self._catching_up: set[asyncio.Task[None]] = set()
        self._caught_up_before = False

    async def open(self) -> None:
        """Read what is stored, and begin to work."""
        await self.downloader.remove_left_behind()
        await self.watched_channels.load()
        await self.contributors.load()
        self.intake.start()

    async def close(self) -> None:
        """Stop working."""
        for task in self._catching_up:
            task.cancel()
        await self.backlog.close()
        await self.intake.close()
        await self.downloader.close()

    # Messages and channels change

    async def message_sent(self, message: IncomingMessage) -> None:
        """Somebody wrote a message; if its channel is watched, its documents are added."""
        if message.guild is None or not message.is_from_a_person:
            return
        if self.watched_channels.watches(message.channel):
            await self.intake.offer(message)
            await self.backlog.mark_read(message)

    async def message_edited(self, message: IncomingMessage) -> None:
        """A message may have other files now: add new ones, and remove those that are gone."""
        records = await self.library_store.of_message(message.id)
        attachments = {each.id: each for each in message.attachments}
        await self.removal.remove([record for record in records if record.attachment_id not in attachments])
        known = {record.attachment_id for record in records}
        added = [each for each in documents_of(list(attachments.values())) if each.id not in known]
        in_library = any(record.kind == "library" for record in records)
        if not added or message.guild is None or not message.is_from_a_person:
            return
        if not in_library and not self.watched_channels.watches(message.channel):
            return
        if self.contributors.may_add(message.author, message.guild.id):
            await self.intake.add(message, added)

    async def message_deleted(self, message_id: int) -> None:
        """Remove the message's files."""
        await self.removal.remove(await self.library_store.of_message(message_id))

    async def channel_deleted(self, channel_id: int) -> None:
        """Remove the files of a channel or thread, which was deleted with all its messages."""
        await self.removal.remove(await self.library_store.of_channel(channel_id))

    async def watch(self, guild_id: int, channel_id: int, by: int, *, watched: bool) -> None:
        """Watch a channel and read what is in it already, or watch it no longer. `by`: who decides it."""
        await self.watched_channels.decide(guild_id, channel_id, watched=watched)
        state = "on" if watched else "off"
        await self._bot.server_settings.note(LIBRARY_CHANNEL, state, guild_id, channel_id, by=by)
        self.backlog.read_channel(self._bot.get_channel(channel_id))

    async def set_contributors(self, guild_id: int, role_id: int | None, by: int) -> None:
        """Let a role add files; None: everyone. `by`: who decides it."""
        await self.contributors.set_role(guild_id, role_id)
        value = str(role_id) if role_id is not None else None
        await self._bot.server_settings.note(CONTRIBUTORS, value, guild_id, by=by)

    async def tell_author(self, message: IncomingMessage, adder: discord.abc.User) -> bool:
        """Tell the author of a message that somebody else has added its files; False if Discord refuses every way."""
        source, author = message.source, message.author
        text = say.ADDED_BY_ANOTHER(locale_of(message), author=author.mention, adder=adder.mention)
        named = discord.AllowedMentions(users=[author], replied_user=True)
        shown = await attempt(self._bot.outbox, lambda: source.reply(text, allowed_mentions=named))
        if shown is None:
            text = f"{text}\n{source.jump_url}"
            shown = await attempt(self._bot.outbox, lambda: author.send(text, allowed_mentions=named))
        return shown is not None

    # Find files

    async def search(
        self, guild_id: int, query: str, limit: int, channels: Collection[int]
    ) -> Sequence[tuple[SearchResult, FileRecord]]:
        """Passages of the guild's files in these channels that fit a query, best first, each with its file.

        Raises:
            UserFacingError: the Assistants server does not answer.
        """
        found = await self.vector_store_files.search(guild_id, query, limit, channels) if channels else []
        records: dict[str, FileRecord] = {}
        for file_id in {result.file_id for result in found}:
            here = [each for each in await self.library_store.of_file(file_id) if each.guild_id == guild_id]
            readable = [each for each in here if each.channel_id in channels]
            if readable:
                records[file_id] = readable[0]
        return [(result, records[result.file_id]) for result in found if result.file_id in records]

    def sources(self, location: Location) -> FindSource:
        """What finds the name of a cited file and the message that it came with, if they may be told in a place."""

        async def source(file_id: str) -> Source | None:
            records = await self.library_store.of_file(file_id)
            if any(record.kind == "library" for record in records):
                scope = await self.readable_files.scope(location)
                records = [each for each in records if each.kind != "library" or each.channel_id in scope.channels]
            return Source(records[0].filename, records[0].jump_url) if records else None

        return source

    # Guilds come and go between processes, and the bot is away at times

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Do what other processes left undone in guilds that are ours now.

        What this process is at already is left out, so that it may be called again.
        """
        await self.watched_channels.load()
        await self.contributors.load()
        await self.backlog.load(ours)
        self.backlog.read_guilds([guild for guild in self._bot.guilds if ours(guild.id)])
        works = [self._remove_leaving, self._show_outcomes, self._add_unfinished, self.reconciliation.learn_threads]
        for work in works:
            self._begin(partial(work, ours))
        self._begin(partial(self.intake.remove_left_progress, ours))
        if ours(0):
            self._begin(self._name_channels)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Another process has the libraries of some guilds from now on."""
        await self.backlog.let_go(theirs)
        await self.intake.let_go(theirs)

    async def abandon(self, theirs: Callable[[int], bool]) -> None:
        """This process was cut off: do nothing more in these guilds."""
        await self.backlog.let_go(theirs)
        await self.intake.abandon(theirs)

    def catch_up(self) -> None:
        """The bot is connected, or connected again, and messages may have been missed: add what came meanwhile."""
        self.backlog.read_guilds([guild for guild in self._bot.guilds if self._bot.ownership.owns(guild.id)])
        pages = PAGES if not self._caught_up_before else _PAGES_AFTER_RECONNECTING
        self._caught_up_before = True
        self._begin(partial(self.reconciliation.check_messages, pages))

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it in the background; what Discord or the database holds up in one piece of work holds up no other."""
        task = asyncio.create_task(through_outages(work), name="library-catch-up")
        self._catching_up.add(task)
        task.add_done_callback(self._caught_up)

    def _caught_up(self, task: "asyncio.Task[None]") -> None:
        self._catching_up.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("library.not_caught_up", exc_info=error)

    async def _remove_leaving(self, ours: Callable[[int], bool]) -> None:
        leaving = await self.library_store.in_state("leaving")
        await self.removal.remove([record for record in leaving if ours(record.guild_id)])

    async def _show_outcomes(self, ours: Callable[[int], bool]) -> None:
        left = self._left(await self.library_store.outcome_not_shown(), ours)
        self.intake.show_outcomes([each for each in left if not self.intake.shows_outcome(each.message_id)])

    async def _add_unfinished(self, ours: Callable[[int], bool]) -> None:
        await self.intake.add_left(self._left(await self.library_store.in_state("waiting", "library"), ours))

    def _left(self, records: Sequence[FileRecord], ours: Callable[[int], bool]) -> list[FileRecord]:
        """Those in guilds that are ours that no process is at."""
        here = [record for record in records if ours(record.guild_id) and not self.intake.at_work(record.message_id)]
        return [record for record in here if not self._bot.holds.held("files", record.message_id)]

    async def _name_channels(self) -> None:
        await self.intake.add_again(await self.reconciliation.name_channels())
