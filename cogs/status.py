"""`/saem status`: how Saem is, for the bot's owner alone."""

import asyncio

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import of_code
from bot.status import sentences as say
from bot.status.bot_status import ConditionUnknownError
from bot.status.owners import is_owner
from bot.status.report import day_limits, report
from bot.status.status_screen import status_screen
from bot.tutor.error_handler import say_privately

log = structlog.get_logger(__name__)

PATIENCE = 10.0
"""Seconds in which the database has to answer."""

Interaction = discord.Interaction[SaemBot]


@app_commands.default_permissions()
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class StatusCog(
    commands.GroupCog,
    group_name=localized("saem"),
    group_description=localized("For the bot's owner"),
):
    """Tells the owner how the bot is. In servers, Discord offers the command to administrators alone."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot

    @app_commands.command(
        name=localized("status"),
        description=localized("How Saem is (for the bot's owner)"),
    )
    async def status(self, interaction: Interaction) -> None:
        """Tell how all processes are, in private."""
        locale = of_code(interaction.locale)
        await interaction.response.defer(ephemeral=True)
        try:
            owner = await is_owner(self.bot, interaction.user.id)
        except DISCORD_ERRORS as error:
            log.warning("status.owner_unknown", cause=error)
            await say_privately(interaction, say.OWNER_UNKNOWN(locale))
            return
        if not owner:
            await say_privately(interaction, say.FOR_OWNER_ALONE(locale))
            return
        try:
            async with asyncio.timeout(PATIENCE):
                condition = await self.bot.bot_status.of_bot()
        except (TimeoutError, ConditionUnknownError) as error:
            log.warning("status.unknown", cause=error)
            await say_privately(interaction, say.NOT_READ(locale))
            return
        view = status_screen(report(condition, day_limits(self.bot.settings), locale), locale)
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(StatusCog(bot))
