"""The SDK's `TypedDict` params as strict pydantic schemas.

The SDK's own types are the server's request schema, but not as they are: pydantic would validate every `Iterable`
lazily and only once, path parameters are among the fields, and ranges stand only in prose. `strict_body` rebuilds a
type: iterables become lists, unions are tagged (one precise error instead of one for each variant), the API's limits
are added, and unknown fields are forbidden. An optional field may also be null. Where the SDK's type does not allow
null, null means that the field is left out: programs send back what the SDK's `model_dump()` gave them.
"""

import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import typing_extensions as te
from pydantic import BeforeValidator, ConfigDict, Discriminator, Tag
from pydantic_core import PydanticCustomError

Limits = Mapping[str, object]
"""Constraints by dotted path, such as `tools.function.name`; a union adds nothing to the path.

Other forms: `path+` fields that we add to an object, with their types; `path[]` an array's items, `path{key}` and
`path{value}` an object's, `path!` a field that the API requires though the SDK does not.
"""

TAG = "\N{ZERO WIDTH NON-JOINER}"
"""Begins the tags of union variants: pydantic puts tags into error locations, where they must differ from keys."""

_SCALARS: dict[type, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (float, int),
    str: (str,),
    object: (dict, list, str, int, float, bool, NoneType),
}

_WORDS: list[tuple[type, str]] = [
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a number"),
    (str, "a string"),
    (list, "an array"),
    (dict, "an object"),
    (NoneType, "null"),
]


def json_type_name(value: object) -> str:
    """The type of a JSON value, in the words of the Assistants API's error messages."""
    return next((words for type_, words in _WORDS if isinstance(value, type_)), "an unsupported value")


def strict_body(
    declared: Any, *, limits: Limits, drop: Collection[str] = (), extra: Mapping[str, Any] | None = None
) -> Any:
    """The params type `declared`, rebuilt for validating a request body.

    `drop` names the fields that are not part of the body, `extra` adds fields.
    """
    hints = te.get_type_hints(declared, include_extras=True) | dict(extra or {})
    kept = {name: hint for name, hint in hints.items() if name not in drop}
    return _typed_dict(declared.__name__, kept, limits, "")


def _rebuild(declared: Any, limits: Limits, path: str) -> Any:
    rebuilt = _rebuild_bare(declared, limits, path)
    constraint = limits.get(path)
    return rebuilt if constraint is None else _constrain(rebuilt, constraint)


def _constrain(rebuilt: Any, constraint: object) -> Any:
    """`rebuilt` with `constraint`, which null need not meet."""
    if get_origin(rebuilt) in (typing.Union, UnionType) and NoneType in get_args(rebuilt):
        (inner,) = (argument for argument in get_args(rebuilt) if argument is not NoneType)
        return typing.Optional[Annotated[inner, constraint]]  # noqa: UP045
    return Annotated[rebuilt, constraint]


def _rebuild_bare(declared: Any, limits: Limits, path: str) -> Any:
    if isinstance(declared, te.TypeAliasType):
        declared = declared.__value__
    if te.is_typeddict(declared):
        hints = te.get_type_hints(declared, include_extras=True)
        return _typed_dict(declared.__name__, hints, limits, path)
    origin, arguments = get_origin(declared), get_args(declared)
    if origin in (typing.Union, UnionType):
        return _union(arguments, limits, path)
    if origin is Annotated:
        return _rebuild(arguments[0], limits, path)
    if origin is Literal or origin is None:
        return declared
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[_limited(str, limits, f"{path}{{key}}"), _limited(arguments[1], limits, f"{path}{{value}}")]  # type: ignore[misc]
    if len(arguments) == 1:  # Iterable, list, and the SDK's own protocol SequenceNotStr
        return list[_limited(arguments[0], limits, path + "[]", path)]  # type: ignore[misc]
    return declared


def _limited(declared: Any, limits: Limits, key: str, path: str | None = None) -> Any:
    rebuilt = _rebuild_bare(declared, limits, key if path is None else path)
    constraint = limits.get(key)
    return rebuilt if constraint is None else Annotated[rebuilt, constraint]


