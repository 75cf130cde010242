"""The JSON objects of a document, one after the other: a line each, or the elements of one array."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import ijson
import orjson

from assistants.transfer.sources import Document

MAX_LINE: Final = 64 << 20
"""Bytes of a line; the longest message that the API shows is far shorter."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object and its place, such as `threads.jsonl, line 7`; or, in place of the object, what is wrong there."""

    place: str
    value: Any
    wrong: str | None = None


def read_objects(document: Document, progress: Callable[[int], None]) -> Iterator[Found]:
    """The document's objects; `progress` is told of bytes that have been read.

    Raises:
        TransferError: the document cannot be read to its end.
    """
    with document.bytes() as opened:
        is_array = opened.peek(_START)[:_START].lstrip()[:1] == b"["
        yield from _elements(document.name, opened, progress) if is_array else _lines(document.name, opened, progress)


_START: Final = 4096


def _lines(name: str, opened: io.BufferedReader, progress: Callable[[int], None]) -> Iterator[Found]:
    number = 0
    while line := opened.readline(MAX_LINE + 1):
        number += 1
        place = f"{name}, line {number:,}"
        progress(len(line))
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = opened.readline(MAX_LINE)
                progress(len(line))
            yield Found(place, None, f"The line is longer than {MAX_LINE >> 20} MiB.")
        elif line.strip():
            yield from _line(place, line)


def _line(place: str, line: bytes) -> Iterator[Found]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            line.decode()
        except UnicodeDecodeError:
            yield Found(place, None, "The line is not UTF-8 text.")
        else:
            yield Found(place, None, f"The line is not JSON ({error.msg} at column {error.colno}).")
        return
    if isinstance(value, dict) and value.get("object") == "list" and isinstance(value.get("data"), list):
        yield from (Found(place, each) for each in value["data"])  # a page of the API, as it came
    else:
        yield Found(place, value)


def _elements(name: str, opened: io.BufferedReader, progress: Callable[[int], None]) -> Iterator[Found]:
    number, told = 0, 0
    counted = _Counted(opened)
    try:
        for number, value in enumerate(ijson.items(counted, "item", use_float=True), start=1):
            progress(counted.count - told)
            told = counted.count
            yield Found(f"{name}, element {number:,}", value)
    except ijson.JSONError as error:
        reason = str(error).splitlines()[0].strip().rstrip(".")
        wrong = f"The array is broken behind element {number:,} ({reason}): what follows cannot be read."
        yield Found(name, None, wrong)


class _Counted:
    """Counts what is read."""

    def __init__(self, opened: io.BufferedReader) -> None:
        self._opened = opened
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._opened.read(size)
        self.count += len(data)
        return data
