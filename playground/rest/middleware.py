"""Around every REST handler: the caller's token, rate limits, faults, and Discord's headers on each response."""

import asyncio
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson
import structlog

from playground.errors import ApiError
from playground.faults import Fault
from playground.http_protocol import ABORT
from playground.rate_limits import RateLimitResult
from playground.rest.request import Request, Response
from playground.rest.request_body import Receive, read_body
from playground.rest.router import MAJOR_PARAMETERS, Route, Router
from playground.services import Services
from playground.world.users import User

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)

_PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1><p>cloudflare</p></body></html>"


class RestApi:
    """An ASGI application for all paths below `/api/v10`, and for `/playground/…`."""

    def __init__(self, services: Services, router: Router) -> None:
        self._services = services
        self._router = router

    async def serve(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        """Answer one request to `path` (without `/api/v10`)."""
        services = self._services
        method = scope["method"]
        # Requests to the playground's controls meet no fault, or a fault could not be taken back.
        controls = path.startswith("/playground/")
        fault = None if controls else services.faults.match(method, path, by_bot=_by_bot(scope))
        if services.latency:
            await asyncio.sleep(services.latency / 2)
        response = await self._respond(scope, method, path, receive, fault)
        if services.latency:
            await asyncio.sleep(services.latency / 2)
        if response is None:
            scope["extensions"][ABORT]()
            await asyncio.sleep(0)
            return
        await _send(send, response)
        for call in response.after_response:
            call()

    async def _respond(
        self, scope: Scope, method: str, path: str, receive: Receive, fault: Fault | None
    ) -> Response | None:
        """Return the response; None when the connection is to break off."""
        stats = self._services.stats
        route, params, exists = self._router.find(method, path)
        if fault is not None and not fault.after:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            else:
                return self._fault_response(fault, route.name if route else f"{method} {path}")
        if route is None:
            log.warning("route.missing", method=method, path=path, exists_for_other_methods=exists)
            return _error(ApiError(405, 0, "405: Method Not Allowed") if exists else ApiError(404, 0, "404: Not Found"))
        stats.requests[route.name] += 1
        headers: dict[str, str] = {}
        try:
            response = await self._handle(scope, route, params, receive, headers)
        except ApiError as error:
            response = _error(error, headers)
        except Exception:
            log.exception("request.failed", route=route.name)
            response = _error(ApiError(500, 0, "500: Internal Server Error"), headers)
        if method != "GET":
            # Before anybody hears of it: events wait in queues until the next turn of the event loop.
            self._services.save()
        if response.status == 429:
            stats.limited[route.name] += 1
        elif response.status >= 400:
            stats.errors[f"{route.name} {response.status}"] += 1
        if fault is None or not fault.after:
            return response
        if fault.kind != "slow":
            for call in response.after_response:  # the response is lost, and not what it has done
                call()
            return self._fault_response(fault, route.name)
        await asyncio.sleep(fault.seconds)
        return response

    async def _handle(
        self, scope: Scope, route: Route, params: dict[str, str], receive: Receive, headers: dict[str, str]
    ) -> Response:
        """Check the token and the rate limits, read the body, and call the route's handler.

        `headers` takes the headers of the response, also when this raises ApiError.
        """
        asked = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        caller = self._caller(asked.get("authorization"), route)
        if caller is None or caller.bot:
            refused = self._count(route, params, caller, headers)
            if refused is not None:
                return _rate_limited(refused)
        body, files = await read_body(scope, receive, asked)
        request = Request(
            services=self._services,
            method=route.method,
            path_params=params,
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            body=body,
            files=files,
            caller=caller,
            locale=asked.get("x-discord-locale"),
            reason=unquote(asked["x-audit-log-reason"]) if "x-audit-log-reason" in asked else None,
        )
        result = await route.handler(request)
        if isinstance(result, Response):
            return Response(result.body, result.status, headers, request.after_response)
        return Response(result, 204 if result is None else 200, headers, request.after_response)

    def _caller(self, authorization: str | None, route: Route) -> User | None:
        if route.interaction or not route.limited:
            return None
        scheme, _, token = (authorization or "").rpartition(" ")
        user = self._services.world.tokens.get(token)
        if user is None or user.bot != (scheme == "Bot"):
            raise ApiError(401, 0, "401: Unauthorized")
        return user

    def _count(
        self, route: Route, params: dict[str, str], caller: User | None, headers: dict[str, str]
    ) -> RateLimitResult | None:
        """Count a request against its rate limits; return the result that refuses it, or None."""
        if not route.limited:
            return None
        limits = self._services.rate_limits
        caller_id = caller.id if caller else 0
        if not route.interaction:
            result = limits.count_global(caller_id)
            if not result.allowed:
                return result
        major = tuple(params[name] for name in MAJOR_PARAMETERS if name in params)
        channel = self._services.world.channels.get(_snowflake(params.get("channel")))
        guild_id = channel.guild_id if channel is not None else None
        result = limits.count(route.bucket or route.path, caller_id, major, guild_id)
        headers.update(result.headers)
        return None if result.allowed else result

    def _fault_response(self, fault: Fault, route_name: str) -> Response | None:
        match fault.kind:
            case "disconnect":
                return None
            case "rate_limit":
                self._services.stats.limited[route_name] += 1
                scope = "global" if fault.is_global else "shared" if fault.shared else "user"
                headers = {"Retry-After": str(max(1, math.ceil(fault.seconds))), "X-RateLimit-Scope": scope}
                if fault.is_global:
                    headers["X-RateLimit-Global"] = "true"
                response = _rate_limited(RateLimitResult(False, headers, fault.seconds, is_global=fault.is_global))
            case _:
                self._services.stats.errors[f"{route_name} {fault.status}"] += 1
                response = Response({"message": f"{fault.status}: Upstream Error", "code": 0}, fault.status)
        if not fault.headers:
            response.headers.clear()
        if fault.body != "json":
            text = f"error code: {response.status}"
            response.text = _PAGE.format(text) if fault.body == "html" else text
        response.via = fault.via
        return response


def _by_bot(scope: Scope) -> bool:
    """Whether a bot asks: with its token, or with an interaction's, which stands in the path."""
    given = next((value for key, value in scope["headers"] if key == b"authorization"), b"Bot ")
    return bool(given.startswith(b"Bot "))


def _snowflake(value: str | None) -> int:
    """An id of a path; 0 for what is none."""
    return int(value) if value is not None and value.isdecimal() else 0


def _error(error: ApiError, headers: dict[str, str] | None = None) -> Response:
    extra = {}
    if error.status == 429:
        extra = {"Retry-After": str(max(1, math.ceil(error.extra.get("retry_after", 1)))), "X-RateLimit-Scope": "user"}
    return Response(error.body(), error.status, {**(headers or {}), **extra})


def _rate_limited(result: RateLimitResult) -> Response:
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(max(result.retry_after, 0.001), 3),
        "global": result.is_global,
    }
    return Response(body, 429, result.headers)


async def _send(send: Send, response: Response) -> None:
    headers = [(key.lower().encode(), value.encode("latin-1")) for key, value in response.headers.items()]
    # discord.py takes a 429 without `Via` for a ban by Cloudflare, which stands in front of Discord.
    if response.via:
        headers.append((b"via", b"1.1 google"))
    body = b""
    if response.text is not None:
        body, kind = response.text.encode(), b"text/html" if response.text.startswith("<") else b"text/plain"
        headers += [(b"content-type", kind + b"; charset=UTF-8"), (b"content-length", str(len(body)).encode())]
    elif response.status != 204:
        body = orjson.dumps(response.body)
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
