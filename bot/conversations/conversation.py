"""One conversation: a Discord thread tied to an Assistants thread, one run at a time, the rest in a queue."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

import structlog
from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Answer, Last, new_answer_id
from bot.conversations.answer_ending import Ending
from bot.conversations.assistants_messages import PAST_LIMIT
from bot.conversations.assistants_thread import AssistantsThread
from bot.conversations.citations import Citations
from bot.conversations.discord_interface import Destination
from bot.conversations.location import Location
from bot.conversations.question import Question, RunOptions
from bot.conversations.recovery import Left, interrupt, left_of, recalled
from bot.conversations.services import Services
from bot.conversations.tool_calls import Calls
from bot.errors import UserFacingError
from bot.sentences import Locale
from bot.store.conversation_store import StoredAnswer, StoredConversation

log = structlog.get_logger(__name__)

EDIT_WINDOW = timedelta(minutes=1)
"""For so long after it was written, an edit of a question that is not answered yet has it asked anew."""
BEFORE_TYPING = 0.1
"""Seconds from the model's being asked to the first typing: quick answers need none, and by then it shows whether many
are asking at once."""


class Conversation:
    """Answers what is put into it, one run at a time; what waits meanwhile is answered together."""

    def __init__(self, services: Services, location: Location, thread_id: str | None, *, fresh: bool) -> None:
        self._services = services
        self.location = location
        self.calls = Calls(services.conversation_store, services.tools, location)
        self._assistants_thread = AssistantsThread(services, location, self.calls, thread_id, fresh=fresh)
        self._ending = Ending(services, self._assistants_thread)
        self._pending: list[Question] = []
        self._chores: deque[Callable[[], Awaitable[None]]] = deque()
        self.current: Answer | None = None
        self._newest: Answer | None = None
        self._worker: asyncio.Task[None] | None = None
        self._context_recalled = fresh

    @property
    def thread_id(self) -> str | None:
        """The Assistants thread."""
        return self._assistants_thread.thread_id

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and nobody waits for an answer."""
        at_rest = self._worker is None or self._worker.done()
        return at_rest and not self._chores and self._next_asked() is None

    def shows(self, message_id: int) -> bool:
        """Whether a Discord message shows the newest answer, or the one before it."""
        newest, last = self._newest, self._ending.last
        if newest is not None and message_id in newest.reply.message_ids:
            return True
        return last is not None and message_id in last.message_ids

    def move(self, channel_id: int, *, owned: bool) -> None:
        """The answers are posted elsewhere than was thought."""
        self.location = Location(self.location.id, self.location.guild_id, channel_id, owned)
        self._assistants_thread.location = self.location

    def stored(self, message_id: int) -> StoredConversation:
        """As the store writes it, when `message_id` is the newest message seen."""
        location = self.location
        return StoredConversation(
            location.id, location.guild_id, location.channel_id, self.thread_id, location.owned, message_id
        )

    # What happens in Discord

    def put(self, question: Question) -> None:
        """Answer `question` when its turn comes; context waits for the next question, the newest of it."""
        self._pending.append(question)
        context = [pending for pending in self._pending if not pending.addressed]
        if len(context) > PAST_LIMIT:
            self._pending.remove(context[0])
        self._kick()

    def edited(self, question: Question) -> None:
        """A message was rewritten: if it is not answered yet, it is asked anew."""
        for index, pending in enumerate(self._pending):
            if pending.message_id == question.message_id:
                self._pending[index] = rewritten = question.in_place_of(pending)
                if not rewritten.counted:
                    self._put_down([pending])
                self._kick()
                return
        answer = self.current
        if answer is None or question.message_id not in answer.message_ids:
            return
        if _now(question) - question.asked_at <= EDIT_WINDOW and question.message_id is not None:
            answer.edits[question.message_id] = question
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
            answer.edits[message_id] = None
            others = [question for question in answer.asked if question.message_id not in answer.edits]
            answer.stop("edited" if others else "deleted")
            return
        if self._newest is not None and message_id in self._newest.message_ids:
            self._newest.edits[message_id] = None
        self._ending.forget(message_id)
        self._chores.append(lambda: self._assistants_thread.remove_questions([message_id]))
        self._kick()

    def gone(self) -> None:
        """The Discord thread was deleted: so is the Assistants thread, when what is under way has ended."""
        self._put_down(self._pending)
        self._pending.clear()
        if self.current is not None:
            self.current.stop("gone")
        self._chores.append(self._assistants_thread.delete)
        self._kick()

    async def regenerate(self, answer: StoredAnswer, student_id: int, destination: Destination = None) -> None:
        """Answer anew what the last answer answered, at `destination`; the old one leaves both sides.

        It counts as a question of the student's, who was taken up by the limits.

        Raises:
            UserFacingError: it is not the last one, its questions were deleted, or something is under way.
        """
        recalled_last = None if self._ending.last else await recalled(answer, self._services, self.location)
        last = self._ending.last or recalled_last
        if last is None or last.id != answer.id or last.state in ("replaced", "waiting") or not self.idle:
            raise UserFacingError(sentences.NOT_LAST)
        if last.withdrawn:
            raise UserFacingError(sentences.BUTTON_OLD)
        self._ending.last = None
        self._chores.append(lambda: self._regenerate(last, student_id, destination))
        self._kick()

    def resume(self, run_id: str, destination: Destination = None) -> None:
        """All outputs that a run waited for are there: hand them in and go on with it, at `destination`."""
        self._chores.append(lambda: self._resume(run_id, destination))
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
            self._worker = asyncio.create_task(self._work(), name=f"conversation-{self.location.id}")

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
                log.exception("conversation.failed", conversation=self.location.id)

    def _next_asked(self) -> Question | None:
        return next((question for question in self._pending if question.addressed), None)

    async def _take_turn(self, asked: Question) -> None:
        """Answer all that waits, once the student may have another run."""
        async with self._services.quotas.slot(asked.author_id or None):
            leave = await self._services.admission.enter()
            try:
                await self._recall_context()
                batch, self._pending = self._pending, []
                if any(question.addressed for question in batch):
                    batch = [*self._ending.undelivered(), *batch]
                    await self._respond(self._answer_to(batch), on_asked=leave)
                else:
                    self._pending = batch + self._pending
            finally:
                leave()

    async def _recall_context(self) -> None:
        """What was said to others before this process, or this value, knew of the conversation."""
        if self._context_recalled:
            return
        self._context_recalled = True
        known = {pending.message_id for pending in self._pending}
        stored = await self._services.conversation_store.context_of(self.location.id, PAST_LIMIT)
        ids = [each.message_id for each in stored if each.message_id not in known]
        if ids:
            self._pending = [*await self._services.discord.fetch_context(self.location, ids), *self._pending]

    def _answer_to(self, batch: list[Question]) -> Answer:
        newest = [question for question in batch if question.addressed][-1]
        options = next((each.options for each in reversed(batch) if each.options), None)
        return self._begin(batch, self._target_of(newest), newest.locale, options)

    def _target_of(self, question: Question | None) -> Destination:
        if question is not None and question.destination is not None:
            return question.destination
        return self._services.discord.destination(self.location, question.message_id if question is not None else None)

    def _begin(
        self, batch: list[Question], destination: Destination, locale: Locale, options: RunOptions | None
    ) -> Answer:
        answer_id = new_answer_id()
        return Answer(
            id=answer_id,
            questions=batch,
            reply=self._services.discord.begin_reply(destination, answer_id, locale),
            destination=destination,
            citations=Citations(self._services.citations),
            locale=locale,
            options=options or RunOptions(),
        )

    async def _respond(
        self,
        answer: Answer,
        *,
        work: Callable[[], Awaitable[Run]] | None = None,
        on_asked: Callable[[], None] | None = None,
        left: Left | None = None,
    ) -> None:
        """Have `answer` answered: by a run of its own, or by `work`; `on_asked` is called when the model is asked.

        It takes the location, and the questions, of what is `left` of another.
        """
        self.current = self._newest = answer
        answer.on_asked = lambda: self._asked(answer, on_asked)
        started = StoredAnswer(answer.id, self.location.id, answer.run_id, "running")
        message_ids = answer.message_ids if left is None else left.message_ids
        replaced = left.answer.id if left is not None else None
        noting = asyncio.create_task(
            self._services.conversation_store.begin_answer(started, message_ids, replaced=replaced)
        )
        try:
            run = await (work() if work is not None else self._assistants_thread.ask(answer))
        except asyncio.CancelledError:
            await noting
            await self._ending.interrupted(answer)
            raise
        except Exception as error:  # noqa: BLE001 - `broke` logs it, and tells the student
            await noting
            await self._ending.broke(answer, error)
        else:
            if answer.stopped != "edited":  # what is done to the questions from here on is done to answered ones
                self.current = None
            await noting
            await self._ending.ended(answer, run)
        finally:
            answer.ended.set()
            self.current = None
            self._put_down(answer.questions)
        await self._asked_anew(answer)

    def _asked(self, answer: Answer, on_asked: Callable[[], None] | None) -> None:
        """The model is being asked: if it keeps the student waiting, there will be typing."""
        if on_asked is not None:
            on_asked()
        asyncio.get_running_loop().call_later(BEFORE_TYPING, self._type, answer)

    def _type(self, answer: Answer) -> None:
        """Type, but not before those who wait have been asked: first words need the room more."""
        if answer.ended.is_set() or answer.reply.text:
            return
        if self._services.admission.crowded:
            asyncio.get_running_loop().call_later(BEFORE_TYPING, self._type, answer)
        else:
            self._services.discord.show_typing(answer.destination, answer.reply, answer.ended)

    def _put_down(self, questions: Iterable[Question]) -> None:
        self._services.quotas.release(
            question.author_id for question in questions if question.addressed and question.counted
        )

    # Asking anew

    async def _asked_anew(self, answer: Answer) -> None:
        """After an edit, or a deletion among several questions: the same batch with its new words."""
        if answer.stopped != "edited":
            return
        rest = []
        for question in answer.questions:
            now = answer.edits.get(question.message_id or 0, question)
            if now is not None:
                rest.append(now.in_place_of(question))
        if any(question.addressed for question in rest):
            await self._respond(self._answer_to([question.uncounted() for question in rest]))

    async def _regenerate(self, last: Last, student_id: int, destination: Destination) -> None:
        questions = [question.uncounted() for question in last.questions]
        newest = next((question for question in reversed(questions) if question.addressed), None)
        try:
            async with self._services.quotas.slot(student_id):
                answer = self._begin(questions, destination or self._target_of(newest), last.locale, last.options)
                answer.delivered = last.delivered
                await self._respond(answer, work=lambda: self._replace(last, answer, destination))
        finally:
            self._services.quotas.release([student_id])

    async def _replace(self, last: Last, answer: Answer, destination: Destination) -> Run:
        answer.run_id = last.run_id  # until what that run has said is out of the thread
        await self._services.discord.delete_messages(self.location, last.message_ids, replaced_by=destination)
        await self._services.conversation_store.replace_answer(last.id)
        if last.run_id is not None:
            await self._assistants_thread.unsay(last.run_id)
        answer.run_id = None
        return await self._assistants_thread.ask(answer)

    async def _abandon(self, run_id: str) -> None:
        await self._assistants_thread.abandon(await self._services.conversation_store.open_calls_of_run(run_id))

    # After a restart

    async def _recover(self, stored: StoredAnswer) -> None:
        """Show what a run has said to its end while nobody looked, or mark the answer as interrupted."""
        left = await left_of(stored, self._services, self.location, self.thread_id)
        if left is None:
            return
        if left.run is None and not left.calls:
            await interrupt(left, self._services, self.location)
            return
        # Students who wrote as soon as the bot was back may have been answered before this.
        others = await self._services.conversation_store.shown_after(self.location.id, left.after)
        await self._services.discord.delete_messages(
            self.location, await self._services.discord.own_messages_after(self.location, left.after, others)
        )
        destination = self._services.discord.destination(self.location, left.after if left.questions else None)
        answer = self._begin([], destination, left.locale, None)
        answer.used_tools = not left.questions
        if (run := left.run) is not None:
            answer.run_id, answer.thread_id, answer.delivered = run.id, run.thread_id, True
            await self._respond(answer, work=lambda: self._assistants_thread.show(run, answer), left=left)
        else:  # outputs were handed in, and the run died over them: they go in again, with a new run
            await self._respond(answer, work=lambda: self._assistants_thread.tell(answer, left.calls), left=left)
        answered = [question.message_id for question in left.questions if question.state != "context"]
        await self._services.conversation_store.set_questions(answered, "answered", answer.id)

    async def _resume(self, run_id: str, destination: Destination) -> None:
        calls = await self._services.conversation_store.open_calls_of_run(run_id)
        outputs = {call.call_id: call.output for call in calls if call.output is not None}
        if not calls or len(outputs) < len(calls):
            return
        locale = self._ending.last.locale if self._ending.last is not None else "en"
        answer = self._begin([], destination or self._services.discord.destination(self.location), locale, None)
        answer.run_id, answer.thread_id, answer.delivered = run_id, calls[0].thread_id, True
        answer.used_tools = True
        await self._respond(answer, work=lambda: self._assistants_thread.resume(answer, calls, outputs))


def _now(question: Question) -> datetime:
    return datetime.now(question.asked_at.tzinfo)
