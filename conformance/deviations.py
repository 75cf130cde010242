"""What a response has that is not as it should be, by JSON path."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_VALUE = 120
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One place where a response is not as it should be; `path` is a JSON path from `$`, or the place in a stream."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


class Plain(str):
    """Words that are shown as they stand, where a value would be shown as JSON."""

    __slots__ = ()


def json_path(steps: Iterable[str | int]) -> str:
    """A JSON path such as `$.data[0].id`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = value if isinstance(value, Plain) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def printable(text: str) -> str:
    """A line in which nothing steers a terminal: what a server says may hold anything."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def below(prefix: str, deviations: Iterable[Deviation]) -> list[Deviation]:
    """The deviations of a part, with paths from the whole, in which the part stands at `prefix`."""
    return [Deviation(prefix + each.path.removeprefix("$"), each.expected, each.found) for each in deviations]
