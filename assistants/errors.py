"""The API's errors, with their HTTP status codes and JSON bodies.

    ApiError
    ├── InvalidRequestError         400
    │   └── ConflictError           400; the Assistants API does not use 409
    ├── UnauthorizedError           401
    ├── NotFoundError               404
    ├── MethodNotAllowedError       405
    ├── TooLargeError               413
    ├── UnsupportedMediaError       415
    ├── ServerError                 500
    ├── BadGatewayError             502
    └── DatabaseUnavailableError    503

The body is always `{"error": {"message", "type", "param", "code"}}`.
"""

from typing import Any, ClassVar


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

    @classmethod
    def missing(cls, param: str) -> "InvalidRequestError":
        """`Missing required parameter: 'model'.`"""
        return cls(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")


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


class BadGatewayError(ApiError):
    """The model's provider cannot be reached."""

    status = 502
    type = "server_error"
    default_code = "provider_unreachable"


class DatabaseUnavailableError(ApiError):
    """The server cannot use its database at the moment. Try again in a minute."""

    status = 503
    type = "server_error"
    default_code = "database_unavailable"
