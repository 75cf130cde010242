"""What a server's library holds: titles for suggestions while somebody types, and whether there is anything."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import openai
import structlog
from openai import AsyncOpenAI
from sqlalchemy import or_, select

from bot.conversations.guild_assistants import GuildAssistants
from bot.library.tables import LibraryFileRow
from bot.store.store import Store

log = structlog.get_logger(__name__)

FRESH_FOR: Final = 60.0
"""Seconds that a list is good for: suggestions are asked for at every key."""
PATIENCE: Final = 1.5
"""Seconds to wait for the list; Discord waits three for the suggestions."""
MOST: Final = 25


class Titles:
    """Names of the newest files in each guild's vector store."""

    def __init__(self, client: AsyncOpenAI, guilds: GuildAssistants, store: Store) -> None:
        self._client = client
        self._guilds = guilds
        self._store = store
        self._known: dict[int, tuple[float, Sequence[str]]] = {}
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def of(self, guild_id: int) -> Sequence[str]:
        """The titles; those known before where the server takes its time (the next key asks again)."""
        vector_store_id = self._guilds.known_vector_store(guild_id)
        read_at, known = self._known.get(guild_id, (float("-inf"), ()))
        if vector_store_id is None or time.monotonic() - read_at < FRESH_FOR:
            return known
        if guild_id not in self._reading:
            self._reading[guild_id] = asyncio.create_task(self._refresh(guild_id, vector_store_id))
        await asyncio.wait({self._reading[guild_id]}, timeout=PATIENCE)
        return self._known.get(guild_id, (0.0, ()))[1]

    async def are_there_any(self, guild_id: int, channel_id: int) -> bool:
        """Whether the guild's library holds files, or the conversation in that channel; true where it is not known."""
        here = or_(
            (LibraryFileRow.guild_id == guild_id) & (LibraryFileRow.kind == "library"),
            LibraryFileRow.channel_id == channel_id,
        )
        coming = LibraryFileRow.state.in_(("waiting", "ready"))
        if await self._store.read(select(LibraryFileRow.attachment_id).where(here, coming).limit(1)):
            return True
        vector_store_id = self._guilds.known_vector_store(guild_id)
        if vector_store_id is None:
            return False
        try:
            async with asyncio.timeout(PATIENCE):  # files may have come by other ways than Discord
                return (await self._client.vector_stores.retrieve(vector_store_id)).file_counts.total > 0
        except (openai.OpenAIError, TimeoutError) as error:
            log.info("library.not_counted", guild=guild_id, cause=repr(error))
            return True

    async def close(self) -> None:
        """Stop reading."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    async def _refresh(self, guild_id: int, vector_store_id: str) -> None:
        try:
            self._known[guild_id] = (time.monotonic(), await self._read(vector_store_id))
        except openai.OpenAIError as error:
            log.info("library.titles_not_read", guild=guild_id, cause=str(error))
        finally:
            del self._reading[guild_id]

    async def _read(self, vector_store_id: str) -> Sequence[str]:
        page = await self._client.vector_stores.files.list(vector_store_id, limit=MOST, filter="completed")
        names = [str((entry.attributes or {}).get("filename", "")) for entry in page.data]
        unnamed = [entry.id for entry, name in zip(page.data, names, strict=True) if not name]
        files = await asyncio.gather(*(self._client.files.retrieve(file_id) for file_id in unnamed))
        by_id = {file.id: file.filename for file in files}
        return [name or by_id[entry.id] for entry, name in zip(page.data, names, strict=True)]
