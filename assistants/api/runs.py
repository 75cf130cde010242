"""/threads/{thread_id}/runs and /threads/runs"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from openai.types.beta import thread_create_and_run_params
from openai.types.beta.threads import run_create_params, run_submit_tool_outputs_params, run_update_params

from assistants.api import field_limits
from assistants.api.event_stream import EventStream
from assistants.api.json_body import METADATA, POLL_SOON, Body, Params, reply
from assistants.api.pagination import Paging, paging_of, read_page
from assistants.api.run_steps import RESULT_CONTENT, Include
from assistants.errors import ConflictError
from assistants.json_objects import run_object, step_object, thread_object
from assistants.runs.feed import Feed
from assistants.runs.new_messages import attachments_of, new_messages, new_thread, require_pictures
from assistants.runs.new_run import add_run, build_run
from assistants.runs.tool_outputs import submit
from assistants.runs.tool_resources import attach, resolve
from assistants.services import Services, ServicesDep
from assistants.store.assistants import find_assistant
from assistants.store.cached_statements import change_row, insert_rows
from assistants.store.runs import Run, RunStatusChangedError, change_status, find_run
from assistants.store.threads import find_thread, lock_thread

STREAM = {"stream": bool | None}
CREATE = Body(run_create_params.RunCreateParamsBase, limits=field_limits.RUN, drop={"include"}, extra=STREAM)
CREATE_WITH_THREAD = Body(
    thread_create_and_run_params.ThreadCreateAndRunParamsBase, limits=field_limits.THREAD_AND_RUN, extra=STREAM
)
UPDATE = Body(run_update_params.RunUpdateParams, limits=METADATA, drop={"thread_id"})
SUBMIT = Body(
    run_submit_tool_outputs_params.RunSubmitToolOutputsParamsBase,
    limits=field_limits.OUTPUTS,
    drop={"thread_id"},
    extra=STREAM,
)

SECOND_THOUGHTS = 0.1
"""Seconds between outputs that nobody streams on from and the run's going on: who cancels it right after handing them
in, as one must to free its thread for a message, pays for no answer. Clients that poll wait longer between two looks.
"""


router = APIRouter(prefix="/threads", tags=["Runs"])


@router.post("/runs", operation_id="createThreadAndRun", openapi_extra=CREATE_WITH_THREAD.openapi())
async def create_with_thread(params: Annotated[Params, Depends(CREATE_WITH_THREAD)], services: ServicesDep) -> Response:
    """Create a thread and run it."""
    now = services.now()
    content = params.get("thread") or {}
    async with services.store.read_connection() as connection:
        assistant = await find_assistant(connection, params["assistant_id"])
    resources = {"tool_resources": await resolve(services.retrieval, params.get("tool_resources"))}
    thread = await new_thread(services.retrieval, content, now)
    run = build_run(
        services.settings, assistant, thread, {**params, **resources}, now=now, lease=services.run_tasks.lease()
    )
    async with services.store.write_connection() as transaction:
        await insert_rows(transaction, [thread])
        await add_run(transaction, run, new_messages(thread.id, content.get("messages", ()), now))
    feed = _feed(services, params)
    if feed is not None:
        feed.event("thread.created", thread_object(thread))
    return await _begin(services, run, [run.tool_resources, thread.tool_resources], feed)


@router.post("/{thread_id}/runs", operation_id="createRun", openapi_extra=CREATE.openapi())
async def create(
    thread_id: str, params: Annotated[Params, Depends(CREATE)], services: ServicesDep, include: Include = ()
) -> Response:
    """Run an assistant on a thread."""
    now = services.now()
    added = params.get("additional_messages") or ()
    await require_pictures(services.retrieval, added)
    attachments = attachments_of(added)
    attached = None
    if attachments:
        async with services.store.read_connection() as connection:
            thread = await find_thread(connection, thread_id)
        attached = await attach(services.retrieval, thread.tool_resources, attachments)
    async with services.store.write_connection() as transaction:
        thread = await lock_thread(transaction, thread_id)
        assistant = await find_assistant(transaction, params["assistant_id"])
        run = build_run(services.settings, assistant, thread, params, now=now, lease=services.run_tasks.lease())
        await add_run(transaction, run, new_messages(thread_id, added, now))
        if attached is not None:
            await change_row(transaction, thread, {"tool_resources": attached})
    resources = [run.tool_resources, thread.tool_resources]
    return await _begin(services, run, resources, _feed(services, params), with_content=RESULT_CONTENT in include)


@router.get("/{thread_id}/runs", operation_id="listRuns")
async def list_all(thread_id: str, paging: Annotated[Paging, Depends(paging_of)], services: ServicesDep) -> Response:
    """List a thread's runs."""
    async with services.store.read() as session:
        await find_thread(session, thread_id)
        page = await read_page(session, Run, paging, Run.thread_id == thread_id, noun="run")
    return reply(page.show(run_object))


