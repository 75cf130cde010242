"""Recovery after a restart: answers that the last process began or ended, read back from the store."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import EndedAnswer
from bot.conversations.location import Location
from bot.conversations.prompts.assistants_messages import late_output_question
from bot.conversations.question import Question
from bot.conversations.services import Services
from bot.errors import UserFacingError
from bot.sentences import Locale
from bot.store.conversation_store import StoredAnswer, StoredQuestion, StoredToolCall

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InterruptedAnswer:
    """An answer that was under way when its process ended."""

    stored: StoredAnswer
    questions: list[StoredQuestion]
    """What it answers; none when it continued a run with tool outputs."""
    after: int
    """A Discord id: the answer's messages come after it."""
    run: Run | None
    """Its run, if that has ended (or waits for a person) and can be shown."""
    calls: list[StoredToolCall]
    """The tool calls of its run that have their outputs."""
    locale: Locale
    """The language of whoever asked last."""

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages of the questions."""
        return [question.message_id for question in self.questions]


async def find_interrupted(
    stored: StoredAnswer, services: Services, location: Location, thread_id: str | None
) -> InterruptedAnswer | None:
    """What is known of an answer that was under way, once its run has ended; None when this process has ended it."""
    now_stored = await services.conversation_store.answer(stored.id)
    if now_stored is None or now_stored.state != "running":
        return None
    stored = now_stored
    questions = await services.conversation_store.questions_of(stored.id)
    after = max((question.message_id for question in questions), default=_snowflake(stored.begun_at))
    run, calls = None, []
    if stored.run_id is not None and thread_id is not None:
        run = await _wait_for_run(services, thread_id, stored.run_id)
    if stored.run_id is not None and not questions:
        calls = await services.conversation_store.calls_with_output(stored.run_id)
    whole = run is not None and run.status in ("completed", "incomplete", "requires_action")
    locale = await services.discord.author_locale(location, questions[-1].channel_id if questions else None, after)
    return InterruptedAnswer(stored, questions, after, run if whole and (questions or calls) else None, calls, locale)


async def _wait_for_run(services: Services, thread_id: str, run_id: str) -> Run | None:
    """A run when it has ended; None when the server does not know it, or cannot be asked."""
    try:
        run = await services.api.retrieve(thread_id, run_id)
        return run and await services.api.poll(run)
    except (openai.OpenAIError, TimeoutError) as error:
        log.warning("run.end_unknown", run=run_id, cause=error)
        return None


async def ensure_thread(services: Services, location: Location, channel_id: int) -> None:
    """Make a conversation's thread if it is missing; if Discord does not make it, go on beside the question."""
    if not await services.discord.ensure_thread(location, channel_id):
        location.move(channel_id, owned=False)
        await services.conversation_store.move(location.id, channel_id, owned=False)


async def ensure_thread_of(answer: InterruptedAnswer, services: Services, location: Location) -> None:
    """Make the thread of an answer whose process died before Discord had made it.

    Raises:
        DiscordUnavailableError: Discord does not answer.
    """
    first = answer.questions[0] if answer.questions else None
    if first is not None and first.channel_id is not None:
        await ensure_thread(services, location, first.channel_id)


async def mark_interrupted(answer: InterruptedAnswer, services: Services, location: Location) -> None:
    """Show in Discord that an answer was interrupted, with a Retry button, and store it so.

    Raises:
        DiscordUnavailableError: it is not shown for certain, and stays stored as running.
    """
    answer_id = answer.stored.id
    others = await services.conversation_store.shown_after(location.id, answer.after, but_of=answer_id)
    shown = await services.discord.mark_interrupted(location, answer.after, answer_id, others, answer.locale)
    await services.conversation_store.end_answer(answer_id, "interrupted", answered=answer.message_ids, shown=shown)
    log.info("answer.interrupted", answer=answer_id, run=answer.stored.run_id)


async def incomplete_messages(answer: InterruptedAnswer, services: Services, location: Location) -> list[int]:
    """The Discord messages that show a part of an interrupted answer, first to last.

    Those that are stored are its own. What the process posted last may not be stored: it stands between the answer's
    questions and the next question, and shows no other answer.
    """
    store, answer_id = services.conversation_store, answer.stored.id
    own = await store.messages_of(answer_id)
    others = await store.shown_after(location.id, answer.after, but_of=answer_id)
    until = await store.next_question(location.id, answer.after, but_of=answer_id)
    found = await services.discord.own_messages_after(location, answer.after, others)
    return sorted({*own, *(each for each in found if until is None or each < until)})


async def load_last_answer(stored: StoredAnswer, services: Services, location: Location) -> EndedAnswer:
    """The last answer of a conversation, read from the store and from Discord.

    Raises:
        UserFacingError: `stored` is not the last one, its questions are gone, or Discord does not answer.
    """
    newest = await services.conversation_store.last_answer(location.id)
    if newest is None or newest.id != stored.id:
        raise UserFacingError(sentences.NOT_LAST)
    return await load_answer(stored, services)


async def load_answer(stored: StoredAnswer, services: Services) -> EndedAnswer:
    """An answer that has ended, read from the store and from Discord.

    Raises:
        UserFacingError: its questions are gone, or Discord does not answer.
    """
    questions = []
    for row in await services.conversation_store.questions_of(stored.id):
        if row.channel_id is not None:
            found = await services.discord.fetch_question(row.channel_id, row.message_id)
            if found is not None:
                questions.append(replace(found, addressed=row.state != "context"))
    results = [] if questions else await results_of(stored.run_id, services)
    questions += results
    if not any(question.addressed for question in questions):
        raise UserFacingError(sentences.BUTTON_OLD)
    return EndedAnswer(
        id=stored.id,
        run_id=stored.run_id,
        state=stored.state,
        questions=questions,
        delivered=stored.run_id is not None and not results,
        locale=questions[-1].locale,
        stored_message_ids=await services.conversation_store.messages_of(stored.id),
        options=next((each.options for each in reversed(questions) if each.options), None),
    )


async def results_of(run_id: str | None, services: Services) -> list[Question]:
    """What people gave for the calls of a run, as questions: where its words about it failed, another run takes it."""
    calls = await services.conversation_store.calls_with_output(run_id) if run_id is not None else []
    return [late_output_question(call, call.output) for call in calls if call.output is not None]


async def load_last_answer_to(question: Question, services: Services, location: Location) -> EndedAnswer | None:
    """The last answer of a conversation if it answers a message; None if that was answered before, or not at all."""
    newest = await services.conversation_store.last_answer(location.id)
    if newest is None:
        return None
    answered = {row.message_id for row in await services.conversation_store.questions_of(newest.id)}
    if question.message_id not in answered:
        return None
    try:
        return await load_last_answer(newest, services, location)
    except UserFacingError:  # its questions are gone
        return None


def _snowflake(moment: datetime | None) -> int:
    """The lowest Discord id of a moment; 0 for none. https://discord.com/developers/docs/reference#snowflakes"""
    if moment is None:
        return 0
    return (int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1_000) - 1_420_070_400_000) << 22
