"""`/budget …`: what a server, its roles and its students may use. `/usage`: what was used."""

import io
from typing import Any, Final, Literal

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.budgets import sentences as say
from bot.budgets import usage_screens as screens
from bot.budgets.server_budgets import ServerBudgets, budget_key
from bot.budgets.spending_notices import SpendingNotices
from bot.budgets.usage_pictures import UsagePictures
from bot.budgets.usage_summary import first_of, summarise
from bot.client import SaemBot
from bot.command_names import localized
from bot.conversations.limits.token_budgets import today
from bot.errors import UserFacingError
from bot.quizzes.screens.screen_parts import GREY, View, box, view_of
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import of_interaction
from bot.status.owners import is_owner
from bot.tutor.deferred_responses import defer

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[SaemBot]
MOST_STUDENTS: Final = 10
MOST_CHOICES: Final = 25
"""As many as Discord shows."""
_NO_PINGS: Final = discord.AllowedMentions.none()
UNITS = [
    Choice(name=localized("tokens"), value="tokens"),
    Choice(name=localized("US dollars"), value="dollars"),
]
PERIODS = [
    Choice(name=localized("a day"), value="day"),
    Choice(name=localized("a month"), value="month"),
]
_DESCRIPTIONS = {
    "per": localized("For how long (UTC)"),
    "of": localized("What is counted"),
    "role": localized("For each student with this role"),
    "student": localized("For this student alone"),
}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class BudgetsCog(
    commands.GroupCog,
    group_name=localized("budget"),
    group_description=localized("What this server may use"),
):
    """Shows and changes a server's budgets."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.server_budgets = ServerBudgets(bot.store, bot.server_settings)
        self.notices = SpendingNotices(bot, self.server_budgets.budget_store)

    async def cog_load(self) -> None:
        """Know who has which role, and tell managers what is nearly spent."""
        self.bot.quotas.budgets.find_roles = self._roles_of
        self.bot.quotas.budgets.on_nearly_spent = self.notices.nearly_spent

    async def cog_unload(self) -> None:
        """Wait for what is being told."""
        self.bot.quotas.budgets.on_nearly_spent = None
        await self.notices.close()

    async def _roles_of(self, guild_id: int, student_id: int) -> frozenset[int]:
        """The roles of a member, as Discord knows them now; none where it does not answer: everyone's budget holds."""
        guild = self.bot.get_guild(guild_id)
        if guild is None:
            return frozenset()
        try:
            member = await guild.fetch_member(student_id)
        except DISCORD_ERRORS as error:
            log.warning("budget.roles_unknown", guild=guild_id, cause=error)
            return frozenset()
        return frozenset(role.id for role in member.roles)

    @app_commands.command(name=localized("show"), description=localized("Which budgets hold here"))
    async def show(self, interaction: Interaction) -> None:
        """Show the budgets in private."""
        guild = _guild_of(interaction)
        budgets = await self.server_budgets.of(guild.id)
        hosts = [
            *self.bot.quotas.budgets.host_limits.server.limits("server", (guild.id, None)),
            *self.bot.quotas.budgets.host_limits.student.limits("student", (None, 0)),
        ]
        roles = frozenset(role.id for role in guild.roles)
        await _say(interaction, screens.budgets_screen(budgets, hosts, of_interaction(interaction), roles))

    @app_commands.command(name=localized("set"), description=localized("Set a budget"))
    @app_commands.describe(amount=localized("Such as 200000, or 2.50"), **_DESCRIPTIONS)
    @app_commands.choices(of=UNITS, per=PERIODS)
    async def set(  # noqa: PLR0917 - Discord gives them by name
        self,
        interaction: Interaction,
        amount: app_commands.Range[str, 1, 30],
        of: str,
        per: str,
        role: discord.Role | None = None,
        student: discord.Member | None = None,
    ) -> None:
        """Set a budget of the server, of a role, or of a student."""
        guild, by = _guild_of(interaction), interaction.user.id
        budget, replaced = await self.server_budgets.set(
            guild.id, _id(role), _student(student), amount, of=of, per=per, by=by
        )
        await _say(interaction, view_of(box(GREY, screens.set_words(budget, replaced, of_interaction(interaction)))))

    @app_commands.command(name=localized("remove", context="option"), description=localized("Remove a budget"))
    @app_commands.describe(budget=localized("One of the list; deleted roles and people who left are in it too"))
    async def remove(self, interaction: Interaction, budget: app_commands.Range[str, 1, 100]) -> None:
        """Remove a budget."""
        guild, by = _guild_of(interaction), interaction.user.id
        await self.server_budgets.remove(guild.id, budget, by=by)
        await _say(interaction, view_of(box(GREY, say.REMOVED(of_interaction(interaction)))))

    @remove.autocomplete("budget")
    async def suggest_budgets(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """The budgets of the server whose words have what is typed in them."""
        guild, locale = interaction.guild, of_interaction(interaction)
        if guild is None or not interaction.permissions.manage_guild:
            return []
        told = {
            budget_key(each): screens.budget_choice(each, guild, locale)
            for each in await self.server_budgets.of(guild.id)
        }
        fitting = [Choice(name=name, value=key) for key, name in told.items() if current.casefold() in name.casefold()]
        return fitting[:MOST_CHOICES]


class UsageCog(commands.Cog):
    """Shows what was used: a student's own, a server's to its managers, all to the bot's owner."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.pictures = UsagePictures(bot.pool)

    @app_commands.command(name=localized("usage"), description=localized("What was used in 30 days"))
    @app_commands.describe(
        whose=localized("Your own, if you do not say; the server's is for managers, everything for the bot's owner")
    )
    @app_commands.choices(
        whose=[
            Choice(name=localized("mine"), value="own"),
            Choice(name=localized("server"), value="server"),
            Choice(name=localized("everything", context="option"), value="everything"),
        ]
    )
    async def usage(self, interaction: Interaction, whose: str = "own") -> None:
        """Show the picture and its words, in private."""
        chosen: Literal["own", "server", "everything"]
        chosen = "server" if whose == "server" else "everything" if whose == "everything" else "own"
        guild_id, student_id = interaction.guild_id or 0, interaction.user.id
        if chosen == "server" and not (guild_id and interaction.permissions.manage_guild):
            raise UserFacingError(say.FOR_MANAGERS_ALONE)
        await defer(interaction, ephemeral=True, thinking=True)
        if chosen == "everything" and not await is_owner(self.bot, student_id):
            raise UserFacingError(say.FOR_OWNER_ALONE)
        await self._show(interaction, chosen, guild_id, student_id)

    async def _show(
        self, interaction: Interaction, whose: Literal["own", "server", "everything"], guild_id: int, student_id: int
    ) -> None:
        budgets, locale, now = self.bot.quotas.budgets, of_interaction(interaction), today()
        first = first_of(now)
        of_whom = {"own": {"student_id": student_id}, "server": {"guild_id": guild_id}, "everything": {}}[whose]
        summary = summarise(await budgets.charges.history(first, **of_whom), now)
        await budgets.refresh(student_id, guild_id)
        scopes = {"own": ("student", "role"), "server": ("server",), "everything": ("bot",)}[whose]
        limits = [(each, budgets.used(each)) for each in budgets.limits(student_id, guild_id) if each.scope in scopes]
        top = await budgets.charges.top_students(first, guild_id, MOST_STUDENTS) if whose == "server" else ()
        picture = None
        if summary.in_all.tokens:
            picture = await self.pictures.draw(screens.picture_words(summary, whose, locale))
        view = screens.usage_screen(summary, whose, locale, pictured=picture is not None, limits=limits, top=top)
        more: dict[str, Any] = {}
        if picture is not None:
            more["file"] = discord.File(io.BytesIO(picture), screens.PICTURE)
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=_NO_PINGS, **more)


def _guild_of(interaction: Interaction) -> discord.Guild:
    """The server, if the person may manage it: Discord's own settings may offer the command to others."""
    if interaction.guild is None or not interaction.permissions.manage_guild:
        raise UserFacingError(say.FOR_MANAGERS_ALONE)
    return interaction.guild


def _id(subject: discord.Role | discord.Member | None) -> int | None:
    return subject.id if subject is not None else None


def _student(student: discord.Member | None) -> int | None:
    if student is not None and student.bot:
        raise UserFacingError(say.BOTS_HAVE_NONE)
    return _id(student)


async def _say(interaction: Interaction, view: View) -> None:
    await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=_NO_PINGS)


async def setup(bot: SaemBot) -> None:
    """Add the cogs."""
    await bot.add_cog(BudgetsCog(bot))
    await bot.add_cog(UsageCog(bot))
