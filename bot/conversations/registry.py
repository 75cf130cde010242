"""All conversations of the bot: which Discord thread is which Assistants thread, and what is asked in them."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError

from bot import sentences
from bot.conversations.citations import CitationResolver
from bot.conversations.conversation import Conversation
from bot.conversations.discord_interface import Destination
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.conversations.services import Services
from bot.conversations.show_as_text import text_of
from bot.conversations.tools import ToolCall
from bot.errors import UserFacingError
from bot.store.conversation_store import StoredAnswer, StoredConversation, StoredQuestion, StoredToolCall
from bot.store.tables import QuestionState

K = TypeVar("K")
T = TypeVar("T")
log = structlog.get_logger(__name__)

REMEMBERED = 2_000
"""Conversations kept in memory while nothing happens in them; the others are read back from the store."""
SEEN = 10_000
"""Message ids kept in memory with their conversations, against a gateway that repeats itself."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a process left unfinished."""

    answers: Sequence[StoredAnswer] = ()
    questions: Sequence[StoredQuestion] = ()
    calls: Sequence[StoredToolCall] = ()


@dataclass(slots=True)
class _Arriving:
    """A message that is being noted, and what becomes of it meanwhile."""

    question: Question
    rewritten: Question | None = None
    deleted: bool = False


