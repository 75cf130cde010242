"""Checks of the operations on runs and their steps, asked again until they end."""

from typing import Any

from conformance.checks.assistants import FUNCTION, shared_assistant
from conformance.checks.registry import expect_echo, expect_fields, expect_pages, operation_check
from conformance.checks.threads import new_thread, texts
from conformance.event_order import UNCHANGING
from conformance.trial import JSON, CheckFailedError, Trial, items, part, text

QUESTION = "Say hello."
CALL_WEATHER: JSON = {
    "tools": [FUNCTION],
    "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
    "instructions": "Call the function get_weather for the city that is asked about. Then answer in one sentence.",
}
"""A run that has to call a function, whatever the model makes of the question."""
WEATHER_QUESTION = "What is the weather in Paris?"


async def new_run(trial: Trial, question: str = QUESTION, **fields: Any) -> JSON:
    """Run the shared assistant on a new thread."""
    assistant = await shared_assistant(trial)
    thread = await new_thread(trial, question)
    return await trial.call("createRun", text(thread, "id"), body={"assistant_id": assistant.get("id"), **fields})


async def completed_run(trial: Trial) -> JSON:
    """The completed run that checks of other things use."""

    async def make() -> JSON:
        return await trial.completed(await new_run(trial))

    return await trial.shared("a completed run", make)


async def waiting_run(trial: Trial) -> JSON:
    """A new run that waits for the output of a call.

    Raises:
        CheckFailedError: it ends without a call.
    """
    run = await trial.run_end(await new_run(trial, WEATHER_QUESTION, **CALL_WEATHER))
    if run.get("status") != "requires_action":
        expected = '"requires_action", since tool_choice names get_weather'
        raise trial.fail("$.status", expected, run.get("status"))
    return run


def calls_of(run: JSON) -> list[JSON]:
    """The calls that a run waits for.

    Raises:
        CheckFailedError: there are none.
    """
    calls = items(part(run, "required_action", "submit_tool_outputs"), "tool_calls")
    if not calls or not all(isinstance(call.get("id"), str) and part(call, "function") for call in calls):
        raise CheckFailedError
    return calls


def outputs_of(run: JSON) -> JSON:
    """The body that answers all calls of a run."""
    return {"tool_outputs": [{"tool_call_id": call["id"], "output": "Sunny, 21 °C."} for call in calls_of(run)]}


def run_ids(run: JSON) -> tuple[str, str]:
    """The ids in the path of a run."""
    return text(run, "thread_id"), text(run, "id")


@operation_check("Runs")
async def create_run(trial: Trial) -> None:
    """It begins queued, has what it was given, ends completed, and its answer stands in the thread."""
    run = await new_run(trial, metadata={"a": "1"}, max_completion_tokens=4000)
    expect_fields(trial, run, {"object": "thread.run", "metadata": {"a": "1"}, "max_completion_tokens": 4000})
    status = run.get("status")
    trial.require("$.status", status in ("queued", "in_progress", "completed"), '"queued"', status)
    assistant = await shared_assistant(trial)
    expect_fields(trial, run, {"assistant_id": assistant.get("id"), "instructions": assistant.get("instructions")})
    ended = await trial.completed(run)
    expect_ended(trial, ended)
    listed = await trial.call("listMessages", run_ids(run)[0], query={"run_id": text(run, "id")})
    trial.require("$.data (run_id=…)", bool(items(listed)), "the run's message", listed.get("data"))
    for message in items(listed):
        expect_fields(trial, message, {"role": "assistant", "run_id": run.get("id"), "status": "completed"})
        expect_fields(trial, message, {"assistant_id": assistant.get("id"), "thread_id": run.get("thread_id")})
        trial.require("$.data[*].content", bool("".join(texts(message)).strip()), "a text", message.get("content"))


def expect_ended(trial: Trial, run: JSON) -> None:
    """Note where a completed run is not as it should be."""
    nothing = dict.fromkeys(("expires_at", "cancelled_at", "failed_at", "last_error", "required_action"))
    expect_fields(trial, run, {**nothing, "incomplete_details": None})
    for key in ("started_at", "completed_at"):
        trial.require(f"$.{key}", isinstance(run.get(key), int), "a time", run.get(key))
    usage = run.get("usage")
    if not isinstance(usage, dict):
        raise trial.fail("$.usage", "its tokens", usage)
    parts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")]
    total = sum(part for part in parts if isinstance(part, int))
    trial.expect("$.usage.total_tokens", total, usage.get("total_tokens"))


@operation_check("Runs")
async def get_run(trial: Trial) -> None:
    """A completed run stays as it is."""
    run = await completed_run(trial)
    expect_fields(trial, await trial.call("getRun", *run_ids(run)), run)


@operation_check("Runs")
async def list_runs(trial: Trial) -> None:
    """The newest come first; pages follow one another."""
    assistant = await shared_assistant(trial)
    thread = text(await new_thread(trial, QUESTION), "id")
    made = []
    for _ in range(3):
        run = await trial.call("createRun", thread, body={"assistant_id": assistant.get("id")})
        made.append(text(await trial.run_end(run), "id"))
    await expect_pages(trial, "listRuns", thread, made=made, get=["getRun", thread])