@router.get("/{thread_id}/runs/{run_id}", operation_id="getRun")
async def retrieve(thread_id: str, run_id: str, services: ServicesDep) -> Response:
    """Retrieve a run."""
    async with services.store.read() as session:
        return _show(await find_run(session, thread_id, run_id))


@router.post("/{thread_id}/runs/{run_id}", operation_id="modifyRun", openapi_extra=UPDATE.openapi())
async def modify(
    thread_id: str, run_id: str, params: Annotated[Params, Depends(UPDATE)], services: ServicesDep
) -> Response:
    """Modify a run's metadata, unless it is at work."""
    async with services.store.write() as session:
        run = await find_run(session, thread_id, run_id)
        if run.status in {"queued", "in_progress", "cancelling"}:
            raise ConflictError(f"Cannot update run with status '{run.status}'.")
        if "metadata" in params:
            run.metadata_ = params["metadata"] or {}
    return _show(run)


@router.post("/{thread_id}/runs/{run_id}/cancel", operation_id="cancelRun")
async def cancel(thread_id: str, run_id: str, services: ServicesDep) -> Response:
    """Cancel a run: it is `cancelling` at once, and `cancelled` when what it was doing has stopped."""
    async with services.store.write() as session:
        run = await find_run(session, thread_id, run_id)
        try:
            await change_status(session, run, "cancelling")
        except RunStatusChangedError:
            raise ConflictError(f"Cannot cancel run with status '{run.status}'.") from None
    answer = _show(run)
    await services.run_tasks.cancel(run)
    return answer


@router.post(
    "/{thread_id}/runs/{run_id}/submit_tool_outputs",
    operation_id="submitToolOuputsToRun",
    openapi_extra=SUBMIT.openapi(),
)
async def submit_tool_outputs(
    thread_id: str, run_id: str, params: Annotated[Params, Depends(SUBMIT)], services: ServicesDep
) -> Response:
    """Hand in the outputs that a run waits for; it goes on."""
    submitted = await submit(services.store, services.run_tasks, thread_id, run_id, params["tool_outputs"])
    feed = _feed(services, params)
    if feed is not None:
        feed.event("thread.run.step.completed", step_object(submitted.step))
        feed.event("thread.run.queued", run_object(submitted.run))
    services.run_tasks.launch(
        submitted.run,
        tool_resources=submitted.tool_resources,
        items=submitted.run.items,
        feed=feed,
        after=SECOND_THOUGHTS if feed is None else 0.0,
    )
    return _show(submitted.run) if feed is None else EventStream(feed)


def _feed(services: Services, params: Params) -> Feed | None:
    return Feed(services.run_tasks.load) if params.get("stream") else None


async def _begin(
    services: Services, run: Run, resources: Sequence[dict[str, Any]], feed: Feed | None, *, with_content: bool = False
) -> Response:
    view = run_object(run)
    if feed is not None:
        feed.event("thread.run.created", view)
        feed.event("thread.run.queued", view)
    services.run_tasks.launch(run, tool_resources=resources, feed=feed, with_content=with_content)
    await asyncio.sleep(0)  # the model is asked before anything is said to the client
    return _show(run) if feed is None else EventStream(feed)


def _show(run: Run) -> Response:
    return reply(run_object(run), headers=POLL_SOON)
