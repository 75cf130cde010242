"""Validation errors in the words of the Assistants API.

Source of the wording: recorded responses of OpenAI's API, such as
`Invalid type for 'metadata.modified': expected a string, but got a boolean instead.`
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assistants.api.request_schema import TAG, json_type_name
from assistants.errors import InvalidRequestError

_EXPECTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "int_parsing_size": "an integer",
    "float_type": "a number",
    "bool_type": "a boolean",
    "list_type": "an array",
    "dict_type": "an object",
    "none_required": "null",
}


_REMOVED_IN_V2 = {
    "file_ids": "Version 2 of the API has 'tool_resources' on assistants and threads, and 'attachments' on messages.",
}
"""Hints for fields that only the API's first version had."""


def explain(error: ValidationError) -> InvalidRequestError:
    """The first violation as an API error."""
    return explain_details(error.errors(include_url=False))


def explain_details(details: Sequence[Any]) -> InvalidRequestError:
    """As `explain`, from pydantic's list of error details."""
    # When a required field is misspelt, the unknown field is the better one to name.
    first = next((detail for detail in details if detail["type"] == "extra_forbidden"), details[0])
    return _explain(first)


def param_path(location: Sequence[str | int]) -> str:
    """A location such as `tools[0].function.name`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith(TAG) and part != "[key]":
            path += f".{part}" if path else part
    return path


def _explain(detail: ErrorDetails) -> InvalidRequestError:
    path = param_path(detail["loc"])
    type_, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if type_ in _EXPECTED:
        return _wrong_type(path, _EXPECTED[type_], value)
    if explained := _EXPLANATIONS.get(type_):
        return explained(path, value, context)
    return InvalidRequestError(f"Invalid value for '{path}': {detail['msg']}.", param=path, code="invalid_value")


def _wrong_type(path: str, expected: str, value: object) -> InvalidRequestError:
    if not path:
        message = f"Invalid body: expected {expected}, but got {json_type_name(value)} instead."
        return InvalidRequestError(message, code="invalid_type")
    message = f"Invalid type for '{path}': expected {expected}, but got {json_type_name(value)} instead."
    return InvalidRequestError(message, param=path, code="invalid_type")


def _missing(path: str, _value: object, _context: dict[str, Any]) -> InvalidRequestError:
    return InvalidRequestError.missing(path)


def _unknown(path: str, _value: object, _context: dict[str, Any]) -> InvalidRequestError:
    hint = _REMOVED_IN_V2.get(path.rpartition(".")[2], "")
    message = f"Unknown parameter: '{path}'. {hint}".rstrip()
    return InvalidRequestError(message, param=path, code="unknown_parameter")


def _not_among(path: str, value: object, names: Sequence[str]) -> InvalidRequestError:
    quoted = [f"'{name}'" for name in names]
    supported = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    message = f"Invalid value: {str(value)[:100]!r}. Supported values are: {supported}."
    if value == "retrieval":
        message += " Version 2 of the API calls it 'file_search'."
    return InvalidRequestError(message, param=path, code="invalid_value")


def _literal(path: str, value: object, context: dict[str, Any]) -> InvalidRequestError:
    if not isinstance(value, str):
        return _wrong_type(path, "a string", value)
    return _not_among(path, value, context["names"] if "names" in context else _names(context["expected"]))


def _names(expected: str) -> list[str]:
    """The names in pydantic's `'auto', 'none' or 'required'`."""
    return expected.split("'")[1::2]


def _number(word: str, sign: str, bound: str) -> Callable[[str, Any, dict[str, Any]], InvalidRequestError]:
    def explanation(path: str, value: Any, context: dict[str, Any]) -> InvalidRequestError:
        limit = next(iter(context.values()))
        noun = "integer" if isinstance(limit, int) else "decimal"
        message = f"Invalid '{path}': {noun} {word}. Expected a value {sign} {limit:g}, but got {value} instead."
        return InvalidRequestError(message, param=path, code=f"{noun}_{bound}")

    return explanation


def _length(
    noun: str, word: str, bound: str, limit_key: str
) -> Callable[[str, Any, dict[str, Any]], InvalidRequestError]:
    article = "an" if noun in {"array", "object"} else "a"
    extreme = "maximum" if word == "long" else "minimum"

    def explanation(path: str, value: Any, context: dict[str, Any]) -> InvalidRequestError:
        message = (
            f"Invalid '{path}': {noun} too {word}. Expected {article} {noun} with {extreme} length"
            f" {context[limit_key]}, but got {article} {noun} with length {len(value)} instead."
        )
        return InvalidRequestError(message, param=path, code=f"{noun}_{bound}")

    return explanation


def _pattern(path: str, _value: object, context: dict[str, Any]) -> InvalidRequestError:
    message = (
        f"Invalid '{path}': string does not match pattern."
        f" Expected a string that matches the pattern '{context['pattern']}'."
    )
    return InvalidRequestError(message, param=path, code="invalid_value")


def _size(word: str, bound: str, limit_key: str) -> Callable[[str, Any, dict[str, Any]], InvalidRequestError]:
    nouns: dict[type, str] = {list: "array", dict: "object", str: "string"}
    explanations = {type_: _length(noun, word, bound, limit_key) for type_, noun in nouns.items()}
    return lambda path, value, context: explanations[type(value)](path, value, context)


_EXPLANATIONS: dict[str, Callable[[str, Any, dict[str, Any]], InvalidRequestError]] = {
    "missing": _missing,
    "missing_type": lambda path, value, context: _missing(f"{path}.type", value, context),
    "extra_forbidden": _unknown,
    "literal_error": _literal,
    "unknown_type": lambda path, value, context: _not_among(f"{path}.type", value["type"], context["names"]),
    "wrong_type_field": lambda path, value, context: _wrong_type(f"{path}.type", context["wanted"], value["type"]),
    "wrong_kind": lambda path, value, context: _wrong_type(path, context["wanted"], value),
    "greater_than_equal": _number("below minimum value", ">=", "below_min_value"),
    "less_than_equal": _number("above maximum value", "<=", "above_max_value"),
    "string_too_long": _length("string", "long", "above_max_length", "max_length"),
    "string_too_short": _length("string", "short", "below_min_length", "min_length"),
    "too_long": _size("long", "above_max_length", "max_length"),
    "too_short": _size("short", "below_min_length", "min_length"),
    "string_pattern_mismatch": _pattern,
}
