"""One run at work: rounds of asking the model and running tools, until there is an answer or a client must act."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

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
from assistants.runs.endings import Incomplete
from assistants.runs.prompt import Room, conversation, estimated_usage, instructions, weight
from assistants.runs.run_writer import RunWriter, usage_object
from assistants.runs.tool_calls import Call, last_exchange, output_item, required_action
from assistants.runs.tool_choice import Choice
from assistants.server_tools import ServerTool, ToolContext, ToolSession
from assistants.settings import Settings
from assistants.store.run_steps import finished_calls
from assistants.store.runs import Run, RunStatusChangedError
from assistants.store.store import Store

log = structlog.get_logger(__name__)

MAX_ROUNDS = 16
"""Completions of one stretch of a run; in the last one the model has to speak."""


HEAD_START = 0.05
"""Seconds within which the model is asked before the run's beginning is written; it takes longer when a tool does."""

SHORTEST_ANSWER = 16
"""Tokens; the Responses API takes no lower limit."""


@dataclass(frozen=True, slots=True)
class RunServices:
    """What every run works with."""

    settings: Settings
    store: Store
    model: Model
    retrieval: Retrieval
    tools: Mapping[str, ServerTool]


@dataclass(slots=True)
class Round:
    """One completion as it comes: what was said and called."""

    calls: list[Call] = field(default_factory=list)
    held: list[TextDelta] = field(default_factory=list)
    finished: Finished | None = None

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
    """A run from `queued` to its end, or to the point where it waits for outputs."""

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
        self._resources = tool_resources
        self._exchange = last_exchange(items)
        self._resumed = bool(items)
        self._used = _usage(writer.run)
        self._beginning: asyncio.Task[None] | None = None
        """The run's way from `queued` to `in_progress`, until it is known to have been taken."""
        self._asking = asyncio.Event()
        """Set when the model is being asked."""
        self._sessions: dict[str, ToolSession] = {}
        self._functions = [_function(tool) for tool in writer.run.tools if tool["type"] == "function"]

    @property
    def _run(self) -> Run:
        return self._writer.run

    async def work(self, now: Callable[[], int]) -> None:
        """Do the run's work; returns when it has ended or waits.

        Raises:
            ModelError: the model could not answer.
            Ending: the run must end before it is complete.
            RunStatusChangedError: the run has gone another way.
        """
        async with AsyncExitStack() as stack:
            self._beginning = asyncio.create_task(self._begin(now()))
            stack.push_async_callback(self._let_begin, self._beginning)
            await self._open_tools(stack)
            self._writer.annotate = self._annotate if self._sessions else None
            tools = [*self._functions, *(session.function for session in self._sessions.values())]
            context = await self._context(tools)
            choice = Choice(
                self._run.tool_choice,
                offered={tool.name for tool in tools},
                server_tools=self._sessions,
                resumed=self._resumed,
            )
            for number in range(MAX_ROUNDS):
                request = self._request(tools, context, "none" if number == MAX_ROUNDS - 1 else choice.now)
                try:
                    if await self._round(request, choice, now):
                        return
                except PromptTooLongError:
                    shorter = await self._context(tools, at_most=weight(context) // 2)
                    if len(shorter) == len(context):
                        raise
                    context = shorter
            await self._complete(Usage(), now)

    async def _begin(self, started_at: int) -> None:
        """Write that the run is at work while the model thinks: nothing waits for it but the first word."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START):
                await self._asking.wait()
        await self._writer.commit("in_progress", started_at=started_at)

    async def _let_begin(self, beginning: asyncio.Task[None]) -> None:
        """Wait for the run's beginning, which nobody else awaits when the run ends before the model's first word."""
        self._asking.set()
        await asyncio.wait([beginning])
        error = None if beginning.cancelled() else beginning.exception()
        if error is not None and not isinstance(error, RunStatusChangedError):
            log.warning("run_not_begun", run=self._run.id, reason=repr(error))

    async def _open_tools(self, stack: AsyncExitStack) -> None:
        earlier = await self._earlier_calls()
        for tool in self._run.tools:
            server_tool = self._services.tools.get(tool["type"])
            if server_tool is None or tool["type"] in self._sessions:
                continue
            session = await server_tool.open(self._scope(tool, earlier))
            if session is not None:
                stack.push_async_callback(session.close)
                self._sessions[tool["type"]] = session

    async def _earlier_calls(self) -> list[dict[str, Any]]:
        """The calls that the run's finished steps hold, once it goes on after submitted outputs."""
        if not self._resumed:
            return []
        async with self._services.store.read() as session:
            return [call for details in await finished_calls(session, self._run.id) for call in details["tool_calls"]]

    def _scope(self, tool: Mapping[str, Any], earlier: Sequence[dict[str, Any]]) -> ToolContext:
        type_ = tool["type"]
        own = [call[type_] for call in earlier if call["type"] == type_]
        run = self._run
        return ToolContext(run.id, run.thread_id, run.assistant_id, tool, self._resources, own)

    async def _context(self, tools: Sequence[FunctionTool], *, at_most: int | None = None) -> list[Item]:
        window = self._services.model.context_window(self._services.settings.resolve_model(self._run.model))
        room = Room.for_run(self._run, window=window, tools=tools, spent=self._used.prompt_tokens).within(at_most)
        return await conversation(self._services.store, self._services.retrieval, self._run, room)

    def _request(self, tools: Sequence[FunctionTool], context: Sequence[Item], choice: str) -> ModelRequest:
        run = self._run
        left = None
        if run.max_completion_tokens is not None:
            left = run.max_completion_tokens - self._used.completion_tokens
            if left < SHORTEST_ANSWER:
                raise Incomplete("max_completion_tokens")
        if run.max_prompt_tokens is not None and self._used.prompt_tokens >= run.max_prompt_tokens:
            raise Incomplete("max_prompt_tokens")
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

    async def _round(self, request: ModelRequest, choice: Choice, now: Callable[[], int]) -> bool:
        """One completion and what it asks for; whether the run has ended or waits."""
        done = await self._listen(request, hold_text=choice.bound)
        end = done.end
        usage = end.usage if end.usage != Usage() else estimated_usage(request, end)
        self._used += usage
        if end.reason != "completed":
            await self._release(done.held)
            raise Incomplete("max_completion_tokens" if end.reason == "max_output_tokens" else None, usage=usage)
        if not done.calls:
            if (reminder := choice.remind()) is not None:
                self._items.append({"type": "message", "role": "user", "content": reminder})
                return False
            await self._release(done.held)
            await self._complete(usage, now)
            return True
        choice.saw([call.name for call in done.calls])
        self._items += end.output
        return await self._answer_calls(done.calls, usage)

    # -- listening to the model

    async def _listen(self, request: ModelRequest, *, hold_text: bool) -> Round:
        """Take in one completion, event by event; text is held back while a call is owed."""
        done = Round()
        self._asking.set()
        async with aclosing(self._services.model.stream(request)) as events:
            async for event in events:
                if self._beginning is not None:
                    await self._beginning
                    self._beginning = None
                if isinstance(event, TextDelta):
                    if hold_text and not done.calls:
                        done.held.append(event)
                    else:
                        await self._say(event)
                elif isinstance(event, MessageStarted):
                    if not hold_text and self._writer.calls is None:
                        await self._open_message()
                else:
                    await self._take(event, done)
        return done

    async def _take(self, event: ModelEvent, done: Round) -> None:
        if isinstance(event, CallStarted):
            await self._release(done.held)
            await self._start_call(event, done)
        elif isinstance(event, CallArguments):
            self._writer.more_arguments(done.calls[event.index], event.delta)
        elif isinstance(event, Finished):
            done.finished = event

    async def _say(self, delta: TextDelta) -> None:
        if delta.text:
            await self._open_message()
            self._writer.say(delta)

    async def _open_message(self) -> None:
        """Have a message to write into; made as soon as the model announces one, so that no word waits for it."""
        if self._writer.message is None:
            self._writer.open_message()
            await self._writer.commit()

    async def _release(self, held: list[TextDelta]) -> None:
        for delta in held:
            await self._say(delta)
        held.clear()

    async def _start_call(self, event: CallStarted, done: Round) -> None:
        if self._writer.calls is None:
            self._close_message(None)
            self._writer.open_calls()
            await self._writer.commit()
        session = self._sessions.get(event.name)
        done.calls.append(self._writer.start_call(event.index, event.call_id, event.name, session))

    # -- answering calls

    async def _answer_calls(self, calls: Sequence[Call], usage: Usage) -> bool:
        """Run the server's own calls; whether the run waits for a client's outputs."""
        self._close_message(None)
        known = {function.name for function in self._functions}
        for call in calls:
            if call.session is not None:
                self._items.append(output_item(call.id, await self._call_session(call, call.session)))
            elif call.name not in known:
                call.output = f"There is no function named {call.name}."
                self._items.append(output_item(call.id, call.output))
        waiting = [call for call in calls if call.session is None and call.output is None]
        if not waiting:
            self._writer.close_calls(usage=usage)
            await self._writer.commit()
            return False
        self._writer.hold_calls(usage)
        await self._writer.commit(
            "requires_action",
            required_action=required_action(waiting),
            items=self._items,
            owner=None,  # nobody works on it until its outputs come, to whichever process
            lease_until=None,
            usage=self.usage,
        )
        return True

    async def _call_session(self, call: Call, session: ToolSession) -> str:
        type_ = session.function.name

        def progress(delta: dict[str, Any]) -> None:
            self._writer.show_call({"index": call.index, "type": type_, type_: delta})

        try:
            result = await session.call(call.arguments, progress)
        except Exception:
            # The model can still answer without the tool, and the student rather has that than nothing.
            log.exception("tool_failed", tool=type_, run=self._run.id)
            return "The tool failed. Go on without it."
        call.details = result.details
        return result.output

    # -- endings

    async def _complete(self, usage: Usage, now: Callable[[], int]) -> None:
        self._close_message(usage)
        await self._writer.commit(
            "completed", completed_at=now(), expires_at=None, usage=self.usage, required_action=None
        )

    def _close_message(self, usage: Usage | None) -> None:
        if self._writer.message is None:
            return
        self._writer.close_message(usage=usage, annotate=self._annotate, calls=self._exchange)
        self._exchange = []

    def _annotate(self, text: str) -> list[dict[str, Any]]:
        return [annotation for session in self._sessions.values() for annotation in session.annotate(text)]

    @property
    def usage(self) -> dict[str, Any]:
        """Tokens of the whole run so far, as they are shown."""
        return usage_object(self._used)


def _function(tool: Mapping[str, Any]) -> FunctionTool:
    function = tool["function"]
    return FunctionTool(
        name=function["name"],
        description=function.get("description", ""),
        parameters=function.get("parameters") or {"type": "object", "properties": {}},
        strict=bool(function.get("strict")),
    )


def _usage(run: Run) -> Usage:
    if not run.usage:
        return Usage()
    cached = run.usage.get("prompt_token_details", {}).get("cached_tokens", 0)
    return Usage(run.usage["prompt_tokens"], run.usage["completion_tokens"], cached)
