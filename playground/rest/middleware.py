"""The REST edge: who asks, how fast, what goes wrong, and Discord's headers on every answer."""

import asyncio
import math
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
import structlog
from starlette.requests import Request

from playground.errors import ApiError, InvalidForm
from playground.faults import Fault
from playground.http_protocol import ABORT
from playground.rate_limits import RateLimitResult
from playground.rest.request import Answer, Call
from playground.rest.router import MAJOR, Route, Router
from playground.services import Services
from playground.uploads import Upload
from playground.world.users import User

Json = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)

LARGEST: Final = 25 * 1024 * 1024
"""Bytes of one request; Discord takes 10 MiB a file of an unboosted server."""


@dataclass(slots=True)
class _Reply:
    status: int
    body: Any
    headers: dict[str, str]
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Api:
    """An ASGI application for what lies below `/api/v10`."""

    def __init__(self, services: Services, router: Router) -> None:
        self._services = services
        self._router = router

    async def serve(self, scope: MutableMapping[str, Any], path: str, receive: Receive, send: Send) -> None:
        """Answer one request to `path` (without `/api/v10`)."""
        services = self._services
        method = scope["method"]
        # What steers the playground does not go wrong, or a fault could not be taken back.
        fault = None if path.startswith("/playground/") else services.faults.match(method, path)
        if services.latency:
            await asyncio.sleep(services.latency / 2)
        reply = await self._reply(scope, method, path, receive, fault)
        if services.latency:
            await asyncio.sleep(services.latency / 2)
        if reply is None:
            scope["extensions"][ABORT]()
            await asyncio.sleep(0)
            return
        await _send(send, reply)
        for happen in reply.afterwards:
            happen()

    async def _reply(
        self, scope: MutableMapping[str, Any], method: str, path: str, receive: Receive, fault: Fault | None
    ) -> _Reply | None:
        stats = self._services.stats
        route, params, exists = self._router.find(method, path)
        if fault is not None and not fault.after:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            else:
                return self._faulty(fault, route.name if route else f"{method} {path}")
        if route is None:
            log.warning("route.missing", method=method, path=path, exists_for_other_methods=exists)
            return _error(ApiError(405, 0, "405: Method Not Allowed") if exists else ApiError(404, 0, "404: Not Found"))
        stats.requests[route.name] += 1
        headers: dict[str, str] = {}
        try:
            reply = await self._handle(scope, route, params, receive, headers)
        except ApiError as error:
            reply = _error(error, headers)
        except Exception:
            log.exception("request failed", route=route.name)
            reply = _error(ApiError(500, 0, "500: Internal Server Error"), headers)
        if reply.status == 429:
            stats.limited[route.name] += 1
        elif reply.status >= 400:
            stats.errors[f"{route.name} {reply.status}"] += 1
        if fault is None or not fault.after:
            return reply
        if fault.kind != "slow":
            return self._faulty(fault, route.name)
        await asyncio.sleep(fault.seconds)
        return reply

    async def _handle(
        self,
        scope: MutableMapping[str, Any],
        route: Route,
        params: dict[str, str],
        receive: Receive,
        headers: dict[str, str],
    ) -> _Reply:
        services = self._services
        asked = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        caller = self._caller(asked.get("authorization"), route)
        if caller is None or caller.bot:
            refusal = self._limit(route, params, caller, headers)
            if refusal is not None:
                return _limited(refusal)
        if int(asked.get("content-length") or 0) > LARGEST:
            raise _too_large()
        body, files = await _read(scope, receive, asked.get("content-type", ""))
        call = Call(
            services=services,
            method=route.method,
            params=params,
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            body=body,
            files=files,
            caller=caller,
            locale=asked.get("x-discord-locale"),
        )
        result = await route.handler(call)
        if isinstance(result, Answer):
            return _Reply(result.status, result.body, headers, call.afterwards)
        return _Reply(204 if result is None else 200, result, headers, call.afterwards)

    def _caller(self, authorization: str | None, route: Route) -> User | None:
        if route.interaction or not route.limited:
            return None
        scheme, _, token = (authorization or "").rpartition(" ")
        user = self._services.world.tokens.get(token)
        if user is None or user.bot != (scheme == "Bot"):
            raise ApiError(401, 0, "401: Unauthorized")
        return user

    def _limit(
        self, route: Route, params: dict[str, str], caller: User | None, headers: dict[str, str]
    ) -> RateLimitResult | None:
        if not route.limited:
            return None
        limits = self._services.rate_limits
        who = caller.id if caller else 0
        if not route.interaction:
            verdict = limits.overall(who)
            if not verdict.allowed:
                return verdict
        place = tuple(params[name] for name in MAJOR if name in params)
        verdict = limits.take(route.bucket or route.path, who, place)
        headers.update(verdict.headers)
        return None if verdict.allowed else verdict

    def _faulty(self, fault: Fault, name: str) -> _Reply | None:
        match fault.kind:
            case "disconnect":
                return None
            case "rate_limit":
                self._services.stats.limited[name] += 1
                scope = "global" if fault.is_global else "user"
                headers = {"Retry-After": str(max(1, math.ceil(fault.seconds))), "X-RateLimit-Scope": scope}
                if fault.is_global:
                    headers["X-RateLimit-Global"] = "true"
                return _limited(RateLimitResult(False, headers, fault.seconds, is_global=fault.is_global))
            case _:
                self._services.stats.errors[f"{name} {fault.status}"] += 1
                return _Reply(fault.status, {"message": f"{fault.status}: Upstream Error", "code": 0}, {})


