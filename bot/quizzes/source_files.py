"""Whether there are files that a quiz can be made from (`/quiz source:files`)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import openai
import structlog
from openai import AsyncOpenAI

from bot.conversations.guild_assistants import GuildAssistants

log = structlog.get_logger(__name__)

TIMEOUT: Final = 1.5
"""Seconds to wait for the Assistants server; Discord waits three for the answer to the command."""


class SourceFiles:
    """The files of the server's library and of the conversation.

    `known_in(guild_id, channel_id)` tells whether any file came in through Discord.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        guild_assistants: GuildAssistants,
        known_in: Callable[[int, int], Awaitable[bool]],
    ) -> None:
        self._client = client
        self._guild_assistants = guild_assistants
        self._known_in = known_in

    async def exist(self, guild_id: int, channel_id: int) -> bool:
        """Whether the guild's library or the conversation in that channel has files; true if the server is silent."""
        if await self._known_in(guild_id, channel_id):
            return True
        vector_store_id = self._guild_assistants.known_vector_store(guild_id)
        if vector_store_id is None:
            return False
        try:
            async with asyncio.timeout(TIMEOUT):  # files may have come in other ways than through Discord
                return (await self._client.vector_stores.retrieve(vector_store_id)).file_counts.total > 0
        except (openai.OpenAIError, TimeoutError) as error:
            log.info("library.not_counted", guild=guild_id, cause=repr(error))
            return True
