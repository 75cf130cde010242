"""How an answer ends: what the student sees last, what stays in the Assistants thread, and what is remembered of it."""

from collections.abc import Awaitable, Callable

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Answer, EndedAnswer, StopReason
from bot.conversations.assistants_thread import AssistantsThread
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.conversations.run_errors import sentence_for_error, sentence_for_run
from bot.conversations.services import Services
from bot.store.tables import AnswerState

log = structlog.get_logger(__name__)


class AnswerEnding:
    """Ends the answers of one conversation, and remembers the newest that has ended."""

    def __init__(self, services: Services, location: Location, assistants_thread: AssistantsThread) -> None:
        self._services = services
        self._location = location
        self._assistants_thread = assistants_thread
        self.last: EndedAnswer | None = None
        """The newest answer that has ended."""

    def forget(self, message_id: int) -> None:
        """A question was deleted: it is not asked again."""
        if self.last is not None:
            self.last.forget(message_id)

    def take_undelivered(self) -> list[Question]:
        """The questions of the last answer if it failed before the server had them: they join the next ones."""
        last = self.last
        if last is None or last.delivered or last.state != "failed":
            return []
        self.last = None
        return [question.uncounted() for question in last.questions if question.options is None]

    async def run_ended(self, answer: Answer, run: Run) -> None:
        """The answer's run has ended, or waits for a person."""
        await self._services.quotas.add_tokens(run.usage.total_tokens if run.usage else 0)
        if run.last_error is not None:
            log.warning("run.failed", run=run.id, code=run.last_error.code, cause=run.last_error.message)
        match run.status:
            case _ if answer.stopped in ("edited", "deleted", "gone"):
                await self._stopped(answer, answer.stopped)
            case "completed" | "incomplete":
                await self._completed(answer, run)
            case "requires_action":
                await self._waits(answer)
            case "cancelled" if answer.stopped is not None:
                await self._stopped(answer, answer.stopped)
            case _:
                await self._failed(answer, sentence_for_run(run) or sentences.FAILED)

    async def request_failed(self, answer: Answer, error: Exception) -> None:
        """There is no run that has ended: the server cannot be reached or refuses, or the bot has a fault."""
        if answer.stopped is not None and isinstance(error, TimeoutError):
            await self._stopped(answer, answer.stopped)
            return
        expected = isinstance(error, openai.OpenAIError | TimeoutError)
        log.error(
            "answer.failed",
            conversation=self._location.id,
            answer=answer.id,
            cause=str(error),
            exc_info=None if expected else error,
        )
        await self._failed(answer, sentence_for_error(error))

    async def interrupted(self, answer: Answer) -> None:
        """The bot shuts down: tell the student while Discord can be reached."""
        if answer.run_id is not None and answer.thread_id is not None:
            await self._services.api.cancel(answer.thread_id, answer.run_id)
        buttons = self._services.discord.retry_buttons(answer.id, answer.locale)
        sentence = sentences.INTERRUPTED(answer.locale)
        await self._show(answer, lambda: answer.reply.fail(sentence, buttons=buttons))
        await self._store(answer, "interrupted")

    async def _completed(self, answer: Answer, run: Run) -> None:
        if not answer.reply.text.strip():
            answer.reply.feed(sentences.NOTHING_SAID(answer.locale))
        cut = sentence_for_run(run)
        notes = [*answer.notes, *([cut(answer.locale)] if cut else []), answer.citations.footer() or ""]
        if answer.options.otherwise is not None and not answer.used_tools:
            notes.insert(0, answer.options.otherwise(answer.locale))
        footer = "\n".join(note for note in notes if note) or None
        buttons = [] if answer.used_tools else [*self._services.discord.regenerate_buttons(answer.id, answer.locale)]
        if answer.reply.differs_from_source:
            buttons += self._services.discord.show_as_text_buttons(answer.id, answer.locale)
        await self._show(answer, lambda: answer.reply.finish(buttons=buttons, footer=footer))
        await self._store(answer, "completed")
        previous, self.last = self.last, answer.as_ended("completed")
        if buttons:
            self.last.hide_buttons = lambda: answer.reply.finish(footer=footer)
        if previous is not None and previous.hide_buttons is not None:
            await self._show(answer, previous.hide_buttons)

    async def _waits(self, answer: Answer) -> None:
        """A person is being asked; what the model has said before stays."""
        if answer.reply.text.strip():
            await self._show(answer, lambda: answer.reply.finish(footer=answer.citations.footer()))
        await self._store(answer, "waiting")
        self.last = answer.as_ended("waiting")

    async def _stopped(self, answer: Answer, reason: StopReason) -> None:
        if reason in ("button", "deleted"):
            sentence = sentences.STOPPED if reason == "button" else sentences.QUESTION_DELETED
            buttons = self._services.discord.retry_buttons(answer.id, answer.locale) if reason == "button" else ()
            await self._show(answer, lambda: answer.reply.fail(sentence(answer.locale), buttons=buttons))
        if reason in ("deleted", "edited") and answer.delivered:
            await self._assistants_thread.withdraw(
                answer, answer.edits.keys() if reason == "deleted" else answer.message_ids
            )
        if reason == "edited":
            await self._services.discord.delete_messages(self._location, answer.reply.message_ids)
        await self._store(answer, "replaced" if reason == "edited" else "stopped")
        self.last = answer.as_ended("stopped")

    async def _failed(self, answer: Answer, sentence: sentences.Sentence) -> None:
        buttons = self._services.discord.retry_buttons(answer.id, answer.locale) if answer.questions else ()
        await self._show(answer, lambda: answer.reply.fail(sentence(answer.locale), buttons=buttons))
        await self._store(answer, "failed")
        self.last = answer.as_ended("failed")

    async def _show(self, answer: Answer, show: Callable[[], Awaitable[None]]) -> None:
        """Show it; if Discord refuses (a deleted channel, no permission), log that and go on with the conversation."""
        try:
            await show()
        except Exception:
            log.exception("answer.not_shown", conversation=self._location.id, answer=answer.id)

    async def _store(self, answer: Answer, state: AnswerState) -> None:
        await self._services.conversation_store.end_answer(
            answer.id, state, answered=answer.message_ids, shown=answer.reply.message_ids
        )
