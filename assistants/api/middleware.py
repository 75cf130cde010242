"""What holds for every response: the key is checked, the API's headers are added, exceptions become error responses."""

import hmac
import http
import re
import time
from collections.abc import Iterator
from secrets import token_hex

import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistants.api.azure_paths import without_azure
from assistants.api.validation_errors import explain_details
from assistants.errors import (
    ApiError,
    DatabaseUnavailableError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    ServerError,
    UnauthorizedError,
)
from database.outages import is_outage

log = structlog.get_logger(__name__)

API_VERSION = b"2020-10-01"
"""What OpenAI's API sends as `openai-version`."""

_FILES_OF_V1 = re.compile(r"/v1/(assistants/[^/]+|threads/[^/]+/messages/[^/]+)/files(/[^/]+)?")
"""Paths that only the API's first version had."""


class ApiMiddleware:
    """Checks the key, adds headers, and answers a crash with a `ServerError`.

    It is plain ASGI, since a stream's thousands of chunks pass through it.
    """

    def __init__(self, app: ASGIApp, *, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = "req_" + token_hex(16)
        send_with_headers = _SendWithHeaders(send, request_id)
        try:
            self._check_key_and_path(scope)
            scope = _without_slash(without_azure(scope))
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_with_headers)
        except ApiError as error:
            await error_response(error)(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.debug("client_left", method=scope["method"], path=scope["path"], request_id=request_id)
        except Exception as error:
            log.exception("request_crashed", method=scope["method"], path=scope["path"], request_id=request_id)
            if send_with_headers.started:
                raise
            answer = DatabaseUnavailableError() if is_outage(error) else ServerError()
            await error_response(answer)(scope, receive, send_with_headers)

    def _check_key_and_path(self, scope: Scope) -> None:
        if not any(hmac.compare_digest(key, self._key) for key in _keys(scope)):
            raise UnauthorizedError("Incorrect API key provided, or none. Send it as 'Authorization: Bearer KEY'.")
        if "\0" in scope["path"]:
            raise NotFoundError("Invalid URL: it holds a null character.", code="unknown_url")


class _SendWithHeaders:
    """ASGI's `send`; it adds the API's headers when the response starts."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self._started_at = time.perf_counter()
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            milliseconds = round((time.perf_counter() - self._started_at) * 1000)
            own = {
                b"x-request-id": self._request_id,
                b"openai-processing-ms": str(milliseconds).encode(),
                b"openai-version": API_VERSION,
            }
            given = message.get("headers", ())
            known = {name for name, _ in given}  # a response of the provider has its own
            message["headers"] = [*given, *(pair for pair in own.items() if pair[0] not in known)]
        await self._send(message)


def _without_slash(scope: Scope) -> Scope:
    """`/v1/threads/` becomes `/v1/threads`: some programs end every path with a slash."""
    path = scope["path"]
    return {**scope, "path": path.rstrip("/")} if path.endswith("/") and path != "/" else scope


def _keys(scope: Scope) -> Iterator[bytes]:
    """The keys that a client has sent: as `Authorization: Bearer KEY`, or as Azure's clients do, as `api-key: KEY`."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, key = value.partition(b" ")
            if scheme.lower() == b"bearer":
                yield key.strip()
        elif name == b"api-key":
            yield value.strip()


def error_response(error: ApiError, headers: dict[str, str] | None = None) -> Response:
    """The HTTP response to a request that raised `error`."""
    return Response(orjson.dumps(error.body), status_code=error.status, headers=headers, media_type="application/json")


async def on_api_error(_: Request, error: Exception) -> Response:
    """The app's exception handler for `ApiError`."""
    assert isinstance(error, ApiError)
    return error_response(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """The app's exception handler for the framework's own errors, such as 404 and 405."""
    assert isinstance(error, HTTPException)
    where = f"{request.method} {request.url.path}"
    translated: ApiError
    if error.status_code == MethodNotAllowedError.status:
        translated = MethodNotAllowedError(f"Not allowed to {request.method} on {request.url.path}.")
    elif error.status_code == NotFoundError.status:
        translated = NotFoundError(f"Invalid URL ({where}){_hint(request.url.path)}", code="unknown_url")
    else:
        translated = InvalidRequestError(str(error.detail) or http.HTTPStatus(error.status_code).phrase)
    # The framework's `Allow` header names the methods of one route, though the path may have several routes.
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() != "allow"}
    return error_response(translated, headers)


def _hint(path: str) -> str:
    if not path.startswith("/v1/"):
        return ": the API is under /v1, as in http://host:8100/v1"
    if _FILES_OF_V1.fullmatch(path):
        return ": version 2 of the API has 'tool_resources' on assistants and 'attachments' on messages instead"
    return ""


async def on_invalid_parameter(_: Request, error: Exception) -> Response:
    """The app's exception handler for invalid query parameters, which FastAPI validates; `Body` validates bodies."""
    assert isinstance(error, RequestValidationError | ValidationError)
    return error_response(explain_details([{**detail, "loc": detail["loc"][1:]} for detail in error.errors()]))