def _typed_dict(name: str, hints: Mapping[str, Any], limits: Limits, path: str) -> Any:
    fields, null_means_absent = {}, set()
    added: Any = limits.get(f"{path}+", {})
    for field, hint in {**hints, **added}.items():
        bare = get_args(hint)[0] if get_origin(hint) in (te.Required, te.NotRequired) else hint
        below = f"{path}.{field}" if path else field
        rebuilt = _rebuild(bare, limits, below)
        # `__required_keys__` is wrong here, because the SDK postpones its annotations.
        needed = get_origin(hint) is te.Required or f"{below}!" in limits
        fields[field] = te.Required[rebuilt] if needed else te.NotRequired[rebuilt]
        if not needed and NoneType not in get_args(rebuilt):
            null_means_absent.add(field)
    make: Any = te.TypedDict
    strict = make(name, fields)
    strict.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return Annotated[strict, BeforeValidator(_drop_nulls(null_means_absent))]


def _drop_nulls(fields: Collection[str]) -> Callable[[Any], Any]:
    """A function that drops those of `fields` that are null."""

    def drop_nulls(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: kept for key, kept in value.items() if kept is not None or key not in fields}

    return drop_nulls


def _union(arguments: Sequence[Any], limits: Limits, path: str) -> Any:
    variants = [argument for argument in arguments if argument is not NoneType]
    if str in variants:  # `Union[str, ChatModel]`: the names of models are hints for editors
        variants = [variant for variant in variants if get_origin(variant) is not Literal]
    rebuilt = [_rebuild_bare(variant, limits, path) for variant in variants]
    union = rebuilt[0] if len(rebuilt) == 1 else _tagged(rebuilt)
    return typing.Optional[union] if NoneType in arguments else union  # noqa: UP045 (`|` needs real types)


def _tagged(variants: Sequence[Any]) -> Any:
    tags = [f"{TAG}{index}" for index in range(len(variants))]
    tagged: Any = tuple(Annotated[variant, Tag(tag)] for variant, tag in zip(variants, tags, strict=True))
    choose = _chooser(variants, tags)

    def check(value: Any) -> Any:
        choose(value)
        return value

    # A discriminator must not raise, so a validator before it raises the error.
    union = Annotated[typing.Union[tagged], Discriminator(choose)]  # noqa: UP007
    return Annotated[union, BeforeValidator(check)]


def _chooser(variants: Sequence[Any], tags: Sequence[str]) -> Callable[[Any], str]:
    """A function that picks a value's variant by its JSON type, and by the field `type` of an object."""
    named: dict[str, str] = {}
    by_json_type: list[tuple[tuple[type, ...], str]] = []
    for variant, tag in zip(variants, tags, strict=True):
        if te.is_typeddict(bare := _bare(variant)):
            literal = bare.__annotations__.get("type")
            for name in _literals(literal):
                named[name] = tag
            if not _literals(literal):
                by_json_type.append(((dict,), tag))
        else:
            by_json_type.append((_accepted(variant), tag))

    def choose(value: Any) -> str:
        if isinstance(value, dict) and named:
            return _choose_named(value, named)
        for types, tag in by_json_type:
            if isinstance(value, types) and (not isinstance(value, bool) or bool in types):
                return tag
        wanted = [json_type_name(types[0]()) for types, _ in by_json_type] + (["an object"] if named else [])
        raise PydanticCustomError("wrong_kind", "{wanted}", {"wanted": _one_of(wanted)})

    return choose


def _choose_named(value: dict[str, Any], named: Mapping[str, str]) -> str:
    if "type" not in value:
        raise PydanticCustomError("missing_type", "type")
    name = value["type"]
    if not isinstance(name, str):
        raise PydanticCustomError("wrong_type_field", "{wanted}", {"wanted": "a string"})
    if name not in named:
        raise PydanticCustomError("unknown_type", "{names}", {"names": list(named)})
    return named[name]


def _literals(hint: Any) -> tuple[str, ...]:
    while get_origin(hint) in (te.Required, te.NotRequired, Annotated):
        hint = get_args(hint)[0]
    return get_args(hint) if get_origin(hint) is Literal else ()


def _accepted(variant: Any) -> tuple[type, ...]:
    bare = _bare(variant)
    origin = get_origin(bare)
    if origin is Literal:
        return (str,)
    if origin in (list, dict):
        return (origin,)
    return _SCALARS.get(bare, (dict,))


def _bare(variant: Any) -> Any:
    """A variant without the constraints around it."""
    while get_origin(variant) is Annotated:
        variant = get_args(variant)[0]
    return variant


def _one_of(words: Sequence[str]) -> str:
    unique = list(dict.fromkeys(words))
    if len(unique) == 1:
        return unique[0]
    return f"one of {', '.join(unique[:-1])} or {unique[-1]}"