@operation_check("Runs")
async def modify_run(trial: Trial) -> None:
    """Its metadata changes and is kept; the rest stays."""
    run = await trial.run_end(await new_run(trial))
    changed = await trial.call("modifyRun", *run_ids(run), body={"metadata": {"b": "2"}})
    expect_fields(trial, changed, {**run, "metadata": {"b": "2"}})
    expect_fields(trial, await trial.call("getRun", *run_ids(run)), changed)


@operation_check("Runs")
async def create_thread_and_run(trial: Trial) -> None:
    """A thread is made with its messages, and run."""
    assistant = await shared_assistant(trial)
    body = {"assistant_id": assistant.get("id"), "thread": {"messages": [{"role": "user", "content": QUESTION}]}}
    run = await trial.call("createThreadAndRun", body=body)
    thread = text(run, "thread_id")
    trial.made("deleteThread", thread)
    expect_fields(trial, run, {"object": "thread.run", "assistant_id": assistant.get("id")})
    await trial.completed(run)
    listed = await trial.call("listMessages", thread, query={"order": "asc"})
    roles = [message.get("role") for message in items(listed)]
    trial.expect("$.data[*].role", ["user", "assistant"], roles[:2])


@operation_check("Runs")
async def submit_tool_ouputs_to_run(trial: Trial) -> None:
    """A function that tool_choice names is called; with its output the run goes on to its end."""
    run = await waiting_run(trial)
    expect_echo(trial, "$", CALL_WEATHER, run)
    names = {str(call["function"].get("name")) for call in calls_of(run)}
    trial.expect("$.required_action…function.name", ["get_weather"], sorted(names))
    went_on = await trial.call("submitToolOuputsToRun", *run_ids(run), body=outputs_of(run))
    expect_fields(trial, went_on, {**{key: run.get(key) for key in UNCHANGING}, "required_action": None})
    trial.require("$.status", went_on.get("status") != "requires_action", '"queued"', went_on.get("status"))
    ended = await trial.completed(run)
    expect_ended(trial, ended)
    steps = await trial.call("listRunSteps", *run_ids(run), query={"order": "asc"})
    kinds = [step.get("type") for step in items(steps)]
    trial.expect("$.data[*].type", ["message_creation", "tool_calls"], sorted({str(kind) for kind in kinds}))
    called = [step for step in items(steps) if step.get("type") == "tool_calls"]
    for step in called[:1]:
        calls = items(part(step, "step_details"), "tool_calls")
        outputs = [part(call, "function").get("output") for call in calls]
        trial.expect("$.data[*].step_details…output", ["Sunny, 21 °C."] * len(calls_of(run)), outputs)


@operation_check("Runs")
async def cancel_run(trial: Trial) -> None:
    """A run that waits for outputs ends as cancelled."""
    run = await waiting_run(trial)
    cancelled = await trial.call("cancelRun", *run_ids(run))
    status = cancelled.get("status")
    trial.require("$.status", status in ("cancelling", "cancelled"), '"cancelling"', status)
    ended = await trial.until(lambda body: body.get("status") == "cancelled", "getRun", *run_ids(run))
    trial.require("$.cancelled_at", isinstance(ended.get("cancelled_at"), int), "a time", ended.get("cancelled_at"))


@operation_check("Run steps")
async def list_run_steps(trial: Trial) -> None:
    """The steps of a run: its answer's is the newest."""
    run = await completed_run(trial)
    listed = await trial.call("listRunSteps", *run_ids(run))
    steps = items(listed)
    trial.require("$.data", bool(steps), "a step", listed.get("data"))
    expect_fields(trial, listed, {"object": "list", "has_more": False})
    for step in steps[:1]:
        expect_step(trial, step, run)
    ids = [step.get("id") for step in steps] or [None]
    expect_fields(trial, listed, {"first_id": ids[0], "last_id": ids[-1]})


def expect_step(trial: Trial, step: JSON, run: JSON) -> None:
    """Note where the step of an answer is not as it should be."""
    expected = {"type": "message_creation", "status": "completed", "run_id": run.get("id"), "last_error": None}
    expect_fields(trial, step, {**expected, "thread_id": run.get("thread_id"), "assistant_id": run.get("assistant_id")})
    trial.require("$.completed_at", isinstance(step.get("completed_at"), int), "a time", step.get("completed_at"))
    trial.require("$.usage", isinstance(step.get("usage"), dict), "its tokens", step.get("usage"))


@operation_check("Run steps")
async def get_run_step(trial: Trial) -> None:
    """It is as it stands in the list."""
    run = await completed_run(trial)
    listed = await trial.call("listRunSteps", *run_ids(run))
    for step in items(listed)[:1]:
        expect_fields(trial, await trial.call("getRunStep", *run_ids(run), text(step, "id")), step)
        expect_step(trial, step, run)
        message = part(step, "step_details", "message_creation")
        made = await trial.call("getMessage", run_ids(run)[0], text(message, "message_id"))
        trial.expect("$.run_id", run.get("id"), made.get("run_id"))
        return
    raise trial.fail("$.data", "a step", listed.get("data"))
