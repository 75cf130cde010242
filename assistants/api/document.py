"""/openapi.json: FastAPI's document with the request bodies' definitions in one place."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

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
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"key": []}]
    for operations in document["paths"].values():
        for operation in operations.values():
            _lift_definitions(operation, schemas)
            responses = operation["responses"]
            responses.pop("422", None)
            responses["4XX"] = _ERROR
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


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
