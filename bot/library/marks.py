"""What a person sees of a file on its way: reactions on the message, and a status message when it takes long."""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.library import sentences as say
from bot.library.records import FileRecord
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

WORKING, DONE, FAILED = "⏳", "✅", "⚠️"

_LONG = 4.0  # seconds without an end after which a status message appears
_BETWEEN = 3.0  # seconds between two changes of it
_MOST = 8  # files that are named in one message


class Marks:
    """The reactions and messages under one message with files."""

    def __init__(self, bot: "SaemBot", guild_id: int, channel_id: int, message_id: int, locale: Locale) -> None:
        self._bot = bot
        self._channel = bot.get_partial_messageable(channel_id, guild_id=guild_id or None)
        self._message = self._channel.get_partial_message(message_id)
        self._guild_id = guild_id
        self.locale = locale
        self._status: discord.Message | None = None
        self._began = time.monotonic()
        self._changed = 0.0

    async def begin(self) -> None:
        """⏳"""
        await self._react(WORKING)

    async def progress(self, number: int, count: int, name: str) -> None:
        """File 3 of 12; shown when it all takes long, and not too often."""
        now = time.monotonic()
        if now - self._began < _LONG or now - self._changed < _BETWEEN:
            return
        self._changed = now
        text = say.READING(self.locale, number=number, count=count, name=escaped(name))
        if self._status is None:
            self._status = await self._say(text)
            return
        await self._bot.outbox.turn()
        await self._quietly(self._status.edit(content=text, allowed_mentions=discord.AllowedMentions.none()))

    async def end(self, records: Sequence[FileRecord]) -> None:
        """✅ if anything can be searched now, ⚠️ and a sentence for each file that cannot."""
        failed = [record for record in records if record.state == "failed"]
        if any(record.state == "ready" for record in records):
            await self._react(DONE)
        if failed:
            await self._react(FAILED)
            await self._say(refusals(failed, self.locale))
        await self.clear()

    async def clear(self) -> None:
        """Take ⏳ and the status message away."""
        me = self._bot.user
        if me is not None:
            await self._bot.outbox.turn()
            await self._quietly(self._message.remove_reaction(WORKING, me))
        if self._status is not None:
            await self._bot.outbox.turn()
            await self._quietly(self._status.delete())
            self._status = None

    async def say(self, sentence: str) -> None:
        """A sentence, as a reply."""
        await self._say(sentence)

    async def refuse(self, sentence: str) -> None:
        """⚠️ and a sentence."""
        await self._react(FAILED)
        await self._say(sentence)

    async def _react(self, emoji: str) -> None:
        await self._bot.outbox.turn()
        await self._quietly(self._message.add_reaction(emoji))

    async def _say(self, text: str) -> discord.Message | None:
        reference = discord.MessageReference(
            message_id=self._message.id,
            channel_id=self._channel.id,
            guild_id=self._guild_id or None,
            fail_if_not_exists=False,
        )
        await self._bot.outbox.turn()
        sent = await self._quietly(
            self._channel.send(
                text, reference=reference, allowed_mentions=discord.AllowedMentions.none(), mention_author=False
            )
        )
        return sent if isinstance(sent, discord.Message) else None

    async def _quietly(self, request: Any) -> Any:
        """The message may be gone, and the permission may be missing: the file is taken in all the same."""
        try:
            return await request
        except (discord.HTTPException, discord.RateLimited) as error:
            log.info("library.mark_not_shown", message=self._message.id, cause=str(error))
            return None
        except asyncio.CancelledError:
            raise


def refusals(failed: Sequence[FileRecord], locale: Locale) -> str:
    """A line for each file that could not be taken in."""
    lines = [
        say.REFUSED_FILE(locale, name=escaped(record.filename), reason=say.reason(record.reason, locale))
        for record in failed[:_MOST]
    ]
    if len(failed) > _MOST:
        lines.append(say.AND_MORE(locale, count=len(failed) - _MOST))
    return "\n".join(lines)


def escaped(name: str) -> str:
    """A file's name, so that it is shown as it is and never too long."""
    plain = "".join(c for c in name if c.isprintable())
    shown = plain if len(plain) <= 80 else f"{plain[:50]}…{plain[-20:]}"
    return discord.utils.escape_markdown(discord.utils.escape_mentions(shown.replace("`", "'")))
