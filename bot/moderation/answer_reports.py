"""*Report to moderators*: a student reports an answer of Saem's, from the menu of a message, and may say why."""

import re
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import discord

from bot import sentences
from bot.errors import UserFacingError
from bot.moderation import sentences as say
from bot.moderation.moderators_channel import LONGEST_REASON, ModeratorsChannel
from bot.sentences import of_interaction

Interaction = discord.Interaction[Any]

MOST: Final = 5
"""Reports that a student may make within PERIOD."""
PERIOD: Final = 600.0
"""Seconds."""
REMEMBERED: Final = 2_000
"""Reports that are known, so that none is passed on twice."""
FIELD: Final = "reason"
_FORM: Final = re.compile(r"saem:report:(\d{1,20})")


class ReportForm(discord.ui.Modal):
    """Asks why. The cog's listener takes what is sent, also after a restart."""

    def __init__(self, message_id: int, locale: Any) -> None:
        super().__init__(title=say.REPORT(locale), custom_id=f"saem:report:{message_id}", timeout=None)
        self.add_item(
            discord.ui.Label(
                text=say.REPORT_WHY(locale),
                component=discord.ui.TextInput(
                    custom_id=FIELD, style=discord.TextStyle.paragraph, required=False, max_length=LONGEST_REASON
                ),
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to the cog's listener."""


class AnswerReports:
    """Takes reports and passes them on to the moderators' channel. `now` gives seconds."""

    def __init__(self, channel: ModeratorsChannel, now: Callable[[], float]) -> None:
        self._channel = channel
        self._now = now
        self._made: deque[tuple[float, int, int]] = deque(maxlen=REMEMBERED)
        """When, by whom, of which message."""

    async def ask(self, interaction: Interaction, message: discord.Message) -> None:
        """Open the form.

        Raises:
            UserFacingError: it cannot be reported, or there is nobody to report it to.
        """
        self._check(interaction, message.author.id, message.id)
        await interaction.response.send_modal(ReportForm(message.id, of_interaction(interaction)))

    async def take(self, interaction: Interaction) -> bool:
        """Pass on what a form says; False if it is another room's form.

        Raises:
            UserFacingError: it cannot be reported any more, or the channel cannot be written in.
        """
        data: Any = interaction.data or {}
        found = _FORM.fullmatch(str(data.get("custom_id", "")))
        if found is None:
            return False
        message_id = int(found[1])
        channel = interaction.channel
        assert isinstance(channel, discord.abc.Messageable)
        locale = of_interaction(interaction)
        await interaction.response.defer(ephemeral=True)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            raise UserFacingError(sentences.BUTTON_OLD) from None
        self._check(interaction, message.author.id, message_id)
        report = (self._now(), interaction.user.id, message_id)
        self._made.append(report)  # before it is sent: a second press comes meanwhile
        try:
            await self._channel.report(message, interaction.user.id, _reason(interaction), locale)
        except discord.HTTPException as error:
            self._made.remove(report)
            if isinstance(error, discord.Forbidden | discord.NotFound):
                raise UserFacingError(say.REPORTS_CHANNEL_CLOSED) from error
            raise
        await interaction.followup.send(say.REPORTED(locale), ephemeral=True)
        return True

    def _check(self, interaction: Interaction, author_id: int, message_id: int) -> None:
        if interaction.guild_id is None:
            raise UserFacingError(say.REPORTS_IN_SERVERS)
        if author_id != interaction.application_id and author_id != getattr(interaction.client.user, "id", None):
            raise UserFacingError(say.REPORTS_NOT_MINE)
        if self._channel.of(interaction.guild_id) is None:
            raise UserFacingError(say.REPORTS_NO_CHANNEL)
        mine = [(when, message) for when, student, message in self._made if student == interaction.user.id]
        if any(message == message_id for _, message in mine):
            raise UserFacingError(say.REPORTED_ALREADY)
        recent = [when for when, _ in mine if self._now() - when < PERIOD]
        if len(recent) >= MOST:
            minutes = max(1, round((PERIOD - (self._now() - recent[0])) / 60))
            raise UserFacingError(say.REPORTS_TOO_MANY, minutes=minutes)


def _reason(interaction: Interaction) -> str:
    data: Any = interaction.data or {}
    for row in data.get("components", ()):
        field: Any = row.get("component") or next(iter(row.get("components", ())), {})
        if field.get("custom_id") == FIELD:
            return str(field.get("value") or "")
    return ""
