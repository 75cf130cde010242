"""/models: what the provider offers; programs ask for it before they make an assistant."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Response

from assistants.api.json_body import reply
from assistants.errors import NotFoundError
from assistants.models.model_protocol import ModelError
from assistants.services import Server, server_of

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/models", tags=["Models"])


@router.get("", operation_id="listModels")
async def list_all(server: Annotated[Server, Depends(server_of)]) -> Response:
    """List the models that assistants can name."""
    return reply({"object": "list", "data": [_view(name) for name in await _names(server)]})


@router.get("/{model:path}", operation_id="retrieveModel")
async def retrieve(model: str, server: Annotated[Server, Depends(server_of)]) -> Response:
    """Retrieve a model; one that has left the API is shown, since another answers in its place."""
    if server.settings.resolve_model(model) not in await _names(server):
        raise NotFoundError(f"The model '{model}' does not exist.", param="model", code="model_not_found")
    return reply(_view(model))


async def _names(server: Server) -> list[str]:
    """The server's own model first, then what the provider offers, if it says."""
    try:
        offered = await server.model.list_models()
    except ModelError as error:
        log.warning("models_not_listed", reason=error.message)
        offered = []
    return list(dict.fromkeys([server.settings.model, *offered]))


def _view(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "provider"}
