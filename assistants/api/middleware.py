"""The ASGI middleware: it checks the key, adds the API's headers, and answers a crash with an error body."""

import hmac
import time
from secrets import token_hex

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistants.errors import ApiError, NotFoundError, ServerError, UnauthorizedError, error_response

log = structlog.get_logger(__name__)

API_VERSION = b"2020-10-01"
"""What OpenAI's API sends as `openai-version`."""


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
            scope = _without_slash(scope)
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_with_headers)
        except ApiError as error:
            await error_response(error)(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.debug("client_left", method=scope["method"], path=scope["path"], request_id=request_id)
        except Exception:
            log.exception("request_crashed", method=scope["method"], path=scope["path"], request_id=request_id)
            if send_with_headers.started:
                raise
            await error_response(ServerError())(scope, receive, send_with_headers)

    def _check_key_and_path(self, scope: Scope) -> None:
        if not hmac.compare_digest(_bearer(scope), self._key):
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
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self._request_id),
                (b"openai-processing-ms", str(milliseconds).encode()),
                (b"openai-version", API_VERSION),
            ]
        await self._send(message)


def _without_slash(scope: Scope) -> Scope:
    """`/v1/threads/` becomes `/v1/threads`: some programs end every path with a slash."""
    path = scope["path"]
    return {**scope, "path": path.rstrip("/")} if path.endswith("/") and path != "/" else scope


def _bearer(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, key = value.partition(b" ")
            return bytes(key.strip()) if scheme.lower() == b"bearer" else b""
    return b""
