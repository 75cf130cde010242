"""`/privacy` and `/forget-me`: what is kept of a student, and how it is forgotten."""

import io
from collections import Counter
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.library.library_store import FileRecord
from bot.privacy import sentences as say
from bot.privacy.forgetting import Forgetter
from bot.privacy.forgetting_store import KINDS, ForgettingStore
from bot.privacy.old_conversations import kept_days
from bot.privacy.own_data import OwnData, OwnDataReader
from bot.privacy.privacy_buttons import PrivacyButton, confirmation
from bot.privacy.privacy_notice import privacy_notice
from bot.sentences import of_interaction
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import say_privately

Interaction = discord.Interaction[SaemBot]
Kind = Literal["everything", "conversations", "results", "files"]

MOST_BYTES = 9_500_000
"""Discord takes files of ten megabytes in direct messages."""
NAMES = {
    "everything": say.EVERYTHING,
    "conversations": say.CONVERSATIONS,
    "results": say.RESULTS,
    "files": say.YOUR_FILES,
}


class PrivacyCog(commands.Cog):
    """Tells what is kept, and forgets students."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.own_data = OwnDataReader(bot.store, bot.openai)
        self._gathering: set[int] = set()
        """The students whose data is being gathered."""
        self.forgetter = Forgetter(
            ForgettingStore(bot.store),
            bot.conversations,
            others=self,
            delete_results=self._delete_results,
            files_of=self._files_of,
            remove_files=self._remove_files,
        )

    async def cog_load(self) -> None:
        """Offer the buttons, and go on with what the last process has not done."""
        self.bot.add_dynamic_items(PrivacyButton)
        self.bot.find_forgotten = self.forgetter.before
        self.bot.notices.on("forgetting", lambda notice: self.forgetter.heard(int(notice["student"])))

    async def cog_unload(self) -> None:
        """Leave the rest to the next process."""
        await self.forgetter.close()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """The conversations can be found now."""
        await self.forgetter.recover()

    @app_commands.command(
        name=localized("privacy"),
        description=localized("What I keep of you, where and how long"),
    )
    async def privacy(self, interaction: Interaction) -> None:
        """Tell what is kept."""
        settings, locale = self.bot.settings, of_interaction(interaction)
        days = kept_days(self.bot.server_settings, interaction.guild_id or 0, settings.retention_days)
        notice = privacy_notice(settings, locale, offline=self.bot.offline, days=days)
        await say_privately(interaction, notice)

    @app_commands.command(
        name=localized("forget-me"),
        description=localized("Delete what I keep of you, all or a part"),
    )
    @app_commands.describe(what=localized("Everything, if you do not say"))
    @app_commands.choices(
        what=[
            Choice(name=localized("everything"), value="everything"),
            Choice(name=localized("conversations"), value="conversations"),
            Choice(name=localized("results and cards"), value="results"),
            Choice(name=localized("files"), value="files"),
        ]
    )
    async def forget_me(self, interaction: Interaction, what: Kind = "everything") -> None:
        """Ask whether it is to be forgotten really."""
        locale = of_interaction(interaction)
        kinds = KINDS if what == "everything" else (what,)
        await interaction.response.send_message(
            say.REALLY(locale, what=NAMES[what](locale)), view=confirmation(kinds, locale), ephemeral=True
        )

    @app_commands.command(
        name=localized("my-data"),
        description=localized("Everything that I keep of you, as a file"),
    )
    async def my_data(self, interaction: Interaction) -> None:
        """Send it in a direct message; where Discord does not let it, in private here.

        Raises:
            UserFacingError: it is being gathered already.
        """
        student = interaction.user
        if student.id in self._gathering:
            raise UserFacingError(say.IN_THE_WORKS)
        self._gathering.add(student.id)
        try:
            await defer(interaction, ephemeral=True, thinking=True)
            found = await self.own_data.of(student.id, await self._files_of(student.id), MOST_BYTES)
            await self._send(interaction, found)
        finally:
            self._gathering.discard(student.id)

    async def _send(self, interaction: Interaction, found: OwnData) -> None:
        locale = of_interaction(interaction)
        lines = [say.MY_DATA(locale)]
        if found.left_out:
            lines.append(say.LEFT_OUT(locale, count=len(found.left_out)))

        def archive() -> discord.File:
            return discord.File(io.BytesIO(found.archive), "saem-my-data.zip")

        try:
            await interaction.user.send("\n".join(lines), file=archive())
        except discord.Forbidden:
            told = "\n".join([*lines, say.DM_CLOSED(locale)])
            await interaction.followup.send(told, file=archive(), ephemeral=True)
        else:
            await interaction.followup.send(say.SENT(locale), ephemeral=True)

    async def press(self, interaction: Interaction, kinds: tuple[str, ...]) -> None:
        """Forget whoever pressed, or nobody."""
        locale = of_interaction(interaction)
        if not kinds:
            await interaction.response.edit_message(content=say.KEPT(locale), view=None)
            return
        await interaction.response.edit_message(content=say.WORKING(locale), view=None)
        went: Counter[str] = await self.forgetter.ask(interaction.user.id, kinds)
        if "conversations" in kinds:
            self.bot.known_locales.forget(interaction.user.id)
        told = say.FORGOTTEN(locale, **{kind: went[kind] for kind in KINDS})
        await interaction.edit_original_response(content=told)

    # What the forgetter asks of the other rooms

    def owns(self, guild_id: int) -> bool:
        """Whether this process serves a server."""
        return self.bot.ownership.owns(guild_id)

    async def tell(self, student_id: int) -> None:
        """Have the other processes forget a student."""
        await self.bot.notices.tell("forgetting", student=student_id)

    async def _delete_results(self, student_id: int) -> int:
        cog: Any = self.bot.get_cog("ProgressCog")
        return int(await cog.delete_all_of(student_id))

    async def _files_of(self, student_id: int) -> list[FileRecord]:
        cog: Any = self.bot.get_cog("LibraryCog")
        found: list[FileRecord] = await cog.library.library_store.of_author(student_id)
        return found

    async def _remove_files(self, records: list[FileRecord]) -> None:
        cog: Any = self.bot.get_cog("LibraryCog")
        await cog.library.removal.remove(records)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(PrivacyCog(bot))
