"""Messages that are a view: posted, edited, and posted again where Discord refuses the edit."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import discord
import structlog

from bot.replies.discord_error_codes import ARCHIVED, EDITED_TOO_OFTEN, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_refused, keep_trying

log = structlog.get_logger(__name__)

T = TypeVar("T")

EDIT_TIMEOUT: Final = 5.0
"""Seconds to wait for an edit: discord.py waits until Discord allows edits of an old message, which can take long."""


class MessageDeletedError(Exception):
    """The message, or its channel, was deleted."""


VIEW_ERRORS: Final = (*DISCORD_ERRORS, MessageDeletedError)
"""What showing a view raises."""


async def shown(show: Callable[[], Awaitable[T]], what: str) -> T:
    """What `show` returns, as soon as Discord lets it: something that was promised, and that people wait for.

    Raises:
        VIEW_ERRORS: it can be shown nowhere; nothing else of Discord's.
    """
    return await keep_trying(show, what, is_over=is_refused)


class ViewMessages:
    """Posts and edits messages. `wait_for_turn` waits for the bot's share of Discord's global rate limit."""

    def __init__(self, client: discord.Client, wait_for_turn: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._wait_for_turn = wait_for_turn
        self.edit_timeout = EDIT_TIMEOUT

    async def post(self, channel_id: int, view: discord.ui.LayoutView, *, once: str | None = None) -> int:
        """Post a message; its id. `once` names what it shows: where a process has died after posting that, and before
        it noted the message, the next one gets that message.

        Raises:
            MessageDeletedError: there is no such channel.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        await self._wait_for_turn()
        channel = self._client.get_partial_messageable(channel_id)
        options: dict[str, Any] = {} if once is None else {"nonce": nonce_of(once)}
        try:
            message = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none(), **options)
        except discord.HTTPException as error:
            raise _error_of(error) from error
        return message.id

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        """Edit a message, or post it again where Discord refuses the edit; the id of the message that shows it.

        Raises:
            MessageDeletedError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        try:
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited) as error:
            return await self._post_again(channel_id, message_id, view, repr(error))
        except discord.HTTPException as error:
            if error.code == ARCHIVED:
                return await self._unarchive_and_edit(channel_id, message_id, view)
            if error.code == EDITED_TOO_OFTEN:
                return await self._post_again(channel_id, message_id, view, error.text)
            raise _error_of(error) from error
        return message_id

    async def _edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        await self._wait_for_turn()
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        async with asyncio.timeout(self.edit_timeout):
            await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())

    async def _unarchive_and_edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        try:
            await self.unarchive(channel_id)
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited) as error:
            return await self._post_again(channel_id, message_id, view, repr(error))
        except discord.HTTPException as error:
            if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE}:
                raise _error_of(error) from error
            return await self._post_again(channel_id, message_id, view, error.text)
        return message_id

    async def unarchive(self, channel_id: int) -> None:
        """Take a thread out of the archive.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
        """
        await self._wait_for_turn()
        thread = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _post_again(self, channel_id: int, message_id: int, view: discord.ui.LayoutView, cause: str) -> int:
        log.info("message.posted_again", channel=channel_id, message=message_id, cause=cause)
        return await self.post(channel_id, view)


def nonce_of(once: str) -> int:
    """Discord gives back the message of the last minutes that has the same nonce (`enforce_nonce`)."""
    return int.from_bytes(hashlib.sha256(once.encode()).digest()[:8], "big") >> 2


def _error_of(error: discord.HTTPException) -> Exception:
    return MessageDeletedError(error.text) if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE} else error
