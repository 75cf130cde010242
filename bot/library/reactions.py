"""The marks of many messages, shown behind the reading: Discord takes four reactions a second, reading is faster.

In each channel one call follows the other, ends before beginnings: what is read already needs no ⏳ any more.
"""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.library.library_store import FileRecord, Records
from bot.library.marks import Marks
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_END, _BEGIN = 0, 1


@dataclass(frozen=True, slots=True)
class Job:
    """One message's files; `urls` by attachment. Of files that stood there, only the ends are marked."""

    records: Sequence[FileRecord]
    urls: Mapping[int, str]
    locale: Locale
    standing: bool = False


@dataclass(slots=True)
class _Message:
    """What was shown of a message, and what there is to show."""

    job: Job
    greeted: bool = False
    ended: Sequence[FileRecord] | None = None


@dataclass(order=True, slots=True)
class _Due:
    rank: tuple[int, int]
    message: _Message = field(compare=False)


class Marking:
    """Shows ⏳, ✅ and ⚠️; `close` leaves what is not shown to the next process."""

    def __init__(self, bot: "SaemBot", records: Records) -> None:
        self._bot = bot
        self._records = records
        self._messages: dict[int, _Message] = {}
        self._due: dict[int, asyncio.PriorityQueue[_Due]] = {}
        self._showing: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count()

    async def close(self) -> None:
        """Stop."""
        for task in self._showing:
            task.cancel()
        await asyncio.gather(*self._showing, return_exceptions=True)

    def begin(self, job: Job) -> None:
        """A message's files wait, or are being read."""
        message = self._messages[job.records[0].message_id] = _Message(job)
        if not job.standing:
            self._put(_BEGIN, message)

    def end(self, job: Job, ended: Sequence[FileRecord]) -> None:
        """All of a message's files are done with."""
        # Of a message that another process had begun nobody knows whether it carries ⏳.
        message = self._messages.pop(job.records[0].message_id, None) or _Message(job, greeted=True)
        message.ended = ended
        self._put(_END, message)

    def _put(self, kind: int, message: _Message) -> None:
        channel_id = message.job.records[0].channel_id
        queue = self._due.get(channel_id)
        if queue is None:
            queue = self._due[channel_id] = asyncio.PriorityQueue()
            task = asyncio.create_task(self._show_all(channel_id, queue), name="library-marks")
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)
        queue.put_nowait(_Due((kind, next(self._numbers)), message))

    async def _show_all(self, channel_id: int, queue: "asyncio.PriorityQueue[_Due]") -> None:
        while not queue.empty():
            due = queue.get_nowait()
            try:
                await self._show(due.rank[0], due.message)
            except Exception:
                log.exception("library.not_marked", message=due.message.job.records[0].message_id)
        del self._due[channel_id]

    async def _show(self, kind: int, message: _Message) -> None:
        job = message.job
        first = job.records[0]
        marks = Marks(self._bot, first.guild_id, first.channel_id, first.message_id, job.locale)
        if kind == _BEGIN and message.ended is None:
            message.greeted = True
            await marks.begin()
        elif message.ended is not None and kind == _END:
            await marks.end(message.ended, quiet=job.standing)
            if message.greeted:
                await marks.clear()
            await self._records.marked(message.ended)
