"""Making threads from messages, within what Discord allows: some fifty in a channel in five minutes.

When they are used up, discord.py would wait for minutes; an answer in the channel itself is there at once.
"""

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord
import structlog

from bot.replies.discord_error_codes import THREAD_ALREADY_EXISTS
from bot.tutor.error_handler import DISCORD_ERRORS
from bot.tutor.incoming_message import IncomingMessage

log = structlog.get_logger(__name__)

SOON = 5.0
"""Seconds until a reset that are worth waiting for."""
TRIES = 3
"""How often a thread is asked for when the connection breaks."""

_PATH = re.compile(r"/channels/(\d+)/(?:messages/\d+/)?threads$")


@dataclass(slots=True)
class _ChannelLimit:
    """One channel's limit, as Discord told it last."""

    remaining: int = 1
    resets_at: float = 0.0
    in_flight: int = 0
    """Requests of ours under way."""
    known: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when Discord has responded to a first request."""


class ThreadCreation:
    """Makes threads from messages. It reads Discord's limits from the headers of its responses.

    `trace` is the trace of discord.py's HTTP client.
    """

    def __init__(self, trace: aiohttp.TraceConfig) -> None:
        self._limits: defaultdict[str, _ChannelLimit] = defaultdict(_ChannelLimit)
        trace.on_request_end.append(self._read_headers)

    async def create(self, message: IncomingMessage) -> Any:
        """Make a thread from the message; None if Discord refuses it, or allows no more threads for now."""
        channel_id = message.channel.id
        if not await self._reserve(channel_id):
            return None
        try:
            return await _create(message)
        except DISCORD_ERRORS as error:
            log.warning("thread.refused", channel=channel_id, cause=str(error))
            return None
        finally:
            self._release(channel_id)

    async def _reserve(self, channel_id: int) -> bool:
        """Whether a thread can be made in the channel now; after True the caller calls `_release`."""
        limit = self._limits[str(channel_id)]
        if not limit.known.is_set() and limit.in_flight:
            await limit.known.wait()
        now = asyncio.get_running_loop().time()
        # discord.py delays the request that uses up the bucket until the bucket is full again: it is not sent.
        if limit.known.is_set() and now + SOON < limit.resets_at and limit.remaining <= limit.in_flight + 1:
            return False
        limit.in_flight += 1
        return True

    def _release(self, channel_id: int) -> None:
        """The thread is made, or was refused."""
        limit = self._limits[str(channel_id)]
        limit.in_flight -= 1
        limit.known.set()

    async def _read_headers(self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        found = _PATH.search(params.url.path) if params.method == "POST" else None
        headers: Any = params.response.headers
        if found is None or "X-RateLimit-Remaining" not in headers:
            return
        limit = self._limits[found[1]]
        remaining = int(headers["X-RateLimit-Remaining"])
        resets_at = asyncio.get_running_loop().time() + float(headers.get("X-RateLimit-Reset-After", 0))
        # Responses may come in another order: within a window the smaller number is the newer one.
        same_window = resets_at < limit.resets_at + 1
        limit.remaining = min(limit.remaining, remaining) if same_window and limit.known.is_set() else remaining
        limit.resets_at = resets_at
        limit.known.set()


async def create_missing_thread(message: IncomingMessage) -> None:
    """Make the thread of a message that has none, after a restart.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    if message.source.thread is None and not message.source.flags.has_thread:
        await message.source.create_thread(name=message.thread_name)


async def _create(message: IncomingMessage) -> Any:
    """Make the thread; if Discord has made it but its response got lost, fetch it."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            return await message.source.create_thread(name=message.thread_name)
        except discord.HTTPException as error:
            if error.code == THREAD_ALREADY_EXISTS and message.guild is not None:
                return await message.guild.fetch_channel(message.id)
            raise
        except (aiohttp.ClientError, OSError) as error:
            if not tries_left:
                raise
            cause = str(error) or type(error).__name__
            log.warning("thread.made_again", channel=message.channel.id, cause=cause)
    raise AssertionError("unreachable")
