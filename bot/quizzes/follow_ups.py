"""What can be asked for under a quiz's results: a harder quiz, another five questions, and explanations."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from bot import sentences
from bot.conversations.conversation import Conversation
from bot.conversations.question import Question
from bot.conversations.registry import Conversations
from bot.errors import UserFacingError
from bot.quizzes import sentences as say
from bot.quizzes.quizmaster import Quizmaster
from bot.quizzes.requests.quiz_request import QuizRequest
from bot.quizzes.safe_markdown import readable
from bot.quizzes.screens.buttons import CustomId, selected_in
from bot.quizzes.screens.private_screens import choice_of_explanations
from bot.quizzes.screens.screen import screen
from bot.quizzes.screens.screen_parts import view_of
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.quiz_records import ExplanationRequest, QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.replies.destinations import Destination, OnInteraction
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import Locale
from bot.tutor.answer_places import check_place
from bot.tutor.error_handler import acknowledge

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """How quizzes are asked for (see `cogs.quiz`)."""

    admit: Callable[[Interaction], Awaitable[None]]
    """Looks at the limits of questions and of quizzes."""
    withdraw: Callable[[int], None]
    """The quiz that the interaction asked for, and that was admitted, will never be."""
    ask: Callable[[Interaction, QuizRequest, Locale, Conversation, Destination], Awaitable[None]]


class FollowUps:
    """Takes the presses on the buttons under the results; they are for those who played."""

    def __init__(
        self, quizmaster: Quizmaster, quiz_store: QuizStore, conversations: Conversations, asking: Asking
    ) -> None:
        self._quizmaster = quizmaster
        self._quiz_store = quiz_store
        self._conversations = conversations
        self._asking = asking
        self.practise: Callable[[Interaction, str], Awaitable[None]] | None = None
        """Lets a student practise what they missed in the quiz with that id; the cog of reviews sets it."""

    async def press(self, interaction: Interaction, custom_id: CustomId) -> None:
        """Do what a button asks for.

        Raises:
            UserFacingError: it cannot be done; the sentence says why.
        """
        record = await self._quizmaster.record(custom_id.quiz_id)
        if record is None or record.channel_id != interaction.channel_id or record.session.phase is not Phase.FINISHED:
            raise UserFacingError(say.OLD)
        if interaction.user.id not in {record.session.host, *record.session.responses}:
            raise UserFacingError(say.NOT_PLAYED)
        if custom_id.action == "practise" and self.practise is not None:
            await self.practise(interaction, record.id)
            return
        check_place(interaction)
        conversation = await self._quizmaster.conversation_of(record)
        if conversation is None:
            raise UserFacingError(say.OLD)
        if custom_id.action in {"harder", "five"}:
            await self._next_quiz(interaction, record, conversation, harder=custom_id.action == "harder")
        elif custom_id.action == "explain" and record.session.count > 1:
            view = choice_of_explanations(record, interaction.user.id, sentences.of_interaction(interaction))
            await interaction.response.send_message(view=view, ephemeral=True)
        else:
            await self._explain(interaction, record, conversation, picked=custom_id.action == "pick")

    async def _next_quiz(
        self, interaction: Interaction, record: QuizRecord, conversation: Conversation, *, harder: bool
    ) -> None:
        """Ask for the next quiz, once; the buttons that do so are gone then."""
        if record.followed:
            raise UserFacingError(say.FOLLOWED)
        await self._asking.admit(interaction)
        followed = await self._quizmaster.follow(record.id)
        if followed is None:
            self._asking.withdraw(interaction.id)
            raise UserFacingError(say.FOLLOWED)
        try:
            await interaction.response.edit_message(view=screen(followed))
        except DISCORD_ERRORS as error:  # the quiz is asked for all the same: nobody can do so once more
            log.warning("press.not_answered", quiz=record.id, cause=error)
            await self._quizmaster.show_without_press(record.id)
        request = QuizRequest.following(record, harder=harder)
        await self._asking.ask(interaction, request, record.locale, conversation, OnInteraction(interaction))

    async def _explain(
        self, interaction: Interaction, record: QuizRecord, conversation: Conversation, *, picked: bool
    ) -> None:
        """Ask for the explanation of the question that was picked, or of the only one."""
        index = selected_in(interaction) if picked else 0
        if not 0 <= index < record.session.count:
            raise UserFacingError(say.OLD)
        request = ExplanationRequest(
            interaction_id=interaction.id,
            conversation_id=conversation.location.id,
            student_id=interaction.user.id,
            name=interaction.user.display_name,
            quiz_id=record.id,
            question=index,
        )
        await self._quiz_store.add_explanation(request)
        question = explanation_question(request, record, conversation.location.channel_id)
        if picked:
            locale = sentences.of_interaction(interaction)
            below = view_of(discord.ui.TextDisplay(say.EXPLAINED_BELOW(locale, number=index + 1)))
            asked = await self._conversations.ask(conversation.location, question)
            try:
                await interaction.response.edit_message(view=below)
            except DISCORD_ERRORS as error:
                log.warning("press.not_answered", quiz=record.id, cause=error)
                await acknowledge(interaction)
        else:
            asked = await self._conversations.ask(conversation.location, question.shown_at(OnInteraction(interaction)))
            await acknowledge(interaction)
        if not asked:
            raise UserFacingError(say.OLD)


def explanation_question(request: ExplanationRequest, record: QuizRecord, channel_id: int) -> Question:
    """The request for an explanation as a question to the tutor."""
    quiz = record.session.quiz
    prompt = say.PROMPT_EXPLAIN(
        record.locale,
        number=request.question + 1,
        title=readable(quiz.title),
        question=quiz.questions[request.question].question_text,
    )
    return Question(
        text=prompt,
        author_id=request.student_id,
        author_name=request.name,
        message_id=request.interaction_id,
        channel_id=channel_id,
        locale=record.locale,
    )
