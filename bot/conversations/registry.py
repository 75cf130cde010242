"""All conversations of the bot: finds the conversation that a message, a button or a tool call belongs to."""

import asyncio
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot import sentences
from bot.conversations.answer_contents.citations import CitationResolver, FindSource
from bot.conversations.answer_source import WorkStep, text_of, work_of
from bot.conversations.conversation import Conversation
from bot.conversations.discord_interface import Destination
from bot.conversations.location import FindLibraryScope, Location
from bot.conversations.moderation import Moderation
from bot.conversations.prompts.assistants_messages import late_output_question
from bot.conversations.question import Question
from bot.conversations.recovery import ensure_thread
from bot.conversations.reply_guard import ReplyGuard
from bot.conversations.services import Services
from bot.conversations.tools import ToolCall
from bot.errors import DiscordUnavailableError, UserFacingError
from bot.retries import keep_trying
from bot.store.base import now
from bot.store.conversation_store import StoredAnswer, StoredConversation, StoredQuestion
from bot.store.retention import ANSWERED
from bot.store.sweep import snowflake
from bot.store.tables import QuestionState

TellHolder = Callable[[int, int | None], Awaitable[None]]


Missed = list[tuple[int, Callable[[], Awaitable[None]]]]
"""Messages that came while no process listened: their ids, and what hands each over; oldest first."""


async def _nothing_missed(_guild_id: int, _channel_id: int) -> Missed:
    """Nobody knows of any."""
    return []


async def _tell_nobody(_conversation_id: int, _message_id: int | None) -> None:
    """There is no other process."""


class StopElsewhere(Protocol):
    """Has another process stop an answer; False: none is at it."""

    async def __call__(self, answer_id: str, student_id: int, *, moderator: bool) -> bool:
        """Tell it.

        Raises:
            UserFacingError: the student did not ask for the answer.
        """
        ...


K = TypeVar("K")
T = TypeVar("T")
log = structlog.get_logger(__name__)

MAX_LOADED = 2_000
"""Conversations kept in memory while nothing happens in them; the others are read from the store when needed."""
MAX_IDS = 10_000
"""Ids kept in memory of messages that were seen (the gateway may send one twice), and of other things."""


@dataclass(slots=True)
class _NewMessage:
    """A message that is being stored, and what happens to it in Discord meanwhile."""

    question: Question
    edited: Question | None = None
    deleted: bool = False


