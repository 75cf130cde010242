"""The topics that `/quiz` suggests while somebody types: recent topics, and the titles in the server's library."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import openai
import structlog
from openai import AsyncOpenAI

from bot.conversations.guild_assistants import GuildAssistants
from bot.escaping import one_line
from bot.quizzes.quiz_store import QuizStore
from bot.quizzes.safe_markdown import shortened

log = structlog.get_logger(__name__)

FRESH_FOR: Final = 60.0
"""Seconds for which a list of titles is kept: Discord asks for suggestions at every key."""
TIMEOUT: Final = 1.5
"""Seconds to wait for the titles; Discord waits three for the suggestions."""
MOST_TITLES: Final = 25
MOST_SUGGESTIONS: Final = 25
"""Discord shows no more."""
LONGEST_SUGGESTION: Final = 100


class TopicSuggestions:
    """Suggests topics; keeps the titles of each guild's newest files for a while."""

    def __init__(self, quiz_store: QuizStore, client: AsyncOpenAI, guild_assistants: GuildAssistants) -> None:
        self._quiz_store = quiz_store
        self._client = client
        self._guild_assistants = guild_assistants
        self._titles: dict[int, tuple[float, Sequence[str]]] = {}
        """When they were read, and the titles, by guild."""
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def matching(self, typed: str, guild_id: int, student_id: int) -> list[str]:
        """Topics and titles that contain what is typed so far; the most recent topics come first."""
        topics, titles = await asyncio.gather(self._quiz_store.topics(guild_id, student_id), self._titles_of(guild_id))
        known = dict.fromkeys(one_line(topic) for topic in (*topics, *titles))
        matching = [topic for topic in known if topic and typed.casefold().strip() in topic.casefold()]
        shown = dict.fromkeys(shortened(topic, LONGEST_SUGGESTION) for topic in matching)
        return list(shown)[:MOST_SUGGESTIONS]

    async def close(self) -> None:
        """Stop reading titles."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    async def _titles_of(self, guild_id: int) -> Sequence[str]:
        """The titles; if the server takes long, those of before (Discord asks again at the next key)."""
        vector_store_id = self._guild_assistants.known_vector_store(guild_id)
        read_at, titles = self._titles.get(guild_id, (float("-inf"), ()))
        if vector_store_id is None or time.monotonic() - read_at < FRESH_FOR:
            return titles
        if guild_id not in self._reading:
            self._reading[guild_id] = asyncio.create_task(self._refresh(guild_id, vector_store_id))
        await asyncio.wait({self._reading[guild_id]}, timeout=TIMEOUT)
        return self._titles.get(guild_id, (0.0, ()))[1]

    async def _refresh(self, guild_id: int, vector_store_id: str) -> None:
        try:
            self._titles[guild_id] = (time.monotonic(), await self._read(vector_store_id))
        except openai.OpenAIError as error:
            log.info("library.titles_not_read", guild=guild_id, cause=str(error))
        finally:
            del self._reading[guild_id]

    async def _read(self, vector_store_id: str) -> Sequence[str]:
        page = await self._client.vector_stores.files.list(vector_store_id, limit=MOST_TITLES, filter="completed")
        names = [str((entry.attributes or {}).get("filename", "")) for entry in page.data]
        unnamed = [entry.id for entry, name in zip(page.data, names, strict=True) if not name]
        files = await asyncio.gather(*(self._client.files.retrieve(file_id) for file_id in unnamed))
        by_id = {file.id: file.filename for file in files}
        return [name or by_id[entry.id] for entry, name in zip(page.data, names, strict=True)]
