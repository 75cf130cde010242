"""What a conversation finds after a restart: answers that the last process began or ended, read back from the store."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Last
from bot.conversations.location import Location
from bot.conversations.services import Services
from bot.errors import UserFacingError
from bot.sentences import Locale
from bot.store.conversation_store import StoredAnswer, StoredQuestion, StoredToolCall

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Left:
    """What a dead process left of an answer."""

    answer: StoredAnswer
    questions: list[StoredQuestion]
    """What it answers; none for the continuation after outputs were handed in."""
    after: int
    """The Discord id after which its messages are to be found."""
    run: Run | None
    """Its run, where that came to its end (or to a person's turn) and can be shown."""
    calls: list[StoredToolCall]
    """Calls whose outputs were handed in."""
    locale: Locale
    """The language of whoever asked last."""

    @property
    def message_ids(self) -> list[int]:
        """Discord's ids of the questions."""
        return [question.message_id for question in self.questions]


async def left_of(stored: StoredAnswer, services: Services, location: Location, thread_id: str | None) -> Left | None:
    """What is left of `stored`, once its run has ended; None where this process began it, and it ended meanwhile."""
    now_stored = await services.conversation_store.answer(stored.id)
    if now_stored is None or now_stored.state != "running":
        return None
    questions = await services.conversation_store.questions_of(stored.id)
    after = max((question.message_id for question in questions), default=_snowflake(stored.begun_at))
    run, calls = None, []
    if stored.run_id is not None and thread_id is not None:
        run = await _ended(services, thread_id, stored.run_id)
    if stored.run_id is not None and not questions:
        calls = await services.conversation_store.calls_with_output(stored.run_id)
    whole = run is not None and run.status in ("completed", "incomplete", "requires_action")
    locale = await services.discord.author_locale(location, questions[-1].channel_id if questions else None, after)
    return Left(stored, questions, after, run if whole and (questions or calls) else None, calls, locale)


async def _ended(services: Services, thread_id: str, run_id: str) -> Run | None:
    """A run, when it has ended; None where the server does not know it, or cannot be asked."""
    try:
        run = await services.runs.retrieve(thread_id, run_id)
        return run and await services.runs.follow(run)
    except (openai.OpenAIError, TimeoutError) as error:
        log.warning("run.not_found_out", run=run_id, cause=str(error))
        return None


async def interrupt(left: Left, services: Services, location: Location) -> None:
    """Mark an answer as interrupted, with Retry, in the thread that it was to be shown in."""
    first = left.questions[0] if left.questions else None
    if first is not None and first.channel_id is not None:
        await services.discord.ensure_thread(location, first.channel_id)
    others = await services.conversation_store.shown_after(location.id, left.after)
    shown = await services.discord.mark_interrupted(location, left.after, left.answer.id, others, left.locale)
    await services.conversation_store.end_answer(left.answer.id, "interrupted", answered=left.message_ids, shown=shown)
    log.info("answer.interrupted", answer=left.answer.id, run=left.answer.run_id)


async def recalled(stored: StoredAnswer, services: Services, location: Location) -> Last:
    """The last answer of a conversation as the store knows it.

    Raises:
        UserFacingError: `stored` is not the last one, or its questions are gone.
    """
    newest = await services.conversation_store.last_answer(location.id)
    if newest is None or newest.id != stored.id:
        raise UserFacingError(sentences.NOT_LAST)
    questions = []
    for row in await services.conversation_store.questions_of(stored.id):
        if row.channel_id is not None:
            found = await services.discord.fetch_question(row.channel_id, row.message_id)
            if found is not None:
                questions.append(replace(found, addressed=row.state != "context"))
    if not any(question.addressed for question in questions):
        raise UserFacingError(sentences.BUTTON_OLD)
    return Last(
        id=stored.id,
        run_id=stored.run_id,
        state=stored.state,
        questions=questions,
        delivered=stored.run_id is not None,
        locale=questions[-1].locale,
        message_ids=await services.conversation_store.messages_of(stored.id),
        options=next((each.options for each in reversed(questions) if each.options), None),
    )


def _snowflake(moment: datetime | None) -> int:
    """The lowest Discord id of a moment; 0 for none. https://discord.com/developers/docs/reference#snowflakes"""
    if moment is None:
        return 0
    return (int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1_000) - 1_420_070_400_000) << 22
