"""Checks of the events of runs: their form, their order, their keys, and what they add up to."""

from collections.abc import Sequence
from typing import Any

from conformance.checks.assistants import shared_assistant
from conformance.checks.files import new_file
from conformance.checks.registry import check, expect_echo, expect_fields
from conformance.checks.runs import CALL_WEATHER, QUESTION, WEATHER_QUESTION, calls_of, outputs_of, run_ids
from conformance.checks.threads import new_thread, texts
from conformance.checks.vector_stores import filled_store
from conformance.deviations import Plain
from conformance.event_stream import Event
from conformance.trial import JSON, CheckFailedError, CheckSkippedError, Trial, items, part, text

STREAMS = "Streams"
CONTENT_TOO = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}
CODE_QUESTION = "Run the Python code print(6 * 7) and tell me what it printed."


async def streamed_run(trial: Trial, question: str, **fields: Any) -> list[Event]:
    """Run the shared assistant on a new thread, streamed."""
    assistant = await shared_assistant(trial)
    thread = text(await new_thread(trial, question), "id")
    return await trial.stream("createRun", thread, body={"assistant_id": assistant.get("id"), **fields})


def last_run(events: Sequence[Event]) -> JSON:
    """The run as the stream's last event of it has it.

    Raises:
        CheckFailedError: there is none.
    """
    runs = [event.data for event in events if event.name.startswith("thread.run.") and ".step." not in event.name]
    if not runs or not isinstance(runs[-1], dict):
        raise CheckFailedError
    run: JSON = runs[-1]
    return run


def calls_in(events: Sequence[Event], kind: str) -> list[JSON]:
    """The calls of one kind of tool in the steps that were completed."""
    steps = [event.data for event in events if event.name == "thread.run.step.completed"]
    calls = [
        call for step in steps if isinstance(step, dict) for call in items(part(step, "step_details"), "tool_calls")
    ]
    return [call for call in calls if call.get("type") == kind]


async def expect_as_streamed(trial: Trial, events: Sequence[Event]) -> None:
    """Note where what is stored is not what was streamed: the run, its steps, its messages."""
    run = last_run(events)
    thread, run_id = run_ids(run)
    expect_fields(trial, await trial.call("getRun", thread, run_id), run)
    for event in events:
        if event.name == "thread.message.completed" and isinstance(event.data, dict):
            stored = await trial.call("getMessage", thread, text(event.data, "id"))
            expect_fields(trial, stored, event.data)
        if event.name == "thread.run.step.completed" and isinstance(event.data, dict):
            stored = await trial.call("getRunStep", thread, run_id, text(event.data, "id"))
            kept = {key: value for key, value in event.data.items() if key not in {"usage", "step_details"}}
            expect_fields(trial, stored, kept)


def expect_answer(trial: Trial, events: Sequence[Event]) -> None:
    """Note where a stream does not end in a completed run with an answer."""
    run = last_run(events)
    if run.get("status") != "completed":
        raise trial.fail("$.status", '"completed"', run.get("last_error") or run.get("status"))
    messages = [event.data for event in events if event.name == "thread.message.completed"]
    said = "".join("".join(texts(message)) for message in messages if isinstance(message, dict))
    trial.require("thread.message.completed", bool(said.strip()), "a text", said)
    deltas = sum(event.name == "thread.message.delta" for event in events)
    trial.require("thread.message.delta", deltas > 0, "at least one", deltas)


@check(STREAMS, "stream of an answer", "POST /threads/{thread_id}/runs, stream: true")
async def answer(trial: Trial) -> None:
    """Each event in its place, with its keys; what is stored is what was streamed."""
    events = await streamed_run(trial, QUESTION)
    trial.require("event 1", events[0].name == "thread.run.created", "thread.run.created", events[0].name)
    expect_answer(trial, events)
    await expect_as_streamed(trial, events)


@check(STREAMS, "stream of a thread and run", "POST /threads/runs, stream: true")
async def thread_and_run(trial: Trial) -> None:
    """The thread comes first."""
    assistant = await shared_assistant(trial)
    body = {"assistant_id": assistant.get("id"), "thread": {"messages": [{"role": "user", "content": QUESTION}]}}
    events = await trial.stream("createThreadAndRun", body=body)
    trial.made("deleteThread", text(last_run(events), "thread_id"))
    trial.require("event 1", events[0].name == "thread.created", "thread.created", events[0].name)
    expect_answer(trial, events)


