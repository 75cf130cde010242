"""Feeds the reply that a student sees with what the events of a run bring."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from openai import AsyncAssistantEventHandler
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import ImageFile, Message, MessageDelta, Run, Text, TextDelta
from typing_extensions import override

from bot.conversations.citations import Citations

FetchFile = Callable[[str], Awaitable[bytes]]
"""The content of one of the server's files, by id."""


class SupportsFeed(Protocol):
    """What is needed of a reply."""

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    def feed(self, text: str) -> None:
        """Add text."""

    def picture(self, filename: str, data: bytes) -> None:
        """Add a picture after the text so far."""


def begin_paragraph(reply: SupportsFeed) -> None:
    """What comes next stands in a paragraph of its own: a message of a run that has spoken before a function call."""
    said = reply.text
    if said.strip():
        reply.feed("\n\n"[min(2, len(said) - len(said.rstrip("\n"))) :])


class RunEventHandler(AsyncAssistantEventHandler):
    """Feeds a reply with what a run says.

    `on_run_created(run)` is called once, when the ids of the run and its thread are known. It returns a task that
    writes them down; no word is shown before that task is done. `on_asked()` is called when the model is being asked.
    A handler serves one stream: the stream after tool outputs takes a new handler, with the same reply and citations.
    """

    def __init__(
        self,
        reply: SupportsFeed,
        citations: Citations,
        *,
        on_run_created: Callable[[Run], asyncio.Task[None]],
        fetch_file: FetchFile,
        on_asked: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._reply = reply
        self._citations = citations
        self._on_run_created = on_run_created
        self._on_asked = on_asked
        self._fetch_file = fetch_file
        self._writing: asyncio.Task[None] | None = None
        self._spoken = False

    @override
    async def on_event(self, event: AssistantStreamEvent) -> None:
        if event.event == "thread.run.created":
            self._writing = self._on_run_created(event.data)
        elif event.event == "thread.run.in_progress" and self._on_asked is not None:
            self._on_asked()

    @override
    async def on_message_created(self, message: Message) -> None:
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

    async def _speak(self, words: str) -> None:
        if not self._spoken and self._writing is not None:
            await asyncio.wait({self._writing})
        self._spoken = True
        self._reply.feed(await self._citations.feed(words))

    @override
    async def on_text_done(self, text: Text) -> None:
        self._reply.feed(await self._citations.flush())

    @override
    async def on_image_file_done(self, image_file: ImageFile) -> None:
        self._reply.picture(f"{image_file.file_id}.png", await self._fetch_file(image_file.file_id))
