"""`/reminder`: a direct message when cards are due, once a day, at the student's hour."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.escaping import escaped_within
from bot.learning import sentences as say
from bot.learning.reminders import time_zones
from bot.learning.reminders.reminder_store import Reminder, ReminderStore
from bot.learning.reminders.reminders import NEVER, Outcome, Reminders
from bot.learning.reviews.finished_quizzes import FinishedQuizzes
from bot.learning.reviews.review_buttons import begin_button
from bot.learning.reviews.review_store import ReviewStore
from bot.quizzes.screens.screen_parts import BLUE, box, view_of
from bot.replies.discord_error_codes import DIRECT_MESSAGES_CLOSED
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import of_interaction
from bot.tutor.error_handler import handles_errors, say_privately

Interaction = discord.Interaction[SaemBot]

REMINDER_OFF = "reminder:off"
CLOCKS_DIFFER = timedelta(minutes=2)
"""How much earlier the message of a reminder is looked for than it was sent by our clock."""
LOOKED_THROUGH = 100
"""Direct messages that are looked through for it."""


class TurnOff(discord.ui.DynamicItem[discord.ui.Button[Any]], template=REMINDER_OFF):
    """Turns a student's own reminder off."""

    def __init__(self, label: str = "…") -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=REMINDER_OFF))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls()

    @handles_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the press to the cog `ReminderCog`."""
        cog: Any = interaction.client.get_cog("ReminderCog")
        await cog.turn_off(interaction)


class ReminderCog(commands.Cog):
    """Takes the wish for reminders, and sends them."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.reminder_store = ReminderStore(bot.store)
        self.finished_quizzes = FinishedQuizzes(bot.store)
        self.review_store = ReviewStore(bot.store, new_per_day=bot.settings.new_cards_per_day)
        self.reminders = Reminders(
            self.reminder_store,
            send=self._send,
            was_sent=self._was_sent,
            count_due=self._count_due,
            clock=DISCORD_CLOCK.seconds,
        )
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Offer the button, and begin to look for what is due."""
        self.bot.add_dynamic_items(TurnOff)
        self.bot.before_closing.append(self.reminders.stop)
        self.bot.taking_over.rooms.append(self)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After the first connection, begin to send what is due."""
        if self._task is None:
            sending = self.reminders.run(is_ours=lambda: self.bot.ownership.owns(0))
            self._task = asyncio.create_task(sending, name="reminders")

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Where direct messages have come, go on with what another process was sending."""
        if ours(0):
            self.reminders.take_up()

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Where direct messages go, let a reminder that is being sent come to its end."""
        if theirs(0):
            await self.reminders.let_go()

    async def cog_unload(self) -> None:
        """Stop; the rest is stored."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @app_commands.command(
        name=localized("reminder"),
        description=localized("A direct message when cards are due, once a day"),
    )
    @app_commands.rename(hour=localized("hour"), timezone=localized("timezone"))
    @app_commands.describe(
        hour=localized("At which hour, 0 to 23"),
        timezone=localized("Where you are, for example Asia/Seoul"),
    )
    async def reminder(
        self,
        interaction: Interaction,
        hour: app_commands.Range[int, 0, 23] | None = None,
        timezone: str | None = None,
    ) -> None:
        """Set the reminder, or tell how it is set."""
        student, locale = interaction.user.id, of_interaction(interaction)
        present = await self.reminder_store.of_student(student)
        if hour is None and timezone is None:
            await self._tell(interaction, present)
            return
        if timezone is None and present is None:
            raise UserFacingError(say.WHICH_TIMEZONE)
        if hour is None and present is None:
            raise UserFacingError(say.WHICH_HOUR)
        zone = present.timezone if timezone is None and present is not None else time_zones.find(timezone or "")
        if zone is None:
            raise UserFacingError(say.NO_SUCH_TIMEZONE, name=escaped_within((timezone or "").replace("`", ""), 60))
        wanted = hour if hour is not None else present.hour if present is not None else 0
        reminder = await self.reminders.set(student, wanted, zone, locale)
        when = f"<t:{round(reminder.next_at)}:f>"
        sentence = say.REMIND_SET(locale, hour=f"{wanted}:00", timezone=zone, when=when)
        await self._say_with_button(interaction, sentence)

    @reminder.autocomplete("timezone")
    async def suggest_timezones(self, _interaction: Interaction, current: str) -> list[Choice[str]]:
        """Suggest time zones by what is typed."""
        return [Choice(name=name, value=name) for name in time_zones.suggestions(current)]

    async def turn_off(self, interaction: Interaction) -> None:
        """Remind the student no more."""
        await self.reminder_store.delete(interaction.user.id)
        await say_privately(interaction, say.REMIND_OFF(of_interaction(interaction)))

    async def _tell(self, interaction: Interaction, present: Reminder | None) -> None:
        locale = of_interaction(interaction)
        if present is None or present.next_at >= NEVER:
            await say_privately(interaction, say.REMIND_NOT(locale))
            return
        sentence = say.REMIND_NOW(locale, hour=f"{present.hour}:00", timezone=present.timezone)
        note = await self.reminders.note(interaction.user.id, locale)
        await self._say_with_button(interaction, "\n".join(filter(None, (sentence, note))))

    async def _say_with_button(self, interaction: Interaction, sentence: str) -> None:
        off = discord.ui.ActionRow[Any](TurnOff(say.TURN_OFF(of_interaction(interaction))))
        await interaction.response.send_message(view=view_of(box(BLUE, sentence, off)), ephemeral=True)

    async def _count_due(self, student_id: int, at: float) -> int:
        await self.finished_quizzes.take_in(student_id)
        counts = await self.review_store.counts(student_id, None, at)
        return counts.due + counts.new

    async def _was_sent(self, reminder: Reminder) -> bool:
        """Whether a reminder stands in the student's direct messages since it was being sent.

        Raises:
            DISCORD_ERRORS: nobody knows.
        """
        try:
            user = self.bot.get_user(reminder.student_id) or await self.bot.fetch_user(reminder.student_id)
            channel = user.dm_channel or await user.create_dm()
        except (discord.NotFound, discord.Forbidden):
            return False
        since = datetime.fromtimestamp(reminder.sending_since or 0.0, UTC) - CLOCKS_DIFFER
        return any(
            [
                message.author == self.bot.user and REMINDER_OFF in str(message.components)
                async for message in channel.history(after=since, limit=LOOKED_THROUGH)
            ]
        )

    async def _send(self, reminder: Reminder, due: int) -> Outcome:
        """Send a direct message that cards are due."""
        locale = reminder.locale
        sentence = say.REMINDER(locale, count=due)
        row = discord.ui.ActionRow[Any](begin_button(locale), TurnOff(say.TURN_REMINDER_OFF(locale)))
        try:
            user = self.bot.get_user(reminder.student_id) or await self.bot.fetch_user(reminder.student_id)
            await user.send(view=view_of(box(BLUE, sentence, row)), allowed_mentions=discord.AllowedMentions.none())
        except discord.NotFound:
            return "refused"
        except discord.HTTPException as error:
            return "refused" if error.code in DIRECT_MESSAGES_CLOSED else "failed"
        except DISCORD_ERRORS:
            return "failed"
        return "sent"


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(ReminderCog(bot))
