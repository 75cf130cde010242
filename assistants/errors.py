"""The API's errors, with their HTTP status codes and JSON bodies.

    ApiError
    ├── InvalidRequestError         400
    │   └── ConflictError           400; the Assistants API does not use 409
    ├── UnauthorizedError           401
    ├── NotFoundError               404
    ├── MethodNotAllowedError       405
    ├── TooLargeError               413
    ├── UnsupportedMediaError       415
    └── ServerError                 500

The body is always `{"error": {"message", "type", "param", "code"}}`.
"""

import http
from typing import Any, ClassVar

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

log = structlog.get_logger(__name__)


class ApiError(Exception):
    """The request could not be served."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = "invalid_request_error"
    default_code: ClassVar[str | None] = None

    def __init__(self, message: str | None = None, *, param: str | None = None, code: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        super().__init__(self.message)
        self.param = param
        self.code = code or self.default_code

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that the client receives."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


class InvalidRequestError(ApiError):
    """The request is not valid."""


class ConflictError(InvalidRequestError):
    """The resource's state does not allow this."""


class UnauthorizedError(ApiError):
    """Incorrect API key provided."""

    status = 401
    default_code = "invalid_api_key"


class NotFoundError(ApiError):
    """There is no such resource."""

    status = 404

    @classmethod
    def of(cls, noun: str, id_: str) -> "NotFoundError":
        """`No thread found with id 'thread_x'.`"""
        return cls(f"No {noun} found with id '{id_}'.")


class MethodNotAllowedError(ApiError):
    """This URL does not support this method."""

    status = 405
    default_code = "method_not_supported"


class TooLargeError(ApiError):
    """The request is too large."""

    status = 413
    default_code = "request_too_large"


class UnsupportedMediaError(ApiError):
    """The request's content type is not supported."""

    status = 415
    default_code = "unsupported_content_type"


class ServerError(ApiError):
    """The server had an error while processing your request. Sorry about that!"""

    status = 500
    type = "server_error"
    default_code = "server_error"


def error_response(error: ApiError, headers: dict[str, str] | None = None) -> Response:
    """The HTTP response to a request that raised `error`."""
    return Response(orjson.dumps(error.body), status_code=error.status, headers=headers, media_type="application/json")


async def on_api_error(_: Request, error: Exception) -> Response:
    """ASGI exception handler for `ApiError`."""
    assert isinstance(error, ApiError)
    return error_response(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """ASGI exception handler for the framework's own errors, such as 404 and 405."""
    assert isinstance(error, HTTPException)
    where = f"{request.method} {request.url.path}"
    translated: ApiError
    if error.status_code == MethodNotAllowedError.status:
        translated = MethodNotAllowedError(f"Not allowed to {request.method} on {request.url.path}.")
    elif error.status_code == NotFoundError.status:
        hint = "" if request.url.path.startswith("/v1/") else ": the API is under /v1, as in http://host:8100/v1"
        translated = NotFoundError(f"Invalid URL ({where}){hint}", code="unknown_url")
    else:
        translated = InvalidRequestError(str(error.detail) or http.HTTPStatus(error.status_code).phrase)
    # The framework's `Allow` header names the methods of one route, though the path may have several routes.
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() != "allow"}
    return error_response(translated, headers)
