"""`/quiz-reports`: the questions that students reported as wrong. (Discord lets `/quiz`, which takes options, have no
subcommands.)
"""

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.library.channel_access import can_open
from bot.library.library_store import LibraryStore
from bot.quizzes import sentences as say
from bot.quizzes.reports.report_screens import (
    PER_PAGE,
    ListedReport,
    ReportAction,
    ReportItem,
    report_list,
    reported_question,
)
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportedQuestion, ReportPlace, ReportStore
from bot.sentences import of_interaction

Interaction = discord.Interaction[SaemBot]


class QuizReportsCog(commands.Cog):
    """Shows reported questions to those who may manage the server or its library, in private."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.quiz_store = QuizStore(bot.store)
        self.report_store = ReportStore(bot.store)
        self.library_store = LibraryStore(bot.store)

    async def cog_load(self) -> None:
        """Let the buttons work after a restart too."""
        self.bot.add_dynamic_items(ReportItem)

    @app_commands.command(
        name=localized("quiz-reports"),
        description=localized("Questions that students reported as wrong"),
    )
    @app_commands.guild_only()
    async def reports(self, interaction: Interaction) -> None:
        """The first page of the list."""
        view = await self._page(interaction, 0)
        await interaction.response.send_message(
            view=view, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )

    async def press(self, interaction: Interaction, action: ReportAction | None) -> None:
        """Turn a page, show a question, or dismiss its reports.

        Raises:
            UserFacingError: they may not, or the button is too old.
        """
        if action is None:
            raise UserFacingError(say.OLD)
        if action.action == "look":
            view = await self._look(interaction, action.page)
        else:
            if action.action == "dismiss":
                await self._dismiss(interaction, action)
            view = await self._page(interaction, action.page)
        await interaction.response.edit_message(view=view, allowed_mentions=discord.AllowedMentions.none())

    async def _page(self, interaction: Interaction, page: int) -> discord.ui.LayoutView:
        reports = await self._readable(interaction)
        page = min(page, max(0, -(-len(reports) // PER_PAGE) - 1))
        shown = [await self._listed(each) for each in reports[page * PER_PAGE : (page + 1) * PER_PAGE]]
        found = [each for each in shown if each is not None]
        return report_list(found, count=len(reports), page=page, locale=of_interaction(interaction))

    async def _look(self, interaction: Interaction, page: int) -> discord.ui.LayoutView:
        data: Mapping[str, Any] = interaction.data or {}
        chosen = str((data.get("values") or [""])[0])
        report = await self._find(interaction, chosen)
        listed = await self._listed(report) if report is not None else None
        if listed is None:
            return await self._page(interaction, page)
        return reported_question(listed, page=page, locale=of_interaction(interaction))

    async def _dismiss(self, interaction: Interaction, action: ReportAction) -> None:
        report = await self._find(interaction, f"{action.quiz_id}:{action.question}")
        if report is not None:
            await self.report_store.dismiss(
                interaction.guild_id or 0, report.quiz_id, report.question, interaction.user.id
            )

    async def _find(self, interaction: Interaction, chosen: str) -> ReportedQuestion | None:
        """The report with that quiz and question, if whoever asks may read it."""
        reports = await self._readable(interaction)
        return next((each for each in reports if f"{each.quiz_id}:{each.question}" == chosen), None)

    async def _readable(self, interaction: Interaction) -> list[ReportedQuestion]:
        """The reported questions of this server from places that whoever asks can open.

        Raises:
            UserFacingError: they may manage neither the server nor its library.
        """
        member, guild = interaction.user, interaction.guild
        if guild is None or not isinstance(member, discord.Member) or not await self._may_see(interaction, member):
            raise UserFacingError(say.REPORTS_NOT_YOURS)
        reports = await self.report_store.open_in(guild.id)
        return [each for each in reports if _opens(member, guild, each.place)]

    async def _may_see(self, interaction: Interaction, member: discord.Member) -> bool:
        """Whether somebody may manage the server, or has the role that may add files to its library."""
        if interaction.permissions.manage_guild:
            return True
        role_id = (await self.library_store.contributor_roles()).get(interaction.guild_id or 0)
        return role_id is not None and any(role.id == role_id for role in member.roles)

    async def _listed(self, report: ReportedQuestion) -> ListedReport | None:
        record = await self.quiz_store.get(report.quiz_id)
        return None if record is None or report.question >= record.session.count else ListedReport(report, record)


def _opens(member: discord.Member, guild: discord.Guild, place: ReportPlace) -> bool:
    """Whether a member can open the place of a quiz; of a channel that is gone, who may manage the server."""
    channel = guild.get_channel(place.channel_id)
    if channel is None:
        return member.guild_permissions.manage_guild
    return can_open(member, channel) and (not place.private or channel.permissions_for(member).manage_threads)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(QuizReportsCog(bot))
