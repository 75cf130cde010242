"""The Assistants side of a library: files go onto a guild's shelf (its vector store) and off it again."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openai
import structlog
from openai import AsyncOpenAI

from bot.conversations.guild_assistants import GuildAssistants
from bot.errors import UserFacingError
from bot.library.downloads import Fetched
from bot.library.sentences import AWAY

log = structlog.get_logger(__name__)

_PATIENCE = 900.0
"""Seconds until a file counts as never ready; the server's own limits end sooner."""

_RELEVANT = 0.2
"""The score below which a passage has nothing to do with a query; vectors always find something nearest."""


Heard = Callable[[tuple[int, int]], None]
"""Is told a page and the number of pages."""


class NotTakenError(Exception):
    """The server cannot take the file; `reason` names a sentence, or is one of the server's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreLostError(Exception):
    """The server does not know the guild's vector store any more."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that was found."""

    file_id: str
    filename: str
    text: str
    score: float


class Shelf:
    """Uploads, indexes, searches and deletes."""

    def __init__(self, client: AsyncOpenAI, guilds: GuildAssistants) -> None:
        self._client = client
        self._guilds = guilds

    async def upload(self, fetched: Fetched, name: str) -> str:
        """Hand the bytes over; returns the file's id.

        Raises:
            NotTakenError: too big, empty, no room, or the server is away.
        """
        try:
            with await asyncio.to_thread(fetched.path.open, "rb") as file:
                made = await self._client.files.create(file=(name, file), purpose="assistants")
        except openai.APIStatusError as error:
            raise NotTakenError(_refusal(error)) from error
        except openai.APIConnectionError as error:
            raise NotTakenError("away") from error
        return made.id

    async def put(self, guild_id: int, file_id: str, attributes: Mapping[str, str], pages: Heard) -> None:
        """Index a file in the guild's library, and wait until it is searchable; `pages` hears how far it is.

        Raises:
            NotTakenError: it cannot be read.
            StoreLostError: the vector store is gone.
        """
        try:
            store = await self._guilds.vector_store(guild_id)
            await self._client.vector_stores.files.create(store, file_id=file_id, attributes=dict(attributes))
            await self._until_ready(store, file_id, pages)
        except openai.NotFoundError as error:
            if "vector store" in error.message and "No file" not in error.message:
                await self._guilds.forget_vector_store(guild_id)
                raise StoreLostError from error
            raise NotTakenError("gone") from error
        except openai.APIStatusError as error:
            raise NotTakenError(_refusal(error)) from error
        except openai.APIConnectionError as error:
            raise NotTakenError("away") from error

    async def fate(self, store: str, file_id: str) -> str | None:
        """Wait until a file in a vector store is ready (None) or has failed (the reason).

        Raises:
            openai.OpenAIError: the server is away, or knows nothing of it.
        """
        try:
            await self._until_ready(store, file_id)
        except NotTakenError as error:
            return error.reason
        return None

    async def delete(self, file_id: str) -> bool:
        """Delete a file everywhere; False if that has to be tried again."""
        try:
            await self._client.files.delete(file_id)
        except openai.NotFoundError:
            return True
        except openai.OpenAIError as error:
            log.warning("library.not_deleted", file=file_id, cause=str(error))
            return False
        return True

    async def search(self, guild_id: int, query: str, limit: int) -> Sequence[Passage]:
        """Passages of the guild's library, best first.

        Raises:
            UserFacingError: the server is away.
        """
        store = self._guilds.known_vector_store(guild_id)
        if store is None:
            return []
        try:
            page = await self._client.vector_stores.search(
                store, query=query, max_num_results=limit, ranking_options={"score_threshold": _RELEVANT}
            )
        except openai.NotFoundError:
            return []
        except openai.OpenAIError as error:
            log.warning("library.search_failed", guild=guild_id, cause=str(error))
            raise UserFacingError(AWAY) from error
        return [
            Passage(hit.file_id, hit.filename, "\n".join(part.text for part in hit.content), hit.score)
            for hit in page.data
        ]

    async def _until_ready(self, store: str, file_id: str, pages: Heard = lambda _: None) -> None:
        pause = 0.05
        async with asyncio.timeout(_PATIENCE):
            while True:
                row: Any = await self._client.vector_stores.files.retrieve(file_id, vector_store_id=store)
                if row.status == "completed":
                    return
                if row.status != "in_progress":
                    raise NotTakenError(row.last_error.message if row.last_error else "failed")
                if (progress := _progress(row)) is not None:
                    pages(progress)
                await asyncio.sleep(pause)
                pause = min(2.0, pause * 1.4)


def _progress(row: Any) -> tuple[int, int] | None:
    """Up to which page of how many the file is read; our own server says so, others need not."""
    progress = getattr(row, "progress", None)
    if not isinstance(progress, Mapping):
        return None
    page, pages = progress.get("page"), progress.get("pages")
    return (page, pages) if isinstance(page, int) and isinstance(pages, int) else None


def _refusal(error: openai.APIStatusError) -> str:
    code = error.code if isinstance(error.code, str) else None
    if error.status_code == 413:
        return "too_big"
    if code == "disk_full":
        return "disk_full"
    if code == "empty_file":
        return "The file is empty."
    log.warning("library.refused", status=error.status_code, cause=error.message)
    return "failed" if error.status_code >= 500 else error.message