class Conversations:
    """The way in for everything that a person does to a conversation."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._open: OrderedDict[int, Conversation] = OrderedDict()
        self._strangers: OrderedDict[int, None] = OrderedDict()
        self._seen: OrderedDict[int, int] = OrderedDict()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._arriving: dict[int, _Arriving] = {}
        self._left = Left()
        self._closing = False

    # Asking

    async def ask(self, location: Location, question: Question) -> bool:
        """Have `question` answered in the conversation at `place`; returns once it is noted and in the queue.

        A message that was taken up before (by its id) is left alone, and one that was deleted in the meantime: False.
        An unaddressed one is kept as context.

        Raises:
            UserFacingError: the student, or the whole bot, asks too much; the message counts as handled.
        """
        if self._closing or not self._first_time(question.message_id, location.id):
            return False
        arriving = _Arriving(question)
        if question.message_id is None:
            return await self._take_in(location, arriving)
        self._arriving[question.message_id] = arriving
        try:
            return await self._take_in(location, arriving)
        finally:
            del self._arriving[question.message_id]

    async def _take_in(self, location: Location, arriving: "_Arriving") -> bool:
        question, refusal = arriving.question, None
        conversation = await self._conversation(location)
        if question.addressed and question.counted:
            try:
                self._services.quotas.acquire(question.author_id)
            except UserFacingError as error:
                refusal = error
        noted = await self._note(conversation, question, refused=refusal is not None)
        if refusal is None and not (noted and not arriving.deleted):
            self._put_down(question)
        if noted and arriving.deleted and question.message_id is not None:
            await self._services.conversation_store.set_questions([question.message_id], "dropped")
        if not noted or arriving.deleted:
            return False
        if refusal is not None:
            raise refusal
        conversation.put(question)
        if arriving.rewritten is not None:
            conversation.edited(arriving.rewritten)
        return True

    def _put_down(self, question: Question) -> None:
        if question.addressed and question.counted:
            self._services.quotas.release([question.author_id])

    async def submit_output(self, call_id: str, output: str, destination: Destination = None) -> None:
        """The output of a function call that a person was asked for; what comes of it is shown at `destination`.

        When it is the run's last open one, all are handed in and what the model says to them streams into the
        conversation. If the run waits no longer (it expired, gave way, or its server was replaced), the output goes
        in as a message with a new run.

        Raises:
            KeyError: there is no such call.
        """
        call = await self._services.conversation_store.call(call_id)
        if call is None:
            raise KeyError(call_id)
        if call.output is not None or call_id in self._answered:
            return
        _remember(self._answered, call_id, None, SEEN)
        await self._services.conversation_store.set_output(call_id, output)
        conversation = await self.find(call.conversation_id)
        if conversation is None:
            log.warning("call.without_conversation", call=call_id)
        elif call.submitted:
            conversation.put(late_output(call.name, call.arguments, output).shown_at(destination))
        elif await conversation.calls.outputs(call.run_id) is not None:
            conversation.resume(call.run_id, destination)

    async def cancel_call(self, call_id: str, output: str) -> None:
        """End the run that waits for this call: nobody will give its result.

        If the run waits for other calls too, it goes on, and `output` is handed in for this one.
        """
        call = await self._services.conversation_store.call(call_id)
        if call is None:
            return
        if len(await self._services.conversation_store.open_calls_of_run(call.run_id)) > 1:
            await self.submit_output(call_id, output)
            return
        conversation = await self.find(call.conversation_id)
        if conversation is not None and not call.submitted:
            conversation.abandon(call.run_id)

    async def open_calls(self, tool: str) -> list[str]:
        """The ids of a tool's calls that have no output yet."""
        calls = await self._services.conversation_store.open_calls()
        return [call.call_id for call in calls if call.name == tool and call.output is None]

    async def open_call(self, call_id: str) -> ToolCall | None:
        """A call as its tool was given it; None when it has its output, or its conversation is gone."""
        call = await self._services.conversation_store.call(call_id)
        if call is None or call.submitted or call.output is not None:
            return None
        conversation = await self.find(call.conversation_id)
        return conversation.calls.revived(call) if conversation is not None else None

    # What else happens to messages

    async def message_edited(self, question: Question) -> None:
        """A message was rewritten; only one that waits or is being answered is asked anew."""
        arriving = self._arriving.get(question.message_id or 0)
        conversation = self._open.get(self._seen.get(question.message_id or 0, 0))
        if arriving is not None:
            arriving.rewritten = question
        elif conversation is not None:
            conversation.edited(question)

    def has_seen(self, message_id: int) -> bool:
        """Whether a message was taken up in this process, so that its edits matter."""
        return message_id in self._seen

    async def message_deleted(self, message_id: int) -> None:
        """A message was deleted."""
        if (arriving := self._arriving.get(message_id)) is not None:
            arriving.deleted = True
            return
        conversation_id = self._seen.get(message_id)
        if conversation_id is None:
            stored = await self._services.conversation_store.question(message_id)
            conversation_id = stored.conversation_id if stored is not None else None
        conversation = await self.find(conversation_id) if conversation_id is not None else None
        if conversation is not None:
            conversation.deleted(message_id)
            await self._services.conversation_store.set_questions([message_id], "dropped")

    async def channel_deleted(self, conversation_id: int) -> None:
        """A Discord thread or channel was deleted."""
        conversation = await self.find(conversation_id)
        if conversation is not None:
            conversation.gone()

    async def channel_changed(self, conversation_id: int, channel_id: int, *, owned: bool) -> None:
        """The answers are posted elsewhere than was thought (a thread could not be made)."""
        conversation = await self.find(conversation_id)
        if conversation is not None:
            conversation.move(channel_id, owned=owned)
        await self._services.conversation_store.move(conversation_id, channel_id, owned=owned)

    # Buttons

    async def stop(self, answer_id: str, student_id: int, *, moderator: bool = False) -> None:
        """End a running answer.

        Raises:
            UserFacingError: it is not running, or is not the student's.
        """
        for conversation in self._open.values():
            answer = conversation.current
            if answer is None or answer.id != answer_id:
                continue
            if not moderator and not answer.may_be_stopped_by(student_id):
                raise UserFacingError(sentences.NOT_YOURS)
            answer.stop("button")
            return
        raise UserFacingError(sentences.NOT_RUNNING)

    async def regenerate(
        self, answer_id: str, student_id: int, *, moderator: bool = False, destination: Destination = None
    ) -> None:
        """Regenerate an answer, or retry one that failed; the new one is shown at `destination`.

        Raises:
            UserFacingError: it is not the conversation's last answer, or is not the student's, or that is too much.
        """
        stored = await self._services.conversation_store.answer(answer_id)
        conversation = await self.find(stored.conversation_id) if stored is not None else None
        if stored is None or conversation is None:
            raise UserFacingError(sentences.BUTTON_OLD)
        asked = [
            each for each in await self._services.conversation_store.questions_of(answer_id) if each.state != "context"
        ]
        askers = {each.author_id for each in asked}
        if askers and not moderator and student_id not in askers:
            raise UserFacingError(sentences.NOT_YOURS)
        self._services.quotas.acquire(student_id)
        try:
            await conversation.regenerate(stored, student_id, destination)
        except BaseException:
            self._services.quotas.release([student_id])
            raise

    async def text_of(self, answer_id: str) -> str:
        """An answer as the model wrote it.

        Raises:
            UserFacingError: it is not there any more, or the server cannot be reached.
        """
        return await text_of(answer_id, self._services)

    # What else the bot needs to know or to set

    def set_citation_resolver(self, resolver: CitationResolver) -> None:
        """Have citations lead to what `resolver` finds for a file."""
        self._services.citations = resolver

    async def lull(self) -> None:
        """Wait until no question waits for its turn to be asked, or long enough: for work that is not as urgent."""
        await self._services.admission.lull()

    # After a restart

    async def load(self) -> None:
        """Read what was used today, and what the last process left unfinished; before anything new can be asked."""
        await self._services.quotas.load()
        self._left = Left(
            answers=await self._services.conversation_store.answers_in("running"),
            questions=await self._services.conversation_store.questions_in("waiting"),
            calls=await self._services.conversation_store.open_calls(),
        )

    async def recover(self) -> None:
        """Finish it: answers under way, questions that waited, outputs not handed in. Only the first call does."""
        left, self._left = self._left, Left()
        for answer in left.answers:
            if (conversation := await self.find(answer.conversation_id)) is not None:
                conversation.recover(answer)
        for waiting in left.questions:
            await self._ask_again(waiting)
        for run_id in {call.run_id: None for call in left.calls}:
            calls = await self._services.conversation_store.open_calls_of_run(run_id)
            conversation = await self.find(calls[0].conversation_id) if calls else None
            if conversation is not None and all(call.output is not None for call in calls):
                conversation.resume(run_id)

    async def _ask_again(self, waiting: StoredQuestion) -> None:
        _remember(self._seen, waiting.message_id, waiting.conversation_id, SEEN)
        conversation = await self.find(waiting.conversation_id)
        question = None
        if waiting.channel_id is not None and conversation is not None:
            await self._services.discord.ensure_thread(conversation.location, waiting.channel_id)
            question = await self._services.discord.fetch_question(waiting.channel_id, waiting.message_id)
        if conversation is None or question is None:
            await self._services.conversation_store.set_questions([waiting.message_id], "dropped")
            return
        conversation.put(question.uncounted())

    # Finding

    async def find(self, conversation_id: int) -> Conversation | None:
        """A conversation by its id, read back from the store if need be."""
        if (known := self._open.get(conversation_id)) is not None:
            self._open.move_to_end(conversation_id)
            return known
        if conversation_id in self._strangers:
            return None
        stored = await self._services.conversation_store.conversation(conversation_id)
        if stored is None:
            _remember(self._strangers, conversation_id, None, SEEN)
            return None
        return self._revive(stored)

    async def find_by_answer(self, message_id: int) -> Conversation | None:
        """The conversation that one of the bot's messages belongs to, also while it is still being written."""
        for conversation in self._open.values():
            if conversation.shows(message_id):
                return conversation
        stored = await self._services.conversation_store.conversation_of(message_id)
        return None if stored is None else self._revive(stored)

    async def close(self) -> None:
        """Take nothing more; end what is under way, telling the students so."""
        self._closing = True
        await asyncio.gather(*(conversation.close() for conversation in list(self._open.values())))

    def _revive(self, stored: StoredConversation) -> Conversation:
        if (known := self._open.get(stored.id)) is not None:
            return known
        location = Location(stored.id, stored.guild_id, stored.channel_id, stored.owned)
        conversation = Conversation(self._services, location, stored.thread_id, fresh=False)
        self._keep(conversation)
        return conversation

    async def _conversation(self, location: Location) -> Conversation:
        if location.fresh:
            conversation = Conversation(self._services, location, None, fresh=True)
            if location.id not in self._open:
                self._keep(conversation)
            return self._open[location.id]
        known = await self.find(location.id)
        if known is not None:
            return known
        self._strangers.pop(location.id, None)
        if location.id not in self._open:
            self._keep(Conversation(self._services, location, None, fresh=False))
        return self._open[location.id]

    def _keep(self, conversation: Conversation) -> None:
        self._open[conversation.location.id] = conversation
        self._strangers.pop(conversation.location.id, None)
        if len(self._open) <= REMEMBERED:
            return
        for old in [each for each in list(self._open.values())[: REMEMBERED // 10] if each.idle]:
            del self._open[old.location.id]

    async def _note(self, conversation: Conversation, question: Question, *, refused: bool) -> bool:
        """Write down that the message is handled; whether it was not before."""
        if question.message_id is None:
            return True
        state: QuestionState = "dropped" if refused else "waiting" if question.addressed else "context"
        try:
            await self._services.conversation_store.add_question(
                conversation.stored(question.message_id),
                message_id=question.message_id,
                channel_id=question.channel_id,
                author_id=question.author_id,
                state=state,
            )
        except IntegrityError:
            log.info("message.taken_up_before", message=question.message_id)
            return False
        return True

    def _first_time(self, message_id: int | None, conversation_id: int) -> bool:
        if message_id is None:
            return True
        if message_id in self._seen:
            return False
        _remember(self._seen, message_id, conversation_id, SEEN)
        return True


def late_output(name: str, arguments: str, output: str) -> Question:
    """An output that its run did not wait for, as a message."""
    text = f"[results] {name}, called earlier with {arguments}, has its result now; react to it.\n\n{output}"
    return Question(text=text, author_id=0, author_name="", counted=False)


def _remember(ids: "OrderedDict[K, T]", key: K, value: T, limit: int) -> None:
    ids[key] = value
    if len(ids) > limit:
        ids.popitem(last=False)
