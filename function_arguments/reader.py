"""Reads the arguments of a function call: the one way from a model's text to an object, for every function.

The steps: what stands around the JSON is left out (a fence, tags, a model's own marks); JSON is read as models write
it, LaTeX with single backslashes included (`json_text`, `latex_escapes`); what was encoded twice is read again; and
values are fitted to the function's schema. Nothing is guessed: what can be meant in two ways is an error.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from function_arguments.json_text import JsonTextError, Number, read_json

LONGEST: Final = 200_000
_MARK: Final = r"```\w*|</?[A-Za-z_][\w:.=-]*/?>|<[|｜][^<>|｜\n]{1,60}[|｜]>|\[/?(?:TOOL_CALLS|ARGS|TOOL_CALL)\]"
_BEFORE: Final = re.compile(rf"(?:{_MARK}|[^{{}}\[\]\"'“<`]|(?<=\w)'(?=\w)|<(?![|｜/A-Za-z]))*")
_BEHIND: Final = re.compile(rf"(?:{_MARK}|[\s;,`\]}}\ufeff])*")
_MORE_DATA: Final = re.compile(r"[{}\[\]\"“]|\w\s*:")
"""What words behind the arguments do not hold, and more of the arguments does."""
_ENCODINGS: Final = 3
"""How often arguments may be encoded as a string of JSON."""
_WRAPPERS: Final = ("arguments", "parameters", "input", "args")


class ArgumentsError(ValueError):
    """The arguments cannot be read; the message is a sentence for the model."""


def read_arguments(
    text: str, parameters: Mapping[str, Any] | None = None, *, aliases: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The arguments in `text`, fitted to `parameters`, the JSON schema of the function's arguments.

    Fitted means: where the schema wants an array or an object, a string that holds one is read; where it wants a
    string, a number becomes the text that was written; and a property written otherwise (`questionText`) or by a name
    in `aliases` (bare names, as `bare` gives them, to properties) has the schema's name. The schema's other rules are
    the function's to check.

    Raises:
        ArgumentsError: there is no object, or it can be read in two ways.
    """
    if len(text) > LONGEST:
        raise ArgumentsError(f"The arguments are too long: {len(text)} characters; {LONGEST} are possible.")
    try:
        value = _read(text)
        for _ in range(_ENCODINGS):
            if not isinstance(value, str) or isinstance(value, Number):
                break
            value = _read(value)
    except JsonTextError as error:
        raise ArgumentsError(f"The arguments are not valid JSON: {error}.") from error
    schema = parameters or {}
    fit = _Fit(aliases or {})
    found = _unwrapped(value, fit.names(schema), set(schema.get("required") or ()))
    if not isinstance(found, dict):
        raise ArgumentsError("The arguments must be an object.")
    fitted: dict[str, Any] = fit.fitted(found, schema)
    return fitted


def bare(name: str) -> str:
    """A name without case, lines and spaces: `correct_option`, `correctOption` -> `correctoption`."""
    return re.sub(r"[\W_]+", "", name).casefold()


def is_whole(text: str) -> bool:
    """Whether `text` is one whole object and nothing else, LaTeX with single backslashes allowed."""
    if not text.strip().startswith("{"):
        return False
    try:
        _, end = read_json(text)
    except JsonTextError:
        return False
    return not text[end:].strip()


def _read(text: str) -> Any:
    start = _beginning(text)
    value, end = read_json(text, start)
    behind = _end_of(_BEHIND, text, end)
    if behind < len(text) and text[behind] in "{[\"'":
        again, end = read_json(text, behind)
        if again != value:
            raise JsonTextError("there are two different values, one behind the other")
        behind = _end_of(_BEHIND, text, end)
    if _MORE_DATA.search(text, behind):
        raise JsonTextError(f"something stands behind its end: `{text[behind : behind + 30]}`")
    return value


def _beginning(text: str) -> int:
    start = _end_of(_BEFORE, text, 0)
    if start >= len(text):
        raise JsonTextError("it holds no object" if text.strip() else "it is empty")
    return start


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found is not None else at


def _unwrapped(value: Any, names: Mapping[str, str], required: set[str]) -> Any:
    """The arguments out of what models put around them: `{"arguments": {…}}`, the whole call, an array of one."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    if not names or not isinstance(value, dict):
        return value
    own = {names[bare(name)] for name in value if bare(name) in names}
    inner = [each for name, each in value.items() if len(value) == 1 or bare(name) in set(_WRAPPERS) - names.keys()]
    found = _held(inner[0], "object") if len(inner) == 1 else None
    if not isinstance(found, dict):
        return value
    held = {names[bare(name)] for name in found if bare(name) in names}
    return found if not own or (required and required <= held) else value


class _Fit:
    """Gives values the types and the names that a schema wants, where there is one way to them."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases

    def names(self, schema: Any) -> dict[str, str]:
        """The properties of an object by their bare names and aliases."""
        properties = (schema.get("properties") or {}) if isinstance(schema, Mapping) else {}
        aliased = {alias: name for alias, name in self._aliases.items() if name in properties}
        return {**aliased, **{bare(name): name for name in properties}}

    def fitted(self, value: Any, schema: Any) -> Any:
        """`value` as `schema` wants it."""
        wanted = schema.get("type") if isinstance(schema, Mapping) else None
        if isinstance(value, Number):
            return str(value) if wanted == "string" else value.value
        value = _held(value, wanted)
        items = schema if wanted == "string" else schema.get("items") if isinstance(schema, Mapping) else None
        if isinstance(value, list):
            return [self.fitted(each, items) for each in value]
        if isinstance(value, dict):
            properties = schema.get("properties") or {} if isinstance(schema, Mapping) else {}
            return {name: self.fitted(each, properties.get(name, items)) for name, each in self._renamed(value, schema)}
        return value

    def _renamed(self, value: Mapping[str, Any], schema: Any) -> list[tuple[str, Any]]:
        names = self.names(schema)
        new = {name: name if name in names.values() else names.get(bare(name), name) for name in value}
        taken = [name for name in value if new[name] == name]
        renamed = []
        for name, each in value.items():
            free = new[name] == name or (new[name] not in taken)
            renamed.append((new[name] if free else name, each))
            taken.append(new[name])
        return renamed


def _held(value: Any, wanted: object) -> Any:
    """The array or the object that a string holds, if one is wanted; else the value."""
    if wanted not in ("array", "object") or not isinstance(value, str) or isinstance(value, Number):
        return value
    try:
        found = _read(value)
    except JsonTextError:
        return value
    return found if isinstance(found, list | dict) else value
