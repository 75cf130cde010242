"""The model's function `generate_quiz`: a call of it becomes a quiz in Discord."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import discord
import structlog
from openai.types import FunctionDefinition

from bot.conversations.registry import Conversations
from bot.conversations.tools import Note, Tool, ToolCall
from bot.errors import UserFacingError
from bot.quizzes.arguments.function_schema import FUNCTION
from bot.quizzes.arguments.parsing import QuizError, parse_quiz
from bot.quizzes.arguments.quiz import Quiz
from bot.quizzes.checks.quiz_check import QuizCheck
from bot.quizzes.quiz_messages import QuizMessages
from bot.quizzes.quizmaster import NewQuiz, Quizmaster
from bot.quizzes.requests.quiz_limits import QuizLimits
from bot.quizzes.screens.screen_parts import view_of
from bot.quizzes.sentences import NO_QUIZ, NO_SOUND_QUESTION
from bot.quizzes.storage.quiz_records import StoredRequest
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.tool_output import invalid_output, not_shown_output, refused_output, rejected_output
from bot.replies.view_messages import MessageDeletedError
from bot.sentences import Locale, Sentence, of_text
from bot.store.conversation_store import ConversationStore

log = structlog.get_logger(__name__)

MAX_CORRECTIONS: Final = 2
"""How often a run's quiz is sent back to the model."""
_REMEMBERED: Final = 1_000
"""Runs whose corrections are counted."""


