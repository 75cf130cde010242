"""The Discord messages that show a quiz: posted, edited and posted again; a group's questions get one each."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
import structlog

from bot.quizzes.live_quiz import LiveQuiz
from bot.quizzes.screens.buttons import Press
from bot.quizzes.screens.group_screens import group_screen
from bot.quizzes.screens.screen import screen, shown_question
from bot.quizzes.storage.quiz_store import QuizStore
from bot.replies.discord_error_codes import ARCHIVED
from bot.replies.view_messages import ViewMessages

log = structlog.get_logger(__name__)


class QuizMessages(ViewMessages):
    """Posts and edits the messages of quizzes, and stores which message shows a quiz.

    `wait_for_turn` waits for the bot's share of Discord's global rate limit.
    """

    def __init__(
        self, client: discord.Client, wait_for_turn: Callable[[], Awaitable[None]], quiz_store: QuizStore
    ) -> None:
        super().__init__(client, wait_for_turn)
        self._quiz_store = quiz_store
        self._unstored: dict[str, tuple[int, int | None]] = {}
        """By quiz: its message, and the question that it shows, while the database is away."""

    async def show(self, quiz: LiveQuiz, press: Press | None = None) -> None:
        """Show the newest state of a quiz. The message with the button that was pressed is edited through the press.

        Calls for the same quiz wait for each other, so the last one finds most of its work done.

        Raises:
            MessageDeletedError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        async with quiz.message_lock:
            if (known := self._unstored.get(quiz.record.id)) is not None:
                await self._store_message(quiz, *known)
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
            if press.message_id != record.message_id:  # or the database was away when it was posted
                await self._store_message(quiz, press.message_id, shown_question(record))
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
            await self.unarchive(channel_id)
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
        message_id = await self.post(
            record.channel_id, screen(record), once=f"{record.id}:{shown_question(record)}:{record.message_id}"
        )
        await self._store_message(quiz, message_id, shown_question(record))

    async def _store_message(self, quiz: LiveQuiz, message_id: int, question: int | None) -> None:
        record = quiz.record = replace(quiz.record, message_id=message_id, message_question=question)
        self._unstored[record.id] = (message_id, question)
        await self._quiz_store.set_message(record)
        self._unstored.pop(record.id, None)
