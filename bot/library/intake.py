"""The way of a message's files into its guild's library, file by file, whatever happens on the way."""

import asyncio
import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord
import structlog

from bot.library.downloads import Fetched, Fetcher, NotFetchedError
from bot.library.library_store import FileRecord, Records
from bot.library.reactions import Job, Marking
from bot.library.reading_progress import Board
from bot.library.vector_store import NotTakenError, Shelf, StoreLostError

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_WORKERS = 6


@dataclass(order=True, slots=True)
class _Waiting:
    """A job in the queue: what people have just dropped goes before what stood there."""

    rank: tuple[bool, int]
    job: Job = field(compare=False)


class Intake:
    """Works off messages with files, a few at a time, each message's files one after the other."""

    def __init__(self, bot: "SaemBot", records: Records, shelf: Shelf, fetcher: Fetcher) -> None:
        self._bot = bot
        self._records = records
        self._shelf = shelf
        self._fetcher = fetcher
        self._board = Board(bot)
        self.marking = Marking(bot, records)
        self._queue: asyncio.PriorityQueue[_Waiting] = asyncio.PriorityQueue()
        self._numbers = itertools.count()
        self._workers: list[asyncio.Task[None]] = []
        self._same: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    def start(self) -> None:
        """Begin to work."""
        self._workers = [asyncio.create_task(self._work(), name=f"intake-{n}") for n in range(_WORKERS)]

    async def close(self) -> None:
        """Stop; what is not done is taken up by the next process."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self.marking.close()
        await self._board.close()

    def put(self, job: Job) -> None:
        """Have a message's files taken in."""
        self.marking.begin(job)
        self._board.begin(job.records[0], len(job.records), job.locale, standing=job.standing)
        self._queue.put_nowait(_Waiting((job.standing, next(self._numbers)), job))

    async def _work(self) -> None:
        while True:
            waiting = await self._queue.get()
            try:
                await self._take(waiting.job)
            except Exception:
                log.exception("library.intake_failed", message=waiting.job.records[0].message_id)

    async def _take(self, job: Job) -> None:
        ended: list[FileRecord] = []
        try:
            for record in job.records:
                self._board.reading(record)
                ended.append(await self._take_one(record, job.urls.get(record.attachment_id)))
                self._board.ended(ended[-1])
        finally:
            for record in job.records[len(ended) :]:
                self._board.ended(record)
        self.marking.end(job, ended)

    async def _take_one(self, record: FileRecord, url: str | None) -> FileRecord:
        """Take a file in; returns what became of it. What failed is written down and never raised."""
        try:
            if url is None:
                raise NotFetchedError("gone")
            async with self._fetcher.fetched(url, record.size) as fetched, self._alone(record, fetched.sha256):
                done = await self._take_fetched(record, fetched)
        except (NotFetchedError, NotTakenError) as error:
            done = replace(record, state="failed", reason=error.reason)
        except Exception:
            log.exception("library.file_failed", attachment=record.attachment_id)
            done = replace(record, state="failed", reason="failed")
        await self._records.update(done)
        log.info("library.taken", attachment=record.attachment_id, state=done.state, reason=done.reason)
        return await self._unless_gone(done)

    def _alone(self, record: FileRecord, sha256: str) -> asyncio.Lock:
        """The same content dropped twice at once is taken in one after the other."""
        return self._same.setdefault((record.guild_id, sha256), asyncio.Lock())

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
        try:
            try:
                await self._put(uploaded)
            except StoreLostError:
                await self._put_again(record)
                await self._put(uploaded)
        except (NotTakenError, StoreLostError) as error:
            await self._shelf.delete(file_id)
            raise NotTakenError(error.reason if isinstance(error, NotTakenError) else "failed") from error
        return replace(uploaded, state="ready")

    async def _put(self, record: FileRecord) -> None:
        assert record.file_id is not None
        attributes = {"channel_id": str(record.channel_id), "message_id": str(record.message_id)}
        pages = functools.partial(self._board.reading, record)
        await self._shelf.put(record.guild_id, record.file_id, attributes, pages)

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
