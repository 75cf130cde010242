"""How far the reading is, in one status message per channel, however many messages with files came there."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.library import sentences as say
from bot.library.display_names import escaped, quietly
from bot.library.library_store import FileRecord
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

LONG = 4.0
"""Seconds without an end after which a status message appears."""

BETWEEN = 3.0
"""Seconds between two changes of it."""


@dataclass(slots=True)
class Status:
    """What is being read of a channel."""

    channel: discord.PartialMessageable
    reference: discord.MessageReference | None
    locale: Locale
    total: int = 0
    ended: int = 0
    ready: int = 0
    failed: int = 0
    standing: int = 0
    """Of the total, files that stood there before anybody looked; they end in a sentence."""
    name: str = ""
    pages: tuple[int, int] | None = None
    message: discord.Message | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def text(self) -> str:
        """File 3 of 12: chapter3.pdf, page 120 of 300."""
        number = min(self.ended + 1, self.total)
        text = say.READING(self.locale, number=f"{number:,}", count=f"{self.total:,}", name=escaped(self.name))
        if self.pages is not None and self.pages[1] > 1:
            page, pages = self.pages
            text += say.READING_PAGE(self.locale, page=f"{page:,}", pages=f"{pages:,}")
        return text

    def result(self) -> str:
        """What became of files that stood there."""
        text = say.STOOD(self.locale, count=f"{self.ready:,}")
        return f"{text} {say.STOOD_FAILED(self.locale, count=f'{self.failed:,}')}" if self.failed else text


class Board:
    """The status messages; each appears when it takes long, and goes when all is done."""

    def __init__(self, bot: "SaemBot") -> None:
        self._bot = bot
        self._channels: dict[int, Status] = {}
        self._showing: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Take the messages away; the next process makes its own."""
        for task in self._showing:
            task.cancel()
        await asyncio.gather(*self._showing, return_exceptions=True)

    def begin(self, first: FileRecord, count: int, locale: Locale, *, standing: bool) -> None:
        """So many files of a message wait."""
        status = self._channels.get(first.channel_id)
        if status is None:
            channel = self._bot.get_partial_messageable(first.channel_id, guild_id=first.guild_id or None)
            status = Status(channel, None if standing else _reference(first), locale)
            self._channels[first.channel_id] = status
            task = asyncio.create_task(self._show(first.channel_id, status), name="library-status")
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)
        status.total += count
        status.standing += count if standing else 0

    def reading(self, record: FileRecord, pages: tuple[int, int] | None = None) -> None:
        """A file is being read, up to a page of so many."""
        if status := self._channels.get(record.channel_id):
            status.name, status.pages = record.filename, pages

    def ended(self, record: FileRecord) -> None:
        """A file is done with, whatever became of it."""
        status = self._channels.get(record.channel_id)
        if status is None:
            return
        status.ended += 1
        status.ready += record.state == "ready"
        status.failed += record.state == "failed"
        if status.ended >= status.total:
            del self._channels[record.channel_id]
            status.over.set()

    async def _show(self, channel_id: int, status: Status) -> None:
        try:
            if not await _happens(status.over, LONG):
                await self._keep_up_to_date(status)
            if status.standing:
                await self._edit(status, status.result())
            elif status.message is not None:
                await self._delete(status.message)
        except asyncio.CancelledError:
            if status.message is not None:
                await self._delete(status.message)
            raise
        except Exception:
            log.exception("library.status_failed", channel=channel_id)

    async def _keep_up_to_date(self, status: Status) -> None:
        shown = ""
        while not status.over.is_set():
            if (text := status.text()) != shown:
                await self._edit(status, text)
                shown = text
            await _happens(status.over, BETWEEN)

    async def _edit(self, status: Status, text: str) -> None:
        await self._bot.outbox.wait_for_turn()
        none = discord.AllowedMentions.none()
        if status.message is not None:
            await quietly(status.message.edit(content=text, allowed_mentions=none))
            return
        more: dict[str, Any] = {} if status.reference is None else {"reference": status.reference}
        sent = await quietly(status.channel.send(text, allowed_mentions=none, mention_author=False, **more))
        status.message = sent if isinstance(sent, discord.Message) else None

    async def _delete(self, message: discord.Message) -> None:
        await self._bot.outbox.wait_for_turn()
        await quietly(message.delete())


def _reference(record: FileRecord) -> discord.MessageReference:
    return discord.MessageReference(
        message_id=record.message_id,
        channel_id=record.channel_id,
        guild_id=record.guild_id or None,
        fail_if_not_exists=False,
    )


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
