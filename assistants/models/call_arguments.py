"""Puts the arguments of one call together from the fragments that a provider streams.

Most send each piece once. Some send the whole again at the end, some send all that there is so far in every fragment,
some begin with `{}` and then send the arguments, some close each fragment's brackets. A fragment replaces what there
was only where it is a whole object itself, or begins with all that there was.
"""

import contextlib
import json
import re

from function_arguments.reader import ArgumentsError, is_whole, read_arguments


def sent_again(arguments: str | None) -> str:
    """A call's arguments as they go back to the provider with the call's output: JSON, which many templates read.

    What is JSON stays as the model wrote it; else it is what was read, or the text as one argument.
    """
    text = arguments or "{}"
    with contextlib.suppress(ValueError, RecursionError):
        if isinstance(json.loads(text), dict):
            return text
    try:
        read = read_arguments(text)
    except ArgumentsError:
        read = {"arguments": text}
    return json.dumps(read, ensure_ascii=False)


class CallArguments:
    """The arguments of one call. What is given out is never taken back, so a piece that may be replaced is held."""

    def __init__(self) -> None:
        self._told = ""
        self._whole = ""
        self._brackets = _Brackets()

    @property
    def text(self) -> str:
        """The arguments so far."""
        return self._whole

    @property
    def whole(self) -> bool:
        """Whether they are a whole object, so that nothing can follow but themselves again."""
        return self._brackets.closed and is_whole(self._whole)

    def add(self, fragment: str) -> str:
        """Add a fragment; returns what can be given out now."""
        if not fragment:
            return ""
        self._take(self._with(fragment))
        if self._may_be_replaced():
            return ""
        return self._give()

    def set(self, whole: str) -> str:
        """The provider says that these are the arguments; returns what can be given out now."""
        if whole and whole.startswith(self._told):
            self._take(whole)
        return self._give()

    def end(self) -> str:
        """The rest, when the call has ended; an empty object if there were no arguments."""
        if not self._whole.strip():
            self._whole += "{}"
        return self._give()

    def _with(self, fragment: str) -> str:
        whole = self._whole
        begins = fragment.lstrip().startswith("{")
        if not whole or not begins:
            return whole + fragment
        if not self._told and whole.strip() in {"", "{}"}:
            return fragment
        if len(fragment) >= len(whole) and fragment.startswith(whole):
            return fragment
        if self.whole and is_whole(fragment):
            return fragment if fragment.startswith(self._told) else whole
        return whole + fragment

    def _may_be_replaced(self) -> bool:
        return self.whole or not self._whole.strip()

    def _take(self, whole: str) -> None:
        if whole.startswith(self._whole):
            self._brackets.read(whole[len(self._whole) :])
        else:
            self._brackets = _Brackets()
            self._brackets.read(whole)
        self._whole = whole

    def _give(self) -> str:
        new, self._told = self._whole[len(self._told) :], self._whole
        return new


class _Brackets:
    """Counts the open brackets of JSON text that comes in pieces, so that not every piece needs a whole reading."""

    _OUTSIDE = re.compile(r"[{}\[\]\"]")
    _INSIDE = re.compile(r"[\"\\]")

    def __init__(self) -> None:
        self._depth = 0
        self._opened = False
        self._in_string = False
        self._escaped = False

    @property
    def closed(self) -> bool:
        """Whether all brackets are closed, of which there was one."""
        return self._opened and self._depth <= 0

    def read(self, text: str) -> None:
        """Count those of the next piece."""
        at = 0
        if self._escaped and text:
            at, self._escaped = 1, False
        while (found := (self._INSIDE if self._in_string else self._OUTSIDE).search(text, at)) is not None:
            at = found.end()
            if found[0] == '"':
                self._in_string = not self._in_string
            elif found[0] == "\\":
                self._escaped = at >= len(text)
                at += 1
            else:
                self._opened = True
                self._depth += 1 if found[0] in "{[" else -1
