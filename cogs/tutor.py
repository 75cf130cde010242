"""Asking the tutor: mentions, threads, forum posts, direct messages, replies."""

import asyncio
from typing import Any

import aiohttp
import discord
import structlog
from discord.ext import commands

from bot import sentences
from bot.client import SaemBot
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.errors import UserFacingError
from bot.replies.destinations import InChannel
from bot.replies.reply import Reply
from bot.tutor.attachments import is_picture
from bot.tutor.catchup import CatchUp
from bot.tutor.error_handler import DISCORD_ERRORS
from bot.tutor.incoming_message import (
    attachments_of,
    audience,
    beside,
    is_from_a_person,
    question_from,
    replied_to,
    spoken_text,
    title_for,
)

log = structlog.get_logger(__name__)


class Tutor(commands.Cog):
    """Hands what students write to the conversations, and opens threads for new ones."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self._told_blind: set[int] = set()
        self._refused: dict[tuple[int, int], float] = {}
        self._catch_up = CatchUp(bot, bot.conversation_store, self.take)
        self._beat: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Begin to note until when the bot has heard everything."""
        self._beat = asyncio.create_task(self._catch_up.beat(), name="beat")

    async def cog_unload(self) -> None:
        """Stop noting."""
        if self._beat is not None:
            self._beat.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Connected (anew): finish what the last process left, and answer what was said meanwhile."""
        await self.bot.conversations.recover()
        await self._catch_up.run()

    @commands.Cog.listener()
    async def on_shard_disconnect(self, _shard_id: int) -> None:
        """What is said from now on may be missed."""
        self._catch_up.deaf()

    @commands.Cog.listener()
    async def on_shard_resumed(self, _shard_id: int) -> None:
        """Discord has told what was said meanwhile."""
        self._catch_up.hears_again()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something, somewhere."""
        if is_from_a_person(message):
            await self.take(message)

    async def take(self, message: discord.Message) -> None:
        """Answer a message, keep it as context, or leave it alone."""
        try:
            if message.guild is None:
                await self._in_dm(message)
            elif isinstance(message.channel, discord.Thread) or _is_unknown_thread(message):
                await self._in_thread(message)
            else:
                await self._in_channel(message)
        except UserFacingError as refusal:
            await self._refuse(message, refusal)
        except Exception:
            log.exception("message.failed", message=message.id, channel=message.channel.id)
            await self._say(message, sentences.FAILED(self._locale(message)))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A question that waits or runs is asked anew; link previews arriving are edits too, but of no words."""
        if not self.bot.conversations.has_seen(payload.message_id) or "edited_timestamp" not in payload.data:
            return
        if payload.data["edited_timestamp"] is not None and is_from_a_person(payload.message):
            to_others = payload.guild_id is not None and audience(payload.message, self._me) == "others"
            question = question_from(payload.message, self.bot, addressed=not to_others)
            await self.bot.conversations.message_edited(question)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """What was deleted in Discord leaves the conversation too."""
        await self.bot.conversations.message_deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Moderators delete many at once."""
        for message_id in payload.message_ids:
            await self.bot.conversations.message_deleted(message_id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Its conversation goes with it."""
        await self.bot.conversations.channel_deleted(payload.thread_id)

    # Where it was written

    async def _in_dm(self, message: discord.Message) -> None:
        location = Location(message.channel.id, 0, message.channel.id)
        await self._ask(message, location, InChannel(message.channel))

    async def _in_thread(self, message: discord.Message) -> None:
        said_to = audience(message, self._me)
        thread_id = message.channel.id
        conversation = await self.bot.conversations.find(thread_id)
        if conversation is None:
            if said_to != "saem":
                return
            location = self._place_of(message)
        else:
            location = conversation.location
        if said_to == "others" or (said_to == "anyone" and not (location.owned and self._is_listening(thread_id))):
            await self.bot.conversations.ask(location, question_from(message, self.bot, addressed=False))
        elif not self._is_blind(message):
            await self._ask(message, location, InChannel(message.channel))
        elif thread_id not in self._told_blind:
            self._told_blind.add(thread_id)
            await self._say(message, sentences.CANNOT_READ_HERE(self._locale(message)))

    def _is_listening(self, channel_id: int) -> bool:
        """Whether what is said to nobody is said to Saem: not while a group plays a quiz."""
        return not any(tool.occupies(channel_id) for tool in self.bot.tools)

    def _place_of(self, message: discord.Message) -> Location:
        """A thread that Saem was not in so far; a forum post that asks Saem becomes its own."""
        assert message.guild is not None
        thread = message.channel
        owned = message.id == thread.id or (isinstance(thread, discord.Thread) and thread.owner_id == self._me.id)
        return Location(thread.id, message.guild.id, thread.id, owned=owned, fresh=message.id == thread.id)

    async def _in_channel(self, message: discord.Message) -> None:
        if audience(message, self._me) != "saem":
            return
        answered = replied_to(message)
        conversation = None
        if answered is not None and answered.author.id == self._me.id:
            conversation = await self.bot.conversations.find_by_answer(answered.id)
        if conversation is not None and conversation.location.channel_id == message.channel.id:
            await self._ask(message, conversation.location, beside(message))
            return
        await self._begin(message)

    async def _begin(self, message: discord.Message) -> None:
        """A new question in a channel: the model is asked while the thread is being made."""
        assert message.guild is not None
        question = await self._question(message, begins=True)
        if question is None:
            return
        if not may_make_threads(message):
            location = Location(message.id, message.guild.id, message.channel.id, owned=False, fresh=True)
            await self._put(location, question, beside(message))
            return
        location = Location(message.id, message.guild.id, message.id, fresh=True)
        noted = asyncio.Event()
        opening = asyncio.ensure_future(self._open_thread(message, noted))
        taken = False
        try:
            taken = await self._put(location, question, InChannel(opening))
        finally:
            if taken:
                noted.set()
            else:
                opening.cancel()

    async def _open_thread(self, message: discord.Message, noted: asyncio.Event) -> Any:
        """A thread made from the message; where that is refused, the channel itself."""
        await noted.wait()
        await self.bot.conversations.lull()  # of many questions, all are asked before threads are made
        room = self.bot.thread_room
        if await room.enter(message.channel.id):
            try:
                return await self._thread_from(message)
            except DISCORD_ERRORS as error:
                log.warning("thread.refused", channel=message.channel.id, cause=str(error))
            finally:
                room.leave(message.channel.id)
        await self.bot.conversations.channel_changed(message.id, message.channel.id, owned=False)
        return beside(message)

    async def _thread_from(self, message: discord.Message) -> Any:
        """The thread, also where it was made and the answer to that was lost on the way."""
        for tries_left in range(THREAD_TRIES - 1, -1, -1):
            try:
                return await message.create_thread(name=title_for(message, self.bot))
            except discord.HTTPException as error:
                if error.code == THREAD_EXISTS and message.guild is not None:
                    return await message.guild.fetch_channel(message.id)
                raise
            except (aiohttp.ClientError, OSError) as error:
                if not tries_left:
                    raise
                log.warning("thread.made_again", channel=message.channel.id, cause=str(error) or type(error).__name__)
        raise AssertionError("unreachable")

    # What is done with it

    async def _ask(self, message: discord.Message, location: Location, target: InChannel) -> None:
        question = await self._question(message)
        if question is not None:
            await self._put(location, question, target)

    async def _put(self, location: Location, question: Question, target: InChannel) -> bool:
        return await self.bot.conversations.ask(location, question.shown_at(target))

    async def _question(self, message: discord.Message, *, begins: bool = False) -> Question | None:
        """The message as a question; None when it asks nothing and was dealt with here."""
        said = spoken_text(message, self._me)
        if said or replied_to(message) is not None:
            return question_from(message, self.bot, begins=begins)
        carried = attachments_of(message)
        documents = self.bot.media.documents
        if not carried:
            await self._say(message, sentences.WHAT_I_DO(self._locale(message)))
            return None
        has_pictures = any(is_picture(each) for each in carried)
        if not has_pictures and documents is not None and await documents.without_question(message, carried):
            return None
        return question_from(message, self.bot)

    def _is_blind(self, message: discord.Message) -> bool:
        """Whether the message came without its content, for want of the intent."""
        return not self.bot.message_content and audience(message, self._me) != "saem"

    async def _say(self, message: discord.Message, sentence: str) -> None:
        """A sentence of the bot's own, as a reply."""
        reply = Reply(self.bot.outbox, beside(message))
        reply.feed(sentence)
        try:
            await reply.finish()
        except DISCORD_ERRORS as error:
            log.warning("sentence.not_shown", channel=message.channel.id, cause=str(error))

    async def _refuse(self, message: discord.Message, refusal: UserFacingError) -> None:
        """Say so, but to a flood of messages once: answers must pass through the same channel."""
        now, who = asyncio.get_running_loop().time(), (message.channel.id, message.author.id)
        self._refused = {each: then for each, then in self._refused.items() if now - then < REFUSAL_STANDS}
        if who not in self._refused:
            self._refused[who] = now
            await self._say(message, refusal.sentence(self._locale(message), **refusal.values))

    def _locale(self, message: discord.Message) -> sentences.Locale:
        return sentences.of_text(spoken_text(message, self._me), message.guild, message.author.display_name)

    @property
    def _me(self) -> discord.ClientUser:
        assert self.bot.user is not None
        return self.bot.user


REFUSAL_STANDS = 10.0
"""Seconds for which a student who asks too much in a channel need not be told so again."""
THREAD_EXISTS = 160004
"""Discord's code: the message has a thread already."""
THREAD_TRIES = 3
"""How often a thread is made when the connection breaks."""


def may_make_threads(message: discord.Message) -> bool:
    """Whether Saem can make a thread from the message and write in it."""
    if message.guild is None or not isinstance(message.channel, discord.TextChannel):
        return False
    allowed = message.channel.permissions_for(message.guild.me)
    return allowed.create_public_threads and allowed.send_messages_in_threads


def _is_unknown_thread(message: discord.Message) -> bool:
    """A thread that was archived when the bot connected is not in discord.py's cache: it comes as a bare id."""
    return isinstance(message.channel, discord.PartialMessageable)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(Tutor(bot))
