"""The contract: the operations of the Assistants v2 API and the schemas of what they answer.

`openapi.json` is OpenAI's own document (openai/openai-openapi, commit f85dbe22, MIT licence, in `LICENSE`), cut to the
44 operations and their schemas, without descriptions and examples, and corrected by recorded traffic of the service.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.deviations import Deviation, json_path, shown

FILE = Path(__file__).with_name("openapi.json")
_SCHEMAS = "#/components/schemas/"
_STRUCTURAL = ("type", "event")
"""The properties whose single value tells which of several schemas is meant."""

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the 44: its name, its method, and its path below the base URL."""

    id: str
    method: str
    path: str


@cache
def operations() -> Mapping[str, Operation]:
    """All operations by their names, in the contract's order."""
    found = {}
    for path, methods in _document()["paths"].items():
        for method, operation in methods.items():
            found[operation["operationId"]] = Operation(operation["operationId"], method.upper(), path)
    return found


@cache
def operation_at(method: str, path: str) -> Operation | None:
    """The operation of a request to `path` (below the base URL, without a query); None for a path of no operation."""
    segments = path.rstrip("/").split("/")
    fitting = [
        each for each in operations().values() if each.method == method and _fits(each.path.split("/"), segments)
    ]
    return min(fitting, key=lambda each: each.path.count("{"), default=None)


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(
        expected.startswith("{") or expected == given for expected, given in zip(template, segments, strict=True)
    )


def response_deviations(operation: str, body: Any) -> list[Deviation]:
    """Where the JSON that an operation has answered (200) is not as the contract says."""
    return _deviations(_response_validator(operation), body)


def request_deviations(operation: str, body: Any) -> list[Deviation]:
    """Where the JSON that an operation is sent is not as the contract says."""
    return _deviations(_request_validator(operation), body)


def error_deviations(body: Any) -> list[Deviation]:
    """Where the JSON of an error (4xx, 5xx) is not as the contract says."""
    return _deviations(_validator_of("ErrorResponse"), body)


def event_deviations(name: str, data: Any) -> list[Deviation]:
    """Where the data of an event is not as the contract says; `[DONE]` for the event `done`."""
    validator = _event_validators().get(name)
    if validator is None:
        return [Deviation("event", "one of the contract's events", shown(name))]
    if name == "error" and isinstance(data, dict) and "error" in data:  # as the SDK reads it; the bare form it ignores
        return error_deviations(data)
    return _deviations(validator, data)


@cache
def event_names() -> tuple[str, ...]:
    """The names of all events, in the contract's order."""
    return tuple(_event_schemas())


@cache
def _document() -> Schema:
    document: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return document


@cache
def _checked_schemas() -> Schema:
    schemas: Schema = _told_apart(_document()["components"]["schemas"])
    return schemas


@cache
def _response_validator(operation: str) -> jsonschema_rs.Draft202012Validator:
    content = _operation(operation)["responses"]["200"]["content"]["application/json"]
    return _validator(_told_apart(content["schema"]))


@cache
def _request_validator(operation: str) -> jsonschema_rs.Draft202012Validator:
    content = _operation(operation)["requestBody"]["content"]["application/json"]
    return _validator(_told_apart(content["schema"]))


@cache
def _validator_of(name: str) -> jsonschema_rs.Draft202012Validator:
    return _validator({"$ref": _SCHEMAS + name})


@cache
def _event_validators() -> Mapping[str, jsonschema_rs.Draft202012Validator]:
    return {name: _validator(_told_apart(schema)) for name, schema in _event_schemas().items()}


def _operation(name: str) -> Schema:
    known = operations()[name]
    operation: Schema = _document()["paths"][known.path][known.method.lower()]
    return operation


def _event_schemas() -> dict[str, Schema]:
    """The schema of the data of each event."""
    found: dict[str, Schema] = {}

    def collect(schema: Schema) -> None:
        schema = _resolved(schema)
        for branch in schema.get("oneOf", ()):
            collect(branch)
        if "event" in schema.get("properties", {}):
            (name,) = schema["properties"]["event"]["enum"]
            found[name] = schema["properties"]["data"]

    collect({"$ref": f"{_SCHEMAS}AssistantStreamEvent"})
    return found


def _validator(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": {"schemas": _checked_schemas()}})


def _deviations(validator: jsonschema_rs.Draft202012Validator, body: Any) -> list[Deviation]:
    return [_deviation(error) for error in validator.iter_errors(body)]


def _deviation(error: jsonschema_rs.ValidationError) -> Deviation:
    kind, path = error.kind, list(error.instance_path)
    match kind:
        case jsonschema_rs.ValidationErrorKind.Required():
            return Deviation(json_path([*path, kind.property]), "a value", "nothing")
        case jsonschema_rs.ValidationErrorKind.Type():
            expected = " or ".join(kind.types)
        case jsonschema_rs.ValidationErrorKind.Enum():
            options = [shown(option) for option in kind.options]
            expected = options[0] if len(options) == 1 else f"one of {', '.join(options)}"
        case _:
            expected = error.message
    return Deviation(json_path(path), expected, shown(error.instance))


def _resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].removeprefix(_SCHEMAS)]
    return schema


def _told_apart(node: Any) -> Any:
    """The same schema with its unions written so that an error names the place and not the union.

    `anyOf` with null becomes a condition on null, and a `oneOf` of objects with different `type`s a condition on each.
    """
    if isinstance(node, list):
        return [_told_apart(each) for each in node]
    if not isinstance(node, dict):
        return node
    told: Schema = {key: _told_apart(value) for key, value in node.items()}
    if isinstance(node.get("anyOf"), list) and {"type": "null"} in node["anyOf"]:
        others = [branch for branch in told.pop("anyOf") if branch != {"type": "null"}]
        told |= {
            "if": {"type": "null"},
            "then": True,
            "else": others[0] if len(others) == 1 else {"anyOf": others},
        }
    elif isinstance(node.get("oneOf"), list) and (named := _named_branches(node["oneOf"])) is not None:
        key, names = named
        branches = told.pop("oneOf")
        told["allOf"] = [
            *told.get("allOf", []),
            {"type": "object", "required": [key], "properties": {key: {"enum": names}}},
            *(
                {"if": {"required": [key], "properties": {key: {"const": name}}}, "then": branch}
                for name, branch in zip(names, branches, strict=True)
            ),
        ]
    return told


def _named_branches(branches: list[Schema]) -> tuple[str, list[str]] | None:
    """The property whose value names the branch, and the value of each branch; None where there is none."""
    for key in _STRUCTURAL:
        names = [name for branch in branches for name in _single_value(branch, key)]
        if len(names) == len(branches) == len(set(names)):
            return key, names
    return None


def _single_value(branch: Schema, key: str) -> Iterator[str]:
    values = _resolved(branch).get("properties", {}).get(key, {}).get("enum", [])
    if len(values) == 1:
        yield values[0]
