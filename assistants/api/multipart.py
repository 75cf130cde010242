"""Reads multipart/form-data piece by piece, so that a file goes to disk without being in memory as a whole."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from assistants.errors import InvalidRequestError, UnsupportedMediaError

MAX_PARTS = 100


@dataclass(frozen=True, slots=True)
class PartStart:
    """A part begins; `filename` is None for a plain field."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class PartData:
    """A piece of the part that began last."""

    data: bytes


FormEvent = PartStart | PartData


async def read_multipart(request: Request) -> AsyncIterator[FormEvent]:
    """The parts of a form, piece by piece, as they come.

    Raises:
        ApiError: the body is not a form, or malformed.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedMediaError("This API method only accepts 'multipart/form-data' requests with a boundary.")
    form = _FormParser(options[b"boundary"])
    async for chunk in request.stream():
        form.feed(chunk)
        for event in form.take_events():
            yield event
    form.finish()
    for event in form.take_events():
        yield event


class _FormParser:
    """Turns the callbacks of `MultipartParser` into events."""

    def __init__(self, boundary: bytes) -> None:
        self._events: list[FormEvent] = []
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""
        self._parts = 0
        self._state: Literal["open", "ended"] = "open"
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_field,
                    "on_header_value": self._on_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._start_part,
                    "on_part_data": lambda data, start, end: self._events.append(PartData(data[start:end])),
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(error) from None

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _malformed(error) from None

    def take_events(self) -> list[FormEvent]:
        events, self._events = self._events, []
        return events

    def finish(self) -> None:
        if self._state != "ended":
            raise InvalidRequestError("We could not parse the form: it ends in the middle.", code="invalid_form")

    def _begin(self) -> None:
        self._headers = {}
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise InvalidRequestError(f"The form has more than {MAX_PARTS} parts.", code="invalid_form")

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _start_part(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"").decode("utf-8", "replace")
        name, filename = _parameter(disposition, "name"), _parameter(disposition, "filename")
        extended = _parameter(disposition, "filename*")
        if extended is not None:
            filename = unquote(extended.rpartition("'")[2])
        if name is None:
            raise InvalidRequestError("We could not parse the form: a part has no name.", code="invalid_form")
        self._events.append(PartStart(name, filename))

    def _end(self) -> None:
        self._state = "ended"


def _parameter(disposition: str, name: str) -> str | None:
    """A parameter of `form-data; name="file"; filename="…"`; quotes within are `\\"` or, as browsers do, `%22`."""
    for piece in _split(disposition)[1:]:
        key, _, value = piece.partition("=")
        if key.strip().lower() == name:
            value = value.strip()
            if len(value) >= 2 and value[0] == value[-1] == '"':
                value = value[1:-1].replace('\\"', '"').replace("%22", '"').replace("\\\\", "\\")
            return value
    return None


def _split(header: str) -> list[str]:
    pieces, quoted, start = [], False, 0
    for index, character in enumerate(header):
        if character == '"' and header[index - 1 : index] != "\\":
            quoted = not quoted
        elif character == ";" and not quoted:
            pieces.append(header[start:index])
            start = index + 1
    return [*pieces, header[start:]]


def _malformed(error: Exception) -> InvalidRequestError:
    return InvalidRequestError(f"We could not parse the form: {error}.", code="invalid_form")
