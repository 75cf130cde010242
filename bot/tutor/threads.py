"""How many threads Discord still lets the bot make in a channel: some fifty in five minutes, by its own headers.

discord.py would wait for minutes when they are used up; an answer in the channel itself is there at once.
"""

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp

_PATH = re.compile(r"/channels/(\d+)/(?:messages/\d+/)?threads$")
SOON = 5.0
"""Seconds until a reset that are worth waiting for."""


@dataclass(slots=True)
class _Room:
    remaining: int = 1
    resets_at: float = 0.0
    in_flight: int = 0
    known: asyncio.Event = field(default_factory=asyncio.Event)


class ThreadRoom:
    """Reads the headers of thread creations; `trace` is the one that discord.py's requests go through."""

    def __init__(self, trace: aiohttp.TraceConfig) -> None:
        self._rooms: defaultdict[str, _Room] = defaultdict(_Room)
        trace.on_request_end.append(self._heard)

    async def enter(self, channel_id: int) -> bool:
        """Whether a thread can be made in the channel now; after True comes `leave`."""
        room = self._rooms[str(channel_id)]
        if not room.known.is_set() and room.in_flight:
            await room.known.wait()
        now = asyncio.get_running_loop().time()
        # discord.py holds on to the request that takes the last one until the bucket is full again: it is left.
        if room.known.is_set() and now + SOON < room.resets_at and room.remaining <= room.in_flight + 1:
            return False
        room.in_flight += 1
        return True

    def leave(self, channel_id: int) -> None:
        """The thread is made, or was refused."""
        room = self._rooms[str(channel_id)]
        room.in_flight -= 1
        room.known.set()

    async def _heard(self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        found = _PATH.search(params.url.path) if params.method == "POST" else None
        headers: Any = params.response.headers
        if found is None or "X-RateLimit-Remaining" not in headers:
            return
        room = self._rooms[found[1]]
        remaining = int(headers["X-RateLimit-Remaining"])
        resets_at = asyncio.get_running_loop().time() + float(headers.get("X-RateLimit-Reset-After", 0))
        # Answers may overtake each other: within a window the smaller number is the newer one.
        same_window = resets_at < room.resets_at + 1
        room.remaining = min(room.remaining, remaining) if same_window and room.known.is_set() else remaining
        room.resets_at = resets_at
        room.known.set()
