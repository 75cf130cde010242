"""Moderation: questions and answers are looked at where the host wants, and students report answers to moderators."""

import time

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.moderation.answer_reports import AnswerReports
from bot.moderation.checks import check_with, provider_of
from bot.moderation.moderator import Moderator, charging
from bot.moderation.moderators_channel import ModeratorsChannel
from bot.tutor.error_handler import handle_error

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[SaemBot]


class ModerationCog(commands.Cog):
    """Sets up the check, and takes reports."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.channel = ModeratorsChannel(bot)
        self.reports = AnswerReports(self.channel, time.monotonic)
        self.provider = provider_of(bot.settings)
        self.moderator: Moderator | None = None
        if self.provider is not None and bot.settings.moderation_model is not None:
            check = check_with(self.provider, bot.settings.moderation_model)
            charge = charging(bot.quotas.budgets, bot.settings.moderation_model)
            self.moderator = Moderator(check, tell=self.channel.tell, charge=charge)
        self._menu = app_commands.ContextMenu(name=localized("Report to moderators"), callback=self.report)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Offer the menu, and look at what is said, if that is set."""
        self.bot.tree.add_command(self._menu)
        if self.moderator is not None:
            self.bot.conversations.set_moderation(self.moderator)
        elif self.bot.settings.moderation_model is not None:
            log.warning("moderation.off", hint="MODERATION_MODEL needs OPENAI_API_KEY or OPENAI_BASE_URL")

    async def cog_unload(self) -> None:
        """Tell what was found, and close the connection."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        if self.moderator is not None:
            await self.moderator.close()
        if self.provider is not None:
            await self.provider.close()

    async def report(self, interaction: Interaction, message: discord.Message) -> None:
        """Ask why an answer is reported."""
        await self.reports.ask(interaction, message)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take a form that was sent, also one that an earlier process opened."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        try:
            await self.reports.take(interaction)
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it, and tells the student
            await handle_error(interaction, error)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(ModerationCog(bot))
