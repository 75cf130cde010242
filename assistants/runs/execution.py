"""The work of one run: it asks the model and runs tools, round by round, until there is an answer or the client must
give tool outputs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from assistants.json_objects import read_usage, usage_object
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    MessageStarted,
    Model,
    ModelError,
    ModelEvent,
    ModelRequest,
    PromptTooLongError,
    TextDelta,
    Usage,
)
from assistants.retrieval.retrieval import Retrieval
from assistants.runs.prompt import PromptBudget, conversation, instructions
from assistants.runs.run_writer import RunWriter
from assistants.runs.token_estimates import estimate, estimate_items, estimate_prompt, estimate_usage
from assistants.runs.tool_calls import ToolCall, last_answered_calls, output_item, own_calls, required_action
from assistants.runs.tool_choice import RunToolChoice
from assistants.server_tools import ServerTool, ToolContext, ToolSession
from assistants.settings import Settings
from assistants.store.run_steps import count_call_steps, finished_calls
from assistants.store.runs import Run, RunStatusChangedError
from assistants.store.store import Store

log = structlog.get_logger(__name__)

MAX_ROUNDS = 16
"""Completions between two pauses of a run; in the last one the model has to speak."""

MAX_COMPLETIONS = 128
"""Completions of a whole run, however often its client submits outputs."""

HEAD_START = 0.05
"""Seconds within which the model is asked before `in_progress` is written; opening a tool can take longer."""

SHORTEST_ANSWER = 16
"""Tokens; the Responses API takes no lower limit."""


class RunIncompleteError(Exception):
    """The run ends as `incomplete`: a token limit was met (`reason`), or the content filter cut the answer (None)."""

    def __init__(
        self, reason: Literal["max_completion_tokens", "max_prompt_tokens"] | None, *, usage: Usage | None = None
    ) -> None:
        super().__init__(reason or "content_filter")
        self.reason = reason
        self.usage = usage


@dataclass(frozen=True, slots=True)
class RunServices:
    """What every run works with."""

    settings: Settings
    store: Store
    model: Model
    retrieval: Retrieval
    tools: Mapping[str, ServerTool]
    """The server's own tools, by type."""


@dataclass(slots=True)
class Completion:
    """One completion as the model streams it."""

    calls: list[ToolCall] = field(default_factory=list)
    held_text: list[TextDelta] = field(default_factory=list)
    """Text that is not shown yet, since the model has to make a call first."""
    finished: Finished | None = None
    heard: int = 0
    """Tokens of text and arguments so far, estimated."""

    @property
    def end(self) -> Finished:
        """The completion's last event.

        Raises:
            ModelError: it never came.
        """
        if self.finished is None:
            raise ModelError("server_error", "The model's answer broke off.")
        return self.finished


