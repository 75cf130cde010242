"""The endpoints of /threads/{thread_id}/messages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from openai.types.beta.threads import message_create_params, message_update_params
from sqlalchemy import delete

from assistants.api import field_limits
from assistants.api.json_body import Body, Params, json_response
from assistants.api.pagination import PageQuery, page_query, read_page
from assistants.errors import ConflictError
from assistants.json_objects import deleted_object, message_object
from assistants.runs.new_messages import attachments_of, new_messages, require_image_files, thread_locked
from assistants.runs.tool_resources import Attached, attach
from assistants.services import ServicesDep
from assistants.store.deleted_objects import note_deleted
from assistants.store.messages import Message, check_message_limit, find_message
from assistants.store.runs import active_run
from assistants.store.threads import find_thread, lock_thread

CREATE = Body(message_create_params.MessageCreateParams, limits=field_limits.MESSAGE)
UPDATE = Body(message_update_params.MessageUpdateParams, limits=field_limits.MESSAGE, drop={"thread_id"})

router = APIRouter(prefix="/threads/{thread_id}/messages", tags=["Messages"])


@router.post("", operation_id="createMessage")
async def create(thread_id: str, params: Annotated[Params, Depends(CREATE)], services: ServicesDep) -> Response:
    """Add a message to a thread."""
    (message,) = new_messages(thread_id, [params], services.now())
    await require_image_files(services.retrieval, [params])
    attachments = attachments_of([params])
    attached = Attached()
    if attachments:
        async with services.store.read() as session:
            thread = await find_thread(session, thread_id)
            if (run_id := await active_run(session, thread_id)) is not None:
                raise thread_locked(thread_id, run_id)
        attached = await attach(services.retrieval, thread.tool_resources, attachments)
    async with services.store.write() as session:
        thread = await lock_thread(session, thread_id)
        if (run_id := await active_run(session, thread_id)) is not None:
            raise thread_locked(thread_id, run_id)
        await check_message_limit(session, thread_id, 1)
        if attachments:
            thread.tool_resources = attached.added_to(thread.tool_resources)
        session.add(message)
    await attached.settle(services.retrieval, thread.tool_resources)
    return json_response(message_object(message))


@router.get("", operation_id="listMessages")
async def list_all(
    thread_id: str,
    query: Annotated[PageQuery, Depends(page_query)],
    services: ServicesDep,
    run_id: Annotated[str | None, Query(description="Only the messages of this run.")] = None,
) -> Response:
    """List a thread's messages."""
    filters = [Message.run_id == run_id.replace("\0", "")] if run_id else []
    async with services.store.read() as session:
        await find_thread(session, thread_id)
        page = await read_page(
            session, Message, query, Message.thread_id == thread_id, filters=filters, noun="message", list_id=thread_id
        )
    return json_response(page.list_object(message_object))


@router.get("/{message_id}", operation_id="getMessage")
async def retrieve(thread_id: str, message_id: str, services: ServicesDep) -> Response:
    """Retrieve a message."""
    async with services.store.read() as session:
        return json_response(message_object(await find_message(session, thread_id, message_id)))


@router.post("/{message_id}", operation_id="modifyMessage")
async def modify(
    thread_id: str,
    message_id: str,
    params: Annotated[Params, Depends(UPDATE)],
    services: ServicesDep,
) -> Response:
    """Modify a message's metadata."""
    async with services.store.write() as session:
        message = await find_message(session, thread_id, message_id)
        if "metadata" in params:
            message.metadata_ = params["metadata"] or {}
    return json_response(message_object(message))


@router.delete("/{message_id}", operation_id="deleteMessage")
async def remove(thread_id: str, message_id: str, services: ServicesDep) -> Response:
    """Delete a message, unless a run is writing it."""
    async with services.store.write() as session:
        message = await find_message(session, thread_id, message_id)
        if message.status == "in_progress":
            raise ConflictError(f"Can't delete message {message_id} while its run {message.run_id} is active.")
        await note_deleted(session, Message, Message.id == message_id, list_id=Message.thread_id)
        await session.execute(delete(Message).where(Message.id == message_id))
    return json_response(deleted_object(message_id, "thread.message.deleted"))
