"""The Discord messages that show a quiz: posted, edited and posted again; a group's questions get one each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

import discord
import structlog

from bot.quizzes.live_quiz import LiveQuiz
from bot.quizzes.screens.buttons import Press
from bot.quizzes.screens.group_screens import group_screen
from bot.quizzes.screens.screen import screen, shown_question
from bot.quizzes.storage.quiz_store import QuizStore
from bot.replies.discord_error_codes import ARCHIVED, EDITED_TOO_OFTEN, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE

log = structlog.get_logger(__name__)

EDIT_TIMEOUT: Final = 5.0
"""Seconds to wait for an edit: discord.py waits until Discord allows edits of an old message, which can take long."""


class MessageDeletedError(Exception):
    """The message, or its channel, was deleted."""


class QuizMessages:
    """Posts and edits the messages of quizzes, and stores which message shows a quiz.

    `wait_for_turn` waits for the bot's share of Discord's global rate limit.
    """

    def __init__(
        self, client: discord.Client, wait_for_turn: Callable[[], Awaitable[None]], quiz_store: QuizStore
    ) -> None:
        self._client = client
        self._wait_for_turn = wait_for_turn
        self._quiz_store = quiz_store
        self.edit_timeout = EDIT_TIMEOUT

    # Of a quiz

    async def show(self, quiz: LiveQuiz, press: Press | None = None) -> None:
        """Show the newest state of a quiz. The message with the button that was pressed is edited through the press.

        Calls for the same quiz wait for each other, so the last one finds most of its work done.

        Raises:
            MessageDeletedError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        async with quiz.message_lock:
            if press is not None:
                await self._answer_press(quiz, press)
            record = quiz.record
            if record.message_id is None:
                await self._post_screen(quiz)
            elif record.message_question != shown_question(record):
                await self._post_next_screen(quiz, press)
            elif press is None:
                message_id = await self.edit(record.channel_id, record.message_id, screen(record))
                if message_id != record.message_id:
                    await self._store_message(quiz, message_id, record.message_question)

    async def _answer_press(self, quiz: LiveQuiz, press: Press) -> None:
        """Edit the message with the button. Solo, an older copy of the quiz's message becomes its message again."""
        record = quiz.record
        if record.session.mode == "solo":
            await self._edit_by_press(press, screen(record), record.channel_id)
            if press.message_id != record.message_id:
                await self._store_message(quiz, press.message_id, record.message_question)
        elif press.message_id == record.message_id and record.message_question == shown_question(record):
            await self._edit_by_press(press, screen(record), record.channel_id)
        else:
            assert press.custom_id is not None
            index = min(press.custom_id.question, record.session.count - 1)
            await self._edit_by_press(press, group_screen(record, index), record.channel_id)

    async def _edit_by_press(self, press: Press, view: discord.ui.LayoutView, channel_id: int) -> None:
        try:
            await press.edit(view)
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._unarchive(channel_id)
            await press.edit(view)

    async def _post_next_screen(self, quiz: LiveQuiz, press: Press | None) -> None:
        """Post the message of the next question. The message of the question before keeps its result."""
        record = quiz.record
        assert record.message_id is not None
        if record.message_question is not None and (press is None or press.message_id != record.message_id):
            closed = group_screen(record, min(record.message_question, record.session.count - 1))
            try:
                await self.edit(record.channel_id, record.message_id, closed)
            except (discord.HTTPException, discord.RateLimited) as error:
                # Better a question that looks open than a group without its next question: its presses come too late.
                log.warning("quiz.result_not_shown", quiz=record.id, cause=error)
        await self._post_screen(quiz)

    async def _post_screen(self, quiz: LiveQuiz) -> None:
        record = quiz.record
        message_id = await self.post(record.channel_id, screen(record))
        await self._store_message(quiz, message_id, shown_question(record))

    async def _store_message(self, quiz: LiveQuiz, message_id: int, question: int | None) -> None:
        quiz.record = replace(quiz.record, message_id=message_id, message_question=question)
        await self._quiz_store.set_message(quiz.record)

    # Of any content

    async def post(self, channel_id: int, view: discord.ui.LayoutView) -> int:
        """Post a message; its id.

        Raises:
            MessageDeletedError: there is no such channel.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        await self._wait_for_turn()
        channel = self._client.get_partial_messageable(channel_id)
        try:
            message = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            raise _error_of(error) from error
        return message.id

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        """Edit a message, or post it again where Discord refuses the edit; the id of the message that shows it.

        Raises:
            MessageDeletedError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        try:
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited) as error:
            return await self._post_again(channel_id, message_id, view, repr(error))
        except discord.HTTPException as error:
            if error.code == ARCHIVED:
                return await self._unarchive_and_edit(channel_id, message_id, view)
            if error.code == EDITED_TOO_OFTEN:
                return await self._post_again(channel_id, message_id, view, error.text)
            raise _error_of(error) from error
        return message_id

    async def _edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        await self._wait_for_turn()
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        async with asyncio.timeout(self.edit_timeout):
            await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())

    async def _unarchive_and_edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        try:
            await self._unarchive(channel_id)
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited) as error:
            return await self._post_again(channel_id, message_id, view, repr(error))
        except discord.HTTPException as error:
            if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE}:
                raise _error_of(error) from error
            return await self._post_again(channel_id, message_id, view, error.text)
        return message_id

    async def _unarchive(self, channel_id: int) -> None:
        """Take a thread out of the archive.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
        """
        await self._wait_for_turn()
        thread = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _post_again(self, channel_id: int, message_id: int, view: discord.ui.LayoutView, cause: str) -> int:
        log.info("quiz.posted_again", channel=channel_id, message=message_id, cause=cause)
        return await self.post(channel_id, view)


def _error_of(error: discord.HTTPException) -> Exception:
    return MessageDeletedError(error.text) if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE} else error
