"""Asking the tutor: mentions, threads, forum posts, direct messages, replies."""

import asyncio

import discord
import structlog
from discord.ext import commands

from bot import sentences
from bot.background_tasks import BackgroundTasks
from bot.client import SaemBot
from bot.errors import UserFacingError
from bot.retries import despite_outages, through_outages
from bot.tutor.answer_buttons import AskAgain, is_moderator
from bot.tutor.catchup import CatchUp
from bot.tutor.incoming_message import read_message
from bot.tutor.tutor import Tutor

log = structlog.get_logger(__name__)


class TutorCog(commands.Cog):
    """Hands messages that people send, edit and delete to the tutor and the conversations."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.tutor = Tutor(
            bot.conversations,
            bot.outbox,
            bot.question_attachments,
            bot.thread_creation,
            bot.tools,
            places=bot.answer_places,
            message_content=bot.intents.message_content,
            sees_pictures=bot.sees_pictures,
        )
        self.catch_up = CatchUp(bot, bot.outbox, bot.conversation_store, bot.notes, self.tutor.take)
        bot.conversations.missed_in = self.catch_up.missed_in
        self._noting: asyncio.Task[None] | None = None
        self._taking_up = BackgroundTasks("tutor.not_taken_up")

    async def cog_load(self) -> None:
        """Begin to note until when the bot has received every message."""
        self.bot.shard_listeners.append(self)
        self.bot.add_dynamic_items(AskAgain)
        self._noting = asyncio.create_task(self.catch_up.keep_noting(), name="note-alive")

    async def cog_unload(self) -> None:
        """Stop noting."""
        if self._noting is not None:
            self._noting.cancel()
        await self._taking_up.close()
        self.catch_up.close()

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """Answer messages that were missed, after those that waited. Nobody waits for that here."""
        self._taking_up.spawn(self._take_up(shard_ids))

    async def _take_up(self, shard_ids: frozenset[int]) -> None:
        self.bot.conversations.disconnected()
        await self.bot.taking_over.wait_until_queued(shard_ids)
        await through_outages(lambda: self.catch_up.shards_gained(shard_ids & self.bot.ownership.shard_ids))

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """The next owner answers what is not answered."""
        await self.catch_up.shards_lost(shard_ids)

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        """The same."""
        await self.catch_up.shards_lost(shard_ids)

    async def ask_again(self, interaction: discord.Interaction[SaemBot], message_id: int) -> None:
        """Take a message that could not be taken before, by the button under the sentence that said so.

        Raises:
            UserFacingError: it is gone, or another's.
        """
        channel = interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            raise UserFacingError(sentences.BUTTON_OLD)
        try:
            found = await channel.fetch_message(message_id)
        except discord.NotFound:
            raise UserFacingError(sentences.BUTTON_OLD) from None
        if found.author.id != interaction.user.id and not is_moderator(interaction):
            raise UserFacingError(sentences.NOT_YOURS)
        await interaction.response.defer()
        await interaction.delete_original_response()  # if it cannot be taken again, the sentence comes again
        if not await self.bot.conversations.knows(message_id):
            await self.tutor.take(read_message(found, self.bot))

    @commands.Cog.listener()
    async def on_shard_connect(self, shard_id: int) -> None:
        """A shard has begun a new session: messages before it may have been missed."""
        self.catch_up.session_began(shard_id)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """The guilds of a shard's new session are known."""
        self.bot.conversations.disconnected()
        await through_outages(lambda: self.catch_up.ready(shard_id))

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Messages from now on may be missed."""
        self.catch_up.disconnected(shard_id)

    @commands.Cog.listener()
    async def on_shard_resumed(self, shard_id: int) -> None:
        """Discord has sent the missed messages."""
        self.catch_up.resumed(shard_id)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Somebody sent a message."""
        incoming = read_message(message, self.bot)
        with self.catch_up.handling(incoming):
            try:
                await self.catch_up.before(incoming)
            except Exception:
                log.exception("message.not_in_order", message=message.id)  # it is answered, or refused with a sentence
            if not self.catch_up.is_deleted(incoming.id):
                await self.tutor.take(incoming)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody edited a message. (When Discord itself adds link previews, there is no timestamp.)"""
        if payload.data.get("edited_timestamp") is not None:
            await self.tutor.edited(read_message(payload.message, self.bot))

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A deleted message leaves its conversation."""
        self.catch_up.deleted(payload.message_id)
        await self.bot.conversations.message_deleted(payload.message_id, payload.channel_id)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages that a moderator deletes at once leave their conversations."""
        for message_id in payload.message_ids:
            self.catch_up.deleted(message_id)
            await self.bot.conversations.message_deleted(message_id, payload.channel_id)

    def _permissions_changed(self, guild_id: int) -> None:
        self.bot.outbox.permissions_changed(guild_id)
        self.bot.dispatch("permissions_changed", guild_id)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Saem may be allowed to write in a channel again."""
        self._permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """The same, in many channels."""
        if before.permissions != after.permissions:
            self._permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """The same, by another role."""
        if self.bot.user is not None and after.id == self.bot.user.id and before.roles != after.roles:
            self._permissions_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Saem is invited again: what it could not show when it was removed is shown."""
        self._permissions_changed(guild.id)

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """A thread was made; it may be one of Saem's that was given up."""
        self.bot.thread_creation.thread_appeared(thread)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A deleted thread's conversation is deleted too."""
        await self.bot.conversations.channel_deleted(payload.thread_id)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(TutorCog(bot))
