"""Reading requests and writing answers: `Body` for what comes in, `reply` for what goes out."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import orjson
from annotated_types import Interval, Len
from fastapi import Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from assistants.api.request_schema import Limits, strict_body
from assistants.api.validation_errors import explain
from assistants.errors import InvalidRequestError, TooLargeError, UnsupportedMediaError

MAX_BODY = 32 << 20
"""Bytes of JSON; the largest honest request is a thread with many long messages."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some programs of the .NET world put in front of their JSON."""

MAX_DEPTH = 100
"""Levels of nesting; beyond it the JSON writer would give up when the value is shown again."""

POLL_SOON: Final[Mapping[str, str]] = {"openai-poll-after-ms": "200"}
"""Headers of answers that clients poll for: the SDKs wait so many milliseconds, and else up to five seconds."""

Params = dict[str, Any]
"""A request body after validation; absent fields are absent."""


def numbers(minimum: float | None = None, maximum: float | None = None) -> Any:
    """A number's range, inclusive; say floats for numbers and ints for integers."""
    return Interval(ge=minimum, le=maximum)


def length(maximum: int | None = None, minimum: int = 0) -> Any:
    """How long a string, array or object may be."""
    return Len(minimum, maximum)


def pattern(expression: str) -> Any:
    """A regular expression that a whole string must match."""
    return Field(pattern=expression)


def address(maximum: int) -> Any:
    """Where a picture is to be had: the web, or the address itself."""
    return Field(pattern=r"^(https?://|data:image/)", max_length=maximum)


METADATA: Final[Limits] = {"metadata": length(16), "metadata{key}": length(64), "metadata{value}": length(512)}
"""The contract's limits of `metadata`, wherever it stands."""


class Body:
    """One operation's JSON body: a FastAPI dependency that yields the validated `Params`.

    `declared` is the SDK's params type (the `…Base` one where there are streaming variants), `drop` its path
    parameters, `limits` the contract's ranges, `extra` the fields that the SDK keeps elsewhere (`stream`).

    Raises:
        ApiError: not JSON, too large, or not what the contract says.
    """

    def __init__(
        self,
        declared: Any,
        *,
        limits: Limits | None = None,
        drop: Collection[str] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        schema = strict_body(declared, limits=limits or {}, drop=drop, extra=extra)
        self._adapter: TypeAdapter[Params] = TypeAdapter(schema)

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
        """The operation's `requestBody`; its `$defs` are lifted into the document's components later."""
        schema = self._adapter.json_schema()
        return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def read_json(request: Request) -> object:
    """The request's JSON; an empty body reads as `{}`.

    Raises:
        ApiError: another content type, too large, or malformed.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not content_type.endswith("json"):
        raise UnsupportedMediaError(
            f"Unsupported content type: '{content_type}'. This API method only accepts 'application/json' requests."
        )
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedMediaError(f"Unsupported content encoding: '{encoding}'. Send the JSON as it is.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLargeError(f"The request is too large: at most {MAX_BODY} bytes of JSON are accepted.")
    if not body.strip():
        return {}
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"We could not parse the JSON body of your request: {error}.") from None


def _check_values(body: object) -> None:
    """Refuse what validation lets through and a database or JSON writer would not."""
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


def reply(content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`content` as the JSON answer."""
    return Response(
        orjson.dumps(content), status_code=status, headers=dict(headers or {}), media_type="application/json"
    )
