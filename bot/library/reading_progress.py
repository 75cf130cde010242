"""One message per channel says how far the reading of its files is, however many messages with files there are."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.catalogues.number_format import in_digits
from bot.discord_clock import DISCORD_CLOCK
from bot.escaping import escaped_name
from bot.library import sentences as say
from bot.library.discord_requests import attempt, insist, reply_reference
from bot.library.library_store import FileRecord
from bot.library.message_files import MessageFiles
from bot.sentences import Locale, Sentence

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

SHOWN_AFTER = 4.0
"""Seconds of reading after which a channel's progress message appears."""

UPDATED_EVERY = 3.0
"""Seconds between two changes of it."""

NOTE = "reading:"
"""Begins the names of the notes that say in which channels there is a message, and since when (a Discord id)."""
LOOKED_THROUGH = 200
"""Messages of a channel that are looked through for one that was left."""
CLOCKS_DIFFER = timedelta(minutes=2)


def _shown_form(sentence: Sentence) -> str:
    """What a message of it begins with, in any language."""
    forms = [re.escape(form.partition(": ")[0]) for form in sentence.in_each_language()]
    return "|".join(re.sub(r"\\{\w+\\}", r"[\\d,]+", form) for form in forms)


_SHOWN = re.compile(rf"(?:{_shown_form(say.READING)}): ")


@dataclass(slots=True)
class ChannelProgress:
    """How far the reading of a channel's files is, and the message that shows it."""

    channel: discord.PartialMessageable
    guild_id: int
    reference: discord.MessageReference | None
    locale: Locale
    total: int = 0
    ended: int = 0
    ready: int = 0
    failed: int = 0
    bulk: int = 0
    """Files of the total that are read in bulk; if there are any, the message says the result at the end."""
    filename: str = ""
    pages: tuple[int, int] | None = None
    message: discord.Message | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def text(self) -> str:
        """File 3 of 12: chapter3.pdf, page 120 of 300."""
        number = min(self.ended + 1, self.total)
        text = say.READING(
            self.locale,
            number=self._digits(number),
            count=self._digits(self.total),
            name=escaped_name(self.filename),
        )
        if self.pages is not None and self.pages[1] > 1:
            page, pages = self.pages
            text += say.READING_PAGE(self.locale, page=self._digits(page), pages=self._digits(pages))
        return text

    def _digits(self, value: int) -> str:
        return in_digits(self.locale, value)

    def result(self) -> str:
        """How many files are ready and how many failed."""
        text = say.BACKLOG_READ(self.locale, count=self._digits(self.ready))
        if not self.failed:
            return text
        return f"{text} {say.BACKLOG_FAILED(self.locale, count=self._digits(self.failed))}"


