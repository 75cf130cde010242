"""Endpoints that this server does not have itself: their requests go to the model's provider (`PASS_THROUGH`).

A program that has its assistants here often asks the same base URL for embeddings, moderations, images or plain
completions too. Bodies stream through in both directions; nothing is held but JSON that has to be changed: for one of
Azure's deployments, or for a batch of a file that is here.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import unquote

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistants.api.azure_paths import AZURE, DEPLOYMENT
from assistants.api.json_body import read_json
from assistants.api.provider_files import is_providers, with_providers_input
from assistants.errors import BadGatewayError, InvalidRequestError, MethodNotAllowedError, NotFoundError
from assistants.models.reverse_proxy import ProviderResponse, ProviderUnreachableError, ReverseProxy
from assistants.services import Services

log = structlog.get_logger(__name__)

PASSED: Final = frozenset(
    {
        "audio",
        "batches",
        "chat",
        "completions",
        "containers",
        "conversations",
        "embeddings",
        "images",
        "moderations",
        "rerank",
        "responses",
        "uploads",
        "videos",
    }
)
"""What follows `/v1/` in the paths that are passed on; all others are this server's, or nobody's."""

METHODS: Final = ("GET", "POST", "DELETE")

_SEGMENT: Final = re.compile(r"[\w.~:@!$&'()*+,;=%-]+", re.ASCII)
"""A piece of a path between two slashes, percent-encoded."""
_NAME: Final = re.compile(r"[^\x00-\x20/\\?#%\x7f]+")
"""The same, decoded: without what a provider, or a proxy before it, might take for a part of another path."""
_QUERY: Final = re.compile(r"[\w.~:@!$&'()*+,;=%/?\[\]-]*", re.ASCII)


class PassThrough:
    """Passes requests for `PASSED` to the app's `reverse_proxy`; all others to `app`."""

    def __init__(self, app: ASGIApp, *, enabled: bool) -> None:
        self._app = app
        self._enabled = enabled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            ApiError: it cannot be passed on, or the provider cannot be reached.
        """
        if scope["type"] != "http" or not (is_passed(scope["path"]) or await self._of_provider(scope)):
            await self._app(scope, receive, send)
            return
        where = f"{scope['method']} {scope['path']}"
        if not self._enabled:
            hint = "this server has the Assistants API alone (PASS_THROUGH)"
            raise NotFoundError(f"Invalid URL ({where}): {hint}.", code="unknown_url")
        proxy: ReverseProxy | None = scope["app"].state.services.reverse_proxy
        if proxy is None:
            hint = "this server has no provider that it could be passed to (OPENAI_API_KEY, OPENAI_BASE_URL)"
            raise NotFoundError(f"Invalid URL ({where}): {hint}.", code="unknown_url")
        if scope["method"] not in METHODS:
            raise MethodNotAllowedError(f"Not allowed to {scope['method']} on {scope['path']}.")
        if not await _relay(proxy, scope, receive, send):
            await self._app(scope, receive, send)

    async def _of_provider(self, scope: Scope) -> bool:
        """Whether a file is asked for that may be the provider's."""
        if not self._enabled:
            return False
        services: Services = scope["app"].state.services
        if services.reverse_proxy is None:
            return False
        return await is_providers(services.retrieval.files, scope["method"], scope["path"])


def is_passed(path: str) -> bool:
    """Whether `path` (decoded) is of an endpoint that is passed on."""
    version, _, rest = path.removeprefix("/").partition("/")
    return version == "v1" and rest.partition("/")[0] in PASSED


def provider_path(raw_path: bytes) -> str:
    """The path behind `/v1` as it is sent to the provider.

    Raises:
        NotFoundError: it has pieces that could be read as another path (`..`, `//`, encoded slashes).
    """
    path = raw_path.decode("latin-1").removeprefix("/v1").rstrip("/")
    for segment in path.removeprefix("/").split("/"):
        name = _decoded(segment)
        if not _SEGMENT.fullmatch(segment) or not _NAME.fullmatch(name) or name in {".", ".."}:
            raise NotFoundError("Invalid URL: its path has pieces that are not passed on.", code="unknown_url")
    return path


