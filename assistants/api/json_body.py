"""JSON bodies: `Body` reads and validates a request's, `json_response` writes a response's."""

from collections.abc import Collection, Mapping
from functools import cached_property, partial
from typing import Any, Final

import orjson
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from assistants.api.request_schema import Limits, strict_body
from assistants.api.validation_errors import explain
from assistants.errors import InvalidRequestError, TooLargeError, UnsupportedMediaError

MAX_BODY = 32 << 20
"""Bytes of JSON; the largest request that makes sense is a thread with many long messages."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Some .NET programs put it in front of their JSON."""

MAX_DEPTH = 100
"""Levels of nesting; with more, orjson could not write the value in a response."""

POLL_SOON: Final[Mapping[str, str]] = {"openai-poll-after-ms": "200"}
"""Headers of responses that clients poll for. The SDKs wait so many milliseconds; without it, up to five seconds."""

Params = dict[str, Any]
"""A validated request body; fields that the client left out are not in it."""


class Body:
    """One operation's JSON body: a FastAPI dependency that yields the validated `Params`.

    `declared` is the SDK's params type (the `…Base` one where there are streaming variants), `drop` its path
    parameters, `limits` the API's limits by field, `extra` the fields that the SDK has elsewhere (`stream`).

    Raises:
        ApiError: the body is not JSON, too large, or not valid.
    """

    def __init__(
        self,
        declared: Any,
        *,
        limits: Limits | None = None,
        drop: Collection[str] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self._schema = partial(strict_body, declared, limits=limits or {}, drop=drop, extra=extra)

    @cached_property
    def _adapter(self) -> TypeAdapter[Params]:
        """Made at the first request: all of them together take a tenth of the time of a start."""
        return TypeAdapter(self._schema())

    async def __call__(self, request: Request) -> Params:
        """Read and validate `request`'s body."""
        return self.validate(await read_json(request))

    def validate(self, value: object) -> Params:
        """Validate a decoded body."""
        _check_values(value)
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            raise explain(error) from None

    def openapi(self) -> dict[str, Any]:
        """The operation's `requestBody`; `openapi.py` moves its `$defs` into the document's components."""
        schema = self._adapter.json_schema()
        return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def read_json(request: Request) -> object:
    """The request's JSON; an empty body is `{}`.

    Raises:
        ApiError: the content type is another, or the body is too large or malformed.
    """
    body = bytearray()
    async for chunk in request.stream():
        if chunk and not body:
            _check_type(request)
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLargeError(f"The request is too large: at most {MAX_BODY} bytes of JSON are accepted.")
    if not body.strip():
        return {}
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"We could not parse the JSON body of your request: {error}.") from None


def _check_type(request: Request) -> None:
    """Refuse a body that is not said to be plain JSON; many programs name another type when they send no body."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not content_type.endswith("json"):
        raise UnsupportedMediaError(
            f"Unsupported content type: '{content_type}'. This API method only accepts 'application/json' requests."
        )
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        raise UnsupportedMediaError(f"Unsupported content encoding: '{encoding}'. Send the JSON as it is.")


def _check_values(body: object) -> None:
    """Refuse values that are valid but that the database or the JSON writer could not take."""
    level, depth = [body], 0
    while level:
        if depth > MAX_DEPTH:
            raise InvalidRequestError(f"The request is nested more than {MAX_DEPTH} levels deep.")
        below: list[object] = []
        for value in level:
            if isinstance(value, str):
                _refuse_nul(value)
            elif isinstance(value, dict):
                for key in value:
                    _refuse_nul(key)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        level, depth = below, depth + 1


def _refuse_nul(text: str) -> None:
    if "\0" in text:
        raise InvalidRequestError("Null characters (U+0000) are not supported in strings.", code="invalid_value")


def json_response(
    content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with `content` as JSON."""
    return Response(
        orjson.dumps(content), status_code=status, headers=dict(headers or {}), media_type="application/json"
    )
