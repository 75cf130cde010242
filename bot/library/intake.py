"""The way of dropped files into the library: a queue of messages, whose files are downloaded, uploaded and indexed."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import sentences
from bot.library import sentences as say
from bot.library.contributors import Contributors
from bot.library.downloads import DownloadedFile, Downloader
from bot.library.errors import FileFailedError, VectorStoreLostError
from bot.library.library_store import FileRecord, LibraryStore
from bot.library.message_files import (
    BULK_ABOVE,
    MessageFiles,
    by_message,
    locale_of,
    original_name,
    record_of,
)
from bot.library.reactions import MessageReactions, ReactionQueue
from bot.library.readable_files import ReadableFiles
from bot.library.reading_choices import logged, offer_pages
from bot.library.reading_progress import ReadingProgress
from bot.library.removal import Removal
from bot.library.turns import Turn, TurnQueue
from bot.library.upload_quotas import NOBODY, UploadQuotas
from bot.library.vector_store_files import IndexedFile, VectorStoreFiles, attributes_of
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_final
from bot.retries import delay_before, through_outages
from bot.tutor.attachments import documents_of, is_picture
from bot.tutor.incoming_message import IncomingMessage, read_message
from database.outages import is_outage

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_WORKERS = 24
"""Messages whose files are on their way at the same time; the files of one message are added one after the other."""


class Intake:
    """Adds the files of messages to the library, and shows under each message what became of them."""

    def __init__(
        self,
        bot: "SaemBot",
        library_store: LibraryStore,
        vector_store_files: VectorStoreFiles,
        downloader: Downloader,
        *,
        contributors: Contributors,
        removal: Removal,
        readable_files: ReadableFiles,
        upload_quotas: UploadQuotas,
    ) -> None:
        self._bot = bot
        self._library_store = library_store
        self._vector_store_files = vector_store_files
        self._downloader = downloader
        self._contributors = contributors
        self._removal = removal
        self._readable_files = readable_files
        self._upload_quotas = upload_quotas
        self._progress = ReadingProgress(bot)
        self._reactions = ReactionQueue(bot, library_store)
        self._queue: TurnQueue[MessageFiles] = TurnQueue()
        self._workers: list[asyncio.Task[None]] = []
        self._at_work: Counter[int] = Counter()
        """Messages whose files wait or are being read here."""
        self._being_read: dict[asyncio.Task[None], MessageFiles] = {}
        self._refills: set[asyncio.Task[None]] = set()
        self._content_locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    def start(self) -> None:
        """Begin to work."""
        self._workers = [asyncio.create_task(self._work(), name=f"intake-{n}") for n in range(_WORKERS)]

    async def close(self) -> None:
        """Stop; the next process does what is not done."""
        tasks = [*self._workers, *self._refills]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._reactions.close()
        await self._progress.close()

    # Messages come

    def at_work(self, message_id: int) -> bool:
        """Whether files of a message wait here, or are being read."""
        return self._at_work[message_id] > 0

    def shows_outcome(self, message_id: int) -> bool:
        """Whether what became of files of a message is on its way."""
        return self._reactions.shows_outcome(message_id)

    def permissions_changed(self, guild_id: int) -> None:
        """Saem may do something else in a guild than before: show the outcomes that it was not allowed to show."""
        self._reactions.permissions_changed(guild_id)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Another process adds the files of some guilds from now on; those that are being read are read to their end.

        That is said in a row, and the other process waits with the file's message until then.
        """
        for files in self._queue.drop(theirs):
            self._ended(files.message_id)
        self._progress.let_go(theirs)
        await self._reactions.let_go(theirs)
        held = {each.message_id: each.guild_id for each in self._being_read.values() if theirs(each.guild_id)}
        await self._bot.holds.hold("files", held)

    async def abandon(self, theirs: Callable[[int], bool]) -> None:
        """This process was cut off: read nothing more in these guilds, not even what is being read."""
        tasks = [task for task, files in self._being_read.items() if theirs(files.guild_id)]
        for task in tasks:
            task.cancel()
        for files in self._queue.drop(theirs):
            self._ended(files.message_id)
        self._progress.let_go(theirs)
        await self._reactions.let_go(theirs)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, message_id: int) -> None:
        self._at_work[message_id] -= 1
        if self._at_work[message_id] <= 0:
            del self._at_work[message_id]

    async def offer(self, message: IncomingMessage) -> None:
        """Add the documents of a message in a watched channel; refuse them if its author may not add files."""
        assert message.guild is not None
        documents = documents_of(message.attachments)
        if documents and self._contributors.may_add(message.author, message.guild.id):
            await self.add(message, documents)
        elif documents and not await self._library_store.of_message(message.id):
            await self._refuse(message, message.guild)
        pictures = [each for each in message.attachments if is_picture(each)]
        may_add = self._contributors.may_add(message.author, message.guild.id)
        if pictures and may_add and not message.mentions_our_user:  # a mention with a picture is a question
            await offer_pages(self._bot, message, pictures, locale_of(message))

    async def add(
        self,
        message: IncomingMessage,
        attachments: Sequence[discord.Attachment],
        *,
        bulk: bool = False,
        read_as: str | None = None,
        retry: bool = False,
    ) -> int:
        """Add attachments of a message, each once; returns how many are new.

        See `MessageFiles` for `bulk`, and `LibraryFileRow` for `read_as`. `retry`: also those that failed before.
        """
        self._at_work[message.id] += 1  # before anything is stored: nobody is to find it left behind
        try:
            return await self._add(message, attachments, bulk=bulk, read_as=read_as, retry=retry)
        finally:
            self._ended(message.id)

    async def _add(
        self,
        message: IncomingMessage,
        attachments: Sequence[discord.Attachment],
        *,
        bulk: bool,
        read_as: str | None,
        retry: bool,
    ) -> int:
        assert message.guild is not None
        await self._readable_files.note_channel(message.guild, message.channel)
        made = [record_of(each, message, original_name(each), "library") for each in attachments]
        records = [replace(record, read_as=read_as) for record in made]
        new = [record for record in records if await self._is_new(record, retry=retry)]
        if new:
            urls = {each.id: each.url for each in attachments}
            counted = [await self._counted(record, bulk=bulk) for record in new]
            await self._put(MessageFiles(counted, urls, locale_of(message), bulk))
        return len(new)

    async def choose_reading(self, record: FileRecord, read_as: str) -> FileRecord:
        """Store that a file which failed is to be read as its sender has chosen; `read_again` takes what it returns."""
        chosen = replace(record, state="waiting", reason=None, read_as=read_as)
        await self._library_store.update(chosen)
        return chosen

    async def read_again(self, record: FileRecord) -> None:
        """Read a file once more."""
        self._at_work[record.message_id] += 1
        try:
            locale = sentences.of_guild(self._bot, self._bot.get_guild(record.guild_id))
            reactions = MessageReactions(self._bot, record.guild_id, record.channel_id, record.message_id, locale)
            await reactions.remove_failed()
            await self.add_again([record])
        finally:
            self._ended(record.message_id)

    async def _is_new(self, record: FileRecord, *, retry: bool) -> bool:
        if await self._library_store.add(record):
            return True
        stored = await self._library_store.get(record) if retry else None
        if stored is None or stored.state != "failed":
            return False
        await self._library_store.update(record)
        return True

    async def _counted(self, record: FileRecord, *, bulk: bool) -> FileRecord:
        """The file, counted among its author's and its server's uploads; or as failed if these have no room for it."""
        try:
            await self._upload_quotas.charge(record.guild_id, NOBODY if bulk else record.author_id, record.size)
        except FileFailedError as error:
            return replace(record, state="failed", reason=error.reason)
        return record

    async def add_left(self, records: Sequence[FileRecord]) -> None:
        """Add files that another process has left waiting, unless this one is at them."""
        left = [record for record in records if not self.at_work(record.message_id)]
        message_ids = {record.message_id for record in left}
        self._at_work.update(message_ids)
        try:
            await self.add_again(left)
        finally:
            for message_id in message_ids:
                self._ended(message_id)

    async def add_again(self, records: Sequence[FileRecord]) -> None:
        """Add files that wait in the database. Their messages are fetched, as Discord's links expire.

        Messages that Discord does not give now are asked for again, after the others.
        """
        messages = by_message(records)
        bulk, failures = len(messages) > BULK_ABOVE, 0
        while messages := [each for each in messages if self._bot.ownership.owns(each[0].guild_id)]:
            messages = [together for together in messages if not await self._added_again(together, bulk=bulk)]
            if messages:
                failures += 1
                log.warning("library.added_again_later", messages=len(messages), seconds=delay_before(failures))
                await asyncio.sleep(delay_before(failures))

    async def _added_again(self, together: Sequence[FileRecord], *, bulk: bool) -> bool:
        """Add the files of one message again; False if Discord does not give the message now."""
        first = together[0]
        await self._bot.outbox.wait_for_turn()
        channel = self._bot.get_partial_messageable(first.channel_id, guild_id=first.guild_id or None)
        try:
            message = read_message(await channel.fetch_message(first.message_id), self._bot)
        except discord.NotFound:
            await self._removal.remove(together)
            return True
        except DISCORD_ERRORS as error:
            log.warning("library.not_added_again", message=first.message_id, final=is_final(error), cause=error)
            return is_final(error)
        urls = {each.id: each.url for each in message.attachments}
        fixed = sentences.fixed_language(self._bot, first.guild_id)
        locale = fixed or sentences.of_text(message.source.content, self._bot.get_guild(first.guild_id))
        files = MessageFiles(together, urls, locale, bulk=bulk, begun_before=True)
        edited_out = [record for record in together if record.attachment_id not in urls]
        await self._removal.remove(edited_out)
        if left := [record for record in together if record.attachment_id in urls]:
            await self._put(replace(files, records=left))
        else:
            self._reactions.show_outcome(files, [replace(record, state="leaving") for record in edited_out])
        return True

    async def remove_left_progress(self, ours: Callable[[int], bool]) -> None:
        """Delete the messages by which another process has told how far it was in guilds that are ours now."""
        await self._progress.remove_left(ours)

    def show_outcomes(self, records: Sequence[FileRecord]) -> None:
        """Show what became of files that an earlier process added without showing it."""
        messages = by_message(records)
        for together in messages:
            locale = sentences.of_guild(self._bot, self._bot.get_guild(together[0].guild_id))
            files = MessageFiles(together, {}, locale, bulk=len(messages) > BULK_ABOVE, begun_before=True)
            self._reactions.show_outcome(files, together)

    async def _refuse(self, message: IncomingMessage, guild: discord.Guild) -> None:
        role = self._contributors.role_in(guild)
        locale = locale_of(message)
        reactions = MessageReactions(self._bot, guild.id, message.channel.id, message.id, locale)
        await reactions.refuse(say.MAY_NOT_ADD(locale, role=f"@{role.name}" if role is not None else "?"))

    # The queue

    async def _put(self, files: MessageFiles) -> None:
        if not self._bot.ownership.owns(files.guild_id):
            return  # the process that does finds them in the store
        self._reactions.show_working(files)
        self._progress.begin(files)
        self._at_work[files.message_id] += 1
        author_id = NOBODY if files.bulk else files.records[0].author_id
        await self._queue.put(Turn(files.guild_id, author_id, files.bulk), files)

    async def _work(self) -> None:
        while True:
            turn, files = await self._queue.take()
            reading = asyncio.create_task(self._add_files(files), name="library-files")
            self._being_read[reading] = files
            try:
                await asyncio.wait({reading})
                if not reading.cancelled() and (error := reading.exception()) is not None:
                    log.error("library.intake_failed", message=files.message_id, exc_info=error)
            finally:
                reading.cancel()
                del self._being_read[reading]
                self._ended(files.message_id)
                await self._queue.end(turn)
            await self._release(files)

    async def _release(self, files: MessageFiles) -> None:
        """If another process has the message's guild now, it goes on; unless more of its files are being read here."""
        if not any(each.message_id == files.message_id for each in self._being_read.values()):
            try:
                await self._bot.holds.release("files", files.message_id)
            except SQLAlchemyError as error:
                log.warning("library.not_released", message=files.message_id, cause=error)

    async def _add_files(self, files: MessageFiles) -> None:
        ended: list[FileRecord] = []
        try:
            for record in files.records:
                if not self._bot.ownership.owns(files.guild_id):
                    return  # the process that does reads the rest, and shows what became of all
                self._progress.set_current_file(record)
                url = files.urls.get(record.attachment_id)
                ended.append(await through_outages(functools.partial(self._add_file, record, url)))
                self._progress.file_ended(ended[-1])
        finally:
            for record in files.records[len(ended) :]:
                self._progress.file_ended(record)
        if self._bot.ownership.owns(files.guild_id):
            self._reactions.show_outcome(files, ended)

    async def _add_file(self, record: FileRecord, url: str | None) -> FileRecord:
        """Download, upload and index a file; returns its record as it is then. A failure is stored, and not raised.

        Raises:
            SQLAlchemyError: the database is away.
        """
        try:
            if record.state == "failed":
                raise FileFailedError(record.reason or "failed")
            if url is None:
                raise FileFailedError("gone")
            async with (
                self._downloader.downloaded(url, record.size) as downloaded,
                self._content_lock(record, downloaded.sha256),
            ):
                added = await self._add_downloaded(record, downloaded)
        except FileFailedError as error:
            added = replace(record, state="failed", reason=error.reason)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("library.file_failed", attachment=record.attachment_id)
            added = replace(record, state="failed", reason="failed")
        await self._library_store.update(added)
        log.info("library.file_ended", attachment=record.attachment_id, state=added.state, reason=logged(added.reason))
        return replace(added, state="leaving") if await self._removal.remove_if_gone(added) else added

    def _content_lock(self, record: FileRecord, sha256: str) -> asyncio.Lock:
        """Files with the same content are added one after the other, so that the second finds the first."""
        return self._content_locks.setdefault((record.guild_id, sha256), asyncio.Lock())

    async def _add_downloaded(self, record: FileRecord, downloaded: DownloadedFile) -> FileRecord:
        same = await self._library_store.with_same_content(record, downloaded.sha256)
        if same is not None:
            return replace(record, state="ready", sha256=downloaded.sha256, file_id=same.file_id, reason=same.reason)
        stored = await self._library_store.get(record)
        if stored is not None and stored.file_id is not None:
            await self._vector_store_files.delete(stored.file_id)  # a process that died had uploaded it
        file_id = await self._vector_store_files.upload(downloaded, record.filename, record.turn)
        uploaded = replace(record, sha256=downloaded.sha256, file_id=file_id)
        await self._library_store.update(uploaded)
        try:
            try:
                indexed = await self._index(uploaded)
            except VectorStoreLostError:
                await self._refill_vector_store(record.guild_id)
                indexed = await self._index(uploaded)
        except (FileFailedError, VectorStoreLostError) as error:
            await self._vector_store_files.delete(file_id)
            raise FileFailedError(error.reason if isinstance(error, FileFailedError) else "failed") from error
        return replace(uploaded, state="ready", reason=indexed.reason)

    async def _index(self, record: FileRecord) -> IndexedFile:
        assert record.file_id is not None
        on_page = functools.partial(self._progress.set_current_file, record)
        indexed = await self._vector_store_files.add(record.guild_id, record.file_id, attributes_of(record), on_page)
        spent = self._bot.quotas.budgets.prices.of_embeddings(indexed.embedding_tokens)
        charge_id = f"file-{record.attachment_id}"
        await self._bot.quotas.budgets.add(charge_id, record.author_id, record.guild_id, spent, "file")
        return indexed

    async def _refill_vector_store(self, guild_id: int) -> None:
        """The server has lost the guild's vector store: add the files that were in it again, in the background."""
        log.warning("library.vector_store_lost", guild=guild_id)
        for record in await self._library_store.of_guild(guild_id, "ready"):
            await self._library_store.update(replace(record, state="waiting"))
        task = asyncio.create_task(self._add_waiting(guild_id), name="library-refill")
        self._refills.add(task)
        task.add_done_callback(self._refills.discard)

    async def _add_waiting(self, guild_id: int) -> None:
        try:
            await self.add_again(await self._library_store.of_guild(guild_id, "waiting"))
        except Exception:
            log.exception("library.vector_store_not_refilled", guild=guild_id)