class Execution:
    """A run's work from `queued` to its end, or until it waits for tool outputs."""

    def __init__(
        self,
        services: RunServices,
        writer: RunWriter,
        *,
        items: Sequence[Item],
        tool_resources: Sequence[Mapping[str, Any]],
    ) -> None:
        self._services = services
        self._writer = writer
        self._items = list(items)
        self._tool_resources = tool_resources
        writer.calls = last_answered_calls(items, services.tools)
        self._resumed = bool(items)
        self._used = read_usage(writer.run.usage)
        self._unfinished: tuple[ModelRequest, Completion] | None = None
        """The completion that the model is asked for: it costs tokens though it may never tell how many."""
        self._starting: asyncio.Task[None] | None = None
        """Writes `in_progress`; None once it has been awaited."""
        self._model_asked = asyncio.Event()
        self._tool_sessions: dict[str, ToolSession] = {}
        """The server's own tools of this run, by type."""
        self._functions = [_function(tool) for tool in writer.run.tools if tool["type"] == "function"]

    @property
    def _run(self) -> Run:
        return self._writer.run

    async def work(self, now: Callable[[], int]) -> None:
        """Do the run's work; return when it has completed or waits for tool outputs.

        Raises:
            ModelError: the model could not answer.
            RunIncompleteError: the answer was cut short.
            RunStatusChangedError: something else has changed the run's status.
        """
        async with AsyncExitStack() as stack:
            self._starting = asyncio.create_task(self._start(now()))
            stack.push_async_callback(self._await_start, self._starting)
            await self._open_tools(stack)
            self._writer.annotate = self._annotate if self._tool_sessions else None
            tools = [*self._functions, *(session.function for session in self._tool_sessions.values())]
            context = await self._context(tools)
            choice = RunToolChoice(
                self._run.tool_choice,
                offered={tool.name for tool in tools},
                server_tools=self._tool_sessions,
                resumed=self._resumed,
            )
            rounds = min(MAX_ROUNDS, MAX_COMPLETIONS - await self._completions_so_far())
            if rounds <= 0:
                raise ModelError(
                    "server_error", f"The model called functions in {MAX_COMPLETIONS} completions of one run."
                )
            for number in range(rounds):
                request = self._request(tools, context, "none" if number == rounds - 1 else choice.next_round)
                try:
                    if await self._round(request, choice, now):
                        return
                except PromptTooLongError:
                    shorter = await self._context(tools, at_most=estimate_items(context) // 2)
                    if len(shorter) == len(context):
                        raise
                    context = shorter
            await self._complete(Usage(), now)

    async def _start(self, started_at: int) -> None:
        """Write `in_progress` after the model has been asked, while it thinks; only the first word waits for it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START):
                await self._model_asked.wait()
        await self._writer.commit("in_progress", started_at=started_at)

    async def _await_start(self, starting: asyncio.Task[None]) -> None:
        """Wait for `_start`, which nothing else awaits when the run ends before the model's first event."""
        self._model_asked.set()
        await asyncio.wait([starting])
        error = None if starting.cancelled() else starting.exception()
        if error is not None and not isinstance(error, RunStatusChangedError):
            log.warning("run_not_started", run=self._run.id, reason=type(error).__name__)

    async def _open_tools(self, stack: AsyncExitStack) -> None:
        earlier = await self._earlier_calls()
        for tool in self._run.tools:
            server_tool = self._services.tools.get(tool["type"])
            if server_tool is None or tool["type"] in self._tool_sessions:
                continue
            session = await server_tool.open(self._tool_context(tool, earlier))
            if session is not None:
                stack.push_async_callback(session.close)
                self._tool_sessions[tool["type"]] = session

    async def _completions_so_far(self) -> int:
        """Completions before the run waited for outputs; each had calls, so each has a step."""
        if not self._resumed:
            return 0
        async with self._services.store.read() as session:
            return await count_call_steps(session, self._run.id)

    async def _earlier_calls(self) -> list[dict[str, Any]]:
        """The calls in the run's finished steps, when it goes on after submitted outputs."""
        if not self._resumed:
            return []
        async with self._services.store.read() as session:
            return [call for details in await finished_calls(session, self._run.id) for call in details["tool_calls"]]

    def _tool_context(self, tool: Mapping[str, Any], earlier: Sequence[dict[str, Any]]) -> ToolContext:
        type_ = tool["type"]
        own = [call[type_] for call in earlier if call["type"] == type_]
        run = self._run
        return ToolContext(run.id, run.thread_id, run.assistant_id, tool, self._tool_resources, own)

    async def _context(self, tools: Sequence[FunctionTool], *, at_most: int | None = None) -> list[Item]:
        """The thread's messages as input items, within the model's context window and `at_most` tokens."""
        window = self._services.model.context_window(self._services.settings.resolve_model(self._run.model))
        budget = PromptBudget.for_run(
            self._run,
            window=window,
            tools=tools,
            used=self._used.prompt_tokens,
            history=self._services.settings.history_tokens,
        )
        return await conversation(self._services.store, self._services.retrieval, self._run, budget.at_most(at_most))

    def _request(self, tools: Sequence[FunctionTool], context: Sequence[Item], choice: str) -> ModelRequest:
        run = self._run
        left = None
        if run.max_completion_tokens is not None:
            left = run.max_completion_tokens - self._used.completion_tokens
            if left < SHORTEST_ANSWER:
                raise RunIncompleteError("max_completion_tokens")
        if run.max_prompt_tokens is not None and self._used.prompt_tokens >= run.max_prompt_tokens:
            raise RunIncompleteError("max_prompt_tokens")
        return ModelRequest(
            model=self._services.settings.resolve_model(run.model),
            instructions=instructions(run, self._services.tools),
            input=[*context, *self._items],
            tools=tools,
            tool_choice=choice if tools else "auto",
            parallel_tool_calls=run.parallel_tool_calls,
            temperature=run.temperature,
            top_p=run.top_p,
            reasoning_effort=run.reasoning_effort,
            max_output_tokens=left,
            response_format=run.response_format if isinstance(run.response_format, dict) else None,
            cache_key=run.thread_id,
        )

    async def _round(self, request: ModelRequest, choice: RunToolChoice, now: Callable[[], int]) -> bool:
        """Ask for one completion and answer its calls; true when the run has completed or waits."""
        try:
            completion = await self._stream_completion(request, hold_text=choice.binds)
        except ModelError:
            if self._unfinished is not None and not self._unfinished[1].heard:
                self._unfinished = None  # the provider refused, which costs nothing
            raise
        self._unfinished = None
        end = completion.end
        usage = end.usage if end.usage != Usage() else estimate_usage(request, end)
        self._used += usage.of_one_request()
        if end.reason != "completed":
            await self._write_held_text(completion)
            raise RunIncompleteError(
                "max_completion_tokens" if end.reason == "max_output_tokens" else None, usage=usage
            )
        if not completion.calls:
            if (reminder := choice.reminder()) is not None:
                self._items.append({"type": "message", "role": "user", "content": reminder})
                return False
            await self._write_held_text(completion)
            await self._complete(usage, now)
            return True
        choice.note_calls([call.name for call in completion.calls])
        before = len(self._items)
        self._items += end.output
        waits = await self._answer_calls(completion.calls, usage)
        self._writer.calls += own_calls(self._items[before:], self._services.tools)
        return waits

    # -- the model's events

    async def _stream_completion(self, request: ModelRequest, *, hold_text: bool) -> Completion:
        """Read one completion, event by event; `hold_text` shows no text before the first call."""
        completion = Completion()
        self._unfinished = (request, completion)
        longest = self._services.model.context_window(request.model)
        self._model_asked.set()
        async with aclosing(self._services.model.stream(request)) as events:
            async for event in events:
                if self._starting is not None:
                    await self._starting
                    self._starting = None
                completion.heard += estimate(_words(event))
                if completion.heard > longest:  # a model that does not stop by itself
                    raise RunIncompleteError("max_completion_tokens")
                if isinstance(event, TextDelta):
                    if hold_text and not completion.calls:
                        completion.held_text.append(event)
                    else:
                        await self._write_text(event)
                elif isinstance(event, MessageStarted):
                    if not hold_text and self._writer.tool_calls is None:
                        await self._open_message()
                else:
                    await self._on_event(event, completion)
        return completion

    async def _on_event(self, event: ModelEvent, completion: Completion) -> None:
        if isinstance(event, CallStarted):
            await self._write_held_text(completion)
            await self._start_call(event, completion)
        elif isinstance(event, CallArguments):
            self._writer.add_arguments(completion.calls[event.index], event.delta)
        elif isinstance(event, Finished):
            completion.finished = event

    async def _write_text(self, delta: TextDelta) -> None:
        if delta.text:
            await self._open_message()
            self._writer.add_text(delta)

    async def _open_message(self) -> None:
        """Open a message, if none is open; done when the model announces one, so that its first word need not wait."""
        if self._writer.message is None:
            self._writer.open_message(self._take_images())
            await self._writer.commit()

    async def _write_held_text(self, completion: Completion) -> None:
        for delta in completion.held_text:
            await self._write_text(delta)
        completion.held_text.clear()

    async def _start_call(self, event: CallStarted, completion: Completion) -> None:
        if self._writer.tool_calls is None:
            self._close_message(None)
            self._writer.open_tool_calls()
            await self._writer.commit()
        session = self._tool_sessions.get(event.name)
        completion.calls.append(self._writer.start_call(event.index, event.call_id, event.name, session))

    # -- answering calls

    async def _answer_calls(self, calls: Sequence[ToolCall], usage: Usage) -> bool:
        """Run the server's own calls; true when the run waits for the client's outputs."""
        self._close_message(None)
        known = {function.name for function in self._functions}
        for call in calls:
            if call.session is not None:
                self._items.append(output_item(call.id, await self._run_server_tool(call, call.session)))
            elif call.name not in known:
                call.output = f"There is no function named {call.name}."
                self._items.append(output_item(call.id, call.output))
        waiting = [call for call in calls if call.session is None and call.output is None]
        if not waiting:
            self._writer.close_tool_calls(usage=usage)
            await self._writer.commit()
            return False
        self._writer.save_waiting_calls(usage)
        await self._writer.commit(
            "requires_action",
            required_action=required_action(waiting),
            items=self._items,
            owner=None,  # no process works on it until its outputs come, to any process
            lease_until=None,
            usage=self.usage,
        )
        return True

    async def _run_server_tool(self, call: ToolCall, session: ToolSession) -> str:
        type_ = session.function.name

        def progress(delta: dict[str, Any]) -> None:
            self._writer.send_call_delta({"index": call.index, "type": type_, type_: delta})

        try:
            result = await session.call(call.arguments, progress)
        except Exception:
            # The model can still answer without the tool; an answer is better than a failed run.
            log.exception("tool_failed", tool=type_, run=self._run.id)
            return "The tool failed. Go on without it."
        self._used += Usage(embedding_tokens=result.embedding_tokens)
        call.details = result.details
        return result.output

    # -- the end

    async def _complete(self, usage: Usage, now: Callable[[], int]) -> None:
        if self._writer.message is None and (images := self._take_images()):  # pictures, and no words about them
            self._writer.open_message(images)
        self._close_message(usage)
        await self._writer.commit(
            "completed", completed_at=now(), expires_at=None, usage=self.usage, required_action=None
        )

    def _close_message(self, usage: Usage | None) -> None:
        if self._writer.message is None:
            return
        self._writer.close_message(usage=usage, annotate=self._annotate)

    def _take_images(self) -> list[str]:
        """The pictures that no message shows yet."""
        return [image for session in self._tool_sessions.values() for image in session.take_images()]

    def _annotate(self, text: str) -> list[dict[str, Any]]:
        """The annotations of all tools, in the order of the text: what was sent of it before stays in its place."""
        found = [annotation for session in self._tool_sessions.values() for annotation in session.annotate(text)]
        return sorted(found, key=lambda annotation: annotation["start_index"])

    @property
    def usage(self) -> dict[str, Any]:
        """The tokens of the whole run so far, as the API shows them; an unfinished completion's are estimated."""
        used = self._used
        if self._unfinished is not None:
            request, completion = self._unfinished
            used += Usage(estimate_prompt(request), completion.heard).of_one_request()
        return usage_object(used)


def _words(event: ModelEvent) -> str:
    """What the model has said or written in an event."""
    if isinstance(event, TextDelta):
        return event.text
    return event.delta if isinstance(event, CallArguments) else ""


def _function(tool: Mapping[str, Any]) -> FunctionTool:
    function = tool["function"]
    return FunctionTool(
        name=function["name"],
        description=function.get("description", ""),
        parameters=function.get("parameters") or {"type": "object", "properties": {}},
        strict=bool(function.get("strict")),
    )
