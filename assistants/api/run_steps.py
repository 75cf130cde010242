"""The endpoints of /threads/{thread_id}/runs/{run_id}/steps."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from assistants.api.json_body import json_response
from assistants.api.pagination import PageQuery, page_query, read_page
from assistants.json_objects import step_object
from assistants.services import ServicesDep
from assistants.store.run_steps import RunStep, find_step
from assistants.store.runs import find_run

router = APIRouter(prefix="/threads/{thread_id}/runs/{run_id}/steps", tags=["Run steps"])

RESULT_CONTENT = "step_details.tool_calls[*].file_search.results[*].content"
Include = Annotated[
    Sequence[str], Query(alias="include[]", description=f"`{RESULT_CONTENT}` shows what searches found.")
]


@router.get("", operation_id="listRunSteps")
async def list_all(
    thread_id: str,
    run_id: str,
    query: Annotated[PageQuery, Depends(page_query)],
    services: ServicesDep,
    include: Include = (),
) -> Response:
    """List a run's steps."""
    async with services.store.read() as session:
        await find_run(session, thread_id, run_id)
        page = await read_page(session, RunStep, query, RunStep.run_id == run_id, noun="run step", list_id=run_id)
    return json_response(page.list_object(lambda step: step_object(step, with_content=RESULT_CONTENT in include)))


@router.get("/{step_id}", operation_id="getRunStep")
async def retrieve(
    thread_id: str,
    run_id: str,
    step_id: str,
    services: ServicesDep,
    include: Include = (),
) -> Response:
    """Retrieve a run step."""
    async with services.store.read() as session:
        step = await find_step(session, thread_id, run_id, step_id)
    return json_response(step_object(step, with_content=RESULT_CONTENT in include))
