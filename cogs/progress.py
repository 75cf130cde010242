"""`/progress` and `/delete-progress`: what a student has learnt, and the deletion of all that is kept of it."""

import io
from typing import Any, Final

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.escaping import plain_name
from bot.learning.progress import progress_screens as screens
from bot.learning.progress import sentences as say
from bot.learning.progress.progress_buttons import ProgressItem
from bot.learning.progress.progress_pictures import ProgressPictures
from bot.learning.progress.progress_store import ProgressStore
from bot.learning.progress.progress_summary import Progress, summarise
from bot.learning.result_store import ResultStore
from bot.learning.reviews.finished_quizzes import FinishedQuizzes
from bot.learning.reviews.review_store import ReviewStore
from bot.sentences import Locale, of_interaction
from bot.tutor.deferred_responses import defer

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[SaemBot]
DAYS: Final = 365
"""How far back results are counted."""
_NO_PINGS: Final = discord.AllowedMentions.none()


class ProgressCog(commands.Cog):
    """Shows a student's progress in private, shares it on request, and deletes it."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.finished_quizzes = FinishedQuizzes(bot.store)
        self.result_store = ResultStore(bot.store)
        self.review_store = ReviewStore(bot.store, new_per_day=bot.settings.new_cards_per_day)
        self.progress_store = ProgressStore(bot.store)
        self.pictures = ProgressPictures(bot.pool)

    async def cog_load(self) -> None:
        """Offer the buttons."""
        self.bot.add_dynamic_items(ProgressItem)
        self.bot.notices.on("forget", lambda notice: self._forget(int(notice["student"])))

    @app_commands.command(
        name=localized("progress"),
        description=localized("What you got right, what fades, what is due"),
    )
    async def progress(self, interaction: Interaction) -> None:
        """Show the student's own progress."""
        await defer(interaction, ephemeral=True, thinking=True)
        await self._show(interaction, shared=False)

    @app_commands.command(
        name=localized("delete-progress"),
        description=localized("Delete what I keep of your learning"),
    )
    async def delete_progress(self, interaction: Interaction) -> None:
        """Ask whether all is to be deleted."""
        await self._ask_to_delete(interaction)

    async def press(self, interaction: Interaction, action: str) -> None:
        """Take a press on a button.

        Raises:
            UserFacingError: there is nothing to share, or the student may not write here.
        """
        locale = of_interaction(interaction)
        match action:
            case "share":
                await self._share(interaction)
            case "delete":
                await self._ask_to_delete(interaction)
            case "really":
                kept = await self.progress_store.kept_of(interaction.user.id)
                await self._delete(interaction.user.id)
                what, stays = screens.kept_lines(kept, locale), say.WHAT_STAYS(locale)
                said = say.DELETED(locale, what=what, stays=stays) if kept.anything else say.NOTHING_KEPT(locale)
                view = screens.sentence_screen(said)
                await interaction.response.edit_message(view=view, allowed_mentions=_NO_PINGS)
                log.info("progress.deleted", results=kept.results, cards=kept.cards, reviews=kept.reviews)
            case _:
                await interaction.response.edit_message(view=screens.sentence_screen(say.KEPT(locale)))

    async def delete_all_of(self, student_id: int) -> int:
        """Delete all that is kept of a student's learning; how many things that were."""
        await self.finished_quizzes.take_in(student_id)
        kept = await self.progress_store.kept_of(student_id)
        await self._delete(student_id)
        return kept.count

    async def _delete(self, student_id: int) -> None:
        await self.progress_store.delete_all_of(student_id)
        self._forget(student_id)
        await self.bot.notices.tell("forget", student=student_id)

    def _forget(self, student_id: int) -> None:
        """Drop from memory what is not stored any more."""
        quizzes: Any = self.bot.get_cog("QuizCog")
        hints: Any = self.bot.get_cog("HintsCog")
        quizzes.quizmaster.forget_student(student_id)
        hints.ladders.forget_student(student_id)

    async def _share(self, interaction: Interaction) -> None:
        permissions, channel = interaction.permissions, interaction.channel
        in_thread = isinstance(channel, discord.Thread)
        if interaction.guild_id is None or not (
            permissions.send_messages_in_threads if in_thread else permissions.send_messages
        ):
            raise UserFacingError(say.MAY_NOT_SHARE)
        if not (await self._progress_of(interaction, shared=True)).total:
            raise UserFacingError(say.NOTHING_TO_SHARE)
        await defer(interaction, thinking=True)
        await self._show(interaction, shared=True)

    async def _ask_to_delete(self, interaction: Interaction) -> None:
        locale = of_interaction(interaction)
        await self.finished_quizzes.take_in(interaction.user.id)
        kept = await self.progress_store.kept_of(interaction.user.id)
        if not kept.anything:
            raise UserFacingError(say.NOTHING_KEPT)
        await interaction.response.send_message(view=screens.deletion_screen(kept, locale), ephemeral=True)

    async def _progress_of(self, interaction: Interaction, *, shared: bool) -> Progress:
        """A student's progress; of what is shared, only what was learnt in this server."""
        student, at = interaction.user.id, interaction.created_at.timestamp()
        await self.finished_quizzes.take_in(student)
        results = await self.result_store.of_student(student, at - DAYS * 86_400.0)
        guild_id = interaction.guild_id if shared else None
        if shared:
            results = [result for result in results if result.guild_id == guild_id]
        memories = await self.progress_store.memories(student, at, guild_id)
        counts = await self.review_store.counts(student, None, at)
        due = 0 if shared else counts.due + counts.new
        return summarise(results, memories, due=due, next_due=counts.next_due, public=shared)

    async def _show(self, interaction: Interaction, *, shared: bool) -> None:
        """Answer with the picture and its words; without the picture where it cannot be drawn."""
        locale = of_interaction(interaction)
        progress = await self._progress_of(interaction, shared=shared)
        if not progress.topics:
            view = screens.sentence_screen(say.NOTHING_YET(locale))
            await interaction.followup.send(view=view, ephemeral=not shared)
            return
        name = plain_name(interaction.user.display_name)
        title = say.TITLE_OF(locale, name=name) if shared else say.TITLE(locale)
        day = interaction.created_at.date().isoformat()
        footer = f"{say.WINDOW(locale, days=DAYS)} · {day}"
        picture = await self.pictures.draw(screens.picture_words(progress, footer, locale, shared=shared))
        view = screens.progress_screen(
            progress,
            discord.utils.escape_markdown(title),
            locale,
            pictured=picture is not None,
            shared=shared,
            in_guild=interaction.guild_id is not None,
            note="" if shared else await self._note(interaction.user.id, locale),
        )
        more: dict[str, Any] = {}
        if picture is not None:
            more["file"] = discord.File(io.BytesIO(picture), screens.PICTURE)
        await interaction.followup.send(view=view, ephemeral=not shared, allowed_mentions=_NO_PINGS, **more)

    async def _note(self, student_id: int, locale: Locale) -> str:
        """What the student has to know of reminders."""
        cog: Any = self.bot.get_cog("ReminderCog")
        return str(await cog.reminders.note(student_id, locale))


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(ProgressCog(bot))
