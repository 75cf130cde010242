"""The sessions that a bot may still begin today: Discord resets the token of one that goes beyond.

https://discord.com/developers/docs/events/gateway#session-start-limit-object
A process that has all shards looks here before each IDENTIFY. Where several share them, `bot/shards` counts in rows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
import structlog

from bot.replies.requests.discord_failures import DISCORD_ERRORS

log = structlog.get_logger(__name__)

LOOK_AGAIN: Final = 60.0
"""Seconds after which Discord is asked again, however far the reset is: it may have raised the limit."""
KNOWN_FOR: Final = 3600.0
"""Seconds for which an answer is counted down; Discord lets itself be asked twice in five seconds, then it is slow."""


class SessionStartLimit:
    """Waits while no session may begin. `ask` has Discord tell how many may (see `told`)."""

    def __init__(self, ask: Callable[[], Awaitable[object]]) -> None:
        self._ask = ask
        self._remaining = 0
        """How many are left of what Discord told last; 0 when that is too old."""
        self._known_until = 0.0
        self._resets_in = self._resets_at = 0.0
        self._said = False

    def told(self, limit: Any) -> None:
        """Note Discord's `session_start_limit`."""
        self._remaining, self._resets_in = int(limit["remaining"]), limit["reset_after"] / 1_000
        now = asyncio.get_running_loop().time()
        self._known_until, self._resets_at = now + min(self._resets_in, KNOWN_FOR), now + self._resets_in

    @property
    def starts_again_in(self) -> float | None:
        """For how many seconds no session may begin; None when one may."""
        return max(0.0, self._resets_at - asyncio.get_running_loop().time()) if self._said else None

    async def wait(self) -> None:
        """Return when a session may begin, and count it; return also when Discord does not say how many are left."""
        while self._remaining <= 0 or asyncio.get_running_loop().time() >= self._known_until:
            try:
                await self._ask()
            except (discord.GatewayNotFound, *DISCORD_ERRORS) as error:
                log.info("identify.limit_unknown", cause=error)
                return
            if self._remaining > 0:
                break
            if not self._said:
                self._said = True
                log.warning("identify.limit_used_up", seconds=round(self._resets_in))
            await asyncio.sleep(min(max(self._resets_in, 1.0), LOOK_AGAIN))
        self._remaining -= 1
        self._said = False
