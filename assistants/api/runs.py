"""The endpoints of /threads/{thread_id}/runs and /threads/runs, and the response that streams a run's events."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from openai.types.beta import thread_create_and_run_params
from openai.types.beta.threads import run_create_params, run_submit_tool_outputs_params, run_update_params
from starlette.types import Receive, Scope, Send

from assistants.api import field_limits
from assistants.api.json_body import POLL_SOON, Body, Params, json_response
from assistants.api.pagination import PageQuery, page_query, read_page
from assistants.api.run_steps import RESULT_CONTENT, Include
from assistants.errors import ConflictError
from assistants.json_objects import run_object, step_object, thread_object
from assistants.runs.event_stream import EventStream
from assistants.runs.missed_events import MissedEventReader
from assistants.runs.new_messages import attachments_of, new_messages, new_thread, require_image_files
from assistants.runs.new_run import add_run, build_run
from assistants.runs.tool_outputs import submit_outputs
from assistants.runs.tool_resources import Attached, attach, resolve
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
UPDATE = Body(run_update_params.RunUpdateParams, limits=field_limits.METADATA, drop={"thread_id"})
SUBMIT = Body(
    run_submit_tool_outputs_params.RunSubmitToolOutputsParamsBase,
    limits=field_limits.TOOL_OUTPUTS,
    drop={"thread_id"},
    extra=STREAM,
)

TIME_TO_CANCEL = 0.1
"""Seconds after which a run goes on when its outputs are submitted without `stream`.

A client that needs the thread for a message submits outputs and cancels the run right after; it then pays for no
answer. Clients that poll wait longer than this between two requests.
"""


router = APIRouter(prefix="/threads", tags=["Runs"])


@router.post("/runs", operation_id="createThreadAndRun")
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
    stream = _open_stream(services, params)
    if stream is not None:
        stream.event("thread.created", thread_object(thread))
    return await _start(services, run, [run.tool_resources, thread.tool_resources], stream)


@router.post("/{thread_id}/runs", operation_id="createRun")
async def create(
    thread_id: str, params: Annotated[Params, Depends(CREATE)], services: ServicesDep, include: Include = ()
) -> Response:
    """Run an assistant on a thread."""
    now = services.now()
    added = params.get("additional_messages") or ()
    await require_image_files(services.retrieval, added)
    attachments = attachments_of(added)
    attached = Attached()
    if attachments:
        async with services.store.read_connection() as connection:
            thread = await find_thread(connection, thread_id)
        attached = await attach(services.retrieval, thread.tool_resources, attachments)
    async with services.store.write_connection() as transaction:
        thread = await lock_thread(transaction, thread_id)
        assistant = await find_assistant(transaction, params["assistant_id"])
        run = build_run(services.settings, assistant, thread, params, now=now, lease=services.run_tasks.lease())
        await add_run(transaction, run, new_messages(thread_id, added, now))
        if attachments:
            await change_row(transaction, thread, {"tool_resources": attached.added_to(thread.tool_resources)})
    await attached.settle(services.retrieval, thread.tool_resources)
    resources = [run.tool_resources, thread.tool_resources]
    with_content = RESULT_CONTENT in include
    stream = _open_stream(services, params, with_content=with_content)
    return await _start(services, run, resources, stream, with_content=with_content)


@router.get("/{thread_id}/runs", operation_id="listRuns")
async def list_all(thread_id: str, query: Annotated[PageQuery, Depends(page_query)], services: ServicesDep) -> Response:
    """List a thread's runs."""
    async with services.store.read() as session:
        await find_thread(session, thread_id)
        page = await read_page(session, Run, query, Run.thread_id == thread_id, noun="run")
    return json_response(page.list_object(run_object))


@router.get("/{thread_id}/runs/{run_id}", operation_id="getRun")
async def retrieve(thread_id: str, run_id: str, services: ServicesDep) -> Response:
    """Retrieve a run."""
    async with services.store.read() as session:
        return _run_response(await find_run(session, thread_id, run_id))


@router.post("/{thread_id}/runs/{run_id}", operation_id="modifyRun")
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
    return _run_response(run)


@router.post("/{thread_id}/runs/{run_id}/cancel", operation_id="cancelRun")
async def cancel(thread_id: str, run_id: str, services: ServicesDep) -> Response:
    """Cancel a run: it is `cancelling` at once, and `cancelled` when what it was doing has stopped."""
    async with services.store.write() as session:
        run = await find_run(session, thread_id, run_id)
        try:
            await change_status(session, run, "cancelling")
        except RunStatusChangedError:
            raise ConflictError(f"Cannot cancel run with status '{run.status}'.") from None
    response = _run_response(run)
    await services.run_tasks.cancel(run)
    return response


@router.post(
    "/{thread_id}/runs/{run_id}/submit_tool_outputs",
    operation_id="submitToolOuputsToRun",
)
async def submit_tool_outputs(
    thread_id: str, run_id: str, params: Annotated[Params, Depends(SUBMIT)], services: ServicesDep
) -> Response:
    """Submit the outputs that a run waits for; it goes on."""
    queued = await submit_outputs(services.store, services.run_tasks, thread_id, run_id, params["tool_outputs"])
    stream = _open_stream(services, params)
    if stream is not None:
        stream.event("thread.run.step.completed", step_object(queued.step))
        stream.event("thread.run.queued", run_object(queued.run))
    services.run_tasks.start(
        queued.run,
        tool_resources=queued.tool_resources,
        items=queued.run.items,
        event_stream=stream,
        after=TIME_TO_CANCEL if stream is None else 0.0,
    )
    return _run_response(queued.run) if stream is None else EventStreamResponse(stream)


def _open_stream(services: Services, params: Params, *, with_content: bool = False) -> EventStream | None:
    if not params.get("stream"):
        return None
    return EventStream(services.run_tasks.delta_pace, MissedEventReader(services.store, with_content=with_content))


async def _start(
    services: Services,
    run: Run,
    resources: Sequence[dict[str, Any]],
    stream: EventStream | None,
    *,
    with_content: bool = False,
) -> Response:
    json_object = run_object(run)
    if stream is not None:
        stream.event("thread.run.created", json_object)
        stream.event("thread.run.queued", json_object)
    services.run_tasks.start(run, tool_resources=resources, event_stream=stream, with_content=with_content)
    await asyncio.sleep(0)  # lets the run's task ask the model before the client gets its response
    return _run_response(run) if stream is None else EventStreamResponse(stream)


def _run_response(run: Run) -> Response:
    return json_response(run_object(run), headers=POLL_SOON)


class EventStreamResponse(Response):
    """A response that sends a run's events. The run goes on when the client leaves."""

    media_type = "text/event-stream"

    def __init__(self, stream: EventStream) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._stream = stream

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the headers, then every chunk as it comes."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in self._stream.chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:  # ASGI servers raise it when the client has left
            pass
        finally:
            self._stream.leave()
