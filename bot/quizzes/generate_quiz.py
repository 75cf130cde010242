"""`generate_quiz` as the model's function: from its call to a quiz on the screen."""

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import discord
import structlog
from openai.types import FunctionDefinition
from sqlalchemy import select

from bot.conversations.registry import Conversations
from bot.conversations.tools import Tool, ToolCall
from bot.quizzes.arguments import FUNCTION, Quiz, QuizError, parse_quiz
from bot.quizzes.quiz_messages import Board, GoneError
from bot.quizzes.quiz_store import QuizStore, StoredRequest
from bot.quizzes.quizmaster import NewQuiz, QuizMaster
from bot.quizzes.screen_parts import view_of
from bot.quizzes.sentences import NO_QUIZ
from bot.quizzes.tool_output import invalid_output, rejected_output
from bot.sentences import Locale, of_text
from bot.store.store import Store
from bot.store.tables import QuestionRow

log = structlog.get_logger(__name__)

MAX_CORRECTIONS: Final = 2
"""Times that a run's quiz goes back to the model."""
_REMEMBERED: Final = 1_000


class GenerateQuiz(Tool):
    """The function: it shows the quiz, and its output comes when the quiz is over."""

    name = "generate_quiz"
    schema = FunctionDefinition.model_validate(FUNCTION)

    def __init__(self, master: QuizMaster, board: Board, store: Store) -> None:
        self._master = master
        self._records: QuizStore = master.records
        self._board = board
        self._store = store
        self._mendings: OrderedDict[str, int] = OrderedDict()
        """By run."""
        self._left: list[str] = []

    async def call(self, call: ToolCall) -> str | None:
        """Show the quiz; arguments that are none go back to the model, a few times."""
        request = await self._records.request_of(call.conversation_id, call.run_id)
        try:
            quiz = parse_quiz(call.arguments)
        except QuizError as error:
            return await self._mend(call, request, error)
        opening = NewQuiz(
            call_id=call.call_id,
            guild_id=call.guild_id,
            channel_id=call.channel_id,
            host_id=await self._host(call, request),
            locale=_locale(quiz, request),
            topic=request.topic if request else quiz.title,
            mode=request.mode if request else "solo",
            quiz=quiz,
        )
        try:
            await self._master.open(opening)
        except (discord.DiscordException, GoneError) as error:
            log.warning("quiz.not_opened", call=call.call_id, cause=str(error))
            return json.dumps({"status": "not_shown", "error": "Discord does not let the quiz be shown here."})
        if request is not None:
            await self._records.answered(call.conversation_id, call.run_id)
        return None

    async def output_so_far(self, call: ToolCall) -> str:
        """The responses so far; the quiz goes on."""
        return await self._master.overtaken(call.call_id) or await super().output_so_far(call)

    async def cancelled(self, call: ToolCall) -> None:
        """The quiz is cancelled."""
        await self._master.abandoned(call.call_id)

    def occupies(self, channel_id: int) -> bool:
        """While a group plays."""
        return self._master.is_group_in(channel_id)

    async def look_back(self, conversations: Conversations) -> None:
        """See which quizzes the last process was asked for and died over, before this one is asked for any."""
        self._left = await conversations.open_calls(self.name)

    async def recover(self, conversations: Conversations, mine: Callable[[int], bool]) -> None:
        """Show the quizzes that a process was asked for and died over before it wrote them down."""
        left, self._left = self._left, []
        for call_id in left:
            if await self._records.of_call(call_id):
                continue
            call = await conversations.open_call(call_id)
            if call is None or not mine(call.guild_id):
                continue
            log.info("quiz.asked_for_before", call=call_id)
            output = await self.call(call)
            if output is not None:
                await conversations.submit_output(call_id, output)

    async def _mend(self, call: ToolCall, request: StoredRequest | None, error: QuizError) -> str:
        times = self._mendings.pop(call.run_id, 0) + 1
        self._mendings[call.run_id] = times
        if len(self._mendings) > _REMEMBERED:
            self._mendings.popitem(last=False)
        log.info("quiz.arguments_wrong", call=call.call_id, times=times, problems=error.problems)
        if times <= MAX_CORRECTIONS:
            return invalid_output(error.problems)
        locale: Locale = request.locale if request else "en"
        try:
            await self._board.post(call.channel_id, view_of(discord.ui.TextDisplay(NO_QUIZ(locale))))
        except (discord.DiscordException, GoneError) as unsaid:
            log.warning("quiz.failure_not_told", call=call.call_id, cause=str(unsaid))
        return rejected_output()

    async def _host(self, call: ToolCall, request: StoredRequest | None) -> int:
        """Who asked for it: of `/quiz`, of the run, or else who wrote last in the conversation."""
        if request is not None:
            return request.host_id
        if call.asker_id:
            return call.asker_id
        mine = QuestionRow.conversation_id == call.conversation_id
        newest = QuestionRow.created_at.desc()
        rows = await self._store.read(select(QuestionRow.author_id).where(mine).order_by(newest).limit(1))
        return rows[0][0] if rows else 0


class ConversationRuns:
    """The runs that wait for quizzes, through their conversations."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def answer(self, call_id: str, output: str, target: Any = None) -> None:
        """The output of a call."""
        await self._conversations.submit_output(call_id, output, target)

    async def cancel(self, call_id: str, output: str) -> None:
        """End the run; where it asked for more than this, the other calls are still wanted."""
        await self._conversations.cancel_call(call_id, output)


def _locale(quiz: Quiz, request: StoredRequest | None) -> Locale:
    return request.locale if request else of_text(f"{quiz.title} {quiz.questions[0].question_text}")
