"""The endpoints of /threads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from openai.types.beta import thread_create_params, thread_update_params

from assistants.api import field_limits
from assistants.api.json_body import Body, Params, json_response
from assistants.json_objects import deleted_object, thread_object
from assistants.runs.new_messages import new_messages, new_thread
from assistants.runs.tool_resources import merged, resolve
from assistants.services import ServicesDep
from assistants.store.cached_statements import insert_rows
from assistants.store.threads import delete_thread, find_thread, lock_thread

CREATE = Body(thread_create_params.ThreadCreateParams, limits=field_limits.THREAD)
UPDATE = Body(thread_update_params.ThreadUpdateParams, limits=field_limits.THREAD)

router = APIRouter(prefix="/threads", tags=["Threads"])


@router.post("", operation_id="createThread")
async def create(params: Annotated[Params, Depends(CREATE)], services: ServicesDep) -> Response:
    """Create a thread, with messages if any are given."""
    thread = await new_thread(services.retrieval, params, services.now())
    messages = new_messages(thread.id, params.get("messages", ()), services.now())
    async with services.store.write() as session:
        await insert_rows(session, [thread, *messages])
    return json_response(thread_object(thread))


@router.get("/{thread_id}", operation_id="getThread")
async def retrieve(thread_id: str, services: ServicesDep) -> Response:
    """Retrieve a thread."""
    async with services.store.read() as session:
        return json_response(thread_object(await find_thread(session, thread_id)))


@router.post("/{thread_id}", operation_id="modifyThread")
async def modify(thread_id: str, params: Annotated[Params, Depends(UPDATE)], services: ServicesDep) -> Response:
    """Modify a thread; fields that are left out stay as they are."""
    resources = await resolve(services.retrieval, params.get("tool_resources"))
    async with services.store.write() as session:
        thread = await lock_thread(session, thread_id)
        if "metadata" in params:
            thread.metadata_ = params["metadata"] or {}
        if "tool_resources" in params:
            kept = {} if params["tool_resources"] is None else thread.tool_resources
            thread.tool_resources = merged(kept, resources)
    return json_response(thread_object(thread))


@router.delete("/{thread_id}", operation_id="deleteThread")
async def remove(thread_id: str, services: ServicesDep) -> Response:
    """Delete a thread with its messages and runs; an active run is cancelled first."""
    await services.run_tasks.cancel_on_thread(thread_id)
    async with services.store.write() as session:
        await delete_thread(session, thread_id)
    return json_response(deleted_object(thread_id, "thread.deleted"))
