"""The channel in which a server's moderators read what was refused and reported."""

from typing import Any, Final

import discord
import structlog

from bot.escaping import escaped_within
from bot.moderation import sentences as say
from bot.moderation.moderator import Finding
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import Locale, of_guild
from bot.store.server_settings import MODERATORS_CHANNEL, ServerSettings

log = structlog.get_logger(__name__)

NOBODY: Final = discord.AllowedMentions.none()
LONGEST_REASON: Final = 500
"""Characters of a reason that somebody gives."""


class ModeratorsChannel:
    """Knows which channel it is, and writes there. `client` is the bot."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._settings: ServerSettings = client.server_settings

    def of(self, guild_id: int) -> int | None:
        """The channel of a server; None: it has none (0: direct messages)."""
        chosen = self._settings.value(MODERATORS_CHANNEL, guild_id)
        return int(chosen) if chosen else None

    async def tell(self, finding: Finding) -> None:
        """Tell what was refused, where a channel is set; what Discord refuses is logged."""
        location = finding.location
        guild = self._client.get_guild(location.guild_id)
        if guild is None or self.of(guild.id) is None:
            return
        locale = of_guild(self._client, guild)
        channel_id, message_id = finding.message or (None, None)
        text = finding.sentence(
            locale,
            author=f"<@{finding.author_id}>",
            place=link(guild.id, channel_id, message_id) or f"<#{location.channel_id}>",
            categories=escaped_within(", ".join(finding.verdict.categories), 200),
        )
        try:
            await self._send(guild.id, text)
        except DISCORD_ERRORS as error:
            log.warning("moderators.not_told", guild=guild.id, cause=error)

    async def report(self, message: discord.Message, author_id: int, reason: str, locale: Locale) -> None:
        """Pass on a student's report of a message.

        Raises:
            discord.HTTPException: the channel is gone, or the bot may not write there.
        """
        assert message.guild is not None
        where = link(message.guild.id, message.channel.id, message.id)
        lines = [say.REPORTED_ANSWER(locale, author=f"<@{author_id}>", link=where)]
        if reason.strip():
            lines.append(say.REASON(locale, reason=escaped_within(reason, LONGEST_REASON)))
        await self._send(message.guild.id, "\n".join(lines))

    async def _send(self, guild_id: int, text: str) -> None:
        channel_id = self.of(guild_id)
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        await self._client.outbox.wait_for_turn()
        await channel.send(text, allowed_mentions=NOBODY, suppress_embeds=True)


def link(guild_id: int, channel_id: int | None, message_id: int | None) -> str:
    """A link to a message; empty without one. Only those who can open the channel can follow it."""
    if channel_id is None or message_id is None:
        return ""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
