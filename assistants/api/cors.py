"""Cross-origin requests: which web pages may read the API's responses in a browser (`CORS_ORIGINS`).

Pages of other origins get no header, so that their browser shows them nothing. Everything needs the key in any case.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

import re
from collections.abc import Collection
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY: Final = "*"

METHODS: Final = b"GET, POST, DELETE, OPTIONS"
EXPOSED: Final = (
    b"x-request-id, openai-processing-ms, openai-version, openai-poll-after-ms, openai-model, retry-after,"
    b" retry-after-ms, x-should-retry, content-disposition, x-ratelimit-limit-requests, x-ratelimit-limit-tokens,"
    b" x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens, x-ratelimit-reset-requests,"
    b" x-ratelimit-reset-tokens"
)
"""Response headers that a page may read; a star would not do where credentials are allowed."""
MAX_AGE: Final = b"600"
"""Seconds for which a browser remembers the answer to a preflight request."""

_HEADER_NAMES: Final = re.compile(rb"[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*", re.ASCII)
_VARY: Final = (b"vary", b"Origin")
_PREFLIGHT_VARY: Final = (
    b"vary",
    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
)


class CorsMiddleware:
    """Answers preflight requests of `origins`, and lets their pages read the responses."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self._app = app
        self._any = ANY in origins
        self._origins = {origin.encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = _header(scope, b"origin")
        allowed = self._allowed(origin)
        if allowed and scope["method"] == "OPTIONS" and _header(scope, b"access-control-request-method"):
            headers = [*allowed, *_preflight(scope, named=not self._any)]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        more = [] if self._any else [_VARY]
        if allowed:
            more += [*allowed, (b"access-control-expose-headers", EXPOSED)]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _allowed(self, origin: bytes | None) -> list[tuple[bytes, bytes]]:
        """The headers that allow `origin`; none where it is not allowed."""
        if origin is None:
            return []
        if self._any:  # without credentials, which browsers send along for named origins alone
            return [(b"access-control-allow-origin", b"*")]
        if origin not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]


def _preflight(scope: Scope, *, named: bool) -> list[tuple[bytes, bytes]]:
    headers = [(b"access-control-allow-methods", METHODS), (b"access-control-max-age", MAX_AGE), _PREFLIGHT_VARY]
    # SDKs in browsers send many headers (`x-stainless-…`), and more with each release: what is asked for is allowed.
    asked = _header(scope, b"access-control-request-headers")
    if asked and _HEADER_NAMES.fullmatch(asked):
        headers.append((b"access-control-allow-headers", asked))
    if named and _header(scope, b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
