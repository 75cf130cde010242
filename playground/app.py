"""The ASGI application: it hands a request to REST, the gateway, the CDN or the page."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from starlette.responses import FileResponse, PlainTextResponse, Response

from playground.cdn import Cdn, avatar
from playground.request_origin import RequestOrigin
from playground.rest.middleware import RestApi
from playground.services import Services

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PAGE: Final = Path(__file__).parent / "page"
_API: Final = ("/api/v10", "/api/v9", "/api")
_ATTACHMENTS: Final = ("/attachments/", "/ephemeral-attachments/")
_AVATARS: Final = ("/embed/avatars/", "/avatars/")
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


def _is_file(scope: Message) -> bool:
    return bool(scope["type"] == "http" and scope["path"].startswith((*_ATTACHMENTS, *_AVATARS)))


class App:
    """Serves everything from one origin."""

    def __init__(
        self, services: Services, api: RestApi, cdn: Cdn, request_origin: RequestOrigin, page: Path = PAGE
    ) -> None:
        self._services = services
        self._api = api
        self._cdn = cdn
        self._request_origin = request_origin
        self._page = page.resolve()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or websocket."""
        if scope["type"] not in {"http", "websocket"}:
            return
        # Links of the CDN are signed: whoever has one may show the file anywhere, as at Discord.
        refusal = self._request_origin.refusal(scope, any_origin=_is_file(scope))
        if scope["type"] == "websocket":
            if refusal is not None:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": refusal})  # answered with 403
                return
            await self._services.gateway.serve(scope, receive, send)
            return
        if refusal is not None:
            await PlainTextResponse(refusal, 403)(scope, receive, send)
            return
        # Emoji and file names are percent-encoded in paths; the router decodes segments after it splits the path.
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").split("?")[0]
        for prefix in _API:
            if path.startswith(f"{prefix}/"):
                await self._api.serve(scope, path[len(prefix) :], receive, send)
                return
        if path.startswith("/playground/"):
            await self._api.serve(scope, path, receive, send)
            return
        if path.startswith(_ATTACHMENTS) and self._cdn.delay:
            await asyncio.sleep(self._cdn.delay)
        await self._file(scope)(scope, receive, send)

    def _file(self, scope: Message) -> Response:
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Method Not Allowed", 405)
        if path.startswith(_ATTACHMENTS):
            return self._cdn.attachment(path, scope["query_string"])
        if path.startswith(_AVATARS):
            return avatar(path)
        return self._page_file("index.html" if path == "/" else path.removeprefix("/page/").lstrip("/"))

    def _page_file(self, name: str) -> Response:
        file = (self._page / name).resolve()
        if not file.is_relative_to(self._page) or not file.is_file():
            return PlainTextResponse("Not Found", 404)
        response = FileResponse(file, media_type=_TYPES.get(file.suffix))
        response.headers["cache-control"] = "no-cache"
        return response