class ReadingProgress:
    """The progress messages of all channels; each appears when the reading takes long, and goes at its end."""

    def __init__(self, bot: "SaemBot") -> None:
        self._bot = bot
        self._channels: dict[int, ChannelProgress] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        """Each with its guild."""
        self._noted: set[int] = set()
        """Channels with a message, or about to have one."""

    async def close(self) -> None:
        """Delete the messages; the next process makes its own."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Delete the messages in guilds that another process serves from now on."""
        for task, guild_id in self._tasks.items():
            if theirs(guild_id):
                task.cancel()
        self._channels = {each: of for each, of in self._channels.items() if not theirs(of.guild_id)}

    async def remove_left(self, ours: Callable[[int], bool]) -> None:
        """Delete the messages that another process has left in our guilds: it noted where it was about to show one."""
        until = discord.utils.time_snowflake(DISCORD_CLOCK.now())
        for name, since in (await self._bot.notes.beginning_with(NOTE)).items():
            channel_id = int(name.removeprefix(NOTE))
            channel: Any = self._bot.get_channel(channel_id)
            if channel is None or not ours(channel.guild.id) or channel_id in self._noted:
                continue
            await insist(self._bot.outbox, partial(self._remove_from, channel, int(since), until), "progress message")
            if channel_id not in self._noted:
                await self._bot.notes.delete(name)

    async def _remove_from(self, channel: Any, since: int, until: int) -> None:
        after, before = discord.Object(since), discord.Object(until)
        async for message in channel.history(after=after, before=before, limit=LOOKED_THROUGH):
            if message.author == self._bot.user and _SHOWN.match(message.content):
                await message.delete()

    def begin(self, files: MessageFiles) -> None:
        """The files of a message wait to be read."""
        progress = self._channels.get(files.channel_id)
        if progress is None:
            channel = self._bot.get_partial_messageable(files.channel_id, guild_id=files.guild_id or None)
            reference = reply_reference(files.guild_id, files.channel_id, files.message_id)
            progress = ChannelProgress(channel, files.guild_id, None if files.bulk else reference, files.locale)
            self._channels[files.channel_id] = progress
            task = asyncio.create_task(self._show(files.channel_id, progress), name="library-progress")
            self._tasks[task] = files.guild_id
            task.add_done_callback(self._tasks.pop)
        progress.total += len(files.records)
        progress.bulk += len(files.records) if files.bulk else 0

    def set_current_file(self, record: FileRecord, pages: tuple[int, int] | None = None) -> None:
        """A file is being read; `pages` is the page that is read and the number of pages."""
        if progress := self._channels.get(record.channel_id):
            progress.filename, progress.pages = record.filename, pages

    def file_ended(self, record: FileRecord) -> None:
        """A file is ready, has failed, or is gone."""
        progress = self._channels.get(record.channel_id)
        if progress is None:
            return
        progress.ended += 1
        progress.ready += record.state == "ready"
        progress.failed += record.state == "failed"
        if progress.ended >= progress.total:
            del self._channels[record.channel_id]
            progress.over.set()

    async def _show(self, channel_id: int, progress: ChannelProgress) -> None:
        try:
            if not await _is_set_within(progress.over, SHOWN_AFTER):
                await self._note(channel_id)
                await self._keep_up_to_date(progress)
            if progress.bulk:
                await self._edit(progress, progress.result())
            elif progress.message is not None:
                await self._delete(progress.message)
            await self._forget(channel_id)
        except asyncio.CancelledError:
            if progress.message is not None:
                await self._delete(progress.message)
                await self._forget(channel_id)
            raise
        except Exception:
            log.exception("library.progress_not_shown", channel=channel_id)

    async def _note(self, channel_id: int) -> None:
        """A message is about to be shown: whoever comes after a process that dies finds it."""
        self._noted.add(channel_id)
        since = discord.utils.time_snowflake(DISCORD_CLOCK.now() - CLOCKS_DIFFER)
        await self._bot.notes.set(f"{NOTE}{channel_id}", str(since))

    async def _forget(self, channel_id: int) -> None:
        if channel_id in self._noted:
            self._noted.discard(channel_id)
            await self._bot.notes.delete(f"{NOTE}{channel_id}")

    async def _keep_up_to_date(self, progress: ChannelProgress) -> None:
        shown = ""
        while not progress.over.is_set():
            if (text := progress.text()) != shown:
                await self._edit(progress, text)
                shown = text
            await _is_set_within(progress.over, UPDATED_EVERY)

    async def _edit(self, progress: ChannelProgress, text: str) -> None:
        none = discord.AllowedMentions.none()
        if (message := progress.message) is not None:
            await attempt(self._bot.outbox, lambda: message.edit(content=text, allowed_mentions=none))
            return
        options: dict[str, Any] = {} if progress.reference is None else {"reference": progress.reference}
        progress.message = await attempt(
            self._bot.outbox,
            lambda: progress.channel.send(text, allowed_mentions=none, mention_author=False, **options),
        )

    async def _delete(self, message: discord.Message) -> None:
        await attempt(self._bot.outbox, message.delete)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