def _error(error: ApiError, headers: dict[str, str] | None = None) -> _Reply:
    extra = {}
    if error.status == 429:
        extra = {"Retry-After": str(max(1, math.ceil(error.extra.get("retry_after", 1)))), "X-RateLimit-Scope": "user"}
    return _Reply(error.status, error.body(), {**(headers or {}), **extra})


def _too_large() -> ApiError:
    return ApiError(413, 40005, "Request entity too large")


def _limited(verdict: RateLimitResult) -> _Reply:
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(max(verdict.retry_after, 0.001), 3),
        "global": verdict.is_global,
    }
    return _Reply(429, body, verdict.headers)


async def _send(send: Send, reply: _Reply) -> None:
    headers = [(key.lower().encode(), value.encode("latin-1")) for key, value in reply.headers.items()]
    # discord.py takes a 429 without `Via` for a ban by Cloudflare, which stands in front of Discord.
    headers.append((b"via", b"1.1 google"))
    body = b""
    if reply.status != 204:
        body = orjson.dumps(reply.body)
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read(scope: MutableMapping[str, Any], receive: Receive, content_type: str) -> tuple[Any, dict[str, Upload]]:
    if scope["method"] in {"GET", "HEAD"}:
        return None, {}
    if content_type.startswith("multipart/form-data"):
        return await _read_form(scope, receive)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, 0, "400: Bad Request")
        chunk = message.get("body", b"")
        size += len(chunk)
        chunks.append(chunk)
        if size > LARGEST:
            raise _too_large()
        if not message.get("more_body"):
            break
    raw = b"".join(chunks)
    if not raw:
        return None, {}
    if content_type.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(raw.decode(errors="replace")))
        return (_loads(form["payload_json"].encode()) if "payload_json" in form else form), {}
    if not content_type.startswith("application/json"):
        words = "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}."
        raise InvalidForm({"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": words}]})
    return _loads(raw), {}


async def _read_form(scope: MutableMapping[str, Any], receive: Receive) -> tuple[Any, dict[str, Upload]]:
    body: Any = None
    files: dict[str, Upload] = {}
    loose: Json = {}
    async with Request(scope, receive).form(max_part_size=LARGEST) as form:
        for name, value in form.multi_items():
            if not isinstance(value, str):
                data = await value.read()
                if sum(len(each.data) for each in files.values()) + len(data) > LARGEST:
                    raise _too_large()
                files[name] = Upload(value.filename or "unknown", value.content_type, data)
            elif name == "payload_json":
                body = _loads(value.encode())
            else:
                loose[name] = value
    return body if body is not None else loose, files


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