class Conversations:
    """Everything that people do to conversations comes in here, by the ids that Discord gives."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loaded: OrderedDict[int, Conversation] = OrderedDict()
        """By id, the one used longest ago first."""
        self._unknown: OrderedDict[int, None] = OrderedDict()
        """Ids that are no conversation's."""
        self._seen: OrderedDict[int, int] = OrderedDict()
        """The conversation's id by the id of a message."""
        self._with_output: OrderedDict[str, None] = OrderedDict()
        """Ids of tool calls whose output has come."""
        self._new_messages: dict[int, _NewMessage] = {}
        """Messages that are being stored, by id."""
        self._being_asked: Counter[int] = Counter()
        """By conversation: how many questions are being stored."""
        self._asking_later: dict[asyncio.Task[None], int] = {}
        """Questions that waited, and that Discord does not give yet, with their conversation's guild."""
        self._queueing: dict[int, asyncio.Event] = {}
        """By conversation: set when the questions that waited in it are asked."""
        self._let_go: dict[int, Conversation] = {}
        """By id: those of guilds that another process serves now, while their last answers end here."""
        self.held: Callable[[int], bool] = lambda _conversation_id: False
        """Whether another process is at the end of a conversation's last answer."""
        self.tell_holder: TellHolder = _tell_nobody
        """Tells that process of a message, or of the channel (None), that was deleted."""
        self.missed_in: Callable[[int, int], Awaitable[Missed]] = _nothing_missed
        """Finds what was missed in a guild's channel while no process listened."""
        self.stop_elsewhere: StopElsewhere | None = None
        """Stops an answer that another process is at."""
        self._closing = False

    # Asking

    async def ask(self, location: Location, question: Question) -> bool:
        """Store `question` and queue it in the conversation at `location`; a question that is not addressed is context.

        What comes while the bot closes is stored alone: the next process asks it. False when nothing is done: the
        message was handled before (by its id), or was deleted meanwhile.

        Raises:
            UserFacingError: the student, or the whole bot, asks too much; the message counts as handled.
            Exception: it cannot be stored; it counts as never asked.
        """
        if not self._first_time(question.message_id, location.id):
            return False
        new = _NewMessage(question)
        self._being_asked[location.id] += 1
        if question.message_id is not None:
            self._new_messages[question.message_id] = new
        try:
            return await self._store_and_queue(location, new)
        except UserFacingError:
            raise
        except BaseException:
            if question.message_id is not None:  # nobody knows it, or has asked it: it may be asked again
                self._seen.pop(question.message_id, None)
            raise
        finally:
            self._being_asked -= Counter([location.id])
            if question.message_id is not None and self._new_messages.get(question.message_id) is new:
                del self._new_messages[question.message_id]

    async def heard(self, location: Location, message_id: int) -> None:
        """A message came that takes a while to read: a process that is started again looks for it in this place."""
        conversation = await self._find_or_make(location)
        await self._services.conversation_store.touch(conversation.stored(message_id))

    async def _store_and_queue(self, location: Location, new: "_NewMessage") -> bool:
        question, refusal = new.question, None
        conversation = await self._find_or_make(location)
        if question.addressed and question.counted:
            await self._services.quotas.refresh(question.author_id, location.guild_id)
            try:
                self._services.quotas.acquire(question.author_id, location.guild_id)
            except UserFacingError as error:
                refusal = error
        try:
            stored = await self._store(conversation, question, refused=refusal is not None)
        except Exception:
            if refusal is None:
                self._release(question)
            raise
        if refusal is None and not (stored and not new.deleted):
            self._release(question)
        if stored and new.deleted and question.message_id is not None:
            await self._services.conversation_store.set_questions([question.message_id], "dropped")
        if not stored or new.deleted:
            return False
        if refusal is not None:
            raise refusal
        if self._closing:
            await self._services.discord.say_comes_later(question.destination, question.locale)
            return True
        conversation.add(question)
        if new.edited is not None:
            conversation.message_edited(new.edited)
        return True

    def _release(self, question: Question) -> None:
        if question.addressed and question.counted:
            self._services.quotas.release([question.author_id])

    async def submit_output(self, call_id: str, output: str, destination: Destination = None) -> None:
        """Take the output of a function call that a person was asked for; the model's words about it are shown at
        `destination`.

        With the last output that a run waits for, all are submitted and the rest of the run streams into the
        conversation. If the run does not wait any more (it expired, somebody wrote on, or its server was replaced), the
        output goes in as a message to a new run.

        Raises:
            KeyError: there is no such call.
        """
        call = await self._services.conversation_store.call(call_id)
        if call is None:
            raise KeyError(call_id)
        if call.output is not None or call_id in self._with_output:
            return
        _remember(self._with_output, call_id, None, MAX_IDS)
        if not await self._services.conversation_store.set_output(call_id, output):
            return  # another process has taken one
        conversation = await self.find(call.conversation_id)
        if conversation is None:
            log.warning("call.without_conversation", call=call_id)
        elif call.submitted:
            conversation.add(late_output_question(call, output).shown_at(destination))
        elif await conversation.tool_calls.outputs(call.run_id) is not None:
            conversation.resume(call.run_id, destination)

    async def cancel_call(self, call_id: str, output: str) -> None:
        """Cancel the run that waits for this call, as nobody will give its output.

        If the run waits for other calls too, it goes on, and `output` is submitted for this one.
        """
        call = await self._services.conversation_store.call(call_id)
        if call is None:
            return
        if len(await self._services.conversation_store.open_calls_of_run(call.run_id)) > 1:
            await self.submit_output(call_id, output)
            return
        conversation = await self.find(call.conversation_id)
        if conversation is not None and not call.submitted:
            conversation.cancel_run(call.run_id)

    async def of_call(self, call_id: str) -> Conversation | None:
        """The conversation that a call was made in."""
        call = await self._services.conversation_store.call(call_id)
        return None if call is None else await self.find(call.conversation_id)

    async def arguments_of(self, call_id: str) -> str:
        """The arguments of a call, as the model wrote them; empty when there is no such call."""
        call = await self._services.conversation_store.call(call_id)
        return "" if call is None else call.arguments

    async def left_calls(self, tool: str, ours: Callable[[int], bool]) -> list[str]:
        """The ids of a tool's calls that have no output yet, in guilds that are ours, and that no process is at."""
        calls = [
            call
            for call in await self._services.conversation_store.open_calls()
            if call.name == tool and call.output is None and call.call_id not in self._services.tools.at_work
        ]
        guilds = await self._services.conversation_store.guilds_of({call.conversation_id for call in calls})
        mine = {each for each, guild_id in guilds.items() if ours(guild_id) and not self.held(each)}
        return [call.call_id for call in calls if call.conversation_id in mine]

    async def open_call(self, call_id: str) -> ToolCall | None:
        """A call as its tool was given it; None when it has its output, or its conversation is unknown."""
        call = await self._services.conversation_store.call(call_id)
        if call is None or call.submitted or call.output is not None:
            return None
        conversation = await self.find(call.conversation_id)
        return conversation.tool_calls.revived(call) if conversation is not None else None

    # What happens to messages and channels

    async def message_edited(self, question: Question) -> None:
        """A message was edited: if it is not answered yet, it is asked with its new words; else they are offered."""
        message_id = question.message_id or 0
        if (new := self._new_messages.get(message_id)) is not None:
            new.edited = question
            return
        conversation = await self._conversation_with(message_id)
        if conversation is not None:
            conversation.message_edited(question)

    def disconnected(self) -> None:
        """Messages may have been edited that nobody tells of: conversations look for them before they go on."""
        for conversation in self._loaded.values():
            conversation.may_have_missed_edits()

    async def knows(self, message_id: int) -> bool:
        """Whether a message was handled, by this process or an earlier one, so that its edits matter."""
        return message_id in self._seen or await self._services.conversation_store.question(message_id) is not None

    async def message_deleted(self, message_id: int, channel_id: int | None = None) -> None:
        """A message was deleted (in that channel): it is not answered, and leaves the Assistants thread."""
        if (new := self._new_messages.get(message_id)) is not None:
            new.deleted = True
            return
        conversation = await self._conversation_with(message_id)
        if conversation is None and channel_id is not None and message_id < snowflake(now() - ANSWERED):
            # Its question may have been swept. A thread's first message stands outside, and has the thread's id.
            conversation = await self.find(channel_id) or await self.find(message_id)
        if conversation is not None:
            conversation.message_deleted(message_id)
            if self.held(conversation.location.id):
                await self.tell_holder(conversation.location.id, message_id)
            await self._services.conversation_store.set_questions([message_id], "dropped")

    async def _conversation_with(self, message_id: int) -> Conversation | None:
        """The conversation that a message was handled in."""
        conversation_id = self._seen.get(message_id)
        if conversation_id is None:
            stored = await self._services.conversation_store.question(message_id)
            conversation_id = stored.conversation_id if stored is not None else None
        return await self.find(conversation_id) if conversation_id is not None else None

    async def channel_deleted(self, channel_id: int) -> None:
        """A Discord thread or channel was deleted: so is the Assistants thread of the conversation that was in it.

        A conversation with that id may be elsewhere: its thread came late, and was removed.
        """
        conversation = await self.find(channel_id)
        if conversation is not None and conversation.location.channel_id == channel_id:
            conversation.channel_deleted()
            if self.held(conversation.location.id):
                await self.tell_holder(conversation.location.id, None)

    async def channel_changed(self, conversation_id: int, channel_id: int, *, owned: bool) -> None:
        """The answers are posted in another channel than planned (a thread could not be made)."""
        conversation = await self.find(conversation_id)
        if conversation is not None:
            conversation.location.move(channel_id, owned=owned)
        await self._services.conversation_store.move(conversation_id, channel_id, owned=owned)

    # Buttons

    async def stop(self, answer_id: str, student_id: int, *, moderator: bool = False) -> None:
        """Stop a running answer.

        Raises:
            UserFacingError: it is not running, or the student did not ask for it.
        """
        for conversation in (*self._loaded.values(), *self._let_go.values()):
            answer = conversation.current
            if answer is None or answer.id != answer_id:
                continue
            if not moderator and not answer.may_be_stopped_by(student_id):
                raise UserFacingError(sentences.NOT_YOURS)
            answer.stop("button")
            return
        if self.stop_elsewhere is None or not await self.stop_elsewhere(answer_id, student_id, moderator=moderator):
            raise UserFacingError(sentences.NOT_RUNNING)

    def deleted_elsewhere(self, conversation_id: int, message_id: int | None) -> None:
        """Another process was told that a message, or the whole channel, was deleted whose answer ends here."""
        conversation = self._let_go.get(conversation_id)
        if conversation is not None and message_id is not None:
            conversation.message_deleted(message_id)
        elif conversation is not None:
            conversation.channel_deleted()

    def stop_here(self, answer_id: str) -> None:
        """Another process has taken the press on Stop of an answer that ends here."""
        for conversation in (*self._loaded.values(), *self._let_go.values()):
            if conversation.current is not None and conversation.current.id == answer_id:
                conversation.current.stop("button")

    async def regenerate(
        self, answer_id: str, student_id: int, *, moderator: bool = False, destination: Destination = None
    ) -> None:
        """Regenerate an answer, or retry one that failed; the new one is shown at `destination`.

        Raises:
            UserFacingError: it is not the conversation's last answer, the student did not ask for it, or asks too much;
                or the bot is being started again.
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
        if self._closing:
            raise UserFacingError(sentences.STARTING_AGAIN)
        await self._services.quotas.refresh(student_id, conversation.location.guild_id)
        self._services.quotas.acquire(student_id, conversation.location.guild_id)
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

    async def work_of(self, answer_id: str) -> list[WorkStep]:
        """The code of an answer, and what it put out.

        Raises:
            UserFacingError: it is not there any more, or is held back, or the server cannot be reached.
        """
        return await work_of(answer_id, self._services)

    async def asked_in(self, answer_id: str) -> list[Question]:
        """The questions that an answer answers, as they are now in Discord; those that are gone are left out."""
        found = []
        for stored in await self._services.conversation_store.questions_of(answer_id):
            if stored.channel_id is not None and stored.state != "context":
                question = await self._services.discord.fetch_question(stored.channel_id, stored.message_id)
                if question is not None:
                    found.append(question)
        return found

    # What else the bot needs to know or to set

    def set_citation_resolver(self, resolver: CitationResolver) -> None:
        """Let citations link to the sources that `resolver` finds."""
        self._services.citation_resolver = resolver

    def sources_in(self, location: Location) -> FindSource:
        """What finds the sources that may be told in a place."""
        return self._services.citation_resolver(location)

    def set_library_scope(self, library_scope: FindLibraryScope) -> None:
        """Let runs read of the library what `library_scope` finds."""
        self._services.library_scope = library_scope

    def set_reply_guard(self, guard: ReplyGuard) -> None:
        """Let `guard` see the words of answers before they are shown."""
        self._services.reply_guard = guard

    def set_moderation(self, moderation: Moderation) -> None:
        """Let `moderation` look at questions and at the words of answers."""
        self._services.moderation = moderation

    async def pose_held_back(self, location: Location, texts: Sequence[str]) -> list[bool]:
        """Which texts put a problem whose answer is held back in a place."""
        return await self._services.reply_guard.poses(location, texts)

    async def lull(self) -> None:
        """Wait until no question waits to be asked, but not for long: for work that is less urgent."""
        await self._services.concurrency_limit.lull()

    # After a restart

    async def load(self) -> None:
        """Read today's tokens. Call it before anything can be asked."""
        await self._services.quotas.budgets.load()

    async def recover(
        self, ours: Callable[[int], bool] = lambda _guild_id: True, *, listed: Callable[[], None] | None = None
    ) -> None:
        """Finish what other processes left in guilds that are ours now: running answers, waiting questions, outputs.

        What this process is at already is left out, so that it may be called again. `listed` is called when it is known
        in which conversations questions wait: from then on `wait_until_queued` waits in those.
        """
        store = self._services.conversation_store
        answers = [each for each in await store.answers_in("running") if not self._works_on(each)]
        questions = [each for each in await store.questions_in("waiting") if each.message_id not in self._seen]
        calls = await store.open_calls()
        of = [*(each.conversation_id for each in answers), *(each.conversation_id for each in questions)]
        guilds = await store.guilds_of({*of, *(each.conversation_id for each in calls)})
        mine = {conversation_id for conversation_id, guild_id in guilds.items() if ours(guild_id)}
        for answer in answers:
            conversation = await self.find(answer.conversation_id) if answer.conversation_id in mine else None
            if conversation is not None:
                conversation.recover(answer)
        waiting: defaultdict[int, list[StoredQuestion]] = defaultdict(list)
        for question in questions:
            if question.conversation_id in mine:
                _remember(self._seen, question.message_id, question.conversation_id, MAX_IDS)
                waiting[question.conversation_id].append(question)
        for conversation_id in waiting:
            self._queueing.setdefault(conversation_id, asyncio.Event())
        if listed is not None:
            listed()
        # One after another in a conversation, but no conversation waits for what Discord delays in another.
        try:
            asking = (self._ask_all_waiting(questions, guilds[each]) for each, questions in waiting.items())
            await asyncio.gather(*asking)
        except BaseException:  # what was broken off is asked with the next look
            for questions in waiting.values():
                self._forget_waiting(questions)
            raise
        finally:
            for conversation_id in waiting:
                self._all_queued(conversation_id)
        for run_id in {call.run_id: None for call in calls if call.conversation_id in mine}:
            open_calls = await store.open_calls_of_run(run_id)
            conversation = await self.find(open_calls[0].conversation_id) if open_calls else None
            if conversation is not None and all(call.output is not None for call in open_calls):
                conversation.resume(run_id)

    def _works_on(self, answer: StoredAnswer) -> bool:
        conversation = self._loaded.get(answer.conversation_id)
        return conversation is not None and conversation.works_on(answer.id)

    # Guilds come and go between processes

    def forget_settled(self, guilds: Callable[[int], bool]) -> None:
        """Read the conversations of some guilds from the store again: another process may have gone on with them."""
        if self._services.turn is None:
            return  # there is no other
        for conversation in list(self._loaded.values()):
            location = conversation.location
            if guilds(location.guild_id) and conversation.settled and not self._being_asked[location.id]:
                del self._loaded[conversation.location.id]
        self._unknown.clear()

    async def let_go(self, theirs: Callable[[int], bool]) -> Sequence[Conversation]:
        """Begin nothing more in guilds that another process serves from now on, and know nothing of them any more.

        Returns the conversations whose last answers are not at their end yet: `finish` each.
        """
        for task, guild_id in self._asking_later.items():
            if theirs(guild_id):
                task.cancel()
        gone = [each for each in self._loaded.values() if theirs(each.location.guild_id)]
        for conversation in gone:
            del self._loaded[conversation.location.id]
            conversation.let_go()
        of = {each.location.id for each in gone}
        for message_id in [message_id for message_id, conversation_id in self._seen.items() if conversation_id in of]:
            del self._seen[message_id]
        self._unknown.clear()
        self._with_output.clear()
        left = [conversation for conversation in gone if not conversation.settled]
        self._let_go.update({conversation.location.id: conversation for conversation in left})
        return left

    async def finish_one(self, conversation: Conversation) -> None:
        """Wait until the last answer of a conversation that was let go is at its end."""
        try:
            await conversation.finish()
        finally:
            if self._let_go.get(conversation.location.id) is conversation:
                del self._let_go[conversation.location.id]

    async def abandon(self, theirs: Callable[[int], bool]) -> None:
        """This process was cut off: show and store nothing more in these guilds, not even what is under way."""
        under_way = [each for each in self._let_go.values() if theirs(each.location.guild_id)]
        under_way += await self.let_go(theirs)
        await asyncio.gather(*(conversation.abandon() for conversation in under_way), return_exceptions=True)

    async def _ask_all_waiting(self, waiting: Sequence[StoredQuestion], guild_id: int) -> None:
        """Ask questions that waited. From the first on that Discord does not give (yet), they are asked later."""
        try:
            await self._ask_in_order(waiting, guild_id)
        finally:
            self._all_queued(waiting[0].conversation_id)

    def _all_queued(self, conversation_id: int) -> None:
        if (queued := self._queueing.pop(conversation_id, None)) is not None:
            queued.set()

    def _forget_waiting(self, waiting: Iterable[StoredQuestion]) -> None:
        """Let the next look for what waits find these again."""
        for question in waiting:
            if question.message_id not in self._new_messages:
                self._seen.pop(question.message_id, None)

    async def wait_until_queued(self, conversation_id: int) -> None:
        """Wait until the questions that waited in a conversation are asked."""
        if (queued := self._queueing.get(conversation_id)) is not None:
            await queued.wait()

    async def _ask_in_order(self, waiting: Sequence[StoredQuestion], guild_id: int) -> None:
        """Ask what waited, and what was missed between, as it was written."""
        conversation = await self.find(waiting[0].conversation_id)
        missed = [] if conversation is None else await self.missed_in(guild_id, conversation.location.channel_id)
        for index, question in enumerate(waiting):
            while missed and missed[0][0] < question.message_id:
                _, take = missed.pop(0)
                await take()
            try:
                await self._ask_waiting(question)
            except DiscordUnavailableError:
                task = asyncio.create_task(self._ask_when_there(waiting[index:]), name="ask-waiting")
                self._asking_later[task] = guild_id
                task.add_done_callback(self._asking_later.pop)
                return

    async def _ask_when_there(self, waiting: Sequence[StoredQuestion]) -> None:
        try:
            for question in waiting:
                ask = partial(self._ask_waiting, question)
                await keep_trying(ask, f"question {question.message_id}", passes=_is_unavailable)
        except SQLAlchemyError as error:
            log.warning("questions.asked_later", conversation=waiting[0].conversation_id, cause=error)
            self._forget_waiting(waiting)

    async def _ask_waiting(self, waiting: StoredQuestion) -> None:
        conversation = await self.find(waiting.conversation_id)
        question = None
        if waiting.channel_id is not None and conversation is not None:
            await ensure_thread(self._services, conversation.location, waiting.channel_id)
            question = await self._services.discord.fetch_question(waiting.channel_id, waiting.message_id)
        if conversation is None or question is None:
            await self._services.conversation_store.set_questions([waiting.message_id], "dropped")
            return
        stored = await self._services.conversation_store.question(waiting.message_id)
        # While Discord let nothing be read, another look may have asked it.
        if stored is not None and stored.state == "waiting" and not conversation.is_asked(waiting.message_id):
            conversation.add(question.uncounted(), earlier=True)

    # Finding

    async def find(self, conversation_id: int) -> Conversation | None:
        """A conversation by its id, from memory or from the store; None when there is none."""
        if (known := self._loaded.get(conversation_id)) is not None:
            self._loaded.move_to_end(conversation_id)
            return known
        if conversation_id in self._unknown:
            return None
        stored = await self._services.conversation_store.conversation(conversation_id)
        if stored is None:
            _remember(self._unknown, conversation_id, None, MAX_IDS)
            return None
        return self._from_store(stored)

    async def forget(self, conversation_id: int, student_id: int) -> bool:
        """Forget all that was said in a conversation with a student; False: the server does not delete it now."""
        conversation = await self.find(conversation_id)
        return conversation is None or await conversation.forget(student_id)

    async def find_by_answer(self, message_id: int) -> Conversation | None:
        """The conversation of an answer, also of one under way, by the id of a Discord message that shows it."""
        for conversation in self._loaded.values():
            if conversation.shows(message_id):
                return conversation
        stored = await self._services.conversation_store.conversation_of(message_id)
        return None if stored is None else self._from_store(stored)

    async def finish(self) -> None:
        """Begin no more answers, and wait until those under way have ended by themselves.

        What is asked meanwhile is stored; the next process asks it.
        """
        self._closing = True
        for task in self._asking_later:
            task.cancel()
        under_way = (*self._loaded.values(), *self._let_go.values())
        await asyncio.gather(*(conversation.finish() for conversation in under_way))

    async def close(self) -> None:
        """Stop the answers that are still under way, and tell their students."""
        self._closing = True
        for task in self._asking_later:
            task.cancel()
        under_way = (*self._loaded.values(), *self._let_go.values())
        await asyncio.gather(*(conversation.close() for conversation in under_way))

    def _from_store(self, stored: StoredConversation) -> Conversation:
        if (known := self._loaded.get(stored.id)) is not None:
            return known
        location = Location(stored.id, stored.guild_id, stored.channel_id, stored.owned)
        conversation = Conversation(self._services, location, stored.thread_id, fresh=False)
        self._keep(conversation)
        return conversation

    async def _find_or_make(self, location: Location) -> Conversation:
        if location.fresh:
            conversation = Conversation(self._services, location, None, fresh=True)
            if location.id not in self._loaded:
                self._keep(conversation)
            return self._loaded[location.id]
        known = await self.find(location.id)
        if known is not None:
            return known
        self._unknown.pop(location.id, None)
        if location.id not in self._loaded:
            self._keep(Conversation(self._services, location, None, fresh=False))
        return self._loaded[location.id]

    def _keep(self, conversation: Conversation) -> None:
        self._loaded[conversation.location.id] = conversation
        if self._closing:
            conversation.begin_nothing_more()
        self._unknown.pop(conversation.location.id, None)
        if len(self._loaded) <= MAX_LOADED:
            return
        for old in [each for each in list(self._loaded.values())[: MAX_LOADED // 10] if each.settled]:
            del self._loaded[old.location.id]

    async def _store(self, conversation: Conversation, question: Question, *, refused: bool) -> bool:
        """Store that the message is handled; False when it was handled before."""
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
            log.info("message.handled_before", message=question.message_id)
            # By a process that may have lost its guild since: if it waits still, the look for what waits asks it.
            self._seen.pop(question.message_id, None)
            return False
        return True

    def _first_time(self, message_id: int | None, conversation_id: int) -> bool:
        if message_id is None:
            return True
        if message_id in self._seen:
            return False
        _remember(self._seen, message_id, conversation_id, MAX_IDS)
        return True


def _is_unavailable(error: Exception) -> bool:
    return isinstance(error, DiscordUnavailableError)


def _remember(ids: "OrderedDict[K, T]", key: K, value: T, limit: int) -> None:
    ids[key] = value
    if len(ids) > limit:
        ids.popitem(last=False)
