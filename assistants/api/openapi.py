"""/openapi.json: FastAPI's document, with the definitions of request bodies among its components and the SDK's models
as schemas of the responses. It is built at the first request for it."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from openai.types import FileDeleted, FileObject, Model, VectorStore, VectorStoreDeleted
from openai.types.beta import Assistant, AssistantDeleted, Thread, ThreadDeleted
from openai.types.beta.threads import Message, MessageDeleted, Run
from openai.types.beta.threads.runs import RunStep
from openai.types.vector_stores import VectorStoreFile, VectorStoreFileBatch, VectorStoreFileDeleted
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from assistants.api.json_body import Body

RESPONSES: Mapping[str, type[BaseModel]] = {
    "createAssistant": Assistant,
    "getAssistant": Assistant,
    "modifyAssistant": Assistant,
    "deleteAssistant": AssistantDeleted,
    "createThread": Thread,
    "getThread": Thread,
    "modifyThread": Thread,
    "deleteThread": ThreadDeleted,
    "createMessage": Message,
    "getMessage": Message,
    "modifyMessage": Message,
    "deleteMessage": MessageDeleted,
    "createRun": Run,
    "createThreadAndRun": Run,
    "getRun": Run,
    "modifyRun": Run,
    "cancelRun": Run,
    "submitToolOuputsToRun": Run,
    "getRunStep": RunStep,
    "createFile": FileObject,
    "retrieveFile": FileObject,
    "deleteFile": FileDeleted,
    "createVectorStore": VectorStore,
    "getVectorStore": VectorStore,
    "modifyVectorStore": VectorStore,
    "deleteVectorStore": VectorStoreDeleted,
    "createVectorStoreFile": VectorStoreFile,
    "getVectorStoreFile": VectorStoreFile,
    "updateVectorStoreFileAttributes": VectorStoreFile,
    "deleteVectorStoreFile": VectorStoreFileDeleted,
    "createVectorStoreFileBatch": VectorStoreFileBatch,
    "getVectorStoreFileBatch": VectorStoreFileBatch,
    "cancelVectorStoreFileBatch": VectorStoreFileBatch,
    "retrieveModel": Model,
}
"""The SDK's model of an operation's response, by the operation's id."""

LIST_RESPONSES: Mapping[str, type[BaseModel]] = {
    "listAssistants": Assistant,
    "listMessages": Message,
    "listRuns": Run,
    "listRunSteps": RunStep,
    "listFiles": FileObject,
    "listVectorStores": VectorStore,
    "listVectorStoreFiles": VectorStoreFile,
    "listFilesInVectorStoreBatch": VectorStoreFile,
}
"""The SDK's model of the objects in a list response, by the operation's id."""

STREAMING = {"createRun", "createThreadAndRun", "submitToolOuputsToRun"}
"""Operations that respond with server-sent events when `stream` is true."""

_ERROR = {
    "description": "The request could not be served.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "object",
                        "required": ["message", "type", "param", "code"],
                        "properties": {
                            "message": {"type": "string"},
                            "type": {"type": "string"},
                            "param": {"type": ["string", "null"]},
                            "code": {"type": ["string", "null"]},
                        },
                    }
                },
            }
        }
    },
}


def build(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            bodies = [each.call for each in route.dependant.dependencies if isinstance(each.call, Body)]
            if bodies:
                route.openapi_extra = bodies[0].openapi()
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"key": []}]
    responses_by_model = _response_schemas(schemas)
    for operations in document["paths"].values():
        for operation in operations.values():
            _lift_definitions(operation, schemas)
            _describe_response(operation, responses_by_model)
            responses = operation["responses"]
            responses.pop("422", None)
            responses["4XX"] = _ERROR
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


def _response_schemas(schemas: dict[str, Any]) -> dict[type[BaseModel], dict[str, Any]]:
    """References to the schemas of the SDK's models, which are added to `schemas`."""
    models = list(dict.fromkeys([*RESPONSES.values(), *LIST_RESPONSES.values()]))
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas |= definitions.get("$defs", {})
    return {model: reference for (model, _), reference in references.items()}  # type: ignore[misc]


def _describe_response(operation: dict[str, Any], schemas: Mapping[type[BaseModel], dict[str, Any]]) -> None:
    id_ = operation["operationId"]
    if (model := RESPONSES.get(id_)) is not None:
        schema = schemas[model]
    elif (model := LIST_RESPONSES.get(id_)) is not None:
        schema = _list_of(schemas[model])
    else:
        return
    content = {"application/json": {"schema": schema}}
    if id_ in STREAMING:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    operation["responses"]["200"] = {"description": "Done.", "content": content}


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["object", "data", "first_id", "last_id", "has_more"],
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": item},
            "first_id": {"type": ["string", "null"]},
            "last_id": {"type": ["string", "null"]},
            "has_more": {"type": "boolean"},
        },
    }


def _lift_definitions(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        definitions = media["schema"].pop("$defs", {})
        prefix = f"{operation['operationId']}_"
        _rename_references(media["schema"], prefix)
        for name, definition in definitions.items():
            _rename_references(definition, prefix)
            schemas[prefix + name] = definition


def _rename_references(node: Any, prefix: str) -> None:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            node["$ref"] = "#/components/schemas/" + prefix + reference.removeprefix("#/$defs/")
        for value in node.values():
            _rename_references(value, prefix)
    elif isinstance(node, list):
        for value in node:
            _rename_references(value, prefix)
