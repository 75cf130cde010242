"""The Assistants thread of one conversation: what is said goes in, what is deleted in Discord is deleted there too."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

import openai
import structlog
from openai.types.beta.threads import Run
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot import sentences
from bot.conversations.answer import Answer
from bot.conversations.location import Location
from bot.conversations.moderation import QuestionRefusedError
from bot.conversations.prompts.assistants_messages import (
    WRITTEN,
    as_message,
    holds_words,
    late_outputs_message,
    note_message,
    past_messages,
)
from bot.conversations.prompts.speakers import Speakers
from bot.conversations.question import AttachedContent, Question
from bot.conversations.run_stream import RunStream
from bot.conversations.services import Services
from bot.conversations.tool_calls import ToolCalls
from bot.conversations.tools import Note
from bot.store.conversation_store import StoredToolCall

log = structlog.get_logger(__name__)

TRIES = 3
"""How often a run is begun when what it needs is gone from the server, or its thread is busy."""
CODE_FILES_LEFT = 10
"""Data files that a conversation keeps when a question's are too many for its thread; a question has ten at most."""
TOOL_ROUNDS = 10
"""How often one run may ask for function calls."""


class AssistantsThread:
    """The Assistants side of one conversation; it is used by one task at a time."""

    def __init__(
        self, services: Services, location: Location, tool_calls: ToolCalls, thread_id: str | None, *, fresh: bool
    ) -> None:
        self._services = services
        self._location = location
        self._tool_calls = tool_calls
        self.thread_id = thread_id
        """None until the first run has made the thread."""
        self._fresh = fresh
        """Whether the conversation begins with this bot, so that Discord holds no messages from before."""
        self._assistant_id = ""
        """The assistant of the newest run."""
        self._waiting_run: str | None = None
        self._looked_for_waiting_run = fresh
        self._to_add: list[Question] = []
        """New words of messages that were edited while a run that waits for a person locked the thread."""
        self._speakers: Speakers | None = None
        """None: those of the thread were not read yet."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, answer: Answer) -> Run:
        """Put the answer's questions to the model and stream the model's words into its reply; the run as it ended.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
            TimeoutError: the run does not end.
        """
        await self._leave_out_refused(answer)
        await self._release_waiting_run()
        await self._forget_what_was_closed(answer)
        await self._add_edited()
        contents = [
            await question.attached if question.attached else AttachedContent() for question in answer.questions
        ]
        answer.notes.extend(note for content in contents for note in content.notes)
        return await self._with_retries(answer, lambda: self._ask_once(answer, contents))

    async def _leave_out_refused(self, answer: Answer) -> None:
        """Leave out what moderation refuses of the questions and their context.

        Raises:
            QuestionRefusedError: that was all that the student asked.
        """
        if answer.delivered:
            return
        refused = await self._services.moderation.refused(self._location, answer.questions)
        if not refused:
            return
        asked = [refused[place] for place, each in enumerate(answer.questions) if place in refused and each.addressed]
        answer.refused += [each for place, each in enumerate(answer.questions) if place in refused]
        answer.questions = [each for place, each in enumerate(answer.questions) if place not in refused]
        if not answer.asked:
            raise QuestionRefusedError(asked[0])
        if asked:
            answer.notes.append(sentences.SOME_REFUSED(answer.locale))

    async def resume(self, answer: Answer, calls: Sequence[StoredToolCall], outputs: dict[str, str]) -> Run:
        """Submit the outputs that a run waited for. If it does not wait any more, they go in as a message to a new run.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
            TimeoutError: the run does not end.
        """
        self._waiting_run = None
        await self._services.conversation_store.set_submitted(calls[0].run_id)
        # The run as it was when it stopped: the quickest way to learn whether it still waits is to submit.
        waiting = Run.model_construct(id=calls[0].run_id, thread_id=calls[0].thread_id, status="requires_action")
        stopped = await self._services.api.retrieve(waiting.thread_id, waiting.id)
        if stopped is not None and await self.reads_what_was_closed(stopped):
            return await self._tell_outputs_anew(stopped, answer, calls)
        try:
            run = await self._stream(answer).submit(waiting, outputs)
        except (openai.NotFoundError, openai.BadRequestError) as error:
            log.info("run.gone_before_outputs", run=waiting.id, cause=error)
            return await self.tell_late_outputs(answer, calls)
        return await self._answer_calls(run, answer)

    async def reads_what_was_closed(self, run: Run) -> bool:
        """Whether a run may search files that may not be told here any more: its filter cannot change."""
        guild_id, assistants = self._location.guild_id, self._services.guild_assistants
        if guild_id != 0 and assistants.known_vector_store(guild_id) is None:
            return False
        return assistants.reads_more_than(run, await self._services.library_scope(self._location))

    async def _forget_what_was_closed(self, answer: Answer) -> None:
        """Begin a new Assistants thread where the old one may hold what some readers of this place can open nowhere.

        Its runs could read files that are closed to some who read here now, and these cannot read the older messages
        here by themselves either, in which such files were told.
        """
        guild_id, services = self._location.guild_id, self._services
        if self.thread_id is None or services.guild_assistants.known_vector_store(guild_id) is None:
            return
        scope = await services.library_scope(self._location)
        if scope.past_is_open:
            return
        runs = await services.api.runs(self.thread_id)
        if any(services.guild_assistants.reads_more_than(run, scope) for run in runs):
            log.info("conversation.begun_anew", conversation=self._location.id)
            thread_id, self.thread_id, self._fresh = self.thread_id, None, True
            await services.conversation_store.set_thread(self._location.id, None)
            await services.api.delete_thread(thread_id)
            answer.delivered = False

    async def show(self, run: Run, answer: Answer) -> Run:
        """Feed the answer's reply with what a run said while no process listened, and answer its function calls."""
        await self._stream(answer).feed_missed(run)
        return await self._answer_calls(run, answer)

    async def tell_late_outputs(self, answer: Answer, calls: Iterable[StoredToolCall]) -> Run:
        """Give the model outputs that no run waits for any more, as a message to a new run. Raises as `ask`."""
        answer.delivered = False
        message = late_outputs_message(calls)
        return await self._with_retries(answer, lambda: self._begin_run(answer, [message]))

    async def _tell_outputs_anew(self, run: Run, answer: Answer, calls: Iterable[StoredToolCall]) -> Run:
        """Give up a run that reads what was closed since, and tell a new one the outputs that it waited for."""
        await self._services.api.cancel_active_runs(run.thread_id)
        return await self.tell_late_outputs(answer, calls)

    async def delete_run_messages(self, run_id: str) -> None:
        """Delete what a run has said."""
        if self.thread_id is not None:
            await self._services.api.delete_messages(self.thread_id, run_id)

    async def withdraw(self, answer: Answer, message_ids: Iterable[int]) -> None:
        """Delete what a stopped answer has said, and its questions that came from the given Discord messages."""
        if self.thread_id is None:
            return
        try:
            if answer.run_id is not None:
                await self._services.api.delete_messages(self.thread_id, answer.run_id)
            await self._services.api.delete_questions(self.thread_id, message_ids)
        except openai.OpenAIError:
            log.exception("conversation.not_withdrawn", conversation=self._location.id)

    async def delete_questions(self, message_ids: Iterable[int]) -> None:
        """Delete messages that were deleted in Discord."""
        message_ids = frozenset(message_ids)
        self._to_add = [question for question in self._to_add if question.message_id not in message_ids]
        if self.thread_id is not None:
            await self._services.api.delete_questions(self.thread_id, message_ids)

    async def delete_gone(self, message_ids: Iterable[int]) -> list[int]:
        """Delete those of these messages that people wrote, as Discord has them no more; returns their ids."""
        if self.thread_id is None or not (wanted := list(message_ids)):
            return []
        stored = await self._services.api.questions(self.thread_id, wanted)
        gone = [each for each, message in stored.items() if WRITTEN in (message.metadata or {})]
        for message_id in gone:
            await self._services.api.delete_message(self.thread_id, stored[message_id].id)
        return gone

    async def rewrite(self, question: Question) -> bool:
        """Put a message's new words in place of those that were edited out, at the end of the thread.

        The Assistants API can neither change a message nor add one between others. False if there is nothing to change.
        """
        if self.thread_id is None or question.message_id is None:
            return False
        stored = await self._services.api.question(self.thread_id, question.message_id)
        if stored is None or holds_words(stored, question, also_edited=True):
            return False
        await self._services.api.delete_message(self.thread_id, stored.id)
        self._to_add = [each for each in self._to_add if each.message_id != question.message_id]
        self._to_add.append(question.as_edited())
        await self._add_edited()
        return True

    async def edited_among(self, questions: Sequence[Question]) -> list[Question]:
        """Those of these messages that stand in the thread with other words than they have now."""
        ids = {question.message_id: question for question in questions if question.message_id is not None}
        if self.thread_id is None or not ids:
            return []
        stored = await self._services.api.questions(self.thread_id, ids)
        return [
            question
            for message_id, question in ids.items()
            if message_id in stored and not holds_words(stored[message_id], question, also_edited=True)
        ]

    async def is_outdated(self, questions: Sequence[Question]) -> bool:
        """Whether some of these messages are not in the thread as they are now, or not where they were asked."""
        if self.thread_id is None:
            return False
        ids = {question.message_id: question for question in questions if question.message_id is not None}
        stored = await self._services.api.questions(self.thread_id, ids)
        return any(
            message_id not in stored or not holds_words(stored[message_id], question, also_edited=False)
            for message_id, question in ids.items()
        )

    async def _add_edited(self) -> None:
        """Add the new words of edited messages; while a run locks the thread, they wait for its end."""
        while self._to_add and self.thread_id is not None:
            question = self._to_add[0]
            content = await question.attached if question.attached else AttachedContent()
            try:
                name = (await self._known_speakers()).name_of(question)
                await self._services.api.add_message(self.thread_id, as_message(question, content, name))
            except openai.BadRequestError as error:
                log.info("thread.locked", thread=self.thread_id, cause=error)
                return
            self._to_add.pop(0)

    async def delete(self) -> None:
        """Delete the thread; a run that waits in it is cancelled. Where the server does not delete it, it stays known.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
        """
        open_calls = await self._services.conversation_store.open_calls(self._location.id)
        await self._tool_calls.cancel(open_calls)
        if self.thread_id is not None:
            await self._services.api.delete_thread(self.thread_id)
            await self._services.conversation_store.set_thread(self._location.id, None)
        self.thread_id, self._speakers = None, None

    async def cancel_calls(self, calls: Sequence[StoredToolCall]) -> None:
        """Cancel the run that waits for `calls`."""
        self._waiting_run = None
        await self._tool_calls.cancel(calls)
        for thread_id, run_id in {(call.thread_id, call.run_id) for call in calls}:
            await self._services.api.cancel(thread_id, run_id)

    # A run from its beginning

    async def _with_retries(self, answer: Answer, begin: Callable[[], Awaitable[Run]]) -> Run:
        """Begin a run, and again when what kept it from beginning could be put right."""
        before = answer.run_id
        for attempt in range(TRIES):
            try:
                return await begin()
            except (openai.NotFoundError, openai.BadRequestError) as error:
                has_begun = answer.run_id != before
                if has_begun or attempt == TRIES - 1 or not await self._repair(error):
                    raise
                if self.thread_id is None:  # what it held is gone too
                    answer.delivered = False
        raise AssertionError("unreachable")

    async def _ask_once(self, answer: Answer, contents: Sequence[AttachedContent]) -> Run:
        messages: list[AdditionalMessage] = []
        speakers = await self._known_speakers()
        unread = self.thread_id is None and not self._fresh
        if unread and (await self._services.library_scope(self._location)).past_is_open:
            before = [] if answer.delivered else answer.message_ids
            past = await self._services.discord.history_before(self._location, before)
            messages += past_messages(past)
            for each in past:
                if each.author_id:
                    speakers.take(each.author_id, each.author_name)
        notes = await self._tool_calls.untold()
        messages += [note_message(note) for note in notes]
        if not answer.delivered:
            pairs = zip(answer.questions, contents, strict=True)
            messages += [as_message(question, content, speakers.name_of(question)) for question, content in pairs]
        return await self._begin_run(answer, messages, notes)

    async def _known_speakers(self) -> Speakers:
        """Who is called what in this conversation; after a restart it is read from the thread's newest messages."""
        if self._speakers is None:
            self._speakers = Speakers()
            if self.thread_id is not None:
                newest = await self._services.api.newest_messages(self.thread_id)
                self._speakers.take_from(reversed(newest))
        return self._speakers

    async def _begin_run(
        self, answer: Answer, messages: Sequence[AdditionalMessage], notes: Sequence[Note] = ()
    ) -> Run:
        scope = await self._services.library_scope(self._location)
        assistant_id, tools = await self._services.guild_assistants.for_run(self._location, scope)
        self._assistant_id = assistant_id
        metadata = {"discord_channel_id": str(self._location.id)}
        guild_id, wishes = self._location.guild_id, self._services.wishes
        added = (wishes.instructions(guild_id), await self._services.reply_guard.instructions(self._location))
        run = await self._stream(answer, notes).begin(
            self.thread_id,
            assistant_id,
            messages,
            metadata,
            tools=tools,
            of_place="\n\n".join(each for each in added if each) or None,
            model=answer.model or wishes.model(guild_id),
        )
        return await self._answer_calls(run, answer)

    async def _answer_calls(self, run: Run, answer: Answer) -> Run:
        """Submit the outputs of a run's function calls, until the run has ended or waits for a person.

        Meanwhile the bot types. In the last round functions that answer by themselves tell the model to go on without
        them; a run that calls once more is cancelled, and its answer fails.
        """
        for left in reversed(range(TOOL_ROUNDS)):
            if run.status != "requires_action":
                return run
            answer.asked_people |= self._tool_calls.ask_people(run)
            self._services.discord.show_typing(answer.destination, answer.reply, answer.ended)
            if self._tool_calls.ask_people(run):
                await self._services.discord.opened(answer.destination)  # what they show stands there
            try:
                outputs = await self._tool_calls.outputs_for(run, answer, last=left == 0)
            except Exception:
                self._cancel_run(answer)  # nobody will answer its calls, and it locks the thread
                raise
            if outputs is None:
                self._waiting_run = run.id
                return run
            await self._services.conversation_store.set_submitted(run.id)
            if await self.reads_what_was_closed(run):
                calls = await self._services.conversation_store.calls_with_output(run.id)
                return await self._tell_outputs_anew(run, answer, calls)
            run = await self._stream(answer).submit(run, outputs)
        if run.status != "requires_action":
            return run
        log.warning("run.too_many_calls", run=run.id)
        await self._services.api.cancel(run.thread_id, run.id)
        return await self._services.api.retrieve(run.thread_id, run.id) or run

    def _stream(self, answer: Answer, notes: Sequence[Note] = ()) -> RunStream:
        return RunStream(
            self._services.api,
            answer,
            on_run_created=lambda run: self._run_created(run, answer, notes),
            cancel_run=lambda: self._cancel_run(answer),
            watch=self._services.run_watch,
        )

    def _run_created(self, run: Run, answer: Answer, notes: Sequence[Note]) -> asyncio.Task[None]:
        """The server has the questions: from now on there is a run to stop, and to remember."""
        self.thread_id = run.thread_id
        self._fresh = False
        answer.thread_id, answer.run_id, answer.delivered = run.thread_id, run.id, True
        writing = self._start_task(self._note_run(answer.id, run))
        for note in notes:
            self._start_task(note.told())
        if answer.stopped is not None and answer.on_stop is not None:
            answer.on_stop()
        return writing

    async def _note_run(self, answer_id: str, run: Run) -> None:
        await asyncio.gather(
            self._services.conversation_store.set_run(answer_id, run.id, self._location.id, run.thread_id),
            self._services.quotas.budgets.run_began(answer_id, run.id, run.thread_id),
        )

    def _cancel_run(self, answer: Answer) -> None:
        if answer.run_id is not None and answer.thread_id is not None:
            self._start_task(self._services.api.cancel(answer.thread_id, answer.run_id))

    # What keeps a run from beginning

    async def _release_waiting_run(self) -> None:
        """End a run that waits for a person: it locks the thread, and whoever writes on is answered first."""
        if not self._looked_for_waiting_run:
            self._looked_for_waiting_run = True
            open_calls = await self._services.conversation_store.open_calls(self._location.id)
            self._waiting_run = open_calls[-1].run_id if open_calls else None
        run_id, self._waiting_run = self._waiting_run, None
        if run_id is None or self.thread_id is None:
            return
        outputs = await self._tool_calls.outputs_so_far(run_id)
        await self._services.conversation_store.set_submitted(run_id)
        if outputs:
            await self._services.api.submit_and_cancel(self.thread_id, run_id, outputs)
            await self._services.quotas.budgets.reopen(run_id, self.thread_id)

    async def _repair(self, error: openai.APIStatusError) -> bool:
        """Put right what kept a run from beginning; whether another try may succeed."""
        if isinstance(error, openai.BadRequestError):
            if "code_interpreter.file_ids" in error.message and self.thread_id is not None:
                log.info("thread.code_files_dropped", thread=self.thread_id)
                await self._services.api.drop_oldest_code_files(self.thread_id, CODE_FILES_LEFT)
                return True
            if "active" not in error.message or self.thread_id is None:
                return False
            log.warning("thread.busy", thread=self.thread_id)
            await self._services.api.cancel_active_runs(self.thread_id)
            return True
        log.warning("server.lost_something", conversation=self._location.id, cause=error)
        about_assistant, about_thread = "assistant" in error.message.lower(), "thread" in error.message.lower()
        if about_assistant or not about_thread:
            self._services.guild_assistants.forget_assistant(self._assistant_id)
        if about_thread or not about_assistant:
            self.thread_id = None
        return True

    # Tasks in the background

    def _start_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("conversation.task_failed", conversation=self._location.id, exc_info=error)
