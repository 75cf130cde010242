"""The requests that conversations make to the Assistants API: runs, messages, threads and files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

import openai
import structlog
from openai import AsyncOpenAI, omit
from openai.lib.streaming import AsyncAssistantStreamManager
from openai.types import FileObject
from openai.types.beta import AssistantToolChoiceOptionParam, AssistantToolParam
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.run_create_params import AdditionalMessage
from openai.types.beta.threads.runs import CodeInterpreterToolCall

from bot.conversations.prompts.assistants_messages import MESSAGE_ID
from bot.conversations.question import RunOptions
from bot.conversations.run_event_handler import RunEventHandler

log = structlog.get_logger(__name__)

UNFINISHED = frozenset({"queued", "in_progress", "cancelling"})
"""The states of a run in which the server works on it."""
POLL_INTERVAL = 0.5
"""Seconds between two polls of a run whose stream was lost."""
RUN_TIMEOUT = 900.0
"""Seconds after which polling a run that does not end is given up."""


class AssistantsApi:
    """Makes the requests; where several belong together, in one method.

    `tokens_per_run` is how many tokens the model may read for one run; None: as many as it likes.
    """

    def __init__(self, client: AsyncOpenAI, *, tokens_per_run: int | None = None, stalls_after: float = 120.0) -> None:
        self._client = client
        self.stalls_after = stalls_after
        """Seconds without an event after which the stream of a run is given up."""
        self._tokens_per_run = tokens_per_run

    def stream_new_run(
        self,
        thread_id: str | None,
        assistant_id: str,
        messages: Sequence[AdditionalMessage],
        options: RunOptions,
        handler: RunEventHandler,
        *,
        instructions: str,
        metadata: dict[str, str],
        tools: Sequence[AssistantToolParam] | None = None,
    ) -> AsyncAssistantStreamManager[RunEventHandler]:
        """Add messages to a thread and begin a run, in one request; without a thread it makes one, with `metadata`.

        `instructions` are the assistant's own: the request that makes a thread cannot add to them, only replace them.
        `tools` take the place of the assistant's.
        """
        if thread_id is not None:
            return self._client.beta.threads.runs.stream(
                thread_id=thread_id,
                assistant_id=assistant_id,
                additional_messages=messages or omit,
                additional_instructions=options.instructions or omit,
                model=options.model or omit,
                tools=tools or omit,
                tool_choice=options.tool_choice or omit,
                max_prompt_tokens=self._tokens_per_run or omit,
                event_handler=handler,
            )
        return self._client.beta.threads.create_and_run_stream(
            assistant_id=assistant_id,
            thread={"messages": messages, "metadata": metadata},
            instructions=f"{instructions}\n\n{options.instructions}" if options.instructions else omit,
            model=options.model or omit,
            tools=tools or omit,
            tool_choice=options.tool_choice or omit,
            max_prompt_tokens=self._tokens_per_run or omit,
            event_handler=handler,
        )

    def stream_tool_outputs(
        self, run: Run, outputs: dict[str, str], handler: RunEventHandler
    ) -> AsyncAssistantStreamManager[RunEventHandler]:
        """Submit the outputs of all calls of a run, by call id, and stream the rest of the run."""
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

    async def poll(self, run: Run) -> Run:
        """Retrieve a run again and again until it has ended, or waits for tool outputs.

        Raises:
            TimeoutError: it does not end.
            openai.OpenAIError: the server does not answer, or does not know the run any more.
        """
        async with asyncio.timeout(RUN_TIMEOUT):
            while run.status in UNFINISHED:
                await asyncio.sleep(POLL_INTERVAL)
                run = await self._client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        return run

    async def cancel(self, thread_id: str, run_id: str) -> None:
        """Cancel a run; one that has ended already is no error."""
        try:
            await self._client.beta.threads.runs.cancel(run_id, thread_id=thread_id)
        except (openai.BadRequestError, openai.NotFoundError) as error:
            log.debug("run.cancelled_too_late", run=run_id, cause=error)
        except openai.OpenAIError:
            log.warning("run.cancel_failed", run=run_id, exc_info=True)

    async def cancel_active_runs(self, thread_id: str) -> None:
        """Cancel the runs that keep a thread busy, and wait for their end."""
        page = await self._client.beta.threads.runs.list(thread_id, limit=5)
        for run in page.data:
            if run.status in UNFINISHED or run.status == "requires_action":
                await self.cancel(thread_id, run.id)
                await self._wait_for_end(run)

    async def submit_and_cancel(self, thread_id: str, run_id: str, outputs: dict[str, str]) -> None:
        """Submit a waiting run's outputs and cancel the run, so that its thread can take new messages.

        What the run says between the two is deleted, as nobody has seen it.
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
            log.info("run.waits_no_longer", run=run_id, cause=error)
            return
        await self.cancel(thread_id, run_id)
        await self._wait_for_end(run)
        for message in await self.messages(thread_id, run_id):
            if message.id not in seen:
                await self.delete_message(thread_id, message.id)

    async def _wait_for_end(self, run: Run) -> None:
        async with asyncio.timeout(30):
            wait = 0.02
            while run.status in UNFINISHED or run.status == "requires_action":
                await asyncio.sleep(wait)
                wait = min(wait * 2, 1.0)
                run = await self._client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)

    async def messages(self, thread_id: str, run_id: str) -> list[Message]:
        """The messages that a run has written, oldest first."""
        page = await self._client.beta.threads.messages.list(thread_id, run_id=run_id, order="asc", limit=100)
        return page.data

    async def delete_messages(self, thread_id: str, run_id: str) -> None:
        """Delete the messages that a run has written from its thread."""
        for message in await self.messages(thread_id, run_id):
            await self.delete_message(thread_id, message.id)
            await self._delete_files(made_files(message))

    async def runs(self, thread_id: str) -> list[Run]:
        """All runs of a thread."""
        return [run async for run in self._client.beta.threads.runs.list(thread_id, limit=100)]

    async def newest_messages(self, thread_id: str) -> list[Message]:
        """The newest hundred messages of a thread, newest first."""
        return (await self._client.beta.threads.messages.list(thread_id, order="desc", limit=100)).data

    async def question(self, thread_id: str, message_id: int) -> Message | None:
        """The message of a thread that came from a Discord message; None if the thread does not hold it."""
        return (await self.questions(thread_id, [message_id])).get(message_id)

    async def questions(self, thread_id: str, message_ids: Iterable[int]) -> dict[int, Message]:
        """Those messages of a thread that came from these Discord messages, by their ids."""
        wanted = {str(message_id) for message_id in message_ids}
        found: dict[int, Message] = {}
        async for message in self._newest_first(thread_id):
            name = (message.metadata or {}).get(MESSAGE_ID)
            if name in wanted:
                found[int(name)] = message
                wanted.discard(name)
            if not wanted:
                break
        return found

    async def add_message(self, thread_id: str, message: AdditionalMessage) -> None:
        """Add a message at the end of a thread.

        Raises:
            openai.BadRequestError: a run is active in the thread.
        """
        await self._client.beta.threads.messages.create(
            thread_id,
            role=message["role"],
            content=message["content"],
            attachments=message.get("attachments") or omit,
            metadata=message.get("metadata") or omit,
        )

    async def delete_questions(self, thread_id: str, message_ids: Iterable[int]) -> None:
        """Delete the messages of a thread that came from these Discord messages."""
        for message in (await self.questions(thread_id, message_ids)).values():
            await self.delete_message(thread_id, message.id)

    async def make_thread(self, message: str, *, files_of: str | None = None) -> str:
        """Make a thread with one message, and with the files of the thread `files_of`; its id."""
        stores: list[str] = []
        if files_of is not None:
            resources = (await self._client.beta.threads.retrieve(files_of)).tool_resources
            search = resources.file_search if resources is not None else None
            stores = list(search.vector_store_ids or ()) if search is not None else []
        thread = await self._client.beta.threads.create(
            messages=[{"role": "user", "content": message}],
            tool_resources={"file_search": {"vector_store_ids": stores}} if stores else omit,
        )
        return thread.id

    async def run_once(
        self,
        thread_id: str,
        assistant_id: str,
        *,
        instructions: str,
        tools: Sequence[AssistantToolParam],
        tool_choice: AssistantToolChoiceOptionParam,
        model: str | None,
        on_run: Callable[[Run], None],
    ) -> None:
        """Run in a thread with these instructions and tools alone, until the run has ended or waits for an output.

        `on_run` is given the run when it begins, and as it is at the end.
        """
        async with self._client.beta.threads.runs.stream(
            thread_id=thread_id,
            assistant_id=assistant_id,
            instructions=instructions,
            tools=tools,
            tool_choice=tool_choice,
            model=model or omit,
            max_prompt_tokens=self._tokens_per_run or omit,
        ) as stream:
            async for event in stream:
                if event.event == "thread.run.created":
                    on_run(event.data)
            if stream.current_run is not None:
                on_run(stream.current_run)

    async def drop_oldest_code_files(self, thread_id: str, left: int) -> None:
        """Leave a thread's code interpreter its `left` newest files: the API allows twenty."""
        resources = (await self._client.beta.threads.retrieve(thread_id)).tool_resources
        code = resources.code_interpreter if resources is not None else None
        newest = list((code.file_ids if code is not None else None) or ())[-left:]
        await self._client.beta.threads.update(thread_id, tool_resources={"code_interpreter": {"file_ids": newest}})

    async def delete_thread(self, thread_id: str) -> None:
        """Delete a thread, and the files that code has made in it; one that is gone is no error."""
        try:
            made = [file_id async for message in self._newest_first(thread_id) for file_id in made_files(message)]
            await self._delete_files(made)
            await self._client.beta.threads.delete(thread_id)
        except openai.NotFoundError:
            log.debug("thread.gone_already", thread=thread_id)

    async def _delete_files(self, file_ids: Iterable[str]) -> None:
        for file_id in dict.fromkeys(file_ids):
            try:
                await self._client.files.delete(file_id)
            except openai.NotFoundError:
                log.debug("file.gone_already", file=file_id)

    async def file(self, file_id: str) -> FileObject:
        """What the server knows of a file, its size among others."""
        return await self._client.files.retrieve(file_id)

    async def code_calls(self, thread_id: str, run_id: str) -> list[CodeInterpreterToolCall]:
        """The calls of the code interpreter that a run has made, oldest first."""
        steps = self._client.beta.threads.runs.steps.list(run_id, thread_id=thread_id, order="asc", limit=100)
        return [
            call
            async for step in steps
            if step.step_details.type == "tool_calls"
            for call in step.step_details.tool_calls
            if call.type == "code_interpreter"
        ]

    async def file_content(self, file_id: str) -> bytes:
        """The content of a file that a run has made."""
        return (await self._client.files.content(file_id)).content

    async def _newest_first(self, thread_id: str) -> AsyncIterator[Message]:
        async for message in self._client.beta.threads.messages.list(thread_id, order="desc", limit=100):
            yield message

    async def delete_message(self, thread_id: str, message_id: str) -> None:
        """Delete a message; one that is gone is no error."""
        try:
            await self._client.beta.threads.messages.delete(message_id, thread_id=thread_id)
        except openai.NotFoundError:
            log.debug("message.gone_already", message=message_id)


def made_files(message: Message) -> Iterator[str]:
    """The ids of the files that code has made and an answer shows: nobody else refers to them."""
    if message.role != "assistant":
        return
    for part in message.content:
        if part.type == "image_file":
            yield part.image_file.file_id
        elif part.type == "text":
            yield from (each.file_path.file_id for each in part.text.annotations if each.type == "file_path")
