"""`/server`: whose library Saem answers from in direct messages."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.escaping import escaped_name
from bot.library import sentences as say
from bot.library.direct_libraries import DirectLibraries
from bot.sentences import of_interaction, of_text
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import say_privately

Interaction = discord.Interaction[SaemBot]


class DirectLibraryCog(commands.Cog):
    """Takes the choice of a server, in direct messages."""

    def __init__(self, bot: SaemBot) -> None:
        self._bot = bot
        self.direct_libraries = DirectLibraries(bot, bot.store)

    @app_commands.command(
        name=localized("server"),
        description=localized("The server whose files I answer from here"),
    )
    @app_commands.rename(name=localized("name"))
    @app_commands.describe(name=localized("None if you do not say"))
    @app_commands.allowed_contexts(guilds=False, dms=True, private_channels=False)
    async def server(self, interaction: Interaction, name: str | None = None) -> None:
        """Choose a server that both are in, or none."""
        locale, channel_id = of_interaction(interaction), interaction.channel_id or 0
        await defer(interaction, ephemeral=True, thinking=True)
        if name is None or not name.strip():
            await self.direct_libraries.choose(channel_id, interaction.user.id, None)
            await say_privately(interaction, say.NO_SERVER_CHOSEN(locale))
            return
        guilds = await self.direct_libraries.guilds(interaction.user.id, name)
        if len(guilds) != 1:
            raise UserFacingError(say.NO_SUCH_SERVER if not guilds else say.WHICH_SERVER)
        await self.direct_libraries.choose(channel_id, interaction.user.id, guilds[0].id)
        await say_privately(interaction, say.SERVER_CHOSEN(locale, name=escaped_name(guilds[0].name)))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Somebody who asks for files in direct messages is told once that a server can be chosen."""
        if message.guild is not None or message.author.bot or message.attachments:
            return
        if await self.direct_libraries.to_be_told(message.channel.id, message.author.id, message.content):
            await self._bot.outbox.wait_for_turn()
            await message.channel.send(say.SERVERS_CAN_BE_CHOSEN(of_text(message.content)))

    @server.autocomplete("name")
    async def suggest(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """The servers that both are in whose names contain what is typed."""
        guilds = await self.direct_libraries.guilds(interaction.user.id, current)
        return [Choice(name=guild.name[:100], value=str(guild.id)) for guild in guilds]


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(DirectLibraryCog(bot))
