"""Requests to Discord that may fail: a file is added to the library even where a reaction or message is not allowed."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
import structlog

from bot.replies.outbox import Outbox
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_refused, keep_trying

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def attempt(outbox: Outbox, request: Callable[[], Awaitable[T]]) -> T | None:
    """Wait until Discord's global rate limit has room, then send a request; returns None if Discord refuses it."""
    await outbox.wait_for_turn()
    try:
        return await request()
    except DISCORD_ERRORS as error:
        log.info("library.request_refused", cause=error)
        return None


async def insist(outbox: Outbox, request: Callable[[], Awaitable[T]], what: str) -> T | None:
    """The same, but only a refusal for good counts: until then the request is sent again."""

    async def send() -> T:
        await outbox.wait_for_turn()
        return await request()

    try:
        return await keep_trying(send, what, is_over=is_refused)
    except DISCORD_ERRORS as error:
        log.info("library.request_refused", what=what, cause=error)
        return None


def reply_reference(guild_id: int, channel_id: int, message_id: int) -> discord.MessageReference:
    """What makes a message a reply to another one, which may be deleted; `guild_id` is 0 in direct messages."""
    return discord.MessageReference(
        message_id=message_id, channel_id=channel_id, guild_id=guild_id or None, fail_if_not_exists=False
    )
