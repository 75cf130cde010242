"""Answers in the JSON format that a client asks for, and arguments for functions that the model does not know."""

import json
from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 8


def shaped(text: str, response_format: Mapping[str, Any] | None) -> str:
    """The answer in the format of `response_format`: as text, or as JSON with the text in its first string."""
    kind = response_format.get("type") if response_format else "text"
    if kind == "json_object":
        return json.dumps({"answer": text}, ensure_ascii=False)
    if kind == "json_schema" and response_format is not None:
        described = response_format.get("json_schema", response_format)
        schema = described.get("schema", {})
        return json.dumps(fill(schema, text), ensure_ascii=False)
    return text


def fill(schema: Mapping[str, Any], text: str) -> Any:
    """The simplest value that fits a JSON schema, with `text` in its first string."""
    return _Filling(schema, text).value(schema, 0)


class _Filling:
    """Makes one value; the text is used once."""

    def __init__(self, root: Mapping[str, Any], text: str) -> None:
        self._root = root
        self._text = text

    def value(self, schema: Mapping[str, Any], depth: int) -> Any:
        """A value for one schema."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        for word in ("anyOf", "oneOf", "allOf"):
            if schema.get(word):
                return self.value(schema[word][0], depth + 1) if depth < MAX_DEPTH else None
        return self._of_type(_type(schema), schema, depth)

    def _of_type(self, kind: str, schema: Mapping[str, Any], depth: int) -> Any:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                count = int(schema.get("minItems", 0)) if depth < MAX_DEPTH else 0
                return [self.value(schema.get("items", {}), depth + 1) for _ in range(min(count, 10))]
            case "integer" | "number":
                return schema.get("minimum", 0)
            case "boolean":
                return False
            case "null":
                return None
        text, self._text = self._text, ""
        return text[: schema.get("maxLength")] if schema.get("maxLength") else text

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        wanted = schema.get("required", [])
        if depth >= MAX_DEPTH:
            return {}
        names = [name for name in properties if name in wanted] or (list(properties) if depth == 0 else [])
        return {name: self.value(properties[name], depth + 1) for name in names}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema behind a `$ref` within the same document."""
        for _ in range(MAX_DEPTH):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                break
            found: Any = self._root
            for part in reference.removeprefix("#/").split("/"):
                found = found.get(part, {}) if isinstance(found, Mapping) else {}
            schema = found
        return schema


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "array" if "items" in schema else "string"
