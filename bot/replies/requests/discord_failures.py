"""What discord.py's calls raise, which of it is final, and how all else is tried again.

Discord tells of a thing that is not there by 404, and of one that the bot may not have by 403. Every other failure
(5xx, 429, a connection that breaks, no answer in time) says nothing of the thing itself.
https://discord.com/developers/docs/topics/opcodes-and-status-codes#http
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot import retries

T = TypeVar("T")

DISCORD_ERRORS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""What discord.py's calls raise when Discord refuses a request or cannot be reached."""

FINAL_STATUSES = frozenset({403, 404})
REFUSED_STATUSES = frozenset({400, 403, 404, 405, 413})
"""Discord has understood a request that changes something, and will never take it as it is (400: too many reactions,
an archived thread; 413: too large)."""


def is_final(error: BaseException) -> bool:
    """Whether a failure says that a thing is gone, or not for the bot: to try again is of no use."""
    return isinstance(error, discord.HTTPException) and error.status in FINAL_STATUSES


def is_refused(error: BaseException) -> bool:
    """Whether a request that changes something failed for good."""
    return isinstance(error, discord.HTTPException) and error.status in REFUSED_STATUSES


async def keep_trying(
    work: Callable[[], Awaitable[T]], what: str, *, is_over: Callable[[BaseException], bool] = is_final
) -> T:
    """What `work` returns, as soon as Discord lets it: it is called again until it succeeds, or fails for good.

    Raises:
        DISCORD_ERRORS: with it all `is_over`.
        Exception: what `work` raises that is no failure of Discord's.
    """
    return await retries.keep_trying(
        work, what, passes=lambda error: isinstance(error, DISCORD_ERRORS) and not is_over(error)
    )
