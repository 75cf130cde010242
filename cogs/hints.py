"""Hints: the ladders that `give_help` opens, and `/mode`."""

import time

import discord
from discord.ext import commands

from bot.client import SaemBot
from bot.hints.answer_judge import AnswerJudge
from bot.hints.give_help import GiveHelp
from bot.hints.help_arguments import Help
from bot.hints.ladder_buttons import LadderItem, LadderPress, parse_ladder_id
from bot.hints.ladder_store import LadderStore
from bot.hints.ladders import Ladders
from bot.hints.tutor_modes import TutorModes
from bot.replies.view_messages import ViewMessages
from bot.tutor.error_handler import handle_error

Interaction = discord.Interaction[SaemBot]


class HintsCog(commands.Cog):
    """Opens what help works with, and takes answer forms. Buttons go to `ladders` by themselves."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.store = LadderStore(bot.store)
        self.messages = ViewMessages(bot, bot.outbox.wait_for_turn)
        self.judge = AnswerJudge(bot.pool, bot.openai, bot.guild_assistants, bot.quotas)
        self.ladders = Ladders(
            self.store,
            self.messages,
            bot.conversations,
            self.judge,
            clock=time.time,
            opens_after=bot.settings.tries_before_solution,
            listeners=bot.exercise_listeners,
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
        self._recovered = False

    async def cog_load(self) -> None:
        """Offer the function and the buttons."""
        self.bot.tools.add(self.give_help)
        self.bot.add_dynamic_items(LadderItem)
        await self.ladders.load()
        await self.give_help.load(self.bot.conversations)

    async def cog_unload(self) -> None:
        """Stop the work in the background; the rest is stored."""
        await self.ladders.close()

    async def _announce(self, answer_id: str, given: Help) -> None:
        """Nothing yet."""

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

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After the first connection, take up what the last process left."""
        if self._recovered:
            return
        self._recovered = True
        await self.ladders.recover(self._is_ours)
        await self.give_help.recover(self.bot.conversations, self._is_ours)

    def _is_ours(self, guild_id: int) -> bool:
        """Whether a shard of this process serves the guild; shard 0 serves direct messages."""
        return self.bot.get_guild(guild_id) is not None or (guild_id == 0 and 0 in self.bot.shards)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """End the ladders in it."""
        await self.ladders.channel_deleted(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """End the ladders in it."""
        await self.ladders.channel_deleted(channel.id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """End the ladder that it showed."""
        await self.ladders.message_deleted(payload.message_id)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(HintsCog(bot))