def _decoded(segment: str) -> str:
    """A piece of a path, decoded; nothing where it is no UTF-8."""
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        return ""


def provider_query(query: bytes, *, azure: bool) -> str:
    """The query as it is sent to the provider, without the version of Azure's API.

    Raises:
        InvalidRequestError: it holds characters that stand in no query.
    """
    text = query.decode("latin-1")
    if not _QUERY.fullmatch(text):
        raise InvalidRequestError("Invalid URL: its query holds characters that have to be percent-encoded.")
    fields = [field for field in text.split("&") if field and not (azure and field.startswith("api-version="))]
    return "&".join(fields)


class _RequestBody:
    """The body of a request as it comes; it knows when the client leaves."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._over = asyncio.Event()
        self._left = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The pieces of the body.

        Raises:
            ClientDisconnect: the client left before its end.
        """
        while not self._over.is_set():
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._left = True
                self._over.set()
                raise ClientDisconnect
            if not message.get("more_body", False):
                self._over.set()
            if chunk := message.get("body", b""):
                yield chunk

    def end(self) -> None:
        """Nothing more of the body is wanted."""
        self._over.set()

    async def client_left(self) -> None:
        """Return when the client has left."""
        await self._over.wait()
        while not self._left:
            self._left = (await self._receive())["type"] == "http.disconnect"


async def _relay(proxy: ReverseProxy, scope: Scope, receive: Receive, send: Send) -> bool:
    """Pass one request on and its response back; it ends at the provider when the client leaves.

    False, without a response, when it asked for a file that the provider has not either.
    """
    path, query = provider_path(scope["raw_path"]), provider_query(scope["query_string"], azure=AZURE in scope)
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    request_body = _RequestBody(receive)
    body: AsyncIterator[bytes] | bytes | None = None
    if (changed := await _changed_body(proxy, scope, receive)) is not None:
        body = changed
    elif _has_body(headers):
        body = request_body.chunks()
    if not isinstance(body, AsyncIterator):
        request_body.end()

    async def forward() -> bool:
        started = False
        try:
            async with proxy.open(scope["method"], path, query=query, headers=headers, body=body) as response:
                log.debug("passed_through", method=scope["method"], path=path, status=response.status)
                if response.status == NotFoundError.status and not is_passed(scope["path"]):
                    return False
                started = True
                await _send(response, send)
        except ProviderUnreachableError as error:
            log.warning("pass_through_failed", path=path, error=str(error), cause=repr(error.__cause__))
            if not started:
                raise BadGatewayError(str(error)) from error
            # The response stays without its end, which tells the client that something is missing.
        return True

    forwarding = asyncio.create_task(forward(), name="pass-through")
    leaving = asyncio.create_task(request_body.client_left(), name="pass-through-client")
    try:
        await asyncio.wait({forwarding, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return not forwarding.done() or forwarding.result()
    finally:
        forwarding.cancel()
        leaving.cancel()
        await asyncio.gather(forwarding, leaving, return_exceptions=True)


async def _send(response: ProviderResponse, send: Send) -> None:
    start: Message = {"type": "http.response.start", "status": response.status, "headers": response.headers}
    await send(start)
    async for chunk in response.body:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        (name == b"content-length" and value.strip() != b"0") or name == b"transfer-encoding" for name, value in headers
    )


async def _changed_body(proxy: ReverseProxy, scope: Scope, receive: Receive) -> bytes | None:
    """A JSON body that cannot go on as it is; None for all others, which are not read.

    The name of one of Azure's deployments becomes the model; a batch's input, a file here, is sent to the provider.
    """
    deployment: str | None = scope.get(DEPLOYMENT)
    batch = scope["path"] == "/v1/batches"
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if (deployment is None and not batch) or b"json" not in content_type or scope["method"] != "POST":
        return None
    body: Any = await read_json(Request(scope, receive))
    if not isinstance(body, dict):
        raise InvalidRequestError("Invalid body: expected an object.", code="invalid_type")
    if batch:
        services: Services = scope["app"].state.services
        try:
            body = await with_providers_input(services.retrieval.files, proxy, body)
        except ProviderUnreachableError as error:
            raise BadGatewayError(str(error)) from error
    return orjson.dumps(body if deployment is None else {**body, "model": deployment})
