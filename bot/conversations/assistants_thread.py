"""What passes between one conversation and its Assistants thread: ask, go on, take back."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import openai
import structlog
from openai.lib.streaming import AsyncAssistantStreamManager
from openai.types.beta.threads import Run
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot.conversations.answer import Answer
from bot.conversations.assistants_messages import as_message, past_messages
from bot.conversations.instructions import TUTOR
from bot.conversations.location import Location
from bot.conversations.question import AttachedContent
from bot.conversations.relay import RelayHandler
from bot.conversations.runs import UNFINISHED
from bot.conversations.services import Services
from bot.conversations.tool_calls import Calls
from bot.store.conversation_store import StoredToolCall

log = structlog.get_logger(__name__)

TRIES = 3
"""How often a run is begun, when what it needs has vanished from the server or is busy."""
TOOL_ROUNDS = 10
"""Times that one run may ask for function calls."""
STOP_PATIENCE = 5.0
"""Seconds that a stopped run's stream has to end by itself."""


class AssistantsThread:
    """The Assistants side of one conversation; it is used by one task at a time."""

    def __init__(
        self, services: Services, location: Location, calls: Calls, thread_id: str | None, *, fresh: bool
    ) -> None:
        self._services = services
        self.location = location
        self._calls = calls
        self.thread_id = thread_id
        self._fresh = fresh
        """Whether the conversation begins with us, so that Discord holds no past of it."""
        self._waiting_run: str | None = None
        self._looked_for_waiting_run = fresh
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, answer: Answer) -> Run:
        """Put the questions to the model and stream its answer into the reply; the run, as it ended.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
            TimeoutError: the run shows no end.
        """
        await self._let_waiting_run_go()
        media = [await question.attached if question.attached else AttachedContent() for question in answer.questions]
        answer.notes.extend(note for each in media for note in each.notes)
        for attempt in range(TRIES):
            try:
                return await self._ask_once(answer, media)
            except (openai.NotFoundError, openai.BadRequestError) as error:
                if answer.delivered or attempt == TRIES - 1 or not await self._mend(error):
                    raise
        raise AssertionError("unreachable")

    async def resume(self, answer: Answer, calls: Sequence[StoredToolCall], outputs: dict[str, str]) -> Run:
        """Hand in the outputs that a run waited for; if it waits no longer, they go in as a message with a new run.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
        """
        self._waiting_run = None
        await self._services.conversation_store.set_submitted(calls[0].run_id)
        # As it stopped; whether it still waits, the server says soonest by taking the outputs.
        waiting = Run.model_construct(id=calls[0].run_id, thread_id=calls[0].thread_id, status="requires_action")
        try:
            run = await self._continue(waiting, outputs, answer)
        except (openai.NotFoundError, openai.BadRequestError) as error:
            log.info("run.gone_before_outputs", run=waiting.id, cause=error.message)
            return await self.tell(answer, calls)
        return await self._with_calls(run, answer)

    async def show(self, run: Run, answer: Answer) -> Run:
        """Relay a run that went on while nobody looked."""
        await self.relay_missed(run, answer)
        return await self._with_calls(run, answer)

    async def tell(self, answer: Answer, calls: Iterable[StoredToolCall]) -> Run:
        """Outputs that no run waits for any more, as a message."""
        results = "\n\n".join(f"{call.name}({call.arguments})\n=> {call.output}" for call in calls)
        text = f"[results] These functions, called earlier, have their results now; react to them.\n\n{results}"
        answer.delivered = False
        for attempt in range(TRIES):
            try:
                return await self._stream_new(answer, [{"role": "user", "content": text}])
            except (openai.NotFoundError, openai.BadRequestError) as error:
                if answer.delivered or attempt == TRIES - 1 or not await self._mend(error):
                    raise
        raise AssertionError("unreachable")

    async def unsay(self, run_id: str) -> None:
        """Take what a run has said out of the thread."""
        if self.thread_id is not None:
            await self._services.runs.unsay(self.thread_id, run_id)

    async def withdraw(self, answer: Answer, message_ids: Iterable[int]) -> None:
        """Take a stopped answer, and some of its questions, out of the thread."""
        if self.thread_id is None:
            return
        try:
            if answer.run_id is not None:
                await self._services.runs.unsay(self.thread_id, answer.run_id)
            await self._services.runs.remove_questions(self.thread_id, message_ids)
        except openai.OpenAIError:
            log.exception("conversation.not_withdrawn", conversation=self.location.id)

    async def remove_questions(self, message_ids: Iterable[int]) -> None:
        """Take messages that were deleted in Discord out of the thread."""
        if self.thread_id is not None:
            await self._services.runs.remove_questions(self.thread_id, message_ids)

    async def delete(self) -> None:
        """Delete the thread, and end the run that waits in it."""
        thread_id, self.thread_id = self.thread_id, None
        open_calls = await self._services.conversation_store.open_calls(self.location.id)
        await self._calls.abandon(open_calls)
        if thread_id is not None:
            await self._services.conversation_store.set_thread(self.location.id, None)
            await self._services.runs.delete_thread(thread_id)

    async def abandon(self, calls: Sequence[StoredToolCall]) -> None:
        """End the run that waits for `calls`."""
        self._waiting_run = None
        await self._calls.abandon(calls)
        for thread_id, run_id in {(call.thread_id, call.run_id) for call in calls}:
            await self._services.runs.cancel(thread_id, run_id)

    # A run from its beginning

    async def _ask_once(self, answer: Answer, media: Sequence[AttachedContent]) -> Run:
        messages: list[AdditionalMessage] = []
        if self.thread_id is None and not self._fresh:
            before = [] if answer.delivered else answer.message_ids
            messages += past_messages(await self._services.discord.history_before(self.location, before))
        if not answer.delivered:
            pairs = zip(answer.questions, media, strict=True)
            messages += [as_message(question, each) for question, each in pairs]
        return await self._stream_new(answer, messages)

    async def _stream_new(self, answer: Answer, messages: Sequence[AdditionalMessage]) -> Run:
        assistant_id = await self._services.guild_assistants.assistant(self.location.guild_id)
        handler = self._handler(answer)
        opening = self._services.runs.begin(
            self.thread_id,
            assistant_id,
            messages,
            answer.options,
            handler,
            instructions=TUTOR,
            about={"discord_channel_id": str(self.location.id)},
        )
        return await self._with_calls(await self._stream(opening, handler, answer, None), answer)

    async def _with_calls(self, run: Run, answer: Answer) -> Run:
        """See a run through its function calls, to its end or until a person is asked."""
        for _ in range(TOOL_ROUNDS):
            if run.status != "requires_action":
                return run
            answer.used_tools = True
            outputs = await self._calls.of(run, answer)
            if outputs is None:
                self._waiting_run = run.id
                return run
            await self._services.conversation_store.set_submitted(run.id)
            run = await self._continue(run, outputs, answer)
        log.warning("run.too_many_calls", run=run.id)
        await self._services.runs.cancel(run.thread_id, run.id)
        return run

    async def _continue(self, run: Run, outputs: dict[str, str], answer: Answer) -> Run:
        handler = self._handler(answer)
        return await self._stream(self._services.runs.submit(run, outputs, handler), handler, answer, run)

    def _handler(self, answer: Answer) -> RelayHandler:
        return RelayHandler(
            answer.reply,
            answer.citations,
            on_begin=lambda run: self._begun(answer, run),
            fetch_file=self._services.runs.file,
            on_asked=answer.on_asked,
        )

    def _begun(self, answer: Answer, run: Run) -> asyncio.Task[None]:
        """The server has the questions: from now on there is something to stop, and to remember."""
        self.thread_id = run.thread_id
        self._fresh = False
        answer.thread_id, answer.run_id, answer.delivered = run.thread_id, run.id, True
        noting = self._background(
            self._services.conversation_store.set_run(answer.id, run.id, self.location.id, run.thread_id)
        )
        if answer.stopped is not None and answer.on_stop is not None:
            answer.on_stop()
        return noting

    async def _stream(
        self,
        opening: AsyncAssistantStreamManager[RelayHandler],
        handler: RelayHandler,
        answer: Answer,
        run: Run | None,
    ) -> Run:
        """Relay one stream to its end; where it breaks off while the run goes on, look at the run instead."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as deadline:

            def stop() -> None:
                deadline.reschedule(loop.time() + STOP_PATIENCE)
                if answer.run_id is not None and answer.thread_id is not None:
                    self._background(self._services.runs.cancel(answer.thread_id, answer.run_id))

            answer.on_stop = stop
            if answer.stopped is not None:
                stop()
            try:
                async with opening as stream:
                    await stream.until_done()
            except (openai.APIStatusError, TimeoutError):
                raise
            except Exception as error:
                if handler.current_run is None and run is None:
                    raise
                log.warning("run.stream_lost", answer=answer.id, run=answer.run_id, cause=repr(error))
            finally:
                answer.on_stop = None
            ended = handler.current_run or run
            if ended is None:
                raise openai.OpenAIError("the stream ended before the run began")
            if ended.status in UNFINISHED or (handler.current_run is None and run is not None):
                ended = await self._caught_up(ended, answer)
        return ended

    async def _caught_up(self, run: Run, answer: Answer) -> Run:
        """The end of a run whose stream was lost, and what it said meanwhile."""
        current = await self._services.runs.retrieve(run.thread_id, run.id)
        run = await self._services.runs.follow(current or run)
        await self.relay_missed(run, answer)
        return run

    async def relay_missed(self, run: Run, answer: Answer) -> None:
        """Feed the reply with what the run has said and the reply does not have."""
        heard = answer.citations.heard
        for message in await self._services.runs.messages(run.thread_id, run.id):
            for part in message.content:
                if part.type == "image_file":
                    data = await self._services.runs.file(part.image_file.file_id)
                    answer.reply.picture(f"{part.image_file.file_id}.png", data)
                said = answer.citations.words_of(part)
                common = len(said) if heard.startswith(said) else len(heard)
                known = said.startswith(heard[:common])
                missed = said[common:] if known else said
                heard = heard[common:] if known else ""
                answer.reply.feed(await answer.citations.feed(missed) + await answer.citations.flush())

    # What stands in a run's way

    async def _let_waiting_run_go(self) -> None:
        """A run that waits for a person locks the thread: whoever writes on goes first."""
        if not self._looked_for_waiting_run:
            self._looked_for_waiting_run = True
            open_calls = await self._services.conversation_store.open_calls(self.location.id)
            self._waiting_run = open_calls[-1].run_id if open_calls else None
        run_id, self._waiting_run = self._waiting_run, None
        if run_id is None or self.thread_id is None:
            return
        outputs = await self._calls.so_far(run_id)
        await self._services.conversation_store.set_submitted(run_id)
        if outputs:
            await self._services.runs.give_way(self.thread_id, run_id, outputs)

    async def _mend(self, error: openai.APIStatusError) -> bool:
        """Put right what kept a run from beginning; whether it is worth another try."""
        if isinstance(error, openai.BadRequestError):
            if "active" not in error.message or self.thread_id is None:
                return False
            log.warning("thread.busy", thread=self.thread_id)
            await self._services.runs.free(self.thread_id)
            return True
        log.warning("server.lost_something", conversation=self.location.id, cause=error.message)
        about_assistant, about_thread = "assistant" in error.message.lower(), "thread" in error.message.lower()
        if about_assistant or not about_thread:
            self._services.guild_assistants.forget_assistant(self.location.guild_id)
        if about_thread or not about_assistant:
            self.thread_id = None
        return True

    def _background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("conversation.note_failed", conversation=self.location.id, exc_info=error)
