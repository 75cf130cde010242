"""The stream of a run: read into the answer's reply; if it breaks off, the run is polled."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import openai
import structlog
from openai.lib.streaming import AsyncAssistantStreamManager
from openai.types.beta import AssistantToolParam
from openai.types.beta.threads import Run
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot import sentences
from bot.conversations.answer import Answer
from bot.conversations.assistants_api import UNFINISHED, AssistantsApi
from bot.conversations.prompts.instructions import TUTOR
from bot.conversations.run_errors import ModelStalledError
from bot.conversations.run_event_handler import RunEventHandler, begin_paragraph

log = structlog.get_logger(__name__)

THINKING_AFTER = 20.0
"""Seconds of silence after which a student who has read nothing yet is told that the model thinks."""
STOP_TIMEOUT = 5.0
"""Seconds that the stream of a stopped run has to end by itself."""


class RunWatch(Protocol):
    """Is told how runs go, for who measures; times are in seconds from the request on."""

    def first_word(self, seconds: float) -> None:
        """The model has said its first word."""

    def ended(self, run: Run, seconds: float) -> None:
        """The run has ended, or waits for a person."""

    def failed(self, error: Exception, seconds: float) -> None:
        """The run could not be made, or not followed to its end."""


class NoRunWatch:
    """Measures nothing."""

    def first_word(self, seconds: float) -> None:
        """Nothing."""

    def ended(self, run: Run, seconds: float) -> None:
        """Nothing."""

    def failed(self, error: Exception, seconds: float) -> None:
        """Nothing."""


class _Silence:
    """Looks for how long a stream has said nothing."""

    def __init__(self) -> None:
        self.stalled = False
        self._heard_at = 0.0
        self._said = False
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, on_long: Callable[[], None], on_stalled: Callable[[], None], stalls_after: float) -> None:
        """From now on, call `on_long` once after THINKING_AFTER seconds of silence, `on_stalled` after more."""
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()

        def look() -> None:
            silent = loop.time() - self._heard_at
            if silent >= stalls_after:
                self.stalled = True
                on_stalled()
                return
            if silent >= THINKING_AFTER and not self._said:
                self._said = True
                on_long()
            left = [each - silent for each in (THINKING_AFTER, stalls_after) if each > silent]
            self._timer = loop.call_later(min(left) + 0.01, look)

        self._timer = loop.call_later(min(THINKING_AFTER, stalls_after), look)

    def heard(self) -> None:
        """The stream said something."""
        self._heard_at = asyncio.get_running_loop().time()

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()


END_AFTER_FAILURE = 5.0
"""Seconds in which a server that says that it has failed has to end the run: its database may be away for hours."""


class RunStream:
    """Streams the runs of one answer.

    `on_run_created(run)` is called once for each run, and returns the task that writes the run down; `cancel_run()`
    asks the server to cancel the answer's run, without waiting.
    """

    def __init__(
        self,
        api: AssistantsApi,
        answer: Answer,
        *,
        on_run_created: Callable[[Run], asyncio.Task[None]],
        cancel_run: Callable[[], None],
        watch: RunWatch | None = None,
    ) -> None:
        self._api = api
        self._watch = watch or NoRunWatch()
        self._began_at = 0.0
        self._answer = answer
        self._on_run_created = on_run_created
        self._cancel_run = cancel_run
        self._silence = _Silence()

    async def begin(
        self,
        thread_id: str | None,
        assistant_id: str,
        messages: Sequence[AdditionalMessage],
        metadata: dict[str, str],
        *,
        tools: Sequence[AssistantToolParam] | None = None,
        of_place: str | None = None,
        model: str | None = None,
    ) -> Run:
        """Add messages to a thread (or to a new one, with `metadata`) and stream a new run; the run as it ended.

        `tools` and `model` take the place of the assistant's; `of_place` is added to the instructions.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
            TimeoutError: the run does not end.
        """
        handler = self._handler()
        options = self._answer.options
        added = "\n\n".join(each for each in (of_place, options.instructions) if each)
        manager = self._api.stream_new_run(
            thread_id,
            assistant_id,
            messages,
            replace(options, instructions=added or None, model=model),
            handler,
            instructions=TUTOR,
            metadata=metadata,
            tools=tools,
        )
        return await self._read_stream(manager, handler, None)

    async def submit(self, run: Run, outputs: dict[str, str]) -> Run:
        """Submit the outputs that `run` waits for, and stream the rest; the run as it ended. Raises as `begin`."""
        handler = self._handler()
        return await self._read_stream(self._api.stream_tool_outputs(run, outputs, handler), handler, run)

    async def feed_missed(self, run: Run) -> None:
        """Feed the reply with what the run has said and the reply does not have."""
        reply, citations, files = self._answer.reply, self._answer.citations, self._answer.files
        heard = citations.heard
        files.note_calls(await self._api.code_calls(run.thread_id, run.id))
        for message in await self._api.messages(run.thread_id, run.id):
            for part in message.content:
                if part.type == "image_file":
                    begin_paragraph(reply)
                    await files.picture(part.image_file.file_id)
                said = citations.words_of(part)
                common = len(said) if heard.startswith(said) else len(heard)
                known = said.startswith(heard[:common])
                missed = said[common:] if known else said
                heard = heard[common:] if known else ""
                if missed and missed == said and part is message.content[0]:
                    begin_paragraph(reply)
                reply.feed(await citations.feed(missed) + await citations.flush())
                if part.type == "text":
                    await files.annotated(part.text.annotations)

    def _handler(self) -> RunEventHandler:
        return RunEventHandler(
            self._answer.reply,
            self._answer.citations,
            on_run_created=self._on_run_created,
            files=self._answer.files,
            runs_code=sentences.RUNS_CODE(self._answer.locale),
            on_asked=self._answer.on_asked,
            on_heard=self._silence.heard,
            on_first_word=lambda: self._watch.first_word(asyncio.get_running_loop().time() - self._began_at),
        )

    def _say_that_it_thinks(self) -> None:
        """Nothing was said yet: the student sees that something is under way, and a Stop button."""
        if not self._answer.reply.text.strip():
            self._answer.reply.show_status(sentences.STILL_THINKING(self._answer.locale))

    async def _read_stream(
        self, manager: AsyncAssistantStreamManager[RunEventHandler], handler: RunEventHandler, run: Run | None
    ) -> Run:
        """Read one stream to its end.

        Raises:
            ModelStalledError: it said nothing for too long; the run is cancelled.
        """
        loop = asyncio.get_running_loop()
        self._began_at = loop.time()
        try:
            ended = await self._read_or_stall(manager, handler, run)
        except Exception as error:
            if self._answer.stopped is None:
                self._watch.failed(error, loop.time() - self._began_at)
            raise
        self._watch.ended(ended, loop.time() - self._began_at)
        return ended

    async def _read_or_stall(
        self, manager: AsyncAssistantStreamManager[RunEventHandler], handler: RunEventHandler, run: Run | None
    ) -> Run:
        try:
            return await self._read(manager, handler, run)
        except TimeoutError as error:
            if self._silence.stalled and self._answer.stopped is None:
                raise ModelStalledError from error
            raise

    async def _read(
        self, manager: AsyncAssistantStreamManager[RunEventHandler], handler: RunEventHandler, run: Run | None
    ) -> Run:
        """Read one stream to its end; if it breaks off while the run goes on, poll the run."""
        answer, loop = self._answer, asyncio.get_running_loop()
        told: openai.APIError | None = None
        async with asyncio.timeout(None) as deadline:

            def stop() -> None:
                deadline.reschedule(loop.time() + STOP_TIMEOUT)
                self._cancel_run()

            def stall() -> None:
                if answer.stopped is None:
                    log.warning("run.stalled", answer=answer.id, run=answer.run_id, seconds=self._api.stalls_after)
                    deadline.reschedule(loop.time())
                    self._cancel_run()

            answer.on_stop = stop
            if answer.stopped is not None:
                stop()
            self._silence.watch(self._say_that_it_thinks, stall, self._api.stalls_after)
            try:
                async with manager as stream:
                    await stream.until_done()
            except (openai.APIStatusError, TimeoutError):
                raise
            except Exception as error:
                if handler.current_run is None and run is None:
                    raise
                log.warning("run.stream_lost", answer=answer.id, run=answer.run_id, cause=error)
                if type(error) is openai.APIError:  # the server's own word, in the stream, that it has failed
                    told = error
            finally:
                answer.on_stop = None
                self._silence.end()
            ended = handler.current_run or run
            if ended is None:
                raise openai.OpenAIError("the stream ended before the run began")
            if ended.status in UNFINISHED or (handler.current_run is None and run is not None):
                ended = await self._poll_to_end(ended, told)
        return ended

    async def _poll_to_end(self, run: Run, told: openai.APIError | None) -> Run:
        """The end of a run whose stream was lost; what it said meanwhile is fed to the reply.

        Raises:
            openai.APIError: the server has `told` that it has failed, and cannot write the run's end either.
        """
        current = await self._api.retrieve(run.thread_id, run.id)
        try:
            async with asyncio.timeout(None if told is None else END_AFTER_FAILURE):
                run = await self._api.poll(current or run)
        except TimeoutError:
            if told is None or self._answer.stopped is not None:
                raise
            raise told from None
        await self.feed_missed(run)
        return run
