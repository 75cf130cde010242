"""The channels whose files go into the library, by their name or by `/library watch`."""

from typing import Any

import discord

from bot.library.library_store import LibraryStore


class WatchedChannels:
    """Which channels are watched; `names` are those that are watched until somebody decides otherwise."""

    def __init__(self, library_store: LibraryStore, names: tuple[str, ...]) -> None:
        self._library_store = library_store
        self._names = {name.casefold() for name in names}
        self._decided: dict[int, bool] = {}

    async def load(self) -> None:
        """Read what people decided; again where guilds have come from another process."""
        known = await self._library_store.channels()
        self._decided = {each.channel_id: each.watched for each in known if each.watched is not None}

    def watches(self, channel: Any) -> bool:
        """Whether files in the channel go into the library."""
        decided = self._decided.get(channel.id)
        if decided is not None:
            return decided
        return isinstance(channel, discord.abc.GuildChannel) and channel.name.casefold() in self._names

    def of_guild(self, guild: discord.Guild) -> list[discord.abc.GuildChannel]:
        """The guild's watched channels."""
        return [channel for channel in guild.channels if self.watches(channel)]

    async def decide(self, guild_id: int, channel_id: int, *, watched: bool) -> None:
        """Watch a channel, or watch it no longer, whatever its name."""
        self._decided[channel_id] = watched
        await self._library_store.set_watched(guild_id, channel_id, watched=watched)
