"""What a person sees under a message with files: reactions, and sentences about what could not be read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.library import sentences as say
from bot.library.display_names import escaped, quietly
from bot.library.library_store import FileRecord
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

WORKING, DONE, FAILED = "⏳", "✅", "⚠️"

_MOST = 8  # files that are named in one message


class Marks:
    """The reactions and messages under one message with files."""

    def __init__(self, bot: "SaemBot", guild_id: int, channel_id: int, message_id: int, locale: Locale) -> None:
        self._bot = bot
        self._channel = bot.get_partial_messageable(channel_id, guild_id=guild_id or None)
        self._message = self._channel.get_partial_message(message_id)
        self._guild_id = guild_id
        self.locale = locale

    async def begin(self) -> None:
        """⏳"""
        await self._react(WORKING)

    async def end(self, records: Sequence[FileRecord], *, quiet: bool = False) -> None:
        """✅ if anything can be searched now, ⚠️ and (unless `quiet`) a sentence for each file that cannot."""
        failed = [record for record in records if record.state == "failed"]
        if any(record.state == "ready" for record in records):
            await self._react(DONE)
        if failed:
            await self._react(FAILED)
        if failed and not quiet:
            await self._say(refusals(failed, self.locale))

    async def clear(self) -> None:
        """Take ⏳ away."""
        me = self._bot.user
        if me is not None:
            await self._bot.outbox.wait_for_turn()
            await quietly(self._message.remove_reaction(WORKING, me))

    async def say(self, sentence: str) -> None:
        """A sentence, as a reply."""
        await self._say(sentence)

    async def refuse(self, sentence: str) -> None:
        """⚠️ and a sentence."""
        await self._react(FAILED)
        await self._say(sentence)

    async def _react(self, emoji: str) -> None:
        await self._bot.outbox.wait_for_turn()
        await quietly(self._message.add_reaction(emoji))

    async def _say(self, text: str) -> None:
        reference = discord.MessageReference(
            message_id=self._message.id,
            channel_id=self._channel.id,
            guild_id=self._guild_id or None,
            fail_if_not_exists=False,
        )
        await self._bot.outbox.wait_for_turn()
        none = discord.AllowedMentions.none()
        await quietly(self._channel.send(text, reference=reference, allowed_mentions=none, mention_author=False))


def refusals(failed: Sequence[FileRecord], locale: Locale) -> str:
    """A line for each file that could not be taken in."""
    lines = [
        say.REFUSED_FILE(locale, name=escaped(record.filename), reason=say.reason(record.reason, locale))
        for record in failed[:_MOST]
    ]
    if len(failed) > _MOST:
        lines.append(say.AND_MORE(locale, count=len(failed) - _MOST))
    return "\n".join(lines)
