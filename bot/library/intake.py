"""The way of a message's files into its guild's library, file by file, whatever happens on the way."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import discord
import structlog

from bot.library.fetch import Fetched, Fetcher, NotFetchedError
from bot.library.marks import Marks
from bot.library.records import FileRecord, Records
from bot.library.shelf import NotTakenError, Shelf, StoreLostError
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_WORKERS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One message's files; `urls` by attachment."""

    records: Sequence[FileRecord]
    urls: Mapping[int, str]
    locale: Locale


class Intake:
    """Works off messages with files, a few at a time; those with few files do not wait for those with many."""

    def __init__(self, bot: "SaemBot", records: Records, shelf: Shelf, fetcher: Fetcher) -> None:
        self._bot = bot
        self._records = records
        self._shelf = shelf
        self._fetcher = fetcher
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._same: defaultdict[tuple[int, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def start(self) -> None:
        """Begin to work."""
        self._workers = [asyncio.create_task(self._work(), name=f"intake-{n}") for n in range(_WORKERS)]

    async def close(self) -> None:
        """Stop; what is not done is taken up by the next process."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def put(self, job: Job) -> None:
        """Have a message's files taken in."""
        self._queue.put_nowait(job)

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            try:
                await self._take(job)
            except Exception:
                log.exception("library.intake_failed", message=job.records[0].message_id)

    async def _take(self, job: Job) -> None:
        first = job.records[0]
        marks = Marks(self._bot, first.guild_id, first.channel_id, first.message_id, job.locale)
        await marks.begin()
        ended = []
        for number, record in enumerate(job.records, 1):
            await marks.progress(number, len(job.records), record.filename)
            working = asyncio.create_task(self._take_one(record, job.urls.get(record.attachment_id)))
            try:
                while not (await asyncio.wait([working], timeout=2.0))[0]:
                    await marks.progress(number, len(job.records), record.filename)
            finally:
                working.cancel()  # only where this task was itself
            ended.append(await working)
        await marks.end(ended)

    async def _take_one(self, record: FileRecord, url: str | None) -> FileRecord:
        """Take a file in; returns what became of it. What failed is written down and never raised."""
        try:
            if url is None:
                raise NotFetchedError("gone")
            async with self._fetcher.fetched(url, record.size) as fetched, self._same[record.guild_id, fetched.sha256]:
                done = await self._take_fetched(record, fetched)
        except (NotFetchedError, NotTakenError) as error:
            done = replace(record, state="failed", reason=error.reason)
        except Exception:
            log.exception("library.file_failed", attachment=record.attachment_id)
            done = replace(record, state="failed", reason="failed")
        await self._records.update(done)
        log.info("library.taken", attachment=record.attachment_id, state=done.state, reason=done.reason)
        return await self._unless_gone(done)

    async def _take_fetched(self, record: FileRecord, fetched: Fetched) -> FileRecord:
        twin = await self._records.twin(record, fetched.sha256)
        if twin is not None:
            return replace(record, state="ready", sha256=fetched.sha256, file_id=twin.file_id)
        known = await self._records.get(record)
        if known is not None and known.file_id is not None:
            await self._shelf.delete(known.file_id)  # left by a process that died meanwhile
        file_id = await self._shelf.upload(fetched, record.filename)
        uploaded = replace(record, sha256=fetched.sha256, file_id=file_id)
        await self._records.update(uploaded)
        attributes = {"channel_id": str(record.channel_id), "message_id": str(record.message_id)}
        try:
            try:
                await self._shelf.put(record.guild_id, file_id, attributes)
            except StoreLostError:
                await self._put_again(record)
                await self._shelf.put(record.guild_id, file_id, attributes)
        except (NotTakenError, StoreLostError) as error:
            await self._shelf.delete(file_id)
            raise NotTakenError(error.reason if isinstance(error, NotTakenError) else "failed") from error
        return replace(uploaded, state="ready")

    async def _put_again(self, lost: FileRecord) -> None:
        """The server has forgotten the guild's vector store: what was in it is taken in anew."""
        log.warning("library.store_lost", guild=lost.guild_id)
        for record in await self._records.of_guild(lost.guild_id, "ready"):
            await self._records.update(replace(record, state="waiting"))
        self._bot.dispatch("library_store_lost", lost.guild_id)

    async def _unless_gone(self, done: FileRecord) -> FileRecord:
        """The message may have been deleted while its file was on the way."""
        known = await self._records.get(done)
        if known is None or known.state == "leaving":
            if done.file_id is not None and not await self._records.of_file(done.file_id):
                await self._shelf.delete(done.file_id)
            return replace(done, state="leaving")
        return done


def documents_of(attachments: Sequence[discord.Attachment]) -> list[discord.Attachment]:
    """What can be library files: pictures, films and voices are not."""
    return [each for each in attachments if not _is_media(each)]


def _is_media(attachment: discord.Attachment) -> bool:
    kind = (attachment.content_type or "").partition("/")[0]
    return kind in {"image", "video", "audio"} and not (attachment.content_type or "").startswith("image/svg")
