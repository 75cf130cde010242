"""Hands a quiz's results to the run that waits for them."""

from dataclasses import replace
from functools import partial

from bot.background_tasks import done_with_retries
from bot.conversations.registry import Conversations
from bot.quizzes.live_quiz import LiveQuiz
from bot.quizzes.session.events import Effect
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.tool_output import results_output
from bot.replies.destinations import Destination


class ResultsHandover:
    """Carries out the effects of events on the call that asked for a quiz."""

    def __init__(self, quiz_store: QuizStore, conversations: Conversations) -> None:
        self._quiz_store = quiz_store
        self._conversations = conversations

    async def hand_over(self, quiz: LiveQuiz, effect: Effect, destination: Destination | None = None) -> None:
        """Give the results to the run that waits for them; after a failure try again, also after a restart."""
        work = partial(self._carry_out, quiz.record, effect, destination)
        if not await done_with_retries(work, "quiz.not_handed_over", quiz=quiz.record.id, effect=effect):
            return
        quiz.record = replace(quiz.record, due=None)
        await self._quiz_store.clear_due(quiz.record.id)

    async def _carry_out(self, record: QuizRecord, effect: Effect, destination: Destination | None) -> None:
        match effect:
            case Effect.SUBMIT | Effect.FOLLOW:
                output = results_output(record.session, "completed")
                await self._conversations.submit_output(record.call_id, output, destination)
            case Effect.CANCEL:
                await self._conversations.cancel_call(record.call_id, results_output(record.session, "cancelled"))
            case Effect.SUBMIT_UNFINISHED:
                return  # `Quizmaster.conversation_continued` has returned it
