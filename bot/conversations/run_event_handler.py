"""Feeds the reply that a student sees with what the events of a run bring."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from openai import AsyncAssistantEventHandler
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Message, MessageDelta, Run, Text, TextDelta
from openai.types.beta.threads.runs import RunStep, ToolCallDelta
from typing_extensions import override

from bot.conversations.answer_contents.answer_files import AnswerFiles
from bot.conversations.answer_contents.citations import Citations


class SupportsFeed(Protocol):
    """What is needed of a reply."""

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    def feed(self, text: str) -> None:
        """Add text."""

    def show_status(self, sentence: str) -> None:
        """Say what the model does meanwhile."""


def begin_paragraph(reply: SupportsFeed) -> None:
    """What comes next stands in a paragraph of its own: a message of a run that has spoken before a function call."""
    said = reply.text
    if said.strip():
        reply.feed("\n\n"[min(2, len(said) - len(said.rstrip("\n"))) :])


class RunEventHandler(AsyncAssistantEventHandler):
    """Feeds a reply with what a run says.

    `on_run_created(run)` is called once, when the ids of the run and its thread are known. It returns a task that
    writes them down; no word is shown before that task is done. `on_asked()` is called when the model is being asked,
    `on_heard()` with every event, `on_first_word()` with the first that brings words.
    `files` shows pictures and files; `runs_code` is said while the model writes and runs code.
    A handler serves one stream: the stream after tool outputs takes a new handler, with the same reply and citations.
    """

    def __init__(
        self,
        reply: SupportsFeed,
        citations: Citations,
        *,
        on_run_created: Callable[[Run], asyncio.Task[None]],
        files: AnswerFiles,
        runs_code: str,
        on_asked: Callable[[], None] | None = None,
        on_heard: Callable[[], None] | None = None,
        on_first_word: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._on_first_word = on_first_word
        self._on_heard = on_heard
        self._reply = reply
        self._citations = citations
        self._on_run_created = on_run_created
        self._on_asked = on_asked
        self._files = files
        self._runs_code = runs_code
        self._writing: asyncio.Task[None] | None = None
        self._spoken = False

    @override
    async def on_event(self, event: AssistantStreamEvent) -> None:
        if self._on_heard is not None:
            self._on_heard()
        if event.event == "thread.run.created":
            self._writing = self._on_run_created(event.data)
        elif event.event == "thread.run.in_progress" and self._on_asked is not None:
            self._on_asked()
        elif event.event == "thread.message.delta" and self._on_first_word is not None:
            self._on_first_word()
            self._on_first_word = None
        elif event.event == "thread.run.step.delta":
            # The SDK's own callbacks for calls miss the first call of every step but the first.
            details = event.data.delta.step_details
            if details is not None and details.type == "tool_calls":
                await self._calls_go_on(details.tool_calls or ())

    async def _calls_go_on(self, calls: Sequence[ToolCallDelta]) -> None:
        if not any(call.type == "code_interpreter" for call in calls):
            return
        self._files.ran_code = True
        await self._wait_until_written()
        self._reply.show_status(self._runs_code)

    @override
    async def on_run_step_done(self, run_step: RunStep) -> None:
        details = run_step.step_details
        if details.type == "tool_calls":
            self._files.note_calls([call for call in details.tool_calls if call.type == "code_interpreter"])

    @override
    async def on_message_created(self, message: Message) -> None:
        self._reply.show_status("")
        begin_paragraph(self._reply)

    @override
    async def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        for annotation in delta.annotations or ():
            if annotation.type == "file_citation" and annotation.text and annotation.file_citation:
                cited = annotation.file_citation
                self._citations.annotate(annotation.text, cited.file_id or "", cited)
        if delta.value:
            await self._speak(delta.value)

    @override
    async def on_message_delta(self, delta: MessageDelta, snapshot: Message) -> None:
        for part in delta.content or ():  # the SDK has no handler for the words of a refusal
            if part.type == "refusal" and part.refusal:
                await self._speak(part.refusal)
            elif part.type == "image_file" and part.image_file and part.image_file.file_id:
                await self._wait_until_written()
                await self._files.picture(part.image_file.file_id)

    async def _wait_until_written(self) -> None:
        if not self._spoken and self._writing is not None:
            await asyncio.wait({self._writing})
        self._spoken = True

    async def _speak(self, words: str) -> None:
        await self._wait_until_written()
        self._reply.feed(await self._citations.feed(words))

    @override
    async def on_text_done(self, text: Text) -> None:
        self._reply.feed(await self._citations.flush())

    @override
    async def on_message_done(self, message: Message) -> None:
        """The text is complete, with its annotations."""
        for part in message.content:
            if part.type == "text":
                await self._files.annotated(part.text.annotations)
