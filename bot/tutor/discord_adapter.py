"""Shows answers in Discord and reads messages from it for the conversations (their `DiscordInterface`)."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from typing import Any

import discord
import structlog

from bot import sentences
from bot.conversations.discord_interface import AnswerReply, PastMessage, WordsNow
from bot.conversations.location import Location
from bot.conversations.question import AttachedContent, Question
from bot.errors import DiscordUnavailableError
from bot.replies.bounded_calls import finish_later
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.replies.discord_error_codes import ARCHIVED
from bot.replies.formula_pictures import FormulaPictures
from bot.replies.message_components import FILE_LIMIT
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_final, is_refused
from bot.sentences import Locale
from bot.tutor.answer_buttons import AnswerEdited, MakeButton, Retry, ShowAsText, ShowWork, Stop
from bot.tutor.history import History
from bot.tutor.incoming_message import FetchAttachments, may_reply_in
from bot.tutor.interrupted_answers import add_buttons, add_mark, post_mark
from bot.tutor.thread_creation import ThreadCreation
from bot.tutor.typing_indicator import TypingIndicator

log = structlog.get_logger(__name__)

FindQuestion = Callable[[int], Awaitable[Question | None]]
"""Finds a question that a command put, by the id of its interaction."""

WAITING = "…"
"""Shown in place of the old answer until the new one has words."""


class DiscordAdapter:
    """`bot.conversations.discord_interface.DiscordInterface`, through discord.py."""

    def __init__(
        self,
        client: discord.Client,
        outbox: Outbox,
        formula_pictures: FormulaPictures,
        fetch: FetchAttachments,
        thread_creation: ThreadCreation,
        *,
        answer_buttons: Sequence[MakeButton],
        subject_buttons: Sequence[MakeButton],
        command_questions: Sequence[FindQuestion],
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._formula_pictures = formula_pictures
        self._fetch = fetch
        self._thread_creation = thread_creation
        self._answer_buttons = answer_buttons
        self._subject_buttons = subject_buttons
        self._command_questions = command_questions
        self._history = History(client)
        self._typing = TypingIndicator(outbox)

    # Showing answers

    def begin_reply(
        self,
        destination: Destination,
        answer_id: str,
        locale: Locale,
        *,
        goes_on_in: Sequence[int] = (),
        file_limit: int = FILE_LIMIT,
    ) -> AnswerReply:
        """Begin to show an answer, with a Stop button. If it replaces a message, that one shows `WAITING` at once."""
        waiting = WAITING if _replaced_message_id(destination) is not None else None
        running = [Stop(answer_id, locale)]
        return Reply(
            self._outbox,
            destination,
            formula_pictures=self._formula_pictures,
            buttons=running,
            waiting=waiting,
            goes_on_in=goes_on_in,
            file_limit=file_limit,
            without_files=sentences.NO_FILES_HERE(locale),
            cut_short=sentences.CUT_SHORT(locale),
        )

    def file_limit(self, location: Location) -> int:
        """What the guild's boosts allow; in direct messages what is allowed everywhere."""
        guild = self._client.get_guild(location.guild_id) if location.guild_id else None
        return guild.filesize_limit if guild is not None else FILE_LIMIT

    def destination(self, location: Location, reply_to: int | None = None) -> Destination:
        """The conversation's channel; in a chain of replies, a reply to the message."""
        channel = self._history.channel(location)
        if location.channel_id == location.id or reply_to is None or location.guild_id == 0:
            return InChannel(channel)
        if not may_reply_in(self._client.get_channel(location.channel_id)):
            return InChannel(channel)
        reference = discord.MessageReference(
            message_id=reply_to,
            channel_id=location.channel_id,
            guild_id=location.guild_id or None,
            fail_if_not_exists=False,
        )
        return InChannel(channel, reference)

    async def say_comes_later(self, destination: Destination | None, locale: Locale) -> None:
        """Discord would say that an interaction failed which nobody responds to."""
        if not isinstance(destination, OnInteraction) or destination.replaces_message:
            return
        sentence, response = sentences.COMES_LATER(locale), destination.interaction.response
        try:
            if not response.is_done():
                await response.send_message(sentence, ephemeral=True)
            elif response.type is discord.InteractionResponseType.deferred_channel_message:
                await destination.interaction.followup.send(sentence, ephemeral=True)
        except DISCORD_ERRORS as error:
            log.warning("sentence.not_shown", channel=destination.interaction.channel_id, cause=error)

    async def opened(self, destination: Destination) -> None:
        """Wait until the thread of a destination is made, or refused: then its conversation has moved."""
        if isinstance(destination, InChannel) and isinstance(destination.channel, asyncio.Future):
            await asyncio.wait({destination.channel})

    def show_typing(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Type until the next words are there; not if the reply replaces a message, which shows `WAITING`."""
        if _replaced_message_id(destination) is None:
            self._typing.show(destination, reply, ended)

    def regenerate_buttons(self, answer_id: str, locale: Locale, *, has_subject: bool) -> Sequence[Any]:
        """The buttons under the last finished answer; some only if one can be asked about it."""
        makers = [*self._answer_buttons, *(self._subject_buttons if has_subject else ())]
        return [make(answer_id, locale) for make in makers]

    def show_as_text_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """The button under an answer that looks different from what the model wrote."""
        return [ShowAsText(answer_id, locale)]

    def show_work_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """The button under an answer for which code was run."""
        return [ShowWork(answer_id, locale)]

    def edited_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """The button under an answer of which the question was edited."""
        return [AnswerEdited(answer_id, locale)]

    async def add_buttons(self, location: Location, message_ids: Sequence[int], buttons: Sequence[Any]) -> None:
        """Add buttons to the last of these messages; if Discord refuses, that is logged."""
        if not message_ids:
            return
        await self._outbox.wait_for_turn()
        try:
            message = await self._history.channel(location).fetch_message(max(message_ids))
            await add_buttons(message, buttons)
        except DISCORD_ERRORS as error:
            log.warning("buttons.not_added", conversation=location.id, cause=error)

    def retry_buttons(self, answer_id: str, locale: Locale) -> Sequence[Any]:
        """The button under an answer that failed."""
        return [Retry(answer_id, locale)]

    async def delete_messages(
        self, location: Location, message_ids: Iterable[int], *, replaced_by: Destination | None = None
    ) -> None:
        """Delete Saem's messages, except the one that a reply to `replaced_by` edits."""
        kept = _replaced_message_id(replaced_by)
        await asyncio.gather(*(self._delete(location, each) for each in message_ids if each != kept))

    async def _delete(self, location: Location, message_id: int) -> None:
        message = self._history.channel(location).get_partial_message(message_id)
        try:
            await finish_later(message.delete())
        except discord.NotFound:
            log.debug("message.gone_already", message=message_id)
        except DISCORD_ERRORS as error:
            log.warning("message.not_deleted", message=message_id, cause=error)

    # Reading what was said

    async def author_locale(self, location: Location, channel_id: int | None, message_id: int) -> Locale:
        """The language of a message; if it cannot be read, the guild's."""
        if channel_id is not None:
            try:
                return (await self._history.message(channel_id, message_id, location.guild_id)).locale
            except DISCORD_ERRORS as error:
                log.info("question.not_read", message=message_id, cause=error)
        return sentences.of_guild(self._client, self._client.get_guild(location.guild_id))

    async def history_before(self, location: Location, before: Sequence[int]) -> list[PastMessage]:
        """What was said in the channel before these messages, oldest first."""
        return await self._history.before(location, before)

    async def fetch_context(self, location: Location, message_ids: Sequence[int]) -> list[Question]:
        """Messages that were said to others, oldest first."""
        messages = await self._history.messages(location, message_ids)
        return [message.question(self._fetch, addressed=False) for message in messages]

    async def fetch_words(self, location: Location, messages: Sequence[tuple[int, int]]) -> WordsNow:
        """Messages as they are now; nothing attached to them is fetched."""
        here = [message_id for channel_id, message_id in messages if channel_id == location.channel_id]
        found, gone = await self._history.as_now(location, here) if here else ([], set())
        for channel_id, message_id in messages:
            if channel_id != location.channel_id:  # the message that a thread was made from
                try:
                    found.append(await self._history.message(channel_id, message_id, location.guild_id))
                except discord.NotFound:
                    gone.add(message_id)
                except discord.Forbidden as error:
                    log.info("question.not_read", message=message_id, cause=error)
                except DISCORD_ERRORS as error:
                    raise DiscordUnavailableError from error
        return WordsNow([message.question(_fetch_nothing) for message in found], frozenset(gone))

    async def fetch_question(self, channel_id: int, message_id: int) -> Question | None:
        """A message as a question; if there is no message, the question that a command put."""
        try:
            message = await self._history.message(channel_id, message_id)
        except DISCORD_ERRORS as error:
            for find in self._command_questions:
                if (question := await find(message_id)) is not None:
                    return question
            if not is_final(error):
                raise DiscordUnavailableError from error
            log.info("question.gone", message=message_id, cause=error)
            return None
        return message.question(self._fetch)

    # After a restart

    async def mark_interrupted(
        self, location: Location, after: int, answer_id: str, others: Container[int], locale: Locale
    ) -> list[int]:
        """Mark an answer as interrupted; returns the ids of the messages that show it."""
        shown = [message for message in await self._history.answers(location, after) if message.id not in others]
        try:
            if shown:
                await self._mark(location, shown[-1], answer_id, locale)
            else:
                destination = self.destination(location, after)
                assert isinstance(destination, InChannel)
                return [await post_mark(destination, answer_id, locale)]
        except DISCORD_ERRORS as error:
            log.warning("answer.not_marked", conversation=location.id, cause=error)
            if not is_refused(error):
                raise DiscordUnavailableError from error
        return [message.id for message in shown]

    async def _mark(self, location: Location, message: discord.Message, answer_id: str, locale: Locale) -> None:
        """Add the mark; if the thread has archived itself meanwhile, open it first."""
        try:
            await add_mark(message, answer_id, locale)
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            thread = await self._client.fetch_channel(location.channel_id)
            if isinstance(thread, discord.Thread):
                await thread.edit(archived=False)
            await add_mark(message, answer_id, locale)

    async def own_messages_after(self, location: Location, after: int, others: Container[int]) -> list[int]:
        """The ids of Saem's messages that show an answer, without `others`."""
        return [message.id for message in await self._history.answers(location, after) if message.id not in others]

    async def ensure_thread(self, location: Location, channel_id: int) -> bool:
        """Make the conversation's thread if it is missing; a thread made from a message has the message's id."""
        if location.channel_id != location.id or channel_id == location.id:
            return True
        try:
            message = await self._history.message(channel_id, location.id, location.guild_id)
        except DISCORD_ERRORS as error:
            log.warning("thread.not_ensured", conversation=location.id, cause=error)
            if not is_final(error):
                raise DiscordUnavailableError from error
            return True
        if message.source.thread is not None or message.source.flags.has_thread:
            return True
        return await self._thread_creation.create(message.source, message.thread_name) is not None


def _fetch_nothing(_message: object, _attachments: object) -> "asyncio.Future[AttachedContent]":
    nothing: asyncio.Future[AttachedContent] = asyncio.get_running_loop().create_future()
    nothing.set_result(AttachedContent())
    return nothing


def _replaced_message_id(destination: Destination | None) -> int | None:
    """The message that a reply to the destination edits instead of posting a new one."""
    return destination.replaced_message_id if isinstance(destination, OnInteraction) else None
