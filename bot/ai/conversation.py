"""One conversation: a Discord thread tied to an Assistants thread, one run at a time, the rest in a queue."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.ai.answer import Answer, StopReason, new_answer_id
from bot.ai.calls import Calls
from bot.ai.citations import Citations
from bot.ai.desk import Desk
from bot.ai.exchange import Exchange
from bot.ai.question import Place, Question, Refusal, RunOptions
from bot.ai.runs import sentence_for, sentence_of
from bot.sentences import Locale
from bot.store.conversations import StoredAnswer, StoredConversation
from bot.store.tables import AnswerState

log = structlog.get_logger(__name__)

EDIT_WINDOW = timedelta(minutes=1)
"""For so long after it was written, an edit of a question that is not answered yet has it asked anew."""


@dataclass(slots=True)
class Last:
    """The newest answer that ended, as far as buttons need it."""

    id: str
    run_id: str | None
    state: AnswerState
    questions: list[Question]
    delivered: bool
    locale: Locale
    message_ids: list[int]
    hide_buttons: Callable[[], Awaitable[None]] | None = None
    options: RunOptions | None = None


class Conversation:
    """Answers what is put into it, one run at a time; what waits meanwhile is answered together."""

    def __init__(self, desk: Desk, place: Place, thread_id: str | None, *, fresh: bool) -> None:
        self._desk = desk
        self.place = place
        self.calls = Calls(desk.store, desk.tools, place)
        self._exchange = Exchange(desk, place, self.calls, thread_id, fresh=fresh)
        self._pending: list[Question] = []
        self._chores: deque[Callable[[], Awaitable[None]]] = deque()
        self._edits: dict[int, Question | None] = {}
        self.current: Answer | None = None
        self._newest: Answer | None = None
        self.last: Last | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def thread_id(self) -> str | None:
        """The Assistants thread."""
        return self._exchange.thread_id

    @property
    def idle(self) -> bool:
        """Whether nothing is under way or waiting."""
        return (self._worker is None or self._worker.done()) and not self._pending and not self._chores

    def shows(self, message_id: int) -> bool:
        """Whether a Discord message shows the newest answer, or the one before it."""
        newest, last = self._newest, self.last
        if newest is not None and message_id in newest.reply.message_ids:
            return True
        return last is not None and message_id in last.message_ids

    def move(self, channel_id: int, *, owned: bool) -> None:
        """The answers are posted elsewhere than was thought."""
        self.place = Place(self.place.id, self.place.guild_id, channel_id, owned)
        self._exchange.place = self.place

    def stored(self, message_id: int) -> StoredConversation:
        """As the store writes it, when `message_id` is the newest message seen."""
        place = self.place
        return StoredConversation(place.id, place.guild_id, place.channel_id, self.thread_id, place.owned, message_id)

    # What happens in Discord

    def put(self, question: Question) -> None:
        """Answer `question` when its turn comes; context waits for the next question."""
        self._pending.append(question)
        self._kick()

    def edited(self, question: Question) -> None:
        """A message was rewritten: if it is not answered yet, it is asked anew."""
        for index, pending in enumerate(self._pending):
            if pending.message_id == question.message_id:
                self._pending[index] = question
                return
        answer = self.current
        if answer is None or question.message_id not in answer.message_ids:
            return
        if _now(question) - question.asked_at <= EDIT_WINDOW and question.message_id is not None:
            self._edits[question.message_id] = question
            answer.stop("edited")

    def deleted(self, message_id: int) -> None:
        """A message was deleted: it leaves the queue, the run, and the Assistants thread."""
        dropped = [pending for pending in self._pending if pending.message_id == message_id]
        if dropped:
            self._pending = [pending for pending in self._pending if pending.message_id != message_id]
            self._put_down(dropped)
            return
        answer = self.current
        if answer is not None and message_id in answer.message_ids:
            self._edits[message_id] = None
            others = [question for question in answer.asked if question.message_id not in self._edits]
            answer.stop("edited" if others else "deleted")
            return
        self._chores.append(lambda: self._exchange.remove_questions([message_id]))
        self._kick()

    def gone(self) -> None:
        """The Discord thread was deleted: so is the Assistants thread, when what is under way has ended."""
        self._put_down(self._pending)
        self._pending.clear()
        if self.current is not None:
            self.current.stop("gone")
        self._chores.append(self._exchange.delete)
        self._kick()

    async def redo(self, answer: StoredAnswer) -> None:
        """Answer anew what the last answer answered; the old one leaves both sides.

        Raises:
            Refusal: it is not the last one, or something is under way.
        """
        last = self.last or await self._recalled(answer)
        if last.id != answer.id or last.state in ("replaced", "waiting") or not self.idle:
            raise Refusal(sentences.NOT_LAST)
        self.last = None
        self._chores.append(lambda: self._redo(last))
        self._kick()

    def resume(self, run_id: str) -> None:
        """All outputs that a run waited for are there: hand them in and go on with it."""
        self._chores.append(lambda: self._resume(run_id))
        self._kick()

    def abandon(self, run_id: str) -> None:
        """No output will come for what a run waits for: end it."""
        self._chores.append(lambda: self._abandon(run_id))
        self._kick()

    def recover(self, answer: StoredAnswer) -> None:
        """Finish an answer that the last process left under way."""
        self._chores.append(lambda: self._recover(answer))
        self._kick()

    async def close(self) -> None:
        """End what is under way; the student sees that it was interrupted."""
        if self.current is not None:
            self.current.stop("shutdown")
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    # The worker

    def _kick(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name=f"conversation-{self.place.id}")

    async def _work(self) -> None:
        while True:
            try:
                if self._chores:
                    await self._chores.popleft()()
                elif (asked := self._next_asked()) is not None:
                    await self._take_turn(asked)
                else:
                    return
            except Exception:
                log.exception("conversation.failed", conversation=self.place.id)

    def _next_asked(self) -> Question | None:
        return next((question for question in self._pending if question.addressed), None)

    async def _take_turn(self, asked: Question) -> None:
        """Answer all that waits, once the student may have another run."""
        async with self._desk.limits.slot(asked.author_id or None):
            leave = await self._desk.doorway.enter()
            try:
                batch, self._pending = self._pending, []
                if any(question.addressed for question in batch):
                    await self._respond(self._answer_to(batch), on_asked=leave)
                else:
                    self._pending = batch + self._pending
            finally:
                leave()

    def _answer_to(self, batch: list[Question], options: RunOptions | None = None) -> Answer:
        newest = [question for question in batch if question.addressed][-1]
        target = newest.target
        if target is None:
            target = self._desk.stage.target(self.place, newest.message_id)
        chosen = options or next((each.options for each in reversed(batch) if each.options), None)
        return self._begin(batch, target, newest.locale, chosen)

    def _begin(self, batch: list[Question], target: object, locale: Locale, options: RunOptions | None) -> Answer:
        answer_id = new_answer_id()
        return Answer(
            id=answer_id,
            questions=batch,
            reply=self._desk.stage.reply(target, answer_id, locale),
            target=target,
            citations=Citations(self._desk.citations),
            locale=locale,
            options=options or RunOptions(),
        )

    async def _respond(
        self,
        answer: Answer,
        *,
        work: Callable[[], Awaitable[Run]] | None = None,
        on_asked: Callable[[], None] | None = None,
    ) -> None:
        """Have `answer` answered: by a run of its own, or by `work`; `on_asked` is called when the model is asked."""
        self.current = self._newest = answer
        answer.on_asked = lambda: self._asked(answer, on_asked)
        started = StoredAnswer(answer.id, self.place.id, answer.run_id, "running")
        noting = asyncio.create_task(self._desk.store.begin_answer(started, answer.message_ids))
        try:
            run = await (work() if work is not None else self._exchange.ask(answer))
        except asyncio.CancelledError:
            await noting
            await self._interrupted(answer)
            raise
        except Exception as error:  # noqa: BLE001 - `_broke` logs it, and tells the student
            await noting
            await self._broke(answer, error)
        else:
            # What is done to the questions from here on is done to answered ones.
            self.current = None
            await noting
            await self._ended(answer, run)
        finally:
            answer.ended.set()
            self.current = None
            self._put_down(answer.questions)
        await self._asked_anew(answer)

    def _asked(self, answer: Answer, on_asked: Callable[[], None] | None) -> None:
        """The model is being asked: now there is time to type, unless many wait to be asked."""
        if on_asked is not None:
            on_asked()
        if not self._desk.doorway.crowded:
            self._desk.stage.typing(answer.target, answer.reply, answer.ended)

    # How answers end

    async def _ended(self, answer: Answer, run: Run) -> None:
        await self._desk.limits.used(run.usage.total_tokens if run.usage else 0)
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
                await self._failed(answer, sentence_of(run) or sentences.FAILED)

    async def _completed(self, answer: Answer, run: Run) -> None:
        if not answer.reply.text.strip():
            answer.reply.feed(sentences.NOTHING_SAID(answer.locale))
        cut = sentence_of(run)
        notes = [*answer.notes, *([cut(answer.locale)] if cut else []), answer.citations.footer() or ""]
        if answer.options.otherwise is not None and not answer.used_tools:
            notes.insert(0, answer.options.otherwise(answer.locale))
        footer = "\n".join(note for note in notes if note) or None
        buttons = () if answer.used_tools else self._desk.stage.again(answer.id, answer.locale)
        await self._show(answer, lambda: answer.reply.finish(buttons=buttons, footer=footer))
        await self._close(answer, "completed")
        previous, self.last = self.last, self._last(answer, "completed")
        if buttons:
            self.last.hide_buttons = lambda: answer.reply.finish(footer=footer)
        if previous is not None and previous.hide_buttons is not None:
            await self._show(answer, previous.hide_buttons)

    async def _waits(self, answer: Answer) -> None:
        """A person is being asked; what the model said before that stands."""
        if answer.reply.text.strip():
            await self._show(answer, lambda: answer.reply.finish(footer=answer.citations.footer()))
        await self._close(answer, "waiting")
        self.last = self._last(answer, "waiting")

    async def _stopped(self, answer: Answer, reason: StopReason) -> None:
        if reason in ("button", "deleted"):
            sentence = sentences.STOPPED if reason == "button" else sentences.QUESTION_DELETED
            buttons = self._desk.stage.retry(answer.id, answer.locale) if reason == "button" else ()
            await self._show(answer, lambda: answer.reply.fail(sentence(answer.locale), buttons=buttons))
        if reason in ("deleted", "edited") and answer.delivered:
            await self._exchange.withdraw(answer, self._edits.keys() if reason == "deleted" else answer.message_ids)
        if reason == "edited":
            await self._desk.stage.remove(self.place, answer.reply.message_ids)
        await self._close(answer, "replaced" if reason == "edited" else "stopped")
        self.last = self._last(answer, "stopped")

    async def _failed(self, answer: Answer, sentence: sentences.Sentence) -> None:
        buttons = self._desk.stage.retry(answer.id, answer.locale) if answer.questions else ()
        await self._show(answer, lambda: answer.reply.fail(sentence(answer.locale), buttons=buttons))
        await self._close(answer, "failed")
        self.last = self._last(answer, "failed")

    async def _broke(self, answer: Answer, error: Exception) -> None:
        """The call itself failed: no server, a refusal, or a fault of ours."""
        if answer.stopped is not None and isinstance(error, TimeoutError):
            await self._stopped(answer, answer.stopped)
            return
        expected = isinstance(error, openai.OpenAIError | TimeoutError)
        log.error(
            "answer.failed",
            conversation=self.place.id,
            answer=answer.id,
            cause=str(error),
            exc_info=None if expected else error,
        )
        await self._failed(answer, sentence_for(error))

    async def _interrupted(self, answer: Answer) -> None:
        """The bot goes down: say so as long as Discord can be reached."""
        if answer.run_id is not None and answer.thread_id is not None:
            await self._desk.runs.cancel(answer.thread_id, answer.run_id)
        buttons = self._desk.stage.retry(answer.id, answer.locale)
        sentence = sentences.INTERRUPTED(answer.locale)
        await self._show(answer, lambda: answer.reply.fail(sentence, buttons=buttons))
        await self._close(answer, "interrupted")

    async def _show(self, answer: Answer, show: Callable[[], Awaitable[None]]) -> None:
        """Discord may refuse (a deleted channel, no permission): that is for the log, the conversation goes on."""
        try:
            await show()
        except Exception:
            log.exception("answer.not_shown", conversation=self.place.id, answer=answer.id)

    async def _close(self, answer: Answer, state: AnswerState) -> None:
        await self._desk.store.end_answer(answer.id, state, answered=answer.message_ids, shown=answer.reply.message_ids)

    def _last(self, answer: Answer, state: AnswerState) -> Last:
        return Last(
            id=answer.id,
            run_id=answer.run_id,
            state=state,
            questions=answer.questions,
            delivered=answer.delivered,
            locale=answer.locale,
            message_ids=answer.reply.message_ids,
            options=answer.options,
        )

    def _put_down(self, questions: Iterable[Question]) -> None:
        self._desk.limits.put_down(
            question.author_id for question in questions if question.addressed and question.counted
        )

    # Asking anew

    async def _asked_anew(self, answer: Answer) -> None:
        """After an edit, or a deletion among several questions: the same batch with its new words."""
        if answer.stopped != "edited":
            self._edits.clear()
            return
        edits, self._edits = self._edits, {}
        batch = [edits.get(question.message_id or 0, question) for question in answer.questions]
        rest = [question for question in batch if question is not None]
        if any(question.addressed for question in rest):
            await self._respond(self._answer_to([question.uncounted() for question in rest]))

    async def _redo(self, last: Last) -> None:
        if last.run_id is not None and self.thread_id is not None:
            await self._exchange.unsay(last.run_id)
        await self._desk.stage.remove(self.place, last.message_ids)
        await self._desk.store.replace_answer(last.id)
        questions = [question.uncounted() for question in last.questions]
        newest = next((question for question in reversed(questions) if question.addressed), None)
        target = newest.target if newest is not None else None
        if target is None:
            target = self._desk.stage.target(self.place, newest.message_id if newest else None)
        answer = self._begin(questions, target, last.locale, last.options)
        answer.delivered = last.delivered
        await self._respond(answer)

    async def _recalled(self, stored: StoredAnswer) -> Last:
        """The last answer as the store knows it, after a restart."""
        newest = await self._desk.store.last_answer(self.place.id)
        if newest is None or newest.id != stored.id:
            raise Refusal(sentences.NOT_LAST)
        questions = []
        for row in await self._desk.store.questions_of(stored.id):
            if row.channel_id is not None:
                found = await self._desk.stage.question(row.channel_id, row.message_id)
                questions += [found] if found is not None else []
        if not questions:
            raise Refusal(sentences.BUTTON_OLD)
        return Last(
            id=stored.id,
            run_id=stored.run_id,
            state=stored.state,
            questions=questions,
            delivered=stored.run_id is not None,
            locale=questions[-1].locale,
            message_ids=await self._desk.store.messages_of(stored.id),
            options=next((each.options for each in reversed(questions) if each.options), None),
        )

    async def _abandon(self, run_id: str) -> None:
        await self._exchange.abandon(await self._desk.store.calls_of(run_id))

    # After a restart

    async def _recover(self, stored: StoredAnswer) -> None:
        """Show what a run has said to its end while nobody looked, or mark the answer as interrupted."""
        now_stored = await self._desk.store.answer(stored.id)
        if now_stored is None or now_stored.state != "running":
            return  # begun by this process, and ended meanwhile
        rows = await self._desk.store.questions_of(stored.id)
        message_ids = [row.message_id for row in rows]
        after = max(message_ids, default=_snowflake(stored.begun_at))
        run = None
        if stored.run_id is not None and self.thread_id is not None:
            run = await self._desk.runs.retrieve(self.thread_id, stored.run_id)
            run = run and await self._desk.runs.follow(run)
        calls = await self._desk.store.told_calls(stored.run_id) if stored.run_id is not None and not rows else []
        whole = run if run is not None and run.status in ("completed", "incomplete", "requires_action") else None
        if (whole is not None and rows) or calls:
            await self._desk.stage.remove(self.place, await self._desk.stage.leftovers(self.place, after))
            await self._desk.store.end_answer(stored.id, "replaced")
            answer = self._begin([], self._desk.stage.target(self.place, after if rows else None), "en", None)
            answer.used_tools = not rows
            if whole is not None:
                answer.run_id, answer.thread_id, answer.delivered = whole.id, whole.thread_id, True
                await self._respond(answer, work=lambda: self._exchange.show(whole, answer))
            else:  # outputs were handed in, and the run died over them: they go in again, with a new run
                await self._respond(answer, work=lambda: self._exchange.tell(answer, calls))
            await self._desk.store.set_questions(message_ids, "answered", answer.id)
            return
        for row in rows[:1]:
            if row.channel_id is not None:
                await self._desk.stage.ensure(self.place, row.channel_id)
        shown = await self._desk.stage.interrupted(self.place, after, stored.id)
        await self._desk.store.end_answer(stored.id, "interrupted", answered=message_ids, shown=shown)
        log.info("answer.interrupted", answer=stored.id, run=stored.run_id)

    async def _resume(self, run_id: str) -> None:
        calls = await self._desk.store.calls_of(run_id)
        outputs = {call.call_id: call.output for call in calls if call.output is not None}
        if not calls or len(outputs) < len(calls):
            return
        locale = self.last.locale if self.last is not None else "en"
        answer = self._begin([], self._desk.stage.target(self.place), locale, None)
        answer.run_id, answer.thread_id, answer.delivered = run_id, calls[0].thread_id, True
        answer.used_tools = True
        await self._respond(answer, work=lambda: self._exchange.resume(answer, calls, outputs))


def _snowflake(moment: datetime | None) -> int:
    """The lowest Discord id of a moment; 0 for none. https://discord.com/developers/docs/reference#snowflakes"""
    if moment is None:
        return 0
    return (int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1_000) - 1_420_070_400_000) << 22


def _now(question: Question) -> datetime:
    return datetime.now(question.asked_at.tzinfo)
