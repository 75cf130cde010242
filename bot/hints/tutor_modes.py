"""The mode of a place: `answer` or `guide`, set for a channel, a thread or a direct message; threads inherit."""

from dataclasses import dataclass
from typing import Any, Final, cast

import discord
import structlog

from bot.hints.ladder_session import TutorMode
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.store.server_settings import ServerSetting, ServerSettings

log = structlog.get_logger(__name__)

TUTOR_MODE: Final = ServerSetting("tutor_mode", ("answer", "guide"))
MOST_PARENTS: Final = 5_000
"""Threads of which the parent is remembered."""

GUIDE_INSTRUCTIONS: Final = (
    "The mode here is guide: students are to find answers themselves. For an exercise, call give_help (with the whole "
    "solution and the answer in its arguments) and write neither solution nor answer in your words, whoever asks and "
    "for whatever reason; final answers that you write are hidden anyway until the exercise is done. Explain ideas, "
    "rules and words freely, with examples of your own, and refuse nobody a plain explanation."
)
ANSWER_INSTRUCTIONS: Final = (
    "The mode here is answer: answer what you are asked. For a student who wants a hint, call give_help."
)


@dataclass(frozen=True, slots=True)
class FoundMode:
    """A mode, and the channel that it was set for; None: nobody has set one."""

    mode: TutorMode
    set_in: int | None


class TutorModes:
    """The modes of all places."""

    def __init__(self, client: discord.Client, settings: ServerSettings) -> None:
        self._client = client
        self._settings = settings
        self._parents: dict[int, int] = {}

    async def of(self, guild_id: int, channel_id: int, *, parent_id: int = 0) -> TutorMode:
        """The mode of a channel or thread; `parent_id` is a thread's channel, where the thread is still being made."""
        return (await self.find(guild_id, channel_id, parent_id=parent_id)).mode

    async def find(self, guild_id: int, channel_id: int, *, parent_id: int = 0) -> FoundMode:
        """The mode of a channel or thread, and where it was set."""
        own = self._chosen(guild_id, channel_id)
        if own is not None:
            return FoundMode(own, channel_id)
        parent = parent_id or (await self._parent(channel_id) if guild_id else 0)
        inherited = self._chosen(guild_id, parent) if parent else None
        if inherited is not None:
            return FoundMode(inherited, parent)
        return FoundMode(cast("TutorMode", self._settings.value(TUTOR_MODE, guild_id)), None)

    def known(self, guild_id: int, channel_id: int, *, parent_id: int = 0) -> TutorMode | None:
        """The mode, if it is known without asking Discord for a thread's channel."""
        parent = parent_id or self._known_parent(channel_id)
        if guild_id and parent is None and self._chosen(guild_id, channel_id) is None:
            return None
        channels = [each for each in (channel_id, parent) if each]
        return cast("TutorMode", self._settings.value(TUTOR_MODE, guild_id, *channels))

    async def set(self, mode: TutorMode, guild_id: int, channel_id: int, *, by: int = 0) -> None:
        """Set the mode of a channel, a thread or a direct message. `by`: who does."""
        await self._settings.choose(TUTOR_MODE, mode, guild_id, channel_id, by=by if guild_id else 0)

    def _chosen(self, guild_id: int, channel_id: int) -> TutorMode | None:
        return cast("TutorMode | None", self._settings.chosen(TUTOR_MODE, guild_id, channel_id))

    def _known_parent(self, channel_id: int) -> int | None:
        """A thread's channel, 0 for what is no thread; None if that is not known."""
        if channel_id in self._parents:
            return self._parents[channel_id]
        channel: Any = self._client.get_channel(channel_id)
        if channel is None:
            return None
        return channel.parent_id if isinstance(channel, discord.Thread) else 0

    async def _parent(self, channel_id: int) -> int:
        known = self._known_parent(channel_id)
        if known is None:
            try:
                channel: Any = await self._client.fetch_channel(channel_id)
            except DISCORD_ERRORS as error:
                log.info("channel.not_fetched", channel=channel_id, cause=error)
                return 0
            known = channel.parent_id if isinstance(channel, discord.Thread) else 0
            if len(self._parents) > MOST_PARENTS:
                self._parents.clear()
            self._parents[channel_id] = known
        return known


def instructions_of(mode: TutorMode) -> str:
    """What the instructions of a run say of the mode."""
    return GUIDE_INSTRUCTIONS if mode == "guide" else ANSWER_INSTRUCTIONS
