"""The calls of the Assistants API that conversations make, one noun's worth each."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Literal

import openai
import structlog
from openai import AsyncOpenAI, omit
from openai.lib.streaming import AsyncAssistantStreamManager
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot import sentences
from bot.conversations.assistants_messages import MESSAGE_ID
from bot.conversations.question import RunOptions
from bot.conversations.relay import RelayHandler
from bot.sentences import Sentence

log = structlog.get_logger(__name__)

UNFINISHED = frozenset({"queued", "in_progress", "cancelling"})
"""The states in which a run is on its way without us."""
TOKEN_LIMITS = frozenset({"max_completion_tokens", "max_prompt_tokens"})
"""Why a run was cut off, where its own limits did it."""
POLL = 0.5
"""Seconds between two looks at a run whose stream was lost."""
PATIENCE = 900.0
"""Seconds after which a run that shows no end is given up."""


class Runs:
    """Begins, follows and ends runs."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    def begin(
        self,
        thread_id: str | None,
        assistant_id: str,
        messages: Sequence[AdditionalMessage],
        options: RunOptions,
        handler: RelayHandler,
        *,
        instructions: str,
        about: dict[str, str],
    ) -> AsyncAssistantStreamManager[RelayHandler]:
        """Add messages and run, in one call; without a thread that call makes it too, with `about` as metadata.

        `instructions` are the assistant's own: making a thread has no way of adding to them, only of replacing them.
        """
        if thread_id is not None:
            return self._client.beta.threads.runs.stream(
                thread_id=thread_id,
                assistant_id=assistant_id,
                additional_messages=messages or omit,
                additional_instructions=options.instructions or omit,
                tool_choice=options.tool_choice or omit,
                event_handler=handler,
            )
        return self._client.beta.threads.create_and_run_stream(
            assistant_id=assistant_id,
            thread={"messages": messages, "metadata": about},
            instructions=f"{instructions}\n\n{options.instructions}" if options.instructions else omit,
            tool_choice=options.tool_choice or omit,
            event_handler=handler,
        )

    def submit(
        self, run: Run, outputs: dict[str, str], handler: RelayHandler
    ) -> AsyncAssistantStreamManager[RelayHandler]:
        """Hand in the outputs of all a run's calls, by call id, and go on with it."""
        return self._client.beta.threads.runs.submit_tool_outputs_stream(
            run_id=run.id,
            thread_id=run.thread_id,
            tool_outputs=[{"tool_call_id": call_id, "output": output} for call_id, output in outputs.items()],
            event_handler=handler,
        )

    async def retrieve(self, thread_id: str, run_id: str) -> Run | None:
        """A run as it is now; None when the server does not know it."""
        try:
            return await self._client.beta.threads.runs.retrieve(run_id, thread_id=thread_id)
        except openai.NotFoundError:
            return None

    async def follow(self, run: Run) -> Run:
        """Look at a run until it has ended, or waits for tool outputs.

        Raises:
            TimeoutError: it shows no end.
            openai.OpenAIError: the server does not answer, or does not know it any more.
        """
        async with asyncio.timeout(PATIENCE):
            while run.status in UNFINISHED:
                await asyncio.sleep(POLL)
                run = await self._client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        return run

    async def cancel(self, thread_id: str, run_id: str) -> None:
        """Ask for a run's end; one that has ended already is no error."""
        try:
            await self._client.beta.threads.runs.cancel(run_id, thread_id=thread_id)
        except (openai.BadRequestError, openai.NotFoundError) as error:
            log.debug("run.cancelled_too_late", run=run_id, cause=error.message)
        except openai.OpenAIError:
            log.warning("run.cancel_failed", run=run_id, exc_info=True)

    async def free(self, thread_id: str) -> None:
        """End whatever run keeps a thread busy."""
        page = await self._client.beta.threads.runs.list(thread_id, limit=5)
        for run in page.data:
            if run.status in UNFINISHED or run.status == "requires_action":
                await self.cancel(thread_id, run.id)
                await self._until_over(run)

    async def give_way(self, thread_id: str, run_id: str, outputs: dict[str, str]) -> None:
        """Hand in what outputs there are and end the run, so that its thread can take new messages.

        What the run still found the time to say is taken out: nobody has seen it.
        """
        runs = self._client.beta.threads.runs
        try:
            seen = {message.id for message in await self.messages(thread_id, run_id)}
            run = await runs.submit_tool_outputs(
                run_id,
                thread_id=thread_id,
                tool_outputs=[{"tool_call_id": each, "output": text} for each, text in outputs.items()],
            )
        except (openai.BadRequestError, openai.NotFoundError) as error:
            log.info("run.waits_no_longer", run=run_id, cause=error.message)
            return
        await self.cancel(thread_id, run_id)
        await self._until_over(run)
        for message in await self.messages(thread_id, run_id):
            if message.id not in seen:
                await self._delete(thread_id, message.id)

    async def _until_over(self, run: Run) -> None:
        async with asyncio.timeout(30):
            wait = 0.02
            while run.status in UNFINISHED or run.status == "requires_action":
                await asyncio.sleep(wait)
                wait = min(wait * 2, 1.0)
                run = await self._client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)

    async def messages(self, thread_id: str, run_id: str) -> list[Message]:
        """What a run has said, oldest first."""
        page = await self._client.beta.threads.messages.list(thread_id, run_id=run_id, order="asc", limit=100)
        return page.data

    async def unsay(self, thread_id: str, run_id: str) -> None:
        """Take what a run has said out of its thread."""
        for message in await self.messages(thread_id, run_id):
            await self._delete(thread_id, message.id)

    async def remove_questions(self, thread_id: str, message_ids: Iterable[int]) -> None:
        """Take the messages that came from these Discord messages out of a thread."""
        wanted = {str(message_id) for message_id in message_ids}
        async for message in self._newest_first(thread_id):
            name = (message.metadata or {}).get(MESSAGE_ID)
            if name in wanted:
                await self._delete(thread_id, message.id)
                wanted.discard(name)
            if not wanted:
                return

    async def delete_thread(self, thread_id: str) -> None:
        """Delete a thread; one that is gone is no error."""
        try:
            await self._client.beta.threads.delete(thread_id)
        except openai.NotFoundError:
            log.debug("thread.gone_already", thread=thread_id)

    async def file(self, file_id: str) -> bytes:
        """The content of a file that a run made."""
        return (await self._client.files.content(file_id)).content

    async def _newest_first(self, thread_id: str) -> AsyncIterator[Message]:
        async for message in self._client.beta.threads.messages.list(thread_id, order="desc", limit=100):
            yield message

    async def _delete(self, thread_id: str, message_id: str) -> None:
        try:
            await self._client.beta.threads.messages.delete(message_id, thread_id=thread_id)
        except openai.NotFoundError:
            log.debug("message.gone_already", message=message_id)


