"""How an answer ends: what the student sees last, what stays in the Assistants thread, and what is remembered of it.

What the next question depends on is done at once. The last edits in Discord follow in the background, as its rate
limits allow, and the answer's end is stored when they are shown: until then the store has it as running, so that a
restart finishes it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Answer, EndedAnswer, StopReason
from bot.conversations.answer_subject import has_subject
from bot.conversations.assistants_thread import AssistantsThread
from bot.conversations.discord_interface import Buttons
from bot.conversations.location import Location
from bot.conversations.moderation import QuestionRefusedError
from bot.conversations.question import Question
from bot.conversations.recovery import load_last_answer_to
from bot.conversations.run_errors import sentence_for_error, sentence_for_run, sentence_for_silence
from bot.conversations.services import Services
from bot.errors import UserFacingError
from bot.prices import Spent
from bot.store.tables import AnswerState

log = structlog.get_logger(__name__)

DELETION = 2.0
"""Seconds in which the messages of an answer to old words are deleted before the new words are asked."""

_STOPPED = {
    "button": sentences.STOPPED,
    "deleted": sentences.QUESTION_DELETED,
    "moderated": sentences.ANSWER_REFUSED,
}
"""What is said of a stopped answer; of the others nothing."""


class AnswerEnding:
    """Ends the answers of one conversation, and remembers the newest that has ended."""

    def __init__(self, services: Services, location: Location, assistants_thread: AssistantsThread) -> None:
        self._services = services
        self._location = location
        self._assistants_thread = assistants_thread
        self._endings: dict[asyncio.Task[None], Answer | EndedAnswer] = {}
        """What is still to be shown and stored."""
        self.last: EndedAnswer | None = None
        """The newest answer that has ended."""

    @property
    def busy(self) -> bool:
        """Whether the end of an answer is still to be shown."""
        return bool(self._endings)

    def works_on(self, answer_id: str) -> bool:
        """Whether the end of an answer is still to be shown."""
        return any(answer.id == answer_id for answer in self._endings.values())

    def shows(self, message_id: int) -> bool:
        """Whether a Discord message shows the last answer, or one whose end is still to be shown."""
        if self.last is not None and message_id in self.last.message_ids:
            return True
        pending = [answer.reply for answer in self._endings.values() if answer.reply is not None]
        return any(message_id in reply.message_ids for reply in pending)

    def forget(self, message_id: int) -> None:
        """A question was deleted: it is not asked again."""
        if self.last is not None:
            self.last.forget(message_id)

    async def question_edited(self, question: Question, *, in_thread: bool) -> None:
        """A message that was answered has new words; `in_thread`: the model knew its old ones.

        If it belongs to the last answer, that is offered anew.
        """
        if self.last is None and in_thread:
            self.last = await load_last_answer_to(question, self._services, self._location)
            if self.last is None:
                return
            self.last.edited = True
        elif self.last is None or not self.last.replace(question):
            return
        last, asked = self.last, {each.message_id for each in self.last.questions if each.addressed}
        if last.state == "completed" and question.message_id in asked:
            self._start(last, self._offer_edited(last))

    async def _offer_edited(self, last: EndedAnswer) -> None:
        if last.ending is not None:
            await asyncio.wait({last.ending})
        if self.last is not last:
            return
        if last.show_edited is not None:
            await last.show_edited()
        elif last.reply is None:
            buttons = self._services.discord.edited_buttons(last.id, last.locale)
            await self._services.discord.add_buttons(self._location, last.message_ids, buttons)

    def take_undelivered(self) -> list[Question]:
        """The questions of the last answer if it failed before the server had them: they join the next ones."""
        last = self.last
        if last is None or last.delivered or last.state != "failed":
            return []
        self.last = None
        # The questions belong to the next answer from now on, also after a restart.
        self._start(last, self._services.conversation_store.end_answer(last.id, "failed"))
        return [question.uncounted() for question in last.questions if question.options is None]

    async def run_ended(self, answer: Answer, run: Run) -> None:
        """The answer's run has ended, or waits for a person."""
        budgets = self._services.quotas.budgets
        await budgets.settle(answer.id, run.id, budgets.prices.of_run(run))
        if run.last_error is not None:
            log.warning("run.failed", run=run.id, code=run.last_error.code)
            log.debug("run.failed_because", run=run.id, reason=run.last_error.message)
        await self._services.moderation.settle(answer.id)
        match run.status:
            case _ if answer.stopped in ("edited", "deleted", "gone", "moderated"):
                await self._stopped(answer, answer.stopped)
            case "completed" | "incomplete":
                self._completed(answer, run)
            case "requires_action":
                self._waits(answer)
            case "cancelled" if answer.stopped is not None:
                await self._stopped(answer, answer.stopped)
            case _:
                self._failed(answer, sentence_for_run(run) or sentences.FAILED)

    async def request_failed(self, answer: Answer, error: Exception) -> None:
        """There is no run that has ended: the server cannot be reached or refuses, or the bot has a fault."""
        await self._settle_as_found(answer)
        if answer.stopped is not None and isinstance(error, TimeoutError):
            await self._stopped(answer, answer.stopped)
            return
        if isinstance(error, QuestionRefusedError):
            self._failed(answer, error.sentence)
            return
        expected = isinstance(error, openai.OpenAIError | TimeoutError | UserFacingError)
        (log.info if isinstance(error, UserFacingError) else log.error)(
            "answer.failed",
            conversation=self._location.id,
            answer=answer.id,
            cause=error,
            exc_info=None if expected else error,
        )
        values = error.values if isinstance(error, UserFacingError) else {}
        self._failed(answer, sentence_for_error(error), **values)

    async def interrupted(self, answer: Answer) -> None:
        """The bot shuts down: tell the student while Discord can be reached."""
        if answer.run_id is not None and answer.thread_id is not None:
            await self._services.api.cancel(answer.thread_id, answer.run_id)
        buttons = self._services.discord.retry_buttons(answer.id, answer.locale)
        sentence = sentences.INTERRUPTED(answer.locale)
        await self._show(answer, lambda: answer.reply.fail(sentence, buttons=buttons))
        await self._store(answer, "interrupted")
        await self._settle_as_found(answer)

    async def _settle_as_found(self, answer: Answer) -> None:
        """Charge what the answer's run has used as far as the server can tell; nothing where no run began."""
        spent: Spent | None = Spent()
        budgets = self._services.quotas.budgets
        if answer.run_id is not None and answer.thread_id is not None:
            try:
                run = await self._services.api.retrieve(answer.thread_id, answer.run_id)
            except openai.OpenAIError as error:
                log.warning("run.usage_unknown", run=answer.run_id, cause=error)
                run = None
            spent = budgets.prices.of_run(run) if run is not None else None
        await budgets.settle(answer.id, answer.run_id, spent)

    async def wait(self) -> None:
        """Wait until all is shown."""
        if self._endings:
            await asyncio.wait(self._endings)

    async def close(self, timeout: float) -> None:
        """Wait until all is shown. What takes longer than `timeout` seconds is left to the next start."""
        if not self._endings:
            return
        _, late = await asyncio.wait(self._endings, timeout=timeout)
        for task in late:
            log.warning("answer.end_not_shown", conversation=self._location.id, answer=self._endings[task].id)
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    # The ends that there are. Each sets `last` before anything waits for Discord.

    def _completed(self, answer: Answer, run: Run) -> None:
        if answer.asked_people and not answer.reply.text.strip() and not answer.files.any_shown:
            silence = sentence_for_silence(sentence_for_run(run))  # nobody asked, so nobody can put it another way
            self._failed(answer, sentences.FAILED if silence == sentences.NOTHING_SAID else silence)
            return
        previous, self.last = self.last, answer.as_ended("completed")
        self.last.ending = self._start(answer, self._show_completed(answer, run, self.last, previous))

    async def _show_completed(self, answer: Answer, run: Run, ended: EndedAnswer, previous: EndedAnswer | None) -> None:
        said = bool(answer.reply.text.strip()) or answer.files.any_shown
        cut = sentence_for_run(run)
        otherwise = None if answer.asked_people else answer.options.otherwise
        if not said:
            missing = sentence_for_silence(cut) if cut is not None or otherwise is None else otherwise
            answer.reply.feed(missing(answer.locale))
            cut = otherwise = None  # one sentence says it
        notes = [*answer.notes, *([cut(answer.locale)] if cut else []), answer.citations.footer() or ""]
        if otherwise is not None:
            notes.insert(0, otherwise(answer.locale))
        footer = "\n".join(note for note in notes if note) or None
        whole = said and cut is None and answer.options.otherwise is None
        subject = whole and has_subject([one.text for one in answer.asked], answer.reply.text)
        shown = self._services.discord.regenerate_buttons(answer.id, answer.locale, has_subject=subject)
        buttons = [] if answer.asked_people else [*shown]
        if answer.reply.differs_from_source:
            buttons += self._services.discord.show_as_text_buttons(answer.id, answer.locale)
        buttons += self._work_buttons(answer)
        if buttons:
            ended.hide_buttons = lambda: answer.reply.finish(footer=footer)
        if not answer.asked_people:
            offered = [*self._services.discord.edited_buttons(answer.id, answer.locale), *buttons]
            ended.show_edited = lambda: answer.reply.finish(buttons=offered, footer=footer)
        await self._end(answer, "completed", lambda: answer.reply.finish(buttons=buttons, footer=footer))
        if previous is not None and previous.hide_buttons is not None:
            await self._show(answer, previous.hide_buttons)

    def _waits(self, answer: Answer) -> None:
        """A person is being asked; what the model has said before stays."""
        self.last = answer.as_ended("waiting")
        self.last.ending = self._start(answer, self._show_waiting(answer))

    async def _show_waiting(self, answer: Answer) -> None:
        if answer.reply.text.strip() or answer.files.any_shown:
            await self._end(answer, "waiting", lambda: answer.reply.finish(footer=answer.citations.footer()))
        else:
            await self._take_back(answer)  # the dots that stand in the place of an old answer, with Stop
            await self._store(answer, "waiting")

    async def _stopped(self, answer: Answer, reason: StopReason) -> None:
        if reason in ("deleted", "edited", "moderated") and answer.delivered:
            gone = {"deleted": answer.edits.keys(), "edited": answer.message_ids, "moderated": ()}
            await self._assistants_thread.withdraw(answer, gone[reason])
        if reason == "edited":
            deletion = self._start(answer, self._take_back(answer))
            await asyncio.wait({deletion}, timeout=DELETION)
            await self._store(answer, "replaced")
            self.last = answer.as_ended("stopped")
            return
        self.last = answer.as_ended("stopped")
        self.last.ending = self._start(answer, self._show_stopped(answer, reason))

    async def _take_back(self, answer: Answer) -> None:
        """Delete what an answer has shown."""
        await answer.reply.withdraw()
        await self._services.discord.delete_messages(self._location, answer.reply.message_ids)

    async def _show_stopped(self, answer: Answer, reason: StopReason) -> None:
        if (sentence := _STOPPED.get(reason)) is not None:
            retry = self._services.discord.retry_buttons(answer.id, answer.locale)
            work = self._work_buttons(answer)
            buttons = {"button": [*retry, *work], "moderated": retry}.get(reason, ())
            await self._end(answer, "stopped", lambda: answer.reply.fail(sentence(answer.locale), buttons=buttons))
        else:
            await self._store(answer, "stopped")

    def _failed(self, answer: Answer, sentence: sentences.Sentence, **values: object) -> None:
        self.last = answer.as_ended("failed")
        self.last.ending = self._start(answer, self._show_failed(answer, sentence(answer.locale, **values)))

    async def _show_failed(self, answer: Answer, sentence: str) -> None:
        again = answer.asked or answer.asked_people  # what people gave can be handed over again
        retry = self._services.discord.retry_buttons(answer.id, answer.locale) if again else ()
        buttons = [*retry, *self._work_buttons(answer)]
        await self._end(answer, "failed", lambda: answer.reply.fail(sentence, buttons=buttons))

    def _work_buttons(self, answer: Answer) -> Buttons:
        return self._services.discord.show_work_buttons(answer.id, answer.locale) if answer.files.ran_code else ()

    # Showing and storing

    def _start(self, answer: Answer | EndedAnswer, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin what Discord's rate limits may delay; the conversation goes on meanwhile."""
        task = asyncio.create_task(work, name=f"answer-ending-{answer.id}")
        self._endings[task] = answer
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        answer = self._endings.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("answer.end_failed", conversation=self._location.id, answer=answer.id, exc_info=error)

    async def _end(self, answer: Answer, state: AnswerState, show: Callable[[], Awaitable[None]]) -> None:
        """Show the end of an answer, then store it; what is shown so far is stored before, for a restart in between."""
        await self._services.conversation_store.add_shown(answer.id, answer.reply.message_ids)
        await self._show(answer, show)
        await self._store(answer, state)

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
