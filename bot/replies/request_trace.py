"""The trace of the bot's requests to Discord (aiohttp's `TraceConfig`): each request, and the headers of each response.

Requests wait here until the global limit has room. Responses update the rate limits, and tell the outbox that its own
call is done.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import discord
import structlog

from bot.discord_clock import DISCORD_CLOCK
from bot.replies.bounded_calls import BoundedCall, current_bounded_call
from bot.replies.limits.invalid_requests import is_invalid, is_not_discords
from bot.replies.limits.rate_limits import Buckets, GlobalRateLimit, counts_globally, retry_after, route_of

log = structlog.get_logger(__name__)

LONGEST_WAIT = 30.0
"""Seconds that a request waits because of a 429; with more to wait it fails, and who made it goes on without."""


ASKED_AGAIN = 60.0
"""Seconds after which a route is tried again, however long a 429 says. Discord's limits of messages are of seconds; an
hour is somebody's word on much else, which may end before. A request a minute breaks no rule (10,000 refusals in ten
minutes do), and nobody waits for an hour where a minute was enough."""


@dataclass(slots=True)
class OutboxCall:
    """One call of the outbox (a message is sent or edited), as far as the trace has to do with it."""

    sending: bool
    """Whether a new message is sent; else one is edited."""
    done: asyncio.Future[None]
    """Done as soon as Discord responds. discord.py may return much later: it sleeps when a bucket is empty."""
    message_id: int | None = None
    reserved: bool = False
    """Whether a place under the global limit was taken for a request that the trace has not seen yet."""

    def succeed(self) -> None:
        """Discord has accepted the call."""
        if not self.done.done():
            self.done.set_result(None)


current_call: ContextVar[OutboxCall | None] = ContextVar("current_call", default=None)
"""The call that the requests of this task belong to."""


class AnswerLostError(aiohttp.ClientError):
    """Discord's server failed over a response, or a new message, of an interaction: it may have come all the same."""


class RequestTrace:
    """Sees every request of the bot; `config` goes to all its aiohttp sessions.

    `admit` waits until a request may be sent, and takes its place under the global limit. `on_response` is called when
    a request that counts has its response.
    """

    def __init__(
        self, global_limit: GlobalRateLimit, admit: Callable[[], Awaitable[None]], on_response: Callable[[], None]
    ) -> None:
        self.buckets = Buckets()
        self.clock = DISCORD_CLOCK
        self.rate_limited = 0
        """How many responses were a 429."""
        self.config = aiohttp.TraceConfig()
        self.config.on_request_start.append(self._on_start)
        self.config.on_request_end.append(self._on_end)
        self.config.on_request_exception.append(self._on_exception)
        self.config.on_response_chunk_received.append(self._on_body)
        self._global_limit = global_limit
        self._admit = admit
        self._on_response = on_response

    async def _on_start(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        bounded = current_bounded_call.get()
        if bounded is not None:
            bounded.check()
        context.counts = counts_globally(params.url.path)
        if not context.counts:
            return
        call = current_call.get()
        if call is not None and call.reserved:
            call.reserved = False
        else:
            context.counts = False  # until it is admitted
            await self._wait_for_room(bounded)
            context.counts = True

    async def _wait_for_room(self, bounded: BoundedCall | None) -> None:
        """Take a place under the global limit.

        Raises:
            CallGivenUpError: nobody waits for the request any more; the place is given back.
        """
        if bounded is None:
            await self._admit()
            return
        bounded.queued = True
        try:
            await self._admit()
        finally:
            bounded.queued = False
        if bounded.given_up:
            self._global_limit.give_back()
            self._on_response()
        bounded.check()

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
        self.clock.hear(headers.get("Date"))
        status = params.response.status
        route = route_of(params.method, params.url.path)
        if is_invalid(status, headers):
            self._global_limit.refused(now)
        if status == 429:
            context.waits = self._limited(route, params.response, now)
        elif route is not None:
            self.buckets.update(route, headers, now)
        call = current_call.get()
        if call is not None and not call.sending and 200 <= status < 300:
            call.succeed()
        unseen = call is not None and call.sending and "/webhooks/" in params.url.path
        if status >= 500 and (unseen or params.url.path.endswith("/callback")):
            # discord.py would send it once more, unseen, or wait longer than Discord waits for a response.
            raise AnswerLostError(f"Discord answered {status}")

    async def _on_body(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceResponseChunkReceivedParams,
    ) -> None:
        """Read the id of a new message at once: discord.py's `send` returns late when its bucket is empty.

        Raises:
            discord.RateLimited: the response is a 429 that discord.py is not to wait for.
        """
        if (seconds := getattr(context, "waits", None)) is not None:
            raise discord.RateLimited(seconds)
        call = current_call.get()
        if call is None or not call.sending or call.done.done():
            return
        if route_of(params.method, params.url.path) is None:
            return
        try:
            call.message_id = int(json.loads(params.chunk)["id"])
        except (ValueError, KeyError, TypeError):
            return  # the body of an error; discord.py raises it
        call.succeed()

    def _answered(self, context: SimpleNamespace) -> None:
        if context.counts:
            context.counts = False
            self._global_limit.answered(asyncio.get_running_loop().time())
            self._on_response()

    def _limited(self, route: str | None, response: aiohttp.ClientResponse, now: float) -> float | None:
        """A response is a 429. Returns how many seconds are to be waited, if discord.py is not to wait.

        It would wait for however long, send a message's old state then, and fail over a page that answers an
        interaction. (Its own `max_ratelimit_timeout` refuses requests too for which there is room.)
        """
        headers = response.headers
        self.rate_limited += 1
        after = retry_after(headers)
        wait = min(after, ASKED_AGAIN)
        log.warning("discord.429", route=route, scope=headers.get("X-RateLimit-Scope"), retry_after=after)
        if is_not_discords(response.status, headers):
            wait = self.buckets.refuse(route, after, now)
        elif headers.get("X-RateLimit-Global") or headers.get("X-RateLimit-Scope") == "global":
            self._global_limit.close_until(now + wait)
        elif route is not None:
            self.buckets[route].close_until(now + wait)
        unreadable = response.content_type != "application/json"
        return wait if current_call.get() is not None or after > LONGEST_WAIT or unreadable else None
