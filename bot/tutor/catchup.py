"""What was said while the bot was away: found in the channels' histories, and answered once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.store.conversation_store import ConversationStore
from bot.store.notes import Notes
from bot.tutor.error_handler import DISCORD_ERRORS
from bot.tutor.incoming_message import is_from_a_person

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

ALIVE_AT = "alive_at"
"""The note that says until when the bot heard everything."""
BEAT = 15.0
"""Seconds between two writings of that note."""
MARGIN = timedelta(seconds=60)
"""The last beat may have been missed, and clocks differ; what was handled is known by its id anyway."""
LONGEST = timedelta(days=7)
"""Nobody waits for an answer to something older."""
MESSAGES = 1_000
"""Messages read back per channel, the newest."""

Take = Callable[[discord.Message], Awaitable[None]]
Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchUp:
    """Knows until when the bot listened, and hands over what came after that."""

    def __init__(self, bot: "SaemBot", store: ConversationStore, take: Take) -> None:
        self._bot = bot
        self._store = store
        self._notes = Notes(bot.store)
        self._take = take
        self._listening = False
        self._lock = asyncio.Lock()

    def deaf(self) -> None:
        """The gateway is gone: from now on messages are missed."""
        self._listening = False

    def hears_again(self) -> None:
        """The gateway has told everything that was missed (RESUMED)."""
        self._listening = True

    async def beat(self) -> None:
        """Note, over and over, that nothing was missed so far; runs until cancelled."""
        if await self._notes.get(ALIVE_AT) is None:
            await self._notes.set(ALIVE_AT, datetime.now(UTC).isoformat())
        while True:
            if self._listening:
                await self._notes.set(ALIVE_AT, datetime.now(UTC).isoformat())
            await asyncio.sleep(BEAT)

    async def run(self) -> None:
        """Hand over what was said since the bot last listened, oldest first in each channel."""
        async with self._lock:
            since = await self._since()
            if since is not None:
                count = 0
                async for message in self._missed(discord.Object(discord.utils.time_snowflake(since))):
                    count += 1
                    await self._take(message)
                log.info("catchup.done", since=since.isoformat(timespec="seconds"), messages=count)
            self._listening = True
            await self._notes.set(ALIVE_AT, datetime.now(UTC).isoformat())

    async def _since(self) -> datetime | None:
        noted = await self._notes.get(ALIVE_AT)
        if noted is None:
            return None
        return max(datetime.fromisoformat(noted) - MARGIN, datetime.now(UTC) - LONGEST)

    async def _missed(self, since: discord.Object) -> AsyncIterator[discord.Message]:
        for channel in self._lively_channels(since):
            for message in await self._unknown(channel, since):
                yield message
        for conversation in await self._store.direct_conversations(discord.utils.time_snowflake(_long_ago())):
            channel_like = self._bot.get_partial_messageable(conversation.channel_id)
            for message in await self._unknown(channel_like, since):
                yield message

    def _lively_channels(self, since: discord.Object) -> Iterable[Channel]:
        """Those where something was said since: Discord tells each channel's last message when it connects."""
        for guild in self._bot.guilds:
            channels: list[Channel] = [
                *guild.text_channels,
                *guild.voice_channels,
                *guild.stage_channels,
                *guild.threads,
            ]
            for channel in channels:
                if (channel.last_message_id or 0) <= since.id:
                    continue
                allowed = channel.permissions_for(guild.me)
                if allowed.view_channel and allowed.read_message_history:
                    yield channel

    async def _unknown(self, channel: Any, since: discord.Object) -> list[discord.Message]:
        """What people said in a channel since, less what was handled before."""
        await self._bot.outbox.wait_for_turn()
        try:
            found = [each async for each in channel.history(after=since, limit=MESSAGES, oldest_first=False)]
        except DISCORD_ERRORS as error:
            log.warning("catchup.not_read", channel=channel.id, cause=str(error))
            return []
        said = [message for message in reversed(found) if is_from_a_person(message)]
        known = await self._store.handled([message.id for message in said]) if said else set()
        return [message for message in said if message.id not in known]


def _long_ago() -> datetime:
    return datetime.now(UTC) - 4 * LONGEST
