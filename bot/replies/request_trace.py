"""What passes between the bot and Discord, as aiohttp's trace sees it: each request on its way, each answer's headers.

Requests wait here for the global limit; what the answers tell goes to the buckets, the budget, and to the outbox's own
call that is under way.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import structlog

from bot.replies.rate_limits import Buckets, Budget, counts, route_of

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Flight:
    """One call of the outbox's under way; what the trace sees of it."""

    sending: bool
    done: asyncio.Future[None]
    """Set by Discord's answer, which may be long before discord.py returns (it sleeps on an empty bucket)."""
    message_id: int | None = None
    reserved: bool = False
    """Whether the budget was taken when it took off, for a request that has not been seen yet."""

    def landed(self) -> None:
        """Discord has taken it."""
        if not self.done.done():
            self.done.set_result(None)


under_way: ContextVar[Flight | None] = ContextVar("flight", default=None)
"""The flight that the present task's requests belong to."""


class RequestTrace:
    """Watches every request of the bot's; `config` is for all its aiohttp sessions.

    `admit` waits until a request may be sent and takes its place in the budget; `answered` is called when one that
    counts has its answer.
    """

    def __init__(self, budget: Budget, admit: Callable[[], Awaitable[None]], answered: Callable[[], None]) -> None:
        self.buckets = Buckets()
        self.refusals = 0
        """429s seen so far."""
        self.config = aiohttp.TraceConfig()
        self.config.on_request_start.append(self._on_start)
        self.config.on_request_end.append(self._on_end)
        self.config.on_request_exception.append(self._on_exception)
        self.config.on_response_chunk_received.append(self._on_body)
        self._budget = budget
        self._admit = admit
        self._on_answer = answered

    async def _on_start(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.counts = counts(params.url.path)
        if not context.counts:
            return
        flight = under_way.get()
        if flight is not None and flight.reserved:
            flight.reserved = False
        else:
            context.counts = False  # until it is let through
            await self._admit()
            context.counts = True

    async def _on_exception(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._answered(context)

    async def _on_end(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._answered(context)
        now = asyncio.get_running_loop().time()
        headers = params.response.headers
        status = params.response.status
        route = route_of(params.method, params.url.path)
        if status == 429:
            self._refused(route, headers, now)
        elif route is not None:
            self.buckets.heard(route, headers, now)
        flight = under_way.get()
        if flight is not None and not flight.sending and 200 <= status < 300:
            flight.landed()

    async def _on_body(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceResponseChunkReceivedParams,
    ) -> None:
        """A new message's id, at once: discord.py's `send` returns late when its bucket is empty."""
        flight = under_way.get()
        if flight is None or not flight.sending or flight.done.done():
            return
        if route_of(params.method, params.url.path) is None:
            return
        try:
            flight.message_id = int(json.loads(params.chunk)["id"])
        except (ValueError, KeyError, TypeError):
            return  # an error's body; discord.py raises it
        flight.landed()

    def _answered(self, context: SimpleNamespace) -> None:
        if context.counts:
            context.counts = False
            self._budget.answered(asyncio.get_running_loop().time())
            self._on_answer()

    def _refused(self, route: str | None, headers: Mapping[str, str], now: float) -> None:
        self.refusals += 1
        after = float(headers.get("Retry-After") or headers.get("X-RateLimit-Reset-After") or 1)
        log.warning("discord.429", route=route, scope=headers.get("X-RateLimit-Scope"), retry_after=after)
        if headers.get("X-RateLimit-Global") or headers.get("X-RateLimit-Scope") == "global":
            self._budget.close_until(now + after)
        elif route is not None:
            self.buckets[route].refused(now + after)
