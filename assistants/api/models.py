"""The endpoints of /models: what the provider offers. Some programs ask for it before they create an assistant."""

from typing import Any

import structlog
from fastapi import APIRouter, Response

from assistants.api.json_body import json_response
from assistants.errors import NotFoundError
from assistants.models.model_protocol import ModelError
from assistants.models.provider_errors import brief
from assistants.services import Services, ServicesDep

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/models", tags=["Models"])


@router.get("", operation_id="listModels")
async def list_all(services: ServicesDep) -> Response:
    """List the models that assistants can name."""
    return json_response({"object": "list", "data": [_model_object(name) for name in await _names(services)]})


@router.get("/{model:path}", operation_id="retrieveModel")
async def retrieve(model: str, services: ServicesDep) -> Response:
    """Retrieve a model; a retired one is shown too, since another model answers in its place."""
    if services.settings.resolve_model(model) not in await _names(services):
        raise NotFoundError(f"The model '{model}' does not exist.", param="model", code="model_not_found")
    return json_response(_model_object(model))


async def _names(services: Services) -> list[str]:
    """The server's default model first, then those that the provider lists, if it does."""
    try:
        offered = await services.model.list_models()
    except ModelError as error:
        log.warning("models_not_listed", cause=brief(error))
        offered = []
    return list(dict.fromkeys([services.settings.model, *offered]))


def _model_object(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "provider"}
