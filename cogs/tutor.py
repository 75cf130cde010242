"""Asking the tutor: mentions, threads, forum posts, direct messages, replies."""

import asyncio

import discord
from discord.ext import commands

from bot.client import SaemBot
from bot.tutor.catchup import CatchUp
from bot.tutor.incoming_message import read_message
from bot.tutor.tutor import Tutor


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
            message_content=bot.intents.message_content,
            sees_pictures=bot.sees_pictures,
        )
        self.catch_up = CatchUp(bot, bot.outbox, bot.conversation_store, bot.notes, self.tutor.take)
        self._noting: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Begin to note until when the bot has received every message."""
        self._noting = asyncio.create_task(self.catch_up.keep_noting(), name="note-alive")

    async def cog_unload(self) -> None:
        """Stop noting."""
        if self._noting is not None:
            self._noting.cancel()
        self.catch_up.close()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Connected: finish what the last process left, and answer messages that were missed."""
        self.bot.conversations.disconnected()
        await self.bot.conversations.recover()
        await self.catch_up.run()

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """A shard has begun a new session. Where it is one of several, discord.py says `ready` at the start alone."""
        if self.bot.shard_count != 1 and self.bot.is_ready():
            self.bot.conversations.disconnected()
            await self.catch_up.run(shard_id)

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
        await self.tutor.take(read_message(message, self.bot))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody edited a message. (When Discord itself adds link previews, there is no timestamp.)"""
        if payload.data.get("edited_timestamp") is not None:
            await self.tutor.edited(read_message(payload.message, self.bot))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A deleted message leaves its conversation."""
        await self.bot.conversations.message_deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages that a moderator deletes at once leave their conversations."""
        for message_id in payload.message_ids:
            await self.bot.conversations.message_deleted(message_id)

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """A thread was made; it may be one of Saem's that was given up."""
        self.bot.thread_creation.thread_appeared(thread)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A deleted thread's conversation is deleted too."""
        await self.bot.conversations.channel_deleted(payload.thread_id)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(TutorCog(bot))
