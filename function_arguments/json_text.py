"""Reads JSON as models write it: in single quotes, with trailing commas, comments and Python's constants.

What is accepted beyond JSON can be meant in one way only (JSON5 allows most of it). Nothing is completed: text that
ends too early, values without commas between them and quotes within quotes are errors.
"""

import re
from typing import Any, Final

from function_arguments.latex_escapes import AmbiguousEscapeError, Style, decoded, style_of

DEEPEST: Final = 60
_BLANK: Final = re.compile(r"(?:[\s\ufeff\u00a0]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRINGS: Final = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
    "“": re.compile(r"“((?:[^“”\\]|\\.)*)”", re.DOTALL),
}
_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_WORD: Final = re.compile(r"[A-Za-z_$][\w$]*")
_CONSTANTS: Final = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_SHOWN: Final = 30


class JsonTextError(ValueError):
    """The text is not JSON; the message says what was expected where."""


class Number(str):
    """A number as it was written, so that `4.50` can become a text."""

    __slots__ = ()

    @property
    def value(self) -> int | float:
        """The number."""
        return float(self) if re.search(r"[.eE]", self) else int(self)


def read_json(text: str, at: int = 0) -> tuple[Any, int]:
    """The value that begins at `at`, and the position behind it. Numbers are `Number`.

    Raises:
        JsonTextError: there is no whole value.
    """
    return _Reader(text).value(at, 0)


def read_spans(text: str, at: int = 0) -> tuple[dict[str, tuple[int, int]], int]:
    """Where the values of the object at `at` stand in `text`, by key, and the position behind the object.

    Raises:
        JsonTextError: there is no whole object.
    """
    return _Reader(text, literal=True).spans(at)


class _Reader:
    """With `literal`, escapes in strings are left as they are."""

    def __init__(self, text: str, *, literal: bool = False) -> None:
        self._text = text
        self._literal = literal
        self._style: Style | None = None

    def spans(self, at: int) -> tuple[dict[str, tuple[int, int]], int]:
        """The places of an object's values."""
        at = self._blank(at)
        if not self._text.startswith("{", at):
            raise self._expected("`{`", at)
        found: dict[str, tuple[int, int]] = {}
        at = self._blank(at + 1)
        while not self._text.startswith("}", at):
            key, start, end = self._member(at, 0)
            found[key] = (start, end)
            at = self._next(end, "}")
        return found, at + 1

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value at `at`, and the position behind it."""
        at = self._blank(at)
        start = self._text[at : at + 1]
        if depth > DEEPEST:
            raise JsonTextError("it is nested too deeply")
        if start == "{":
            return self._object(at + 1, depth)
        if start == "[":
            return self._array(at + 1, depth)
        if start in _STRINGS:
            return self._string(at)
        if (number := _NUMBER.match(self._text, at)) is not None and len(number[0]) < 100:
            return Number(number[0]), number.end()
        if (word := _WORD.match(self._text, at)) is not None and word[0] in _CONSTANTS:
            return _CONSTANTS[word[0]], word.end()
        raise self._expected("a value", at)

    def _object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._blank(at)
        while not self._text.startswith("}", at):
            key, start = self._key_and_colon(at)
            value, at = self.value(start, depth + 1)
            if key in found and found[key] != value:
                raise JsonTextError(f"`{key[:_SHOWN]}` stands twice in one object")
            found[key] = value
            at = self._next(at, "}")
        return found, at + 1

    def _member(self, at: int, depth: int) -> tuple[str, int, int]:
        key, at = self._key_and_colon(at)
        start = self._blank(at)
        return key, start, self.value(start, depth + 1)[1]

    def _key_and_colon(self, at: int) -> tuple[str, int]:
        """A key, and the position behind its colon."""
        key, at = self._key(at)
        at = self._blank(at)
        if not self._text.startswith(":", at):
            raise self._expected("`:`", at)
        return key, at + 1

    def _array(self, at: int, depth: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._blank(at)
        while not self._text.startswith("]", at):
            value, at = self.value(at, depth + 1)
            found.append(value)
            at = self._next(at, "]")
        return found, at + 1

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] in _STRINGS:
            return self._string(at)
        word = _WORD.match(self._text, at)
        if word is None:
            raise self._expected("a key", at)
        return word[0], word.end()

    def _next(self, at: int, closing: str) -> int:
        """The position of the next item, or of the bracket that closes: both follow a comma, or nothing does."""
        at = self._blank(at)
        if self._text.startswith(",", at):
            return self._blank(at + 1)
        if not self._text.startswith(closing, at):
            raise self._expected(f"`,` or `{closing}`", at)
        return at

    def _string(self, at: int) -> tuple[str, int]:
        found = _STRINGS[self._text[at]].match(self._text, at)
        if found is None:
            raise JsonTextError(f"the string at character {at + 1} has no end: {self._shown(at)}")
        if self._literal:
            return found[1], found.end()
        if self._style is None:
            self._style = style_of(self._text)
        try:
            return decoded(found[1], self._style), found.end()
        except AmbiguousEscapeError as error:
            raise JsonTextError(str(error)) from error

    def _blank(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found is not None else at

    def _expected(self, what: str, at: int) -> JsonTextError:
        if at >= len(self._text):
            return JsonTextError(f"it ends where {what} is expected")
        return JsonTextError(f"{what} is expected at character {at + 1}: {self._shown(at)}")

    def _shown(self, at: int) -> str:
        return f"`{self._text[at : at + _SHOWN]}`"
