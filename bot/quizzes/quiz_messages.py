"""A quiz's messages where no interaction carries the edit: posting, editing, and what Discord refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import discord
import structlog

log = structlog.get_logger(__name__)

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
EDITED_TOO_OFTEN: Final = 30046
"""Edits of a message older than an hour are counted."""
ARCHIVED: Final = 50083
"""The thread is archived; it archives itself when nobody writes."""


PATIENCE: Final = 5.0
"""Seconds to wait for an edit: discord.py sleeps off the refusals of old messages' edits, which can take long."""


class GoneError(Exception):
    """The message, or its channel, was deleted."""


class Board:
    """Where quizzes are shown. `turn` waits for the bot's share of Discord's global limit."""

    def __init__(self, client: discord.Client, turn: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._turn = turn
        self.patience = PATIENCE

    async def post(self, channel_id: int, view: discord.ui.LayoutView) -> int:
        """A new message; its id.

        Raises:
            GoneError: there is no such channel.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        await self._turn()
        channel = self._client.get_partial_messageable(channel_id)
        try:
            message = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            raise _gone(error) from error
        return message.id

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        """Bring a message up to date, or post it anew where Discord refuses the edit; the id of the one that shows it.

        Raises:
            GoneError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        try:
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited) as error:
            log.info("quiz.posted_anew", channel=channel_id, message=message_id, cause=repr(error))
            return await self.post(channel_id, view)
        except discord.HTTPException as error:
            if error.code == ARCHIVED:
                return await self._reopen_and_edit(channel_id, message_id, view)
            if error.code == EDITED_TOO_OFTEN:
                log.info("quiz.posted_anew", channel=channel_id, message=message_id, cause=error.text)
                return await self.post(channel_id, view)
            raise _gone(error) from error
        return message_id

    async def reopen(self, channel_id: int) -> None:
        """Take a thread out of the archive.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
        """
        await self._turn()
        thread = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        await self._turn()
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        async with asyncio.timeout(self.patience):
            await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())

    async def _reopen_and_edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> int:
        try:
            await self.reopen(channel_id)
            await self._edit(channel_id, message_id, view)
        except (TimeoutError, discord.RateLimited):
            return await self.post(channel_id, view)
        except discord.HTTPException as error:
            if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE}:
                raise _gone(error) from error
            log.info("quiz.posted_anew", channel=channel_id, message=message_id, cause=error.text)
            return await self.post(channel_id, view)
        return message_id


def _gone(error: discord.HTTPException) -> Exception:
    return GoneError(error.text) if error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE} else error
