"""One conversation: a Discord thread tied to an Assistants thread, one run at a time, other questions in a queue."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import openai
import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Answer, EndedAnswer
from bot.conversations.answer_beginning import AnswerBeginning
from bot.conversations.answer_ending import AnswerEnding
from bot.conversations.assistants_thread import AssistantsThread
from bot.conversations.discord_interface import Destination
from bot.conversations.location import Location
from bot.conversations.prompts.assistants_messages import PAST_LIMIT
from bot.conversations.question import Question
from bot.conversations.recovery import (
    InterruptedAnswer,
    ensure_thread_of,
    find_interrupted,
    incomplete_messages,
    load_answer,
    load_last_answer,
    mark_interrupted,
    results_of,
)
from bot.conversations.services import Services
from bot.conversations.tool_calls import ToolCalls
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import DiscordUnavailableError, UserFacingError
from bot.retries import delay_before
from bot.store.conversation_store import StoredAnswer, StoredConversation
from database.outages import is_outage

log = structlog.get_logger(__name__)

EDIT_WINDOW = timedelta(minutes=1)
"""How long after a question was written an edit makes a running answer begin again."""
UNFINISHED = frozenset({"failed", "interrupted", "stopped"})
"""The states of answers under which stands Retry."""
IN_ORDER = 5
"""How often an answer of an earlier process is tried again before later questions are answered: in half a minute."""
FORGETTING = 60.0
"""Seconds in which what is under way ends and a thread is deleted; it is tried again after that."""
CLOSING = 6.0
"""Seconds in which the last edits are shown when the bot shuts down; Discord allows five in five seconds."""


class Conversation:
    """Answers its questions, one run at a time; questions that wait meanwhile are answered together.

    One worker task does everything that takes time: first the jobs in `_jobs`, then the questions in `_pending`.
    """

    def __init__(self, services: Services, location: Location, thread_id: str | None, *, fresh: bool) -> None:
        self._services = services
        self.location = location
        self.tool_calls = ToolCalls(services, location)
        self._assistants_thread = AssistantsThread(services, location, self.tool_calls, thread_id, fresh=fresh)
        self._beginning = AnswerBeginning(services, location)
        self._ending = AnswerEnding(services, location, self._assistants_thread)
        self._pending: list[Question] = []
        self._jobs: deque[tuple[Callable[[], Awaitable[None]], int | None]] = deque()
        """Each with the student whose question it counts as, if it does."""
        self.current: Answer | None = None
        """The answer that is under way."""
        self._newest: Answer | None = None
        """The answer that began last."""
        self._worker: asyncio.Task[None] | None = None
        self._is_our_turn = fresh or services.turn is None
        """Whether no other process works on it any more."""
        self._context_loaded = fresh
        self._may_have_missed_edits = not fresh
        self._asked_again: set[str] = set()
        """Answers that were not completed, whose questions are asked again after later ones."""
        self._closing = False
        """Whether nothing is begun any more."""
        self._abandoned = False
        """Whether this process was cut off, so that what it still does here counts for nothing."""
        self._recovering: set[str] = set()
        """Answers of earlier processes that are being finished."""
        self._put_off: set[asyncio.Task[None]] = set()
        """Jobs that Discord did not let be done, and that are tried again later."""

    @property
    def thread_id(self) -> str | None:
        """The Assistants thread."""
        return self._assistants_thread.thread_id

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and nobody waits for an answer."""
        at_rest = self._worker is None or self._worker.done()
        return at_rest and not self._jobs and self._next_addressed() is None

    @property
    def settled(self) -> bool:
        """Whether it is idle, and Discord shows the end of every answer."""
        return self.idle and not self._ending.busy and not self._put_off

    def is_asked(self, message_id: int) -> bool:
        """Whether a message waits here, or is being answered."""
        waits = any(pending.message_id == message_id for pending in self._pending)
        return waits or (self.current is not None and message_id in self.current.message_ids)

    def works_on(self, answer_id: str) -> bool:
        """Whether an answer is under way here, or its end is still to be shown, or it is being recovered."""
        if answer_id in self._recovering:
            return True
        return (self.current is not None and self.current.id == answer_id) or self._ending.works_on(answer_id)

    def shows(self, message_id: int) -> bool:
        """Whether a Discord message shows the newest answer, the one before it, or one whose end is not shown yet."""
        newest = self._newest
        return (newest is not None and message_id in newest.reply.message_ids) or self._ending.shows(message_id)

    def stored(self, message_id: int) -> StoredConversation:
        """As the store writes it, when `message_id` is the newest message seen."""
        location = self.location
        return StoredConversation(
            location.id, location.guild_id, location.channel_id, self.thread_id, location.owned, message_id
        )

    # What happens in Discord

    def add(self, question: Question, *, earlier: bool = False) -> None:
        """Queue a question; one that is `earlier` goes before what was written after it.

        Context is kept until the next question, up to the newest PAST_LIMIT messages.
        """
        place = len(self._pending)
        if earlier:
            later = (n for n, each in enumerate(self._pending) if (each.message_id or 0) > (question.message_id or 0))
            place = next(later, place)
        self._pending.insert(place, question)
        context = [pending for pending in self._pending if not pending.addressed]
        if len(context) > PAST_LIMIT:
            self._pending.remove(context[0])
        self._wake_worker()

    def message_edited(self, question: Question) -> None:
        """A message was edited: if it is not answered yet, it is asked again with its new text.

        What was edited out of an answered one leaves the Assistants thread, and its answer is offered anew.
        """
        for index, pending in enumerate(self._pending):
            if pending.message_id == question.message_id:
                self._pending[index] = rewritten = question.in_place_of(pending)
                if not rewritten.counted:
                    self._release([pending])
                self._wake_worker()
                return
        answer = self.current
        fresh = _now(question) - question.asked_at <= EDIT_WINDOW
        if answer is not None and fresh and question.message_id in answer.message_ids:
            if answer.newest_words(question.message_id) != question.digest:
                answer.edits[question.message_id] = question
                answer.stop("edited")
            return
        self._add_job(lambda: self._rewrite(question))

    def message_deleted(self, message_id: int) -> None:
        """A message was deleted: it leaves the queue, the running answer and the Assistants thread."""
        dropped = [pending for pending in self._pending if pending.message_id == message_id]
        if dropped:
            self._pending = [pending for pending in self._pending if pending.message_id != message_id]
            self._release(dropped)
            return
        answer = self.current
        if answer is not None and message_id in answer.message_ids:
            answer.edits[message_id] = None
            others = [question for question in answer.asked if question.message_id not in answer.edits]
            answer.stop("edited" if others else "deleted")
            return
        if self._newest is not None and message_id in self._newest.message_ids:
            self._newest.edits[message_id] = None
        self._ending.forget(message_id)
        self._add_job(lambda: self._assistants_thread.delete_questions([message_id]))

    def channel_deleted(self) -> None:
        """The Discord thread was deleted: the Assistants thread is deleted when what is under way has ended."""
        self._release(self._pending)
        self._pending.clear()
        if self.current is not None:
            self.current.stop("gone")
        self._add_job(self._assistants_thread.delete)

    async def forget(self, student_id: int) -> bool:
        """Forget all that was said here: what the student asked and waits or runs is dropped, and the Assistants thread
        is deleted when what is under way has ended. False: the server does not delete it now.
        """
        mine = [pending for pending in self._pending if pending.author_id == student_id]
        self._pending = [pending for pending in self._pending if pending.author_id != student_id]
        self._release(mine)
        answer = self.current
        if answer is not None and any(question.author_id == student_id for question in answer.asked):
            answer.stop("gone")
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def delete() -> None:
            deleted = False
            try:
                await self._assistants_thread.delete()
                self._ending.last = None
                deleted = True
            except openai.OpenAIError as error:
                log.warning("conversation.not_forgotten", conversation=self.location.id, cause=error)
            finally:
                if not ended.done():
                    ended.set_result(deleted)

        self._add_job(delete)
        # The job may be dropped: another process may have this conversation from now on, or this one may end.
        done, _ = await asyncio.wait({ended}, timeout=FORGETTING)
        return bool(done) and ended.result()

    async def regenerate(self, answer: StoredAnswer, student_id: int, destination: Destination = None) -> None:
        """Answer the questions of the last answer again, at `destination`; the old answer is deleted from both sides.

        One that was not completed was promised another try: if more was asked since, its questions are asked again at
        the end. It counts as a question of the student; the caller has acquired it from the quotas.

        Raises:
            UserFacingError: it is complete and not the last answer, or something is under way; or its questions were
                deleted.
        """
        newest = self._ending.last
        is_newest = newest.id == answer.id if newest is not None else await self._is_newest(answer)
        if answer.state in UNFINISHED and not (is_newest and self.idle):
            if answer.id in self._asked_again:
                raise UserFacingError(sentences.NOT_LAST)
            late = await load_answer(answer, self._services)
            self._asked_again.add(answer.id)
            self._add_job(lambda: self._regenerate(late, student_id, None, late=True), student_id)
            return
        results = await results_of(answer.run_id, self._services)
        loaded = None if self._ending.last else await load_last_answer(answer, self._services, self.location)
        last = self._ending.last or loaded
        if last is None or last.id != answer.id or last.state in ("replaced", "waiting") or not self.idle:
            raise UserFacingError(sentences.NOT_LAST)
        if last.withdrawn or not (last.questions or results):
            raise UserFacingError(sentences.BUTTON_OLD)
        if not last.questions:
            last.questions, last.delivered = results, False
        self._ending.last = None
        self._add_job(lambda: self._regenerate(last, student_id, destination), student_id)

    async def _is_newest(self, answer: StoredAnswer) -> bool:
        newest = await self._services.conversation_store.last_answer(self.location.id)
        return newest is not None and newest.id == answer.id

    def resume(self, run_id: str, destination: Destination = None) -> None:
        """All outputs that a run waited for are there: submit them and show the rest of the run at `destination`."""
        self._add_job(lambda: self._resume(run_id, destination))

    def cancel_run(self, run_id: str) -> None:
        """End a run that waits for tool outputs which will not come."""
        self._add_job(lambda: self._cancel_run(run_id))

    def recover(self, answer: StoredAnswer) -> None:
        """Finish an answer that was under way when the last process ended, unless that is being done."""
        if answer.id not in self._recovering:
            self._recovering.add(answer.id)
            self._add_job(lambda: self._recover_or_put_off(answer, 1))

    def begin_nothing_more(self) -> None:
        """Begin no more jobs and answers: what is to be done is stored, and the next process does it."""
        self._closing = True
        for task in self._put_off:
            task.cancel()
        if self._worker is not None and self.current is None:  # it waits for its turn, or for what it does not do now
            self._worker.cancel()

    async def finish(self) -> None:
        """Begin nothing more, and wait until Discord shows the end of the answer under way."""
        self.begin_nothing_more()
        if self._worker is not None:
            await asyncio.wait({self._worker})
        await self._ending.wait()

    def let_go(self) -> None:
        """Another process answers here from now on: begin nothing more, and leave what waits to that one."""
        self.begin_nothing_more()
        self._release(self._pending)
        self._pending.clear()
        self._services.quotas.release(student_id for _, student_id in self._jobs if student_id is not None)
        self._jobs.clear()

    async def abandon(self) -> None:
        """This process was cut off, and another one may be at the same work: show and store nothing more of it."""
        self._abandoned = True
        self.let_go()
        if self.current is not None:
            await self.current.reply.withdraw()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        await self._ending.close(0.0)

    async def close(self) -> None:
        """End what is under way; the student sees that it was interrupted. Edits that wait are sent, as time allows."""
        self.begin_nothing_more()
        if self.current is not None:
            self.current.stop("shutdown")
        loop = asyncio.get_running_loop()
        until = loop.time() + CLOSING
        if self._worker is not None:
            self._worker.cancel()
            _, late = await asyncio.wait({self._worker}, timeout=CLOSING)
            for worker in late:  # its answer stays stored as running: the next start tells how it ended
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._ending.close(max(0.0, until - loop.time()))

    # The worker

    def _add_job(self, job: Callable[[], Awaitable[None]], student_id: int | None = None) -> None:
        self._jobs.append((job, student_id))
        self._wake_worker()

    def _wake_worker(self) -> None:
        if not self._closing and (self._worker is None or self._worker.done()):
            self._worker = asyncio.create_task(self._work(), name=f"conversation-{self.location.id}")

    async def _wait_for_turn(self) -> None:
        if not self._is_our_turn and self._services.turn is not None:
            await self._services.turn(self.location)
            self._is_our_turn = True

    async def _work(self) -> None:
        await self._wait_for_turn()
        failures = 0
        while not self._closing:
            try:
                if self._jobs:
                    job, _ = self._jobs.popleft()
                    await job()
                elif (question := self._next_addressed()) is not None:
                    await self._answer_pending(question)
                else:
                    return
            except Exception:
                log.exception("conversation.failed", conversation=self.location.id)
                if self._next_addressed() is not None:  # it still waits: what failed may be there again later
                    failures += 1
                    await asyncio.sleep(delay_before(failures))
            else:
                failures = 0

    def _next_addressed(self) -> Question | None:
        return next((question for question in self._pending if question.addressed), None)

    async def _answer_pending(self, first: Question) -> None:
        """Answer all questions that wait, as soon as the student of the `first` one may have another run."""
        async with self._services.quotas.slot(first.author_id or None):
            release = await self._services.concurrency_limit.acquire()
            try:
                await self._load_context()
                await self._take_missed_edits()
                await self._services.quotas.refresh(first.author_id, self.location.guild_id)
                batch, self._pending = self._pending, []
                if any(question.addressed for question in batch):
                    batch = [*self._ending.take_undelivered(), *batch]
                    await self._respond(self._beginning.answer_to(batch), on_asked=release)
                else:
                    self._pending = batch + self._pending
            finally:
                release()

    async def _load_context(self) -> None:
        """Read what was said to others before this object was made, once."""
        if self._context_loaded:
            return
        known = {pending.message_id for pending in self._pending}
        stored = await self._services.conversation_store.context_of(self.location.id, PAST_LIMIT)
        ids = [each.message_id for each in stored if each.message_id not in known]
        try:
            if ids:
                self._pending = [*await self._services.discord.fetch_context(self.location, ids), *self._pending]
        except DiscordUnavailableError:
            log.info("conversation.without_context", conversation=self.location.id)  # the next question has it
        else:
            self._context_loaded = True

    def may_have_missed_edits(self) -> None:
        """The bot was away, or not connected: before the next answer it looks for what was edited and deleted since."""
        self._may_have_missed_edits = True

    async def _take_missed_edits(self) -> None:
        """What was edited out or deleted while the bot was away does not go to the model again."""
        if not self._may_have_missed_edits or self.thread_id is None:
            return
        self._may_have_missed_edits = False
        try:
            await self._look_for_edits()
        except Exception as error:
            if not isinstance(error, DiscordUnavailableError) and not is_outage(error):
                raise
            self._may_have_missed_edits = True  # the next question looks for them
            log.info("conversation.edits_not_read", conversation=self.location.id)

    async def _look_for_edits(self) -> None:
        known = await self._services.conversation_store.newest_questions(self.location.id, PAST_LIMIT)
        messages = [(each.channel_id, each.message_id) for each in known if each.channel_id is not None]
        words = await self._services.discord.fetch_words(self.location, messages)
        for message_id in await self._assistants_thread.delete_gone(words.gone):
            self._ending.forget(message_id)
            await self._services.conversation_store.set_questions([message_id], "dropped")
        for edited in await self._assistants_thread.edited_among(words.questions):
            if edited.channel_id is not None and edited.message_id is not None:
                question = await self._services.discord.fetch_question(edited.channel_id, edited.message_id)
                if question is not None:
                    await self._rewrite(question)

    # One answer

    async def _respond(
        self,
        answer: Answer,
        *,
        work: Callable[[], Awaitable[Run]] | None = None,
        on_asked: Callable[[], None] | None = None,
        interrupted: InterruptedAnswer | None = None,
        student_id: int | None = None,
        goes_on: str | None = None,
    ) -> None:
        """Have `answer` answered by a run of its own, or by `work`; `on_asked` is called when the model is asked.

        If `interrupted` is given, this answer replaces that one and answers its questions. The tokens are charged to
        `student_id` (None: whoever asked), or to whoever the run `goes_on` was charged to.
        """
        self.current = self._newest = answer
        answer.on_asked = lambda: self._beginning.model_asked(answer, on_asked)
        storing = asyncio.create_task(self._beginning.store(answer, goes_on, interrupted))
        try:
            if goes_on is None:
                await self._beginning.reserve(answer, student_id)
            else:  # a restart has to know of it before the outputs count as submitted
                await storing
            run = await (work() if work is not None else self._assistants_thread.ask(answer))
        except asyncio.CancelledError:
            if self._abandoned:
                storing.cancel()
                raise
            await storing
            await self._ending.interrupted(answer)
            raise
        except Exception as error:  # noqa: BLE001 - `request_failed` logs it, and tells the student
            await storing
            await self._ending.request_failed(answer, error)
        else:
            if answer.stopped != "edited":  # edits and deletions from here on are those of answered questions
                self.current = None
            ending = asyncio.create_task(self._end(answer, run, storing))
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                if self._abandoned:
                    ending.cancel()
                else:
                    await ending  # the answer is complete: a shutdown takes nothing of it away
                raise
        finally:
            answer.ended.set()
            self.current = None
            self._release([*answer.questions, *answer.refused])
        await self._services.conversation_store.set_questions(
            (each.message_id for each in answer.refused if each.message_id is not None), "dropped"
        )
        await self._ask_edited(answer)

    async def _end(self, answer: Answer, run: Run, storing: "asyncio.Task[None]") -> None:
        await storing
        self._beginning.note_usage(run)
        await self._ending.run_ended(answer, run)

    def _release(self, questions: Iterable[Question]) -> None:
        self._services.quotas.release(
            question.author_id for question in questions if question.addressed and question.counted
        )

    # Asking again

    async def _ask_edited(self, answer: Answer) -> None:
        """After an edit, or a deletion among several questions: ask the same questions with their new text."""
        if answer.stopped != "edited":
            return
        rest = []
        for question in answer.questions:
            now = answer.edits.get(question.message_id or 0, question)
            if now is not None:
                rest.append(now.in_place_of(question))
        if any(question.addressed for question in rest):
            await self._respond(self._beginning.answer_to([question.uncounted() for question in rest]))

    async def _regenerate(
        self, last: EndedAnswer, student_id: int, destination: Destination, *, late: bool = False
    ) -> None:
        questions = [question.uncounted() for question in last.questions]
        newest = next((question for question in reversed(questions) if question.addressed), None)
        try:
            async with self._services.quotas.slot(student_id):
                await self._services.quotas.refresh(student_id, self.location.guild_id)
                answer = self._beginning.new_answer(
                    questions, destination or self._beginning.destination_of(newest), last.locale, last.options
                )
                answer.delivered = last.delivered
                await self._respond(
                    answer, work=lambda: self._replace(last, answer, destination, late=late), student_id=student_id
                )
        finally:
            self._services.quotas.release([student_id])

    async def _replace(self, last: EndedAnswer, answer: Answer, destination: Destination, *, late: bool = False) -> Run:
        answer.run_id = last.run_id  # until the messages of that run are deleted from the thread
        await last.withdraw()
        await self._services.discord.delete_messages(self.location, last.message_ids, replaced_by=destination)
        await self._services.conversation_store.replace_answer(last.id)
        if last.run_id is not None:
            await self._assistants_thread.delete_run_messages(last.run_id)
        answer.run_id = None
        if last.delivered and (late or last.edited or (last.reply is None and await self._is_outdated(last))):
            await self._assistants_thread.delete_questions(answer.message_ids)
            answer.delivered = False
        return await self._assistants_thread.ask(answer)

    async def _is_outdated(self, last: EndedAnswer) -> bool:
        """Whether questions of an answer of an earlier process were edited since; nobody may have told this one."""
        return await self._assistants_thread.is_outdated(last.questions)

    async def _rewrite(self, question: Question) -> None:
        """Take what was edited out of an answered message out of the Assistants thread, and offer its answer anew."""
        in_thread = await self._assistants_thread.rewrite(question)
        await self._ending.question_edited(question, in_thread=in_thread)

    # Runs that waited for tool outputs

    async def _resume(self, run_id: str, destination: Destination) -> None:
        calls = await self._services.conversation_store.open_calls_of_run(run_id)
        outputs = {call.call_id: call.output for call in calls if call.output is not None}
        if not calls or len(outputs) < len(calls):
            return
        locale = self._ending.last.locale if self._ending.last is not None else "en"
        answer = self._beginning.new_answer(
            [], destination or self._services.discord.destination(self.location), locale, None
        )
        answer.run_id, answer.thread_id, answer.delivered = run_id, calls[0].thread_id, True
        answer.asked_people = True
        await self._respond(answer, work=lambda: self._assistants_thread.resume(answer, calls, outputs), goes_on=run_id)

    async def _cancel_run(self, run_id: str) -> None:
        calls = await self._services.conversation_store.open_calls_of_run(run_id)
        await self._assistants_thread.cancel_calls(calls)

    # After a restart

    async def _recover_or_put_off(self, stored: StoredAnswer, attempt: int) -> None:
        """Recover an answer; if Discord or the server does not answer, try again later: others need not wait for it."""
        try:
            await self._recover(stored)
        except (DiscordUnavailableError, openai.OpenAIError) as error:
            delay = delay_before(attempt)
            log.warning("answer.recovered_later", answer=stored.id, attempt=attempt, seconds=delay, cause=error)
            if attempt <= IN_ORDER:  # what was asked later would take its questions along, and they were answered twice
                await asyncio.sleep(delay)
                await self._recover_or_put_off(stored, attempt + 1)
                return
            task = asyncio.create_task(self._recover_later(stored, attempt + 1, delay))
            self._put_off.add(task)
            task.add_done_callback(self._put_off.discard)
        except BaseException:  # the next look for what was left finds it again
            self._recovering.discard(stored.id)
            raise
        else:
            self._recovering.discard(stored.id)

    async def _recover_later(self, stored: StoredAnswer, attempt: int, delay: float) -> None:
        await asyncio.sleep(delay)
        self._add_job(lambda: self._recover_or_put_off(stored, attempt))

    async def _recover(self, stored: StoredAnswer) -> None:
        """Show the whole of what an answer's run has said meanwhile, or mark the answer as interrupted."""
        interrupted = await find_interrupted(stored, self._services, self.location, self.thread_id)
        if interrupted is None or not await self._services.conversation_store.claim_answer(interrupted.stored):
            return
        run, calls = interrupted.run, interrupted.calls
        await ensure_thread_of(interrupted, self._services, self.location)
        if run is not None and await self._assistants_thread.reads_what_was_closed(run):
            await self._assistants_thread.delete_run_messages(run.id)
            run = None  # what it read may not be told here any more
        work: Callable[[], Awaitable[Run]]
        if run is None and not calls:
            await mark_interrupted(interrupted, self._services, self.location)
            return
        incomplete = await incomplete_messages(interrupted, self._services, self.location)
        reply_to = interrupted.after if interrupted.questions else None
        destination = self._services.discord.destination(self.location, reply_to)
        answer = self._beginning.new_answer([], destination, interrupted.locale, None, goes_on_in=incomplete)
        answer.asked_people = not interrupted.questions
        if run is not None:
            answer.run_id, answer.thread_id, answer.delivered = run.id, run.thread_id, True
            work = partial(self._assistants_thread.show, run, answer)
        else:  # outputs were submitted, and the run ended without an answer to them: they go into a new run
            work = partial(self._assistants_thread.tell_late_outputs, answer, calls)
        goes_on = run.id if run is not None else calls[0].run_id
        await self._respond(answer, work=work, interrupted=interrupted, goes_on=goes_on)
        answered = [question.message_id for question in interrupted.questions if question.state != "context"]
        await self._services.conversation_store.set_questions(answered, "answered", answer.id)


def _now(question: Question) -> datetime:
    return DISCORD_CLOCK.now().astimezone(question.asked_at.tzinfo)
