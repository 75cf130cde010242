"""Attribute filters of a search: comparisons, joined by `and` and `or`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistants.errors import InvalidRequestError

MAX_DEPTH = 10

Attributes = Mapping[str, Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda have, want: have > want,
    "gte": lambda have, want: have >= want,
    "lt": lambda have, want: have < want,
    "lte": lambda have, want: have <= want,
}


_COMPARISONS = ("eq", "ne", "in", "nin", *_ORDER)


def check(filters: object, *, path: str = "filters", depth: int = 0) -> None:
    """Refuse filters that are not valid; the SDK's types do not check nested ones.

    Raises:
        InvalidRequestError: they are nested too deeply, no filters, or a value does not fit its comparison.
    """
    if depth > MAX_DEPTH:
        raise InvalidRequestError(f"Filters may be nested {MAX_DEPTH} levels deep.", param=path)
    if not isinstance(filters, dict):
        raise _invalid(path, "expected an object")
    if filters.get("type") in {"and", "or"}:
        parts = filters.get("filters")
        if not isinstance(parts, list):
            raise _invalid(f"{path}.filters", "expected an array")
        for place, part in enumerate(parts):
            check(part, path=f"{path}.filters[{place}]", depth=depth + 1)
        return
    if filters.get("type") not in _COMPARISONS:
        raise _invalid(f"{path}.type", f"expected one of {', '.join(_COMPARISONS)}, and, or")
    if not isinstance(filters.get("key"), str):
        raise _invalid(f"{path}.key", "expected a string")
    _check_value(filters["type"], filters.get("value"), f"{path}.value")


def _check_value(comparison: str, value: object, path: str) -> None:
    if comparison in {"in", "nin"}:
        if not isinstance(value, list) or not all(isinstance(item, str | int | float) for item in value):
            raise _invalid(path, f"'{comparison}' compares with an array of strings and numbers")
    elif comparison in _ORDER:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _invalid(path, f"'{comparison}' compares with a number or a string")
    elif not isinstance(value, str | int | float):
        raise _invalid(path, f"'{comparison}' compares with a string, a number or a boolean")


def _invalid(path: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError(f"Invalid value for '{path}': {reason}.", param=path, code="invalid_value")


def matches(attributes: Attributes, filters: Mapping[str, Any]) -> bool:
    """Whether a file with these attributes passes; a missing attribute equals nothing and is neither less nor more."""
    return predicate(filters)(attributes)


def predicate(filters: Mapping[str, Any]) -> Callable[[Attributes], bool]:
    """What `matches` says of `filters`, for many files: a long list of values is looked up, not gone through."""
    match filters["type"]:
        case "and":
            parts = [predicate(part) for part in filters["filters"]]
            return lambda attributes: all(part(attributes) for part in parts)
        case "or":
            parts = [predicate(part) for part in filters["filters"]]
            return lambda attributes: any(part(attributes) for part in parts)
        case "in":
            return _among(filters["key"], filters["value"])
        case "nin":
            among = _among(filters["key"], filters["value"])
            return lambda attributes: not among(attributes)
    key, value, order = filters["key"], filters["value"], filters["type"]
    if order == "eq":
        return lambda attributes: _same(attributes.get(key), value)
    if order == "ne":
        return lambda attributes: not _same(attributes.get(key), value)
    return lambda attributes: _ordered(attributes.get(key), order, value)


def _among(key: str, values: Sequence[Any]) -> Callable[[Attributes], bool]:
    wanted = frozenset((value, isinstance(value, bool)) for value in values)

    def among(attributes: Attributes) -> bool:
        have = attributes.get(key)
        return (have, isinstance(have, bool)) in wanted

    return among


def _same(have: Any, want: Any) -> bool:
    return bool(have == want) and isinstance(have, bool) == isinstance(want, bool)


def _ordered(have: Any, order: str, want: Any) -> bool:
    numbers = isinstance(have, int | float) and isinstance(want, int | float) and not isinstance(have, bool)
    words = isinstance(have, str) and isinstance(want, str)
    return (numbers or words) and _ORDER[order](have, want)
