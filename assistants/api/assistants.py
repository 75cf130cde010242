"""The endpoints of /assistants."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from openai.types.beta import assistant_create_params, assistant_update_params
from sqlalchemy import delete

from assistants.api import field_limits
from assistants.api.json_body import Body, Params, json_response
from assistants.api.pagination import PageQuery, page_query, read_page
from assistants.json_objects import assistant_object, deleted_object
from assistants.runs.tool_resources import merged, resolve
from assistants.services import Services, ServicesDep
from assistants.store.assistants import Assistant, find_assistant
from assistants.store.deleted_objects import note_deleted
from assistants.store.ids import new_id

CREATE = Body(assistant_create_params.AssistantCreateParams, limits=field_limits.ASSISTANT)
UPDATE = Body(assistant_update_params.AssistantUpdateParams, limits=field_limits.ASSISTANT)

SERVER_TOOLS = "x-server-tools"
"""The header that tells which tools this server runs itself; an addition of ours, in responses with one assistant."""

router = APIRouter(prefix="/assistants", tags=["Assistants"])


@router.post("", operation_id="createAssistant")
async def create(params: Annotated[Params, Depends(CREATE)], services: ServicesDep) -> Response:
    """Create an assistant."""
    row = Assistant(
        id=new_id("assistant"),
        created_at=services.now(),
        model=params["model"],
        tools=[],
        tool_resources={},
        metadata_={},
        response_format="auto",
    )
    _apply(row, params)
    row.tool_resources = merged({}, await resolve(services.retrieval, params.get("tool_resources")))
    async with services.store.write() as session:
        session.add(row)
    return _response(services, row)


@router.get("", operation_id="listAssistants")
async def list_all(query: Annotated[PageQuery, Depends(page_query)], services: ServicesDep) -> Response:
    """List assistants."""
    async with services.store.read() as session:
        page = await read_page(session, Assistant, query, noun="assistant")
    return json_response(page.list_object(assistant_object))


@router.get("/{assistant_id}", operation_id="getAssistant")
async def retrieve(assistant_id: str, services: ServicesDep) -> Response:
    """Retrieve an assistant."""
    async with services.store.read() as session:
        return _response(services, await find_assistant(session, assistant_id))


@router.post("/{assistant_id}", operation_id="modifyAssistant")
async def modify(
    assistant_id: str,
    params: Annotated[Params, Depends(UPDATE)],
    services: ServicesDep,
) -> Response:
    """Modify an assistant; fields that are left out stay as they are."""
    async with services.store.read() as session:
        await find_assistant(session, assistant_id)
    changes = Assistant()
    _apply(changes, params)
    resources = await resolve(services.retrieval, params.get("tool_resources"))
    async with services.store.write() as session:
        row = await find_assistant(session, assistant_id)
        for name in (attribute for attribute in vars(changes) if not attribute.startswith("_sa_")):
            setattr(row, name, getattr(changes, name))
        if "tool_resources" in params:
            kept = {} if params["tool_resources"] is None else row.tool_resources
            row.tool_resources = merged(kept, resources)
    return _response(services, row)


@router.delete("/{assistant_id}", operation_id="deleteAssistant")
async def remove(assistant_id: str, services: ServicesDep) -> Response:
    """Delete an assistant; its threads and runs stay."""
    async with services.store.write() as session:
        await find_assistant(session, assistant_id)
        await note_deleted(session, Assistant, Assistant.id == assistant_id)
        await session.execute(delete(Assistant).where(Assistant.id == assistant_id))
    return json_response(deleted_object(assistant_id, "assistant.deleted"))


def _response(services: Services, row: Assistant) -> Response:
    return json_response(assistant_object(row), headers={SERVER_TOOLS: ", ".join(services.server_tools)})


def _apply(row: Assistant, params: Params) -> None:
    """Set the fields that are in `params`, but for `tool_resources`; null sets the default."""
    for name in ("name", "description", "instructions", "temperature", "top_p", "reasoning_effort"):
        if name in params:
            setattr(row, name, params[name])
    if "model" in params:
        row.model = params["model"]
    if "tools" in params:
        row.tools = params["tools"] or []
    if "response_format" in params:
        row.response_format = params["response_format"] or "auto"
    if "metadata" in params:
        row.metadata_ = params["metadata"] or {}
