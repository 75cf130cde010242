"""Hints: the ladders that `give_help` opens, and `/mode`."""

from collections.abc import Callable, Sequence

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.discord_clock import DISCORD_CLOCK
from bot.hints import sentences as say
from bot.hints.answer_judge import AnswerJudge
from bot.hints.give_help import GiveHelp
from bot.hints.held_store import HeldStore
from bot.hints.held_words import HeldWords
from bot.hints.help_arguments import Help
from bot.hints.ladder_buttons import LadderItem, LadderPress, parse_ladder_id
from bot.hints.ladder_retention import LADDER_RETENTION
from bot.hints.ladder_session import TutorMode
from bot.hints.ladder_store import LadderStore
from bot.hints.ladders import Ladders
from bot.hints.tutor_modes import TutorModes
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.replies.view_messages import ViewMessages
from bot.retries import despite_outages
from bot.sentences import Locale, Sentence, of_interaction
from bot.tutor.error_handler import handle_error, say_privately
from bot.tutor.spoilers import Tells, show_plainly

Interaction = discord.Interaction[SaemBot]

log = structlog.get_logger(__name__)

NOBODY = discord.AllowedMentions.none()


class HintsCog(commands.Cog):
    """Opens what help works with, and takes answer forms. Buttons go to `ladders` by themselves."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.store = LadderStore(bot.store)
        self.messages = ViewMessages(bot, bot.outbox.wait_for_turn)
        self.judge = AnswerJudge(bot.pool, bot.separate_runs)
        self.ladders = Ladders(
            self.store,
            self.messages,
            bot.conversations,
            self.judge,
            clock=DISCORD_CLOCK.seconds,
            opens_after=bot.settings.tries_before_solution,
            listeners=bot.exercise_listeners,
            owns=bot.ownership.owns,
        )
        self.modes = TutorModes(bot, bot.server_settings)
        self.give_help = GiveHelp(
            self.ladders,
            self.messages,
            self.store,
            bot.conversation_store,
            bot.pool,
            find_mode=self.modes.of,
            announce=self._announce,
        )
        self.held_words = HeldWords(
            bot.pool,
            self.modes,
            self.ladders,
            HeldStore(bot.store),
            judge=self.judge,
            conversation_store=bot.conversation_store,
            show_plainly=self._show_plainly,
        )

    async def cog_load(self) -> None:
        """Offer the function and the buttons."""
        self.bot.sweep.rules += LADDER_RETENTION
        self.bot.tools.add(self.give_help)
        self.bot.add_dynamic_items(LadderItem)
        self.bot.conversations.set_reply_guard(self.held_words)
        self.ladders.reveals.append(self.held_words.reveal)
        self.bot.taking_over.rooms.append(self)

    async def cog_unload(self) -> None:
        """Stop the work in the background; the rest is stored."""
        await self.ladders.close()

    # The mode

    @app_commands.command(
        name=localized("mode"),
        description=localized("How I help here: with answers, or with hints first"),
    )
    @app_commands.rename(mode=localized("mode"))
    @app_commands.describe(mode=localized("Leave it out to see what is set"))
    @app_commands.choices(
        mode=[
            Choice(name=localized("answer: what is asked, also solutions"), value="answer"),
            Choice(name=localized("guide: hints for exercises first"), value="guide"),
        ]
    )
    async def mode(self, interaction: Interaction, mode: TutorMode | None = None) -> None:
        """Show the mode of a place, or set it."""
        locale = of_interaction(interaction)
        guild_id, channel_id = interaction.guild_id or 0, interaction.channel_id or 0
        if mode is None:
            found = await self.modes.find(guild_id, channel_id)
            lines = [_sentence(say.MODE_IS, found.mode, locale)]
            if found.set_in is not None and found.set_in != channel_id:
                lines.append(say.MODE_FROM_CHANNEL(locale, channel=f"<#{found.set_in}>"))
            await say_privately(interaction, "\n".join(lines))
        elif not await self._may_set(interaction):
            await say_privately(interaction, say.MODE_NOT_ALLOWED(locale))
        else:
            await self.modes.set(mode, guild_id, channel_id, by=interaction.user.id)
            await interaction.response.send_message(_sentence(say.MODE_NOW, mode, locale), allowed_mentions=NOBODY)

    async def _may_set(self, interaction: Interaction) -> bool:
        """Whether somebody may set the mode of a channel (Manage Channels), of their own thread or direct message."""
        if interaction.guild_id is None or interaction.permissions.manage_channels:
            return True
        channel = interaction.channel
        if not isinstance(channel, discord.Thread):
            return False
        if channel.owner_id == interaction.user.id:
            return True
        # Saem makes a thread from a student's message, whose id the thread has.
        started = await self.bot.conversation_store.question(channel.id)
        return started is not None and started.author_id == interaction.user.id

    async def _announce(self, answer_id: str, given: Help) -> None:
        """The answer is known from now on."""
        await self.held_words.announce(answer_id, given)

    async def _show_plainly(self, channel_id: int, message_ids: Sequence[int], tells: Tells) -> None:
        """Show messages of an earlier process without the spoilers that are not needed; what Discord refuses stays."""
        for message_id in message_ids:
            await self.bot.outbox.wait_for_turn()
            try:
                message = await self.bot.get_partial_messageable(channel_id).fetch_message(message_id)
                await show_plainly(message, tells)
            except DISCORD_ERRORS as error:
                log.info("message.not_shown_plainly", message=message_id, cause=error)

    # What else happens

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take an answer form that was sent, also one that an earlier process opened."""
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        custom_id = str(interaction.data.get("custom_id", ""))
        if parse_ladder_id(custom_id) is None:
            return
        try:
            await self.ladders.press(LadderPress(interaction, custom_id))
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it, and tells the student
            await handle_error(interaction, error)

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Take up what other processes left in guilds that are ours now."""
        await self.ladders.recover(ours)
        await self.give_help.recover(self.bot.conversations, ours)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Leave the ladders in guilds that another process serves from now on to that one."""
        await self.ladders.let_go(theirs)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """End the ladders in it."""
        await self.ladders.channel_deleted(payload.thread_id)

    @commands.Cog.listener()
    @despite_outages
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """End the ladders in it."""
        await self.ladders.channel_deleted(channel.id)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """End the ladder that it showed."""
        await self.ladders.message_deleted(payload.message_id)


def _sentence(sentence: Sentence, mode: TutorMode, locale: Locale) -> str:
    return sentence(locale, mode=say.MODE_NAMES[mode](locale), meaning=say.MODE_MEANINGS[mode](locale))


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(HintsCog(bot))
