"""How long conversations are kept: those that nobody writes in go, and those of deleted channels."""

from typing import Any

import discord
from discord.ext import commands

from bot.client import SaemBot
from bot.privacy.left_servers import LeftServers
from bot.privacy.old_conversations import OldConversations
from bot.privacy.old_conversations_store import OldConversationsStore
from bot.retries import through_outages


class _OfServer:
    """Deletes what other rooms keep of a server."""

    def __init__(self, bot: SaemBot, old_conversations: OldConversations) -> None:
        self._bot = bot
        self._old_conversations = old_conversations

    async def conversations(self, guild_id: int) -> bool:
        return await self._old_conversations.guild_left(guild_id)

    async def library(self, guild_id: int) -> bool:
        cog: Any = self._bot.get_cog("LibraryCog")
        await cog.library.removal.remove(await cog.library.library_store.all_of_guild(guild_id))
        return not await cog.library.library_store.all_of_guild(guild_id)

    async def assistant(self, guild_id: int) -> None:
        await self._bot.guild_assistants.delete(guild_id)


class RetentionCog(commands.Cog):
    """Deletes what is kept no longer."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.old_conversations = OldConversations(
            OldConversationsStore(bot.store),
            bot.conversations,
            bot.server_settings,
            owns=bot.ownership.owns,
            host_days=bot.settings.retention_days,
        )
        self.left_servers = LeftServers(
            bot.store,
            _OfServer(bot, self.old_conversations),
            owns=self._serves,
            is_there=lambda guild_id: bot.get_guild(guild_id) is not None,
        )
        self.old_conversations.before.append(self.left_servers.run_once)

    def _serves(self, guild_id: int) -> bool:
        """Whether a server is this process's, whose shard is connected: Discord has named all that Saem is in."""
        ownership = self.bot.ownership
        return ownership.owns(guild_id) and ownership.shard_of(guild_id) in ownership.shard_ids

    async def cog_load(self) -> None:
        """Look for old conversations from now on."""
        self.old_conversations.start()
        self.bot.before_closing.append(self.old_conversations.close)

    async def cog_unload(self) -> None:
        """Look no more."""
        self.old_conversations.close()

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """What began in a deleted channel is deleted too, threads among it that Discord tells nothing of."""
        await through_outages(lambda: self.old_conversations.channel_deleted(channel.id))


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(RetentionCog(bot))
