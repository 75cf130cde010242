"""Tools that the server runs itself, in a run."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from openai import AsyncAssistantEventHandler

from assistants.models.model_protocol import FunctionTool, TextDelta
from assistants.server_tools import Progress, ToolContext, ToolResult
from tests.assistants.conftest import Running, running
from tests.assistants.raw_http import names, stream
from tests.assistants.runs.test_function_calls import choices, function, outputs
from tests.assistants.scripted_model import Hold, ScriptedModel, calls, words

MARK = "【0:0†plan.pdf】"


@dataclass
class Abacus:
    """A simple code_interpreter: it counts, and cites plan.pdf."""

    type: str = "code_interpreter"
    contexts: list[ToolContext] = field(default_factory=list)
    closed: int = 0
    broken: bool = False
    nothing_to_offer: bool = False

    def for_later_runs(self, arguments: str, output: str) -> tuple[str, str]:
        return arguments, output

    async def open(self, context: ToolContext) -> "AbacusSession | None":
        self.contexts.append(context)
        return None if self.nothing_to_offer else AbacusSession(self)


@dataclass
class AbacusSession:
    abacus: Abacus

    @property
    def function(self) -> FunctionTool:
        return FunctionTool(self.abacus.type, "Counts.")

    def new_call_details(self) -> dict[str, Any]:
        return {"input": "", "outputs": []}

    def arguments_reader(self) -> None:
        return None

    def take_images(self) -> Sequence[str]:
        return ()

    async def call(self, arguments: str, progress: Progress) -> ToolResult:
        if self.abacus.broken:
            raise ZeroDivisionError("a bead is missing")
        code = json.loads(arguments)["code"]
        progress({"input": code})
        progress({"outputs": [{"index": 0, "type": "logs", "logs": "4"}]})
        return ToolResult("4", {"input": code, "outputs": [{"type": "logs", "logs": "4"}]})

    def annotate(self, text: str) -> Sequence[dict[str, Any]]:
        start = text.find(MARK)
        if start < 0:
            return []
        citation = {"file_id": "file-1"}
        end = start + len(MARK)
        return [
            {"type": "file_citation", "text": MARK, "start_index": start, "end_index": end, "file_citation": citation}
        ]

    async def close(self) -> None:
        self.abacus.closed += 1


@pytest_asyncio.fixture
async def abacus() -> Abacus:
    return Abacus()


@pytest_asyncio.fixture
async def server(tmp_path: Path, abacus: Abacus) -> AsyncIterator[Running]:
    async with running(tmp_path, tools=[abacus]) as here:
        yield here


CODE = '{"code":"2 + 2"}'
TOOL = {"type": "code_interpreter"}


async def test_a_server_tool_runs_inside_the_run_as_a_step(server: Running, abacus: Abacus) -> None:
    server.model.will(calls(("code_interpreter", CODE)), words(f"답은 4입니다{MARK}."))
    assistant = await server.assistant(tools=[TOOL])
    thread = await server.thread("2 + 2?")

    events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id})

    assert names(events) == [
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.run.step.delta",
        "thread.run.step.completed",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.step.completed",
        "thread.run.completed",
        "done",
    ]
    deltas = [
        event.data["delta"]["step_details"]["tool_calls"][0]
        for event in events
        if event.name == "thread.run.step.delta"
    ]
    assert deltas[0] == {
        "index": 0,
        "id": "call_1",
        "type": "code_interpreter",
        "code_interpreter": {"input": "", "outputs": []},
    }
    assert [delta["code_interpreter"] for delta in deltas[1:]] == [
        {"input": "2 + 2"},
        {"outputs": [{"index": 0, "type": "logs", "logs": "4"}]},
    ]
    step = next(event.data for event in events if event.name == "thread.run.step.completed")
    (call,) = step["step_details"]["tool_calls"]
    assert call["code_interpreter"] == {"input": "2 + 2", "outputs": [{"type": "logs", "logs": "4"}]}
    assert step["usage"]["total_tokens"] == 25
    assert server.model.requests[1].input[-1] == {"type": "function_call_output", "call_id": "call_1", "output": "4"}
    assert abacus.closed == 1


async def test_annotations_count_characters_and_reach_handler_and_message(server: Running) -> None:
    server.model.will(calls(("code_interpreter", CODE)), words(f"답은 😀 4입니다{MARK}."))
    assistant = await server.assistant(tools=[TOOL])
    thread = await server.thread("2 + 2?")

    async with server.client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=AsyncAssistantEventHandler()
    ) as running_stream:
        (message,) = await running_stream.get_final_messages()

    part = message.content[0]
    assert part.type == "text"
    (annotation,) = part.text.annotations
    assert annotation.type == "file_citation"
    assert annotation.file_citation.file_id == "file-1"
    assert part.text.value[annotation.start_index : annotation.end_index] == MARK == annotation.text


async def test_a_tool_that_breaks_is_an_output_and_not_the_end(server: Running, abacus: Abacus) -> None:
    abacus.broken = True
    server.model.will(calls(("code_interpreter", CODE)), words("I cannot count today."))
    assistant = await server.assistant(tools=[TOOL])
    thread = await server.thread("2 + 2?")

    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert run.status == "completed"
    assert "bead" not in server.model.requests[1].input[-1]["output"]


async def test_a_tool_with_nothing_to_offer_is_not_offered(server: Running, abacus: Abacus) -> None:
    abacus.nothing_to_offer = True
    assistant = await server.assistant(tools=[TOOL, function("weather")])
    thread = await server.thread("2 + 2?")

    await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert [tool.name for tool in server.model.requests[0].tools] == ["weather"]


async def test_a_client_is_asked_only_for_its_own_calls_of_a_mixed_batch(server: Running, abacus: Abacus) -> None:
    server.model.will(calls(("code_interpreter", CODE), ("weather", "{}")), words("Four, and sunny."))
    assistant = await server.assistant(tools=[TOOL, function("weather")])
    thread = await server.thread("2 + 2, and the weather?")

    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert run.required_action is not None
    assert [call.id for call in run.required_action.submit_tool_outputs.tool_calls] == ["call_2"]
    run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread.id, tool_outputs=outputs(("call_2", "sun"))
    )

    assert run.status == "completed"
    answers = [item for item in server.model.requests[1].input if item["type"] == "function_call_output"]
    assert [(item["call_id"], item["output"]) for item in answers] == [("call_1", "4"), ("call_2", "sun")]
    assert [len(context.earlier) for context in abacus.contexts] == [0, 1]
    assert abacus.contexts[1].earlier[0]["input"] == "2 + 2"


@pytest_asyncio.fixture
async def searching(tmp_path: Path) -> AsyncIterator[Running]:
    """A server whose own tool is one that may find out what a function needs."""
    async with running(tmp_path, tools=[Abacus("file_search")]) as here:
        yield here


SEARCH = {"type": "file_search"}


async def test_the_servers_tools_may_go_before_a_named_function(searching: Running) -> None:
    server = searching
    server.model.will(calls(("file_search", CODE)), calls(("weather", "{}"), first="call_2"), words("Four, and sunny."))
    assistant = await server.assistant(tools=[SEARCH, function("weather")])
    thread = await server.thread("2 + 2, then the weather?")

    run = await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=assistant.id,
        tool_choice={"type": "function", "function": {"name": "weather"}},
    )

    assert run.status == "requires_action"
    assert choices(server) == ["required", "required"]


async def test_code_goes_before_no_named_function(server: Running) -> None:
    server.model.will(calls(("weather", "{}")))
    assistant = await server.assistant(tools=[TOOL, function("weather")])
    thread = await server.thread("The weather?")
    await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=assistant.id,
        tool_choice={"type": "function", "function": {"name": "weather"}},
    )
    assert choices(server) == ["weather"]


async def test_a_named_function_is_forced_after_a_few_rounds_of_the_servers_tools(searching: Running) -> None:
    server = searching
    rounds = [calls(("file_search", CODE), first=f"call_{number}") for number in range(1, 4)]
    server.model.will(*rounds, calls(("weather", "{}"), first="call_9"))
    assistant = await server.assistant(tools=[SEARCH, function("weather")])
    thread = await server.thread("Count, then the weather?")

    run = await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=assistant.id,
        tool_choice={"type": "function", "function": {"name": "weather"}},
    )

    assert run.status == "requires_action"
    assert choices(server) == ["required", "required", "required", "weather"]


async def test_a_server_tool_can_be_forced_by_its_type(server: Running) -> None:
    server.model.will(calls(("code_interpreter", CODE)), words("Four."))
    assistant = await server.assistant(tools=[TOOL, function("weather")])
    thread = await server.thread("2 + 2?")

    await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id, tool_choice={"type": "code_interpreter"}
    )

    assert choices(server) == ["code_interpreter", "auto"]


async def test_code_interpreter_is_accepted_where_nobody_runs_it_and_the_model_told_so(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with running(tmp_path / "plain", model, code_interpreter="off") as plain:
        assistant = await plain.assistant(tools=[TOOL])
        thread = await plain.thread("2 + 2?")
        run = await plain.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert run.status == "completed"
    assert [tool.type for tool in run.tools] == ["code_interpreter"]
    assert run.instructions == "You are a maths tutor."
    assert model.requests[0].tools == []
    assert model.requests[0].instructions.startswith("You are a maths tutor.\n\nThere is no code_interpreter here")


@pytest.mark.parametrize("type_", ["code_interpreter", "file_search"])
async def test_a_tool_that_has_nothing_to_offer_is_not_forced(tmp_path: Path, type_: str) -> None:
    function = {"type": "function", "function": {"name": "weather"}}
    async with running(tmp_path / "plain", code_interpreter="off") as plain:
        assistant = await plain.assistant(tools=[{"type": type_}, function])
        thread = await plain.thread("2 + 2?")
        run = await plain.client.beta.threads.runs.create_and_poll(
            thread_id=thread.id,
            assistant_id=assistant.id,
            tool_choice={"type": type_},  # type: ignore[arg-type]
        )

    assert run.status == "completed"
    (request,) = plain.model.requests
    assert (request.tool_choice, [tool.name for tool in request.tools]) == ("auto", ["weather"])


def earlier(server: Running) -> list[tuple[str, str]]:
    """The calls and outputs in the last request that stand before the newest message."""
    items = server.model.requests[-1].input
    last = max(number for number, item in enumerate(items) if item.get("role") == "user")
    return [
        (item["call_id"], item.get("arguments") or item["output"]) for item in items[:last] if item["type"] != "message"
    ]


async def answered(server: Running, thread_id: str, question: str) -> None:
    assistant = await server.assistant(tools=[TOOL, function("weather")])
    await server.client.beta.threads.messages.create(thread_id, role="user", content=question)
    run = await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id=assistant.id, poll_interval_ms=20
    )
    if run.status == "requires_action":
        run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread_id, tool_outputs=outputs(("call_2", "sun")), poll_interval_ms=20
        )
    assert run.status == "completed"


async def test_later_runs_are_told_of_a_tools_calls_once_also_around_a_pause_and_a_restart(
    tmp_path: Path, abacus: Abacus
) -> None:
    model = ScriptedModel()
    async with running(tmp_path, model, tools=[abacus]) as server:
        model.will(
            calls(("code_interpreter", CODE)),
            calls(("weather", "{}"), first="call_2"),
            calls(("code_interpreter", CODE), first="call_3"),
            words("Four, and sunny."),
        )
        thread = await server.thread("Hello.")
        await answered(server, thread.id, "2 + 2, and the weather?")
    async with running(tmp_path, model, tools=[abacus]) as server:
        model.will(words("It is red."))
        await answered(server, thread.id, "Now make it red.")
    told = [("call_1", CODE), ("call_1", "4"), ("call_2", "{}"), ("call_2", "sun"), ("call_3", CODE), ("call_3", "4")]
    assert earlier(server) == told


async def test_a_later_run_is_told_of_calls_before_and_after_words_in_their_places(server: Running) -> None:
    server.model.will(
        calls(("code_interpreter", CODE)),
        calls(("code_interpreter", CODE), first="call_2", before="Wait."),
        words("Four."),
    )
    thread = await server.thread("2 + 2?")
    await answered(server, thread.id, "Go on.")
    server.model.will(words("Red."))
    await answered(server, thread.id, "Now make it red.")
    assert earlier(server) == [("call_1", CODE), ("call_1", "4"), ("call_2", CODE), ("call_2", "4")]
    kinds = [item.get("call_id") or item["content"] for item in server.model.requests[-1].input]
    assert kinds[2:] == ["call_1", "call_1", "Wait.", "call_2", "call_2", "Four.", "Now make it red."]


async def test_of_very_many_calls_the_newest_are_told(server: Running, abacus: Abacus) -> None:
    long = json.dumps({"code": "x" * 5_000})
    server.model.will(
        *(calls(("code_interpreter", long), first=f"call_{number}") for number in range(9)), words("Four.")
    )
    thread = await server.thread("2 + 2?")
    await answered(server, thread.id, "Go on.")
    server.model.will(words("Red."))
    await answered(server, thread.id, "Now make it red.")
    assert [name for name, _ in earlier(server)] == [f"call_{n}" for n in (5, 6, 7, 8) for _ in range(2)]


async def test_what_was_called_before_an_answer_was_stopped_is_told(server: Running) -> None:
    forever = Hold(asyncio.Event())
    server.model.will(calls(("code_interpreter", CODE)), [TextDelta("It is"), forever])
    assistant = await server.assistant(tools=[TOOL])
    thread = await server.thread("2 + 2?")
    async with server.client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as events:
        async for event in events:
            if event.event == "thread.message.delta":
                break
    run = (await server.client.beta.threads.runs.list(thread.id)).data[0]
    await server.client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    await server.client.beta.threads.runs.poll(run.id, thread_id=thread.id, poll_interval_ms=20)
    await answered(server, thread.id, "Now make it red.")
    assert earlier(server) == [("call_1", CODE), ("call_1", "4")]
