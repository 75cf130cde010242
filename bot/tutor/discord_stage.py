"""Discord, as far as conversations reach (`bot.conversations.discord_interface.DiscordInterface`)."""

import asyncio
import contextlib
from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot import sentences
from bot.conversations.assistants_messages import spoken_name
from bot.conversations.discord_interface import AnswerReply, PastMessage
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.quizzes.quiz_me import QuizMe
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.replies.message_components import plain_text
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from bot.sentences import Locale
from bot.tutor.answer_buttons import Regenerate, Retry, ShowAsText, Stop
from bot.tutor.error_handler import DISCORD_ERRORS
from bot.tutor.incoming_message import may_refer, question_from, replied_to, spoken_text, title_for

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

TYPING = 8.0
"""Seconds between two typing calls; Discord shows each for ten."""
NO_ROOM = 1.0
"""Seconds until it is looked again whether there is room for typing."""
WAITING = "…"
"""In place of an answer that is being made anew."""
PAST = 30
"""Messages of a thread's past that a conversation begins with."""


class DiscordStage:
    """Shows answers, and reads what was said, through discord.py."""

    def __init__(self, bot: "SaemBot", outbox: Outbox) -> None:
        self._bot = bot
        self._outbox = outbox
        self._typing: set[asyncio.Task[None]] = set()

    def begin_reply(self, target: Destination, answer_id: str, locale: Locale) -> AnswerReply:
        """Begin to show an answer, with a Stop button; at once, where it takes the place of another."""
        waiting = WAITING if _taken_over(target) is not None else None
        running = [Stop(answer_id, locale)]
        return Reply(
            self._outbox, target, formula_pictures=self._bot.formula_pictures, running=running, waiting=waiting
        )

    def destination(self, location: Location, reply_to: int | None = None) -> Destination:
        """The conversation's channel; in a chain of replies, a reply to the message."""
        channel = self._channel(location)
        if location.channel_id == location.id or reply_to is None or location.guild_id == 0:
            return InChannel(channel)
        if not may_refer(self._bot.get_channel(location.channel_id)):
            return InChannel(channel)
        reference = discord.MessageReference(
            message_id=reply_to,
            channel_id=location.channel_id,
            guild_id=location.guild_id or None,
            fail_if_not_exists=False,
        )
        return InChannel(channel, reference)

    def show_typing(self, target: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Type until the first words are there, whenever there is room for it."""
        if _taken_over(target) is None:
            task = asyncio.create_task(self._type(target, reply, ended))
            self._typing.add(task)
            task.add_done_callback(self._typing.discard)

    def regenerate_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """Under the last finished answer."""
        return [Regenerate(answer_id, locale), QuizMe(answer_id, locale)]

    def show_as_text_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """Under the last finished answer, where it is shown otherwise than it was written."""
        return [ShowAsText(answer_id, locale)]

    def retry_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """Under an answer that failed."""
        return [Retry(answer_id, locale)]

    async def delete_messages(
        self, location: Location, message_ids: Iterable[int], *, replaced_by: Destination | None = None
    ) -> None:
        """Delete messages of ours."""
        channel = self._channel(location)
        kept = _taken_over(replaced_by)
        for message_id in message_ids:
            if message_id == kept:
                continue
            await self._outbox.wait_for_turn()
            try:
                await channel.get_partial_message(message_id).delete()
            except discord.NotFound:
                log.debug("message.gone_already", message=message_id)
            except DISCORD_ERRORS:
                log.warning("message.not_deleted", message=message_id, exc_info=True)

    async def author_locale(self, location: Location, channel_id: int | None, message_id: int) -> Locale:
        """By its words, or its author's name."""
        guild, me = self._bot.get_guild(location.guild_id), self._bot.user
        if channel_id is not None and me is not None:
            try:
                message = await self._bot.get_partial_messageable(channel_id).fetch_message(message_id)
            except DISCORD_ERRORS as error:
                log.info("question.not_read", message=message_id, cause=str(error))
            else:
                return sentences.of_text(spoken_text(message, me), guild, message.author.display_name)
        return sentences.of_code(guild.preferred_locale if guild is not None else "en")

    async def mark_interrupted(
        self, location: Location, after: int, answer_id: str, others: Container[int], locale: Locale
    ) -> list[int]:
        """Under what there is of the answer: a sentence and Retry, in place of its other buttons."""
        left = [message for message in await self._ours(location, after) if message.id not in others]
        sentence = discord.ui.TextDisplay[Any](f"⚠️ {sentences.INTERRUPTED(locale)}")
        row = discord.ui.ActionRow[Any](Retry(answer_id, locale))
        try:
            if not left:
                view = discord.ui.LayoutView(timeout=None).add_item(sentence).add_item(row)
                target = self.destination(location, after)
                assert isinstance(target, InChannel)
                options: dict[str, Any] = {} if target.reference is None else {"reference": target.reference}
                sent = await self._channel(location).send(
                    view=view, allowed_mentions=discord.AllowedMentions.none(), mention_author=False, **options
                )
                return [sent.id]
            view = _without_buttons(left[-1]).add_item(sentence).add_item(row)
            await left[-1].edit(view=view, allowed_mentions=discord.AllowedMentions.none())
        except DISCORD_ERRORS as error:
            log.warning("answer.not_marked", conversation=location.id, cause=str(error))
        return [message.id for message in left]

    async def own_messages_after(self, location: Location, after: int, others: Container[int]) -> list[int]:
        """Our messages after a message id."""
        return [message.id for message in await self._ours(location, after) if message.id not in others]

    async def history_before(self, location: Location, before: Sequence[int]) -> list[PastMessage]:
        """What was said in the channel before, oldest first; a thread's first message is read from its parent."""
        channel = self._channel(location)
        until = discord.Object(min(before)) if before else None
        me = self._bot.user
        said = []
        try:
            messages = [message async for message in channel.history(limit=PAST, before=until)]
            for message in reversed(messages):
                shown = await self._starter(message)
                if shown is None or me is None or shown.id in before:
                    continue
                if shown.author.id == me.id:
                    said.append(PastMessage("assistant", plain_text(shown)))
                else:
                    name = spoken_name(shown.author.display_name)
                    said.append(PastMessage("user", f"{name}: {spoken_text(shown, me) or plain_text(shown)}"))
        except DISCORD_ERRORS as error:
            log.warning("history.not_read", conversation=location.id, cause=str(error))
        return said

    async def fetch_context(self, location: Location, message_ids: Sequence[int]) -> list[Question]:
        """In one look: they stand close together."""
        since = discord.Object(min(message_ids) - 1)
        try:
            found = [each async for each in self._channel(location).history(limit=100, after=since, oldest_first=True)]
        except DISCORD_ERRORS as error:
            log.warning("history.not_read", conversation=location.id, cause=str(error))
            return []
        return [question_from(each, self._bot, addressed=False) for each in found if each.id in message_ids]

    async def ensure_thread(self, location: Location, channel_id: int) -> None:
        """A thread made from a message has the message's id."""
        if location.channel_id != location.id or channel_id == location.id:
            return
        try:
            channel = self._bot.get_partial_messageable(channel_id, guild_id=location.guild_id)
            message = await channel.fetch_message(location.id)
            if message.thread is None and not message.flags.has_thread:
                await message.create_thread(name=title_for(message, self._bot))
        except DISCORD_ERRORS as error:
            log.warning("thread.not_ensured", conversation=location.id, cause=str(error))

    async def fetch_question(self, channel_id: int, message_id: int) -> Question | None:
        """A message, read anew."""
        try:
            message = await self._bot.get_partial_messageable(channel_id).fetch_message(message_id)
        except DISCORD_ERRORS as error:
            for recall in self._bot.recalls:
                if (question := await recall(message_id)) is not None:
                    return question
            log.info("question.gone", message=message_id, cause=str(error))
            return None
        return question_from(message, self._bot)

    async def _starter(self, message: discord.Message) -> discord.Message | None:
        """The message itself; for the mark at a thread's top, the message that the thread was made from."""
        if message.type is not discord.MessageType.thread_starter_message:
            return message if message.type in (discord.MessageType.default, discord.MessageType.reply) else None
        resolved = message.reference.resolved if message.reference is not None else None
        return resolved if isinstance(resolved, discord.Message) else None

    async def _ours(self, location: Location, after: int) -> list[discord.Message]:
        me = self._bot.user
        try:
            later = [each async for each in self._channel(location).history(limit=50, after=discord.Object(after))]
        except DISCORD_ERRORS as error:
            log.warning("history.not_read", conversation=location.id, cause=str(error))
            return []
        # In a channel others are answered too: ours are those that reply to the question. In a thread answers reply to
        # nobody; what does is a sentence to one person.
        chain = location.channel_id != location.id and location.guild_id != 0
        return [
            each
            for each in later
            if me is not None
            and each.author.id == me.id
            and _is_answer(each)
            and (_refers_to(each, after) if chain else not _is_to_a_person(each))
        ]

    async def _type(self, target: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        try:
            channel = await _channel_of(target)
            while not reply.text and not ended.is_set():
                room = self._outbox.has_spare_room()
                if room:
                    await channel.typing()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TYPING if room else NO_ROOM):
                        await ended.wait()
        except DISCORD_ERRORS as error:
            log.debug("typing.failed", cause=str(error))

    def _channel(self, location: Location) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(location.channel_id, guild_id=location.guild_id or None)


def _taken_over(target: Destination | None) -> int | None:
    return target.replaced_message_id if isinstance(target, OnInteraction) else None


async def _channel_of(target: Destination) -> Any:
    """Where to type."""
    while isinstance(target, InChannel):
        channel: Any = target.channel
        if isinstance(channel, asyncio.Future):
            channel = await asyncio.shield(channel)
        if not isinstance(channel, InChannel | OnInteraction):
            return channel
        target = channel
    return target.interaction.channel


def _is_answer(message: discord.Message) -> bool:
    """Whether a message of ours is (a part of) an answer: not what Discord says for us, nor a command's, nor a quiz."""
    return message.flags.components_v2 and not any(
        str(getattr(item, "custom_id", "")).startswith("quiz:")
        for item in discord.ui.LayoutView.from_message(message, timeout=None).walk_children()
    )


def _refers_to(message: discord.Message, message_id: int) -> bool:
    return message.reference is not None and message.reference.message_id == message_id


def _is_to_a_person(message: discord.Message) -> bool:
    answered = replied_to(message)
    return answered is not None and not answered.author.bot


def _without_buttons(message: discord.Message) -> discord.ui.LayoutView:
    """A message's view, less the buttons of an answer that is not running any more."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    for item in list(view.children):
        if isinstance(item, discord.ui.ActionRow):
            view.remove_item(item)
    return view
