"""Which messages the tutor answers, in which conversation, and in which thread."""

import asyncio
from typing import Any

import discord
import structlog

from bot import sentences
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.conversations.registry import Conversations
from bot.conversations.tools import Tools
from bot.errors import UserFacingError
from bot.replies.destinations import InChannel
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.tutor.answer_buttons import AskAgain
from bot.tutor.answer_places import AnswerPlaces, NotHereError
from bot.tutor.attachments import QuestionAttachments, is_picture
from bot.tutor.incoming_message import IncomingMessage
from bot.tutor.thread_creation import ThreadCreation
from database.outages import is_outage

log = structlog.get_logger(__name__)

REFUSED_ONCE_IN = 10.0
"""Seconds in which a student who asks too much in a channel is told so only once."""
NOT_HERE_ONCE_IN = 3600.0
"""Seconds in which a student who asks where Saem does not answer is told so only once."""
MOST_TOLD = 10_000
"""Threads of which it is remembered that Saem has said there that it cannot read; with more, it may say so again."""


class Tutor:
    """Hands messages to the conversations, and opens threads for new conversations."""

    def __init__(
        self,
        conversations: Conversations,
        outbox: Outbox,
        attachments: QuestionAttachments,
        thread_creation: ThreadCreation,
        tools: Tools,
        *,
        places: AnswerPlaces,
        message_content: bool,
        sees_pictures: bool = True,
    ) -> None:
        self._conversations = conversations
        self._outbox = outbox
        self._attachments = attachments
        self._thread_creation = thread_creation
        self._tools = tools
        self._places = places
        self._message_content = message_content
        self._what_i_do = sentences.WHAT_I_DO if sees_pictures else sentences.WHAT_I_DO_IN_WORDS
        self._told_cannot_read: set[int] = set()
        self._refused_until: dict[tuple[int, int], float] = {}
        """By channel and student: until when a refusal is not said again."""

    async def take(self, message: IncomingMessage) -> None:
        """Answer a message, keep it as context, or ignore it."""
        if not message.is_from_a_person:
            return
        try:
            if message.guild is None:
                await self._take_direct_message(message)
            elif message.audience != "saem" and not self._answers(message):
                return
            elif _is_in_a_thread(message):
                self._places.check(message.guild, message.channel, message.author)
                await self._take_in_thread(message)
            elif message.audience == "saem":
                self._places.check(message.guild, message.channel, message.author)
                await self._take_in_channel(message)
        except UserFacingError as refusal:
            await self._refuse(message, refusal)
        except Exception as error:
            log.exception("message.failed", message=message.id, channel=message.channel.id)
            sentence = sentences.STORE_AWAY if is_outage(error) else sentences.FAILED
            await self._say(message, sentence(message.locale), AskAgain(message.id, message.locale))

    def _answers(self, message: IncomingMessage) -> bool:
        try:
            self._places.check(message.guild, message.channel, message.author)
        except NotHereError:
            return False
        return True

    async def edited(self, message: IncomingMessage) -> None:
        """Take a message's new words: ask it again if it waits or is being answered, else offer an answer to them."""
        if message.is_from_a_person and await self._conversations.knows(message.id):
            to_others = message.guild is not None and message.audience == "others"
            await self._conversations.message_edited(message.question(self._attachments.fetch, addressed=not to_others))

    # Where it was written

    async def _take_direct_message(self, message: IncomingMessage) -> None:
        if message.attachments:
            await self._conversations.heard(Location(message.channel.id, 0, message.channel.id), message.id)
        for take in self._attachments.direct_files:
            if message.attachments and await take(message):
                return
        await self.ask_directly(message)

    async def ask_directly(self, message: IncomingMessage) -> None:
        """Ask what a direct message says, with its files as they are."""
        location = Location(message.channel.id, 0, message.channel.id)
        await self._ask(message, location, InChannel(message.channel))

    async def _take_in_thread(self, message: IncomingMessage) -> None:
        thread_id = message.channel.id
        conversation = await self._conversations.find(thread_id)
        if conversation is None and message.audience != "saem":
            return
        location = _new_location(message) if conversation is None else conversation.location
        if not self._is_for_us(message, location):
            context = message.question(self._attachments.fetch, addressed=False)
            await self._conversations.ask(location, context)
        elif self._message_content or message.audience == "saem":
            await self._ask(message, location, InChannel(message.channel))
        elif thread_id not in self._told_cannot_read:
            if len(self._told_cannot_read) >= MOST_TOLD:
                self._told_cannot_read.clear()
            self._told_cannot_read.add(thread_id)
            await self._say(message, sentences.CANNOT_READ_HERE(message.locale))

    def _is_for_us(self, message: IncomingMessage, location: Location) -> bool:
        """Whether a message in a thread is for Saem. While a group plays a quiz, one to nobody is for the group."""
        if message.audience != "anyone":
            return message.audience == "saem"
        return location.owned and not any(tool.occupies(message.channel.id) for tool in self._tools)

    async def _take_in_channel(self, message: IncomingMessage) -> None:
        answered = message.replied_to
        conversation = None
        if answered is not None and answered.is_ours:
            conversation = await self._conversations.find_by_answer(answered.id)
        if conversation is not None and conversation.location.channel_id == message.channel.id:
            await self._ask(message, conversation.location, message.reply_destination)
        else:
            await self._begin_conversation(message)

    # New conversations

    async def _begin_conversation(self, message: IncomingMessage) -> None:
        """Make a thread and ask the model, both at once."""
        question = await self._question(message, begins=True)
        if question is None:
            return
        if not message.may_start_thread:
            location = Location(message.id, message.guild_id, message.channel.id, owned=False, fresh=True)
            await self._conversations.ask(location, question.shown_at(message.reply_destination))
            return
        location = Location(message.id, message.guild_id, message.id, fresh=True, parent_id=message.channel.id)
        stored = asyncio.Event()
        thread = asyncio.ensure_future(self._open_thread(message, stored))
        thread.add_done_callback(_note_failure)  # nobody may be left to hear of it
        taken = False
        try:
            taken = await self._conversations.ask(location, question.shown_at(InChannel(thread)))
        finally:
            if taken:
                stored.set()
            else:
                thread.cancel()

    async def _open_thread(self, message: IncomingMessage, stored: asyncio.Event) -> Any:
        """Make a thread from the message once the question is `stored`; else the answer is a reply in the channel."""
        await stored.wait()
        # If many ask at once, all questions go to the model before the threads are made.
        await self._conversations.lull()
        thread = await self._thread_creation.create(message.source, message.thread_name)
        if thread is not None:
            return thread
        await self._conversations.channel_changed(message.id, message.channel.id, owned=False)
        return message.reply_destination

    # Asking

    async def _ask(self, message: IncomingMessage, location: Location, destination: InChannel) -> None:
        question = await self._question(message)
        if question is not None:
            await self._conversations.ask(location, question.shown_at(destination))

    async def _question(self, message: IncomingMessage, *, begins: bool = False) -> Question | None:
        """The message as a question; None if it asks nothing: then it is answered here."""
        if message.text or message.replied_to is not None:
            return message.question(self._attachments.fetch, begins=begins)
        if not message.attachments:
            await self._say(message, self._what_i_do(message.locale))
            return None
        documents = self._attachments.documents
        has_pictures = any(is_picture(each) for each in message.attachments)
        if not has_pictures and documents is not None and await documents.without_question(message):
            return None
        return message.question(self._attachments.fetch)

    # Sentences of the bot's own

    async def _refuse(self, message: IncomingMessage, refusal: UserFacingError) -> None:
        """Tell a student why, but once for many messages: answers need the same channel's rate limit."""
        now, who = asyncio.get_running_loop().time(), (message.channel.id, message.author.id)
        self._refused_until = {each: until for each, until in self._refused_until.items() if now < until}
        if who not in self._refused_until:
            once_in = NOT_HERE_ONCE_IN if isinstance(refusal, NotHereError) else REFUSED_ONCE_IN
            self._refused_until[who] = now + once_in
            await self._say(message, refusal.sentence(message.locale, **refusal.values))

    async def _say(self, message: IncomingMessage, sentence: str, *buttons: discord.ui.Item[Any]) -> None:
        """Reply with a sentence."""
        reply = Reply(self._outbox, message.reply_destination)
        reply.feed(sentence)
        try:
            await reply.finish(buttons=buttons)
        except DISCORD_ERRORS as error:
            log.warning("sentence.not_shown", channel=message.channel.id, cause=error)


def _note_failure(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("thread.not_opened", cause=error)


def _is_in_a_thread(message: IncomingMessage) -> bool:
    """Whether it is in a thread. A thread that was archived at connect is not in discord.py's cache, only its id is."""
    return isinstance(message.channel, discord.Thread | discord.PartialMessageable)


def _new_location(message: IncomingMessage) -> Location:
    """The location of a thread that Saem was not in so far. A forum post that begins with a question is its own."""
    thread = message.channel
    begins_thread = message.id == thread.id
    owned = begins_thread or (isinstance(thread, discord.Thread) and thread.owner_id == message.me_id)
    return Location(thread.id, message.guild_id, thread.id, owned=owned, fresh=begins_thread)
