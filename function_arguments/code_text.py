r"""Reads code that a model writes as the argument of a call: `{"code": "print(1)\n"}`.

Code is not words: what stands in its JSON counts as it is written, and no backslash is taken for LaTeX.
"""

import json
import re
from typing import Final

from function_arguments.reader import ArgumentsError

LONGEST: Final = 100_000
_NAME: Final = re.compile(r'\s*\{\s*"code"\s*:\s*"')
_FENCE: Final = re.compile(r"\s*```[\w+-]*[ \t]*\n(.*?)\n?```\s*", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}


def read_code(arguments: str) -> str:
    """The code in the arguments of a call. Code that a model has written without JSON, or in a fence, is taken too.

    Raises:
        ArgumentsError: there is none, or it is too long; the message is a sentence for the model.
    """
    if len(arguments) > LONGEST:
        raise ArgumentsError(f"The code is too long: {len(arguments)} characters; {LONGEST} are possible.")
    code = arguments
    for _ in range(2):  # some models encode their arguments twice
        try:
            value = json.loads(code, strict=False)
        except ValueError:
            break
        if isinstance(value, dict):
            code = next((value[name] for name in ("code", "input", "python") if isinstance(value.get(name), str)), "")
            break
        if not isinstance(value, str):
            break
        code = value
    if fenced := _FENCE.fullmatch(code):
        code = fenced[1]
    if not code.strip():
        raise ArgumentsError('Give the code as {"code": "…"}.')
    return code


class CodeReader:
    """Reads the code out of arguments that come piece by piece, as far as it is certain."""

    def __init__(self) -> None:
        self._unread = ""
        self._began = False
        self._ended = False

    def feed(self, piece: str) -> str:
        """Take the next piece of the arguments; the code that it adds."""
        self._unread += piece
        if not self._began:
            found = _NAME.match(self._unread)
            if found is None:
                return ""
            self._began, self._unread = True, self._unread[found.end() :]
        return "" if self._ended else self._decode()

    def _decode(self) -> str:
        """Decode what is whole of the JSON string; half of an escape waits for the rest."""
        text, place, read = self._unread, 0, []
        while place < len(text):
            sign = text[place]
            if sign == '"':
                self._ended = True
                break
            if sign != "\\":
                end = _next(text, place)
                read.append(text[place:end])
                place = end
                continue
            width = self._escape(text, place, read)
            if not width:
                break
            place += width
        self._unread = text[place:]
        return "".join(read)

    @staticmethod
    def _escape(text: str, place: int, read: list[str]) -> int:
        """Decode the escape at `place`; its length, 0 if it is not whole yet."""
        kind = text[place + 1 : place + 2]
        if kind != "u":
            if not kind:
                return 0
            read.append(_ESCAPES.get(kind, "\\" + kind))
            return 2
        width = 12 if re.match(r"\\u[dD][89abAB]", text[place : place + 5]) else 6  # a pair is one character
        if len(text) < place + width:
            return 0
        try:
            read.append(json.loads(f'"{text[place : place + width]}"'))
        except ValueError:
            read.append("\N{REPLACEMENT CHARACTER}")
        return width


def _next(text: str, place: int) -> int:
    """Where the next quote or backslash is, or the end."""
    ends = [found for sign in ('"', "\\") if (found := text.find(sign, place)) >= 0]
    return min(ends, default=len(text))