@check(STREAMS, "stream of a function call", "… and POST …/submit_tool_outputs, stream: true")
async def function_call(trial: Trial) -> None:
    """The call is streamed, the run waits, and goes on with its outputs in a stream of its own."""
    events = await streamed_run(trial, WEATHER_QUESTION, **CALL_WEATHER)
    run = last_run(events)
    if run.get("status") != "requires_action":
        expected = '"requires_action", since tool_choice names get_weather'
        raise trial.fail("$.status", expected, run.get("last_error") or run.get("status"))
    expect_echo(trial, "$", CALL_WEATHER, run)
    went_on = await trial.stream("submitToolOuputsToRun", *run_ids(run), body=outputs_of(run))
    first = went_on[0].name
    trial.require("event 1 after the outputs", first == "thread.run.step.completed", "thread.run.step.completed", first)
    answered = [
        {**call["function"], "output": output["output"]}
        for call, output in zip(calls_of(run), outputs_of(run)["tool_outputs"], strict=True)
    ]
    functions = [call.get("function") for call in calls_in(went_on, "function")]
    trial.expect("$.step_details.tool_calls[*].function", answered, functions)
    expect_answer(trial, went_on)
    await expect_as_streamed(trial, went_on)


@check(STREAMS, "stream of a file search", "tool_choice: file_search")
async def file_search(trial: Trial) -> None:
    """A search is a step of its own, whose results are told only where they are asked for."""
    store = await filled_store(trial)
    assistant = await shared_assistant(trial)
    resources = {"file_search": {"vector_store_ids": [store.get("id")]}}
    thread = text(await new_thread(trial, "What colour is the lighthouse?", tool_resources=resources), "id")
    tool: JSON = {"type": "file_search"}
    body = {"assistant_id": assistant.get("id"), "tools": [tool], "tool_choice": tool}
    events = await trial.stream("createRun", thread, body=body)
    expect_answer(trial, events)
    calls = calls_in(events, "file_search")
    if not calls:
        raise CheckSkippedError("The run searched no files, though tool_choice asked it to.")
    run = last_run(events)
    shown = await trial.call("listRunSteps", *run_ids(run), query=CONTENT_TOO)
    found = [
        result
        for step in items(shown)
        for call in items(part(step, "step_details"), "tool_calls")
        for result in items(part(call, "file_search"), "results")
    ]
    trial.require("$…file_search.results", bool(found), "what was found", found)
    told = any("turquoise" in str(each.get("text")) for result in found for each in items(result, "content"))
    trial.require("$…results[*].content (include)", told, "the passage", found)
    plain = await trial.call("listRunSteps", *run_ids(run))
    trial.require("$…results[*].content (no include)", "turquoise" not in str(plain), "nothing", Plain("the passage"))


@check(STREAMS, "stream of the code interpreter", "tool_choice: code_interpreter")
async def code_interpreter(trial: Trial) -> None:
    """Code streams as it is written, then its outputs."""
    tool: JSON = {"type": "code_interpreter"}
    file = await new_file(trial)
    resources = [{"file_id": file.get("id"), "tools": [tool]}]
    assistant = await shared_assistant(trial)
    thread = await trial.call(
        "createThread",
        body={"messages": [{"role": "user", "content": CODE_QUESTION, "attachments": resources}]},
    )
    trial.made("deleteThread", text(thread, "id"))
    body = {"assistant_id": assistant.get("id"), "tools": [tool], "tool_choice": tool}
    events = await trial.stream("createRun", text(thread, "id"), body=body)
    expect_answer(trial, events)
    calls = calls_in(events, "code_interpreter")
    if not calls:
        raise CheckSkippedError("The run ran no code, though tool_choice asked it to.")
    written = str(part(calls[0], "code_interpreter").get("input", ""))
    trial.require("$.step_details.tool_calls[0].code_interpreter.input", bool(written.strip()), "code", written)
