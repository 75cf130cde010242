"""Submitted tool outputs: they are checked and written, and the run that waits for them is queued again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.errors import ConflictError, InvalidRequestError
from assistants.runs.run_tasks import RunTasks
from assistants.runs.tool_calls import output_item
from assistants.store.run_steps import RunStep, open_steps
from assistants.store.runs import Run, change_status, find_run
from assistants.store.store import Store
from assistants.store.threads import lock_thread


@dataclass(frozen=True, slots=True)
class QueuedAgain:
    """A run that is queued again, and the step whose calls have their outputs now."""

    run: Run
    step: RunStep
    tool_resources: Sequence[Mapping[str, Any]]
    """The run's, then the thread's."""


async def submit_outputs(
    store: Store, run_tasks: RunTasks, thread_id: str, run_id: str, outputs: Sequence[Mapping[str, Any]]
) -> QueuedAgain:
    """Write `outputs` and queue the run.

    Raises:
        ApiError: there is no such run, it does not wait, or these are not the outputs that it waits for.
    """
    async with store.write() as session:
        thread = await lock_thread(session, thread_id)
        run = await find_run(session, thread_id, run_id, with_items=True)
        if run.status == "requires_action" and run_tasks.has_expired(run):
            expired = True
        elif run.status != "requires_action" or run.required_action is None:
            raise ConflictError(f'Runs in status "{run.status}" do not accept tool outputs.')
        else:
            expired = False
            given = _match(run.required_action, outputs)
            (step,) = await open_steps(session, run.id)
            _complete(step, given, run_tasks.now())
            items = [*run.items, *(output_item(call_id, output) for call_id, output in given.items())]
            changes = {**run_tasks.lease(), **run_tasks.more_time(run)}
            await change_status(session, run, "queued", required_action=None, items=items, **changes)
    if expired:
        await run_tasks.expire(run)
        raise ConflictError('Runs in status "expired" do not accept tool outputs.')
    return QueuedAgain(run, step, [run.tool_resources, thread.tool_resources])


def _match(required_action: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The outputs by call id, in the order in which the model made the calls."""
    expected = [call["id"] for call in required_action["submit_tool_outputs"]["tool_calls"]]
    given = {output.get("tool_call_id", ""): output.get("output", "") for output in outputs}
    got = [output.get("tool_call_id", "") for output in outputs]
    if sorted(expected) != sorted(got):
        message = f"Expected tool outputs for call_ids {_listing(expected)}, got {_listing(got)}"
        raise InvalidRequestError(message, param="tool_outputs")
    return {call_id: given[call_id] for call_id in expected}


def _listing(ids: Sequence[str]) -> str:
    return f"[{','.join(repr(id_) for id_ in ids)}]"


def _complete(step: RunStep, given: Mapping[str, str], now: int) -> None:
    calls = [
        {**call, "function": {**call["function"], "output": given[call["id"]]}} if call["id"] in given else call
        for call in step.step_details["tool_calls"]
    ]
    step.step_details = {"type": "tool_calls", "tool_calls": calls}
    step.status = "completed"
    step.completed_at = now
