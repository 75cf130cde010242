"""Requests to Discord that may fail: a file is added to the library even where a reaction or message is not allowed."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
import structlog

from bot.replies.outbox import Outbox

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def attempt(outbox: Outbox, request: Callable[[], Awaitable[T]]) -> T | None:
    """Wait until Discord's global rate limit has room, then send a request; returns None if Discord refuses it."""
    await outbox.wait_for_turn()
    try:
        return await request()
    except (discord.HTTPException, discord.RateLimited) as error:
        log.info("library.request_refused", cause=error)
        return None


def reply_reference(guild_id: int, channel_id: int, message_id: int) -> discord.MessageReference:
    """What makes a message a reply to another one, which may be deleted; `guild_id` is 0 in direct messages."""
    return discord.MessageReference(
        message_id=message_id, channel_id=channel_id, guild_id=guild_id or None, fail_if_not_exists=False
    )