def sentence_for(error: BaseException) -> Sentence:
    """What a student is told when a call to the Assistants server fails."""
    match error:
        case openai.RateLimitError():
            return sentences.MODEL_BUSY
        case openai.APIConnectionError() | openai.AuthenticationError() | openai.PermissionDeniedError():
            return sentences.MODEL_AWAY
        case openai.NotFoundError():
            return sentences.MODEL_AWAY
        case openai.BadRequestError():
            return sentences.REFUSED
        case TimeoutError():
            return sentences.EXPIRED
        case _:
            return sentences.FAILED


def sentence_of(run: Run) -> Sentence | None:
    """What a student is told about how a run ended; None when it ended well, or was ended by us."""
    status: Literal["completed"] | str = run.status
    if status == "failed":
        code = run.last_error.code if run.last_error else None
        codes = {"rate_limit_exceeded": sentences.MODEL_BUSY, "invalid_prompt": sentences.REFUSED}
        return codes.get(code or "", sentences.FAILED)
    if status == "incomplete":
        # The API names token limits alone; what cut the answer otherwise is the provider's filter.
        filtered = run.incomplete_details is not None and str(run.incomplete_details.reason) not in TOKEN_LIMITS
        return sentences.FILTERED if filtered else sentences.CUT_OFF
    return sentences.EXPIRED if status == "expired" else None