class GenerateQuiz(Tool):
    """The function. It shows the quiz; its output comes when the quiz is over."""

    name = "generate_quiz"
    schema = FunctionDefinition.model_validate(FUNCTION)

    def __init__(
        self,
        quizmaster: Quizmaster,
        messages: QuizMessages,
        quiz_store: QuizStore,
        conversation_store: ConversationStore,
        limits: QuizLimits,
        *,
        quiz_check: QuizCheck,
    ) -> None:
        self._quizmaster = quizmaster
        self._messages = messages
        self._quiz_store = quiz_store
        self._conversation_store = conversation_store
        self._limits = limits
        self._quiz_check = quiz_check
        self._corrections: OrderedDict[str, int] = OrderedDict()
        """How often each run's quiz was sent back, by run id."""
        self._to_recover: Sequence[str] = ()

    async def call(self, call: ToolCall) -> str | None:
        """Show the quiz. Arguments that are not a valid quiz, and questions that do not stand the check, go back to the
        model, a few times; a quiz that the model begins by itself is within the limits of those that students ask for.
        """
        return await self._open(call, recovered=False)

    async def _open(self, call: ToolCall, *, recovered: bool) -> str | None:
        """Do so; a call that is `recovered` was let in before the restart."""
        request = await self._quiz_store.request_of(call.conversation_id, call.run_id)
        try:
            quiz = parse_quiz(call.arguments)
        except QuizError as error:
            return await self._reject(call, request, error)
        checked = await self._quiz_check.check(quiz, _locale(quiz, request))
        if checked.faults and self._sent_back(call) < MAX_CORRECTIONS:
            return await self._reject(call, request, QuizError(checked.problems))
        if (playable := checked.playable) is None:
            return await self._give_up(call, request, NO_SOUND_QUESTION)
        quiz = playable
        host_id = await self._host(call, request)
        if request is None and not recovered:
            try:
                await self._limits.admit(call.call_id, host_id, call.guild_id)
            except UserFacingError as error:
                await self._tell(call, error.sentence(_locale(quiz, request), **error.values))
                return refused_output()
        topic_typed = request is not None and request.topic_typed
        new = NewQuiz(
            call_id=call.call_id,
            guild_id=call.guild_id,
            channel_id=call.channel_id,
            host_id=host_id,
            locale=_locale(quiz, request),
            topic=request.topic if request and topic_typed else quiz.title,
            topic_typed=topic_typed,
            mode=request.mode if request else "solo",
            difficulty=request.difficulty if request else None,
            source=request.source if request else None,
            feedback=request.feedback if request else "each",
            quiz=quiz,
        )
        try:
            await self._quizmaster.open(new)
        except (discord.DiscordException, MessageDeletedError) as error:
            log.warning("quiz.not_opened", call=call.call_id, cause=error)
            return not_shown_output()
        finally:
            self._limits.arrived(call.call_id if request is None else request.interaction_id)
        if request is not None:
            await self._quiz_store.set_request_run(call.conversation_id, call.run_id)
        return None

    async def output_so_far(self, call: ToolCall) -> str:
        """The responses so far; the quiz goes on."""
        return await self._quizmaster.conversation_continued(call.call_id) or await super().output_so_far(call)

    async def cancelled(self, call: ToolCall) -> None:
        """Cancel the quiz."""
        await self._quizmaster.call_cancelled(call.call_id)

    async def untold(self, conversation_id: int) -> Sequence[Note]:
        """The quizzes that the model does not know the state of."""
        return await self._quizmaster.untold(conversation_id)

    def occupies(self, channel_id: int) -> bool:
        """Whether a group plays in the channel."""
        return self._quizmaster.is_group_in(channel_id)

    async def load(self, conversations: Conversations) -> None:
        """Read which calls the last process left unanswered, before this process gets any."""
        self._to_recover = await conversations.open_calls(self.name)

    async def recover(self, conversations: Conversations, is_ours: Callable[[int], bool]) -> None:
        """Show the quizzes of the calls that the last process took without storing a quiz, in guilds that are ours."""
        to_recover, self._to_recover = self._to_recover, ()
        for call_id in to_recover:
            if await self._quiz_store.of_call(call_id):
                continue
            call = await conversations.open_call(call_id)
            if call is None or not is_ours(call.guild_id):
                continue
            log.info("quiz.call_recovered", call=call_id)
            output = await self._open(call, recovered=True)
            if output is not None:
                await conversations.submit_output(call_id, output)

    async def _reject(self, call: ToolCall, request: StoredRequest | None, error: QuizError) -> str:
        """The output for arguments that are not a valid quiz; after the last correction the student is told."""
        times = self._corrections.pop(call.run_id, 0) + 1
        self._corrections[call.run_id] = times
        if len(self._corrections) > _REMEMBERED:
            self._corrections.popitem(last=False)
        log.info("quiz.arguments_wrong", call=call.call_id, times=times, problems=len(error.problems))
        log.debug("quiz.problems", call=call.call_id, problems=error.problems)
        if times <= MAX_CORRECTIONS:
            return invalid_output(error.problems)
        return await self._give_up(call, request, NO_QUIZ)

    def _sent_back(self, call: ToolCall) -> int:
        """How often the run's quiz was sent back to the model."""
        return self._corrections.get(call.run_id, 0)

    async def _give_up(self, call: ToolCall, request: StoredRequest | None, sentence: Sentence) -> str:
        """Tell the student that there is no quiz; the output of the call."""
        if request is not None:
            self._limits.arrived(request.interaction_id)
        await self._tell(call, sentence(request.locale if request else "en"))
        return rejected_output()

    async def _tell(self, call: ToolCall, sentence: str) -> None:
        """Post a sentence where the quiz would have been."""
        try:
            await self._messages.post(call.channel_id, view_of(discord.ui.TextDisplay(sentence)))
        except (discord.DiscordException, MessageDeletedError) as failure:
            log.warning("quiz.failure_not_told", call=call.call_id, cause=failure)

    async def _host(self, call: ToolCall, request: StoredRequest | None) -> int:
        """Who asked for the quiz: by `/quiz`, by the message of the run, or else by the last message; 0 if unknown."""
        if request is not None:
            return request.host_id
        return call.asker_id or await self._conversation_store.last_author(call.conversation_id) or 0


def _locale(quiz: Quiz, request: StoredRequest | None) -> Locale:
    return request.locale if request else of_text(f"{quiz.title} {quiz.questions[0].question_text}")
