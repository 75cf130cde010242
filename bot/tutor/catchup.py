"""Catching up: messages that were sent while the bot was away are read from the channels' histories and answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import structlog

from bot.replies.outbox import Outbox
from bot.store.conversation_store import ConversationStore
from bot.store.notes import Notes
from bot.tutor.error_handler import DISCORD_ERRORS
from bot.tutor.incoming_message import IncomingMessage, read_message

log = structlog.get_logger(__name__)

ALIVE_AT = "alive_at"
"""The name of the note that says until when the bot received every message."""
NOTED_EVERY = 15.0
"""Seconds between two writings of that note."""
MARGIN = timedelta(seconds=60)
"""How much earlier the search begins: the last note may be missing, and clocks differ."""
LONGEST = timedelta(days=7)
"""Older messages are not answered any more."""
AT_ONCE = 4
"""Channels that are read at the same time."""
MESSAGES = 1_000
"""Messages read back per channel, the newest."""

Take = Callable[[IncomingMessage], Awaitable[None]]
Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchUp:
    """Knows until when the bot received every message, and hands over the messages sent after that."""

    def __init__(
        self, client: discord.Client, outbox: Outbox, store: ConversationStore, notes: Notes, take: Take
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._store = store
        self._notes = notes
        self._take = take
        self._receives_everything = False
        self._lock = asyncio.Lock()

    def disconnected(self) -> None:
        """The gateway's connection is lost: from now on messages may be missed."""
        self._receives_everything = False

    def resumed(self) -> None:
        """The gateway has sent everything that was missed (RESUMED)."""
        self._receives_everything = True

    async def keep_noting(self) -> None:
        """Write the note again and again while no message is missed; runs until cancelled."""
        if await self._notes.get(ALIVE_AT) is None:
            await self._note_now()
        while True:
            if self._receives_everything:
                await self._note_now()
            await asyncio.sleep(NOTED_EVERY)

    async def run(self) -> None:
        """Hand over the messages that were missed, oldest first in each channel."""
        async with self._lock:
            since = await self._since()
            if since is not None:
                count = await self._take_missed(discord.Object(discord.utils.time_snowflake(since)))
                log.info("catchup.done", since=since.isoformat(timespec="seconds"), messages=count)
            self._receives_everything = True
            await self._note_now()

    async def _note_now(self) -> None:
        await self._notes.set(ALIVE_AT, datetime.now(UTC).isoformat())

    async def _since(self) -> datetime | None:
        noted = await self._notes.get(ALIVE_AT)
        if noted is None:
            return None
        return max(datetime.fromisoformat(noted) - MARGIN, datetime.now(UTC) - LONGEST)

    async def _take_missed(self, since: discord.Object) -> int:
        """Hand over the messages sent since; returns how many. A channel that Discord delays holds up no other."""
        direct = await self._store.direct_conversations(discord.utils.time_snowflake(_long_ago()))
        channels: list[Any] = [*self._active_channels(since)]
        channels += [self._client.get_partial_messageable(each.channel_id) for each in direct]
        room = asyncio.Semaphore(AT_ONCE)

        async def take_from(channel: Any) -> int:
            async with room:
                missed = await self._unknown(channel, since)
            for message in missed:
                await self._take(message)
            return len(missed)

        return sum(await asyncio.gather(*(take_from(channel) for channel in channels)))

    def _active_channels(self, since: discord.Object) -> Iterable[Channel]:
        """The channels where something was said since: Discord tells each one's last message when it connects."""
        for guild in self._client.guilds:
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

    async def _unknown(self, channel: Any, since: discord.Object) -> list[IncomingMessage]:
        """The messages of people in a channel since, except those that were handled before."""
        await self._outbox.wait_for_turn()
        history = channel.history(after=since, limit=MESSAGES, oldest_first=False)
        try:
            newest_first = [read_message(each, self._client) async for each in history]
        except DISCORD_ERRORS as error:
            log.warning("catchup.not_read", channel=channel.id, cause=error)
            return []
        said = [message for message in reversed(newest_first) if message.is_from_a_person]
        known = await self._store.handled([message.id for message in said]) if said else set()
        return [message for message in said if message.id not in known]


def _long_ago() -> datetime:
    return datetime.now(UTC) - 4 * LONGEST
