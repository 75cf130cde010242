"""Puts the arguments of one call together from the fragments that a provider streams.

Most send each piece once. Some send the whole again at the end, some send all that there is so far in every fragment,
some begin with `{}` and then send the arguments, some close each fragment's brackets. A fragment replaces what there
was only where it is a whole object itself, or begins with all that there was.
"""

import contextlib
import json

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

    @property
    def text(self) -> str:
        """The arguments so far."""
        return self._whole

    def add(self, fragment: str) -> str:
        """Add a fragment; returns what can be given out now."""
        if not fragment:
            return ""
        self._whole = self._with(fragment)
        if self._may_be_replaced():
            return ""
        return self._give()

    def set(self, whole: str) -> str:
        """The provider says that these are the arguments; returns what can be given out now."""
        if whole and whole.startswith(self._told):
            self._whole = whole
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
        if is_whole(fragment) and is_whole(whole):
            return fragment if fragment.startswith(self._told) else whole
        return whole + fragment

    def _may_be_replaced(self) -> bool:
        return not self._whole.strip() or (self._whole.rstrip().endswith("}") and is_whole(self._whole))

    def _give(self) -> str:
        new, self._told = self._whole[len(self._told) :], self._whole
        return new
