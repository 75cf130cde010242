"""Files of the guilds' vector stores, over the Assistants API: upload, index, search and delete."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openai
import structlog
from openai import AsyncOpenAI, Omit, omit
from openai.types.shared_params import ComparisonFilter

from bot.conversations.answer_contents.citations import extra_of
from bot.conversations.guild_assistants import GuildAssistants
from bot.conversations.location import CHANNEL
from bot.errors import UserFacingError
from bot.library.downloads import DownloadedFile
from bot.library.errors import FileFailedError, VectorStoreLostError
from bot.library.library_store import FileRecord
from bot.library.sentences import AWAY, UNREAD_PAGES
from bot.prices import tokens_of_bytes

log = structlog.get_logger(__name__)

_INDEXING_TIMEOUT = 900.0
"""Seconds without a page read until a file counts as never indexed; the server's own limits end sooner."""

_SCORE_THRESHOLD = 0.2
"""A search result with a lower score has nothing to do with the query; a vector search always finds something."""


_MOST_RANGES = 20

PageProgress = Callable[[tuple[int, int]], None]
"""Is called with the page that the server has read and the number of pages."""


def attributes_of(record: FileRecord) -> Mapping[str, str]:
    """What a library file's entry in the vector store says of it; searches are narrowed down by the channel."""
    chosen = {"read_as": record.read_as} if record.read_as is not None else {}
    return {CHANNEL: str(record.channel_id), "message_id": str(record.message_id), **chosen}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A passage of a file that fits a query."""

    file_id: str
    filename: str
    text: str
    score: float
    page: int | None = None
    """Where the file has pages, and the server tells them: they are not in the Assistants API."""


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """What the server tells of a file that can be searched: its text's bytes, and the pages that it could not read."""

    size: int
    unread_pages: Sequence[int] = ()
    embedding_tokens: int = 0
    """Tokens that an embeddings model has read for it."""

    @property
    def reason(self) -> str | None:
        """What is told of it, as `LibraryFileRow.reason` has it; None if all of it was read."""
        return UNREAD_PAGES + _ranges(self.unread_pages) if self.unread_pages else None


class VectorStoreFiles:
    """The files in the guilds' vector stores; `GuildAssistants` makes the vector stores."""

    def __init__(self, client: AsyncOpenAI, guild_assistants: GuildAssistants) -> None:
        self._client = client
        self._guild_assistants = guild_assistants

    async def upload(self, downloaded: DownloadedFile, name: str, turn: str) -> str:
        """Upload a file, without adding it to a vector store; returns its id. `turn`: on whose turn it is indexed.

        Raises:
            FileFailedError: the file is too big or empty, the server's disk is full, or the server does not answer.
        """
        try:
            with downloaded.path.open("rb") as file:
                uploaded = await self._client.files.create(
                    file=(name, file), purpose="assistants", extra_headers={"X-Turn": turn}
                )
        except openai.APIStatusError as error:
            raise FileFailedError(_reason(error)) from error
        except openai.APIConnectionError as error:
            raise FileFailedError("away") from error
        return uploaded.id

    async def add(
        self, guild_id: int, file_id: str, attributes: Mapping[str, str], on_page: PageProgress
    ) -> IndexedFile:
        """Add an uploaded file to the guild's vector store, and wait until it is indexed.

        Raises:
            FileFailedError: the file cannot be read, or the server does not answer.
            VectorStoreLostError: the server no longer knows the vector store.
        """
        try:
            vector_store_id = await self._guild_assistants.vector_store(guild_id)
            await self._client.vector_stores.files.create(vector_store_id, file_id=file_id, attributes=dict(attributes))
            return await self._wait_until_indexed(vector_store_id, file_id, on_page)
        except openai.NotFoundError as error:
            if "vector store" in error.message and "No file" not in error.message:
                await self._guild_assistants.forget_vector_store(guild_id)
                raise VectorStoreLostError from error
            raise FileFailedError("gone") from error
        except openai.APIStatusError as error:
            raise FileFailedError(_reason(error)) from error
        except openai.APIConnectionError as error:
            raise FileFailedError("away") from error

    async def name_channel(self, record: FileRecord) -> None:
        """Write to a file in the guild's vector store which channel it came in.

        Raises:
            openai.OpenAIError: the server does not answer; a file that it does not know is no error.
        """
        vector_store_id = self._guild_assistants.known_vector_store(record.guild_id)
        if vector_store_id is None or record.file_id is None:
            return
        try:
            await self._client.vector_stores.files.update(
                record.file_id, vector_store_id=vector_store_id, attributes=dict(attributes_of(record))
            )
        except openai.NotFoundError:
            log.info("library.file_unknown", file=record.file_id)

    async def read_again(self, vector_store_id: str, file_id: str, read_as: str) -> IndexedFile:
        """Have a file of a vector store indexed anew, as its sender has chosen.

        Raises:
            FileFailedError: it cannot be indexed.
            openai.OpenAIError: the server does not answer, or does not know the file.
        """
        await self._client.vector_stores.files.create(vector_store_id, file_id=file_id, attributes={"read_as": read_as})
        return await self._wait_until_indexed(vector_store_id, file_id)

    async def indexed(self, vector_store_id: str, file_id: str) -> IndexedFile:
        """Wait until a file of a vector store is indexed.

        Raises:
            FileFailedError: it cannot be indexed.
            openai.OpenAIError: the server does not answer, or does not know the file.
        """
        return await self._wait_until_indexed(vector_store_id, file_id)

    async def delete(self, file_id: str) -> bool:
        """Delete a file from the server and all vector stores; False if that has to be tried again."""
        try:
            await self._client.files.delete(file_id)
        except openai.NotFoundError:
            return True
        except openai.OpenAIError as error:
            log.warning("library.not_deleted", file=file_id, cause=error)
            return False
        return True

    async def search(self, guild_id: int, query: str, limit: int, channels: Collection[int]) -> Sequence[SearchResult]:
        """Search the files in the guild's vector store that came in these channels; the best results come first.

        Raises:
            UserFacingError: the server does not answer.
        """
        vector_store_id = self._guild_assistants.known_vector_store(guild_id)
        if vector_store_id is None:
            return []
        in_channels: ComparisonFilter = {
            "type": "in",
            "key": CHANNEL,
            "value": [str(each) for each in sorted(channels)],
        }
        return await self._search(vector_store_id, query, limit, in_channels)

    async def search_thread(self, thread_id: str, query: str, limit: int) -> Sequence[SearchResult]:
        """Search the files that are attached to the messages of an Assistants thread; the best results come first.

        Raises:
            UserFacingError: the server does not answer.
        """
        try:
            resources = (await self._client.beta.threads.retrieve(thread_id)).tool_resources
        except openai.NotFoundError:
            return []
        except openai.OpenAIError as error:
            log.warning("library.thread_not_read", thread=thread_id, cause=error)
            raise UserFacingError(AWAY) from error
        stores = resources.file_search.vector_store_ids if resources and resources.file_search else None
        return [found for each in stores or () for found in await self._search(each, query, limit, omit)]

    async def _search(
        self, vector_store_id: str, query: str, limit: int, filters: ComparisonFilter | Omit
    ) -> Sequence[SearchResult]:
        try:
            page = await self._client.vector_stores.search(
                vector_store_id,
                query=query,
                max_num_results=limit,
                ranking_options={"score_threshold": _SCORE_THRESHOLD},
                filters=filters,
            )
        except openai.NotFoundError:
            return []
        except openai.OpenAIError as error:
            log.warning("library.search_failed", vector_store=vector_store_id, cause=error)
            raise UserFacingError(AWAY) from error
        return [
            SearchResult(
                found.file_id,
                found.filename,
                "\n".join(part.text for part in found.content),
                found.score,
                extra_of(found, "page"),
            )
            for found in page.data
        ]

    async def _wait_until_indexed(
        self, vector_store_id: str, file_id: str, on_page: PageProgress = lambda _: None
    ) -> IndexedFile:
        pause = 0.05
        seen: tuple[int, int] | None = None
        async with asyncio.timeout(_INDEXING_TIMEOUT) as limit:
            while True:
                file: Any = await self._client.vector_stores.files.retrieve(file_id, vector_store_id=vector_store_id)
                if file.status == "completed":
                    told = extra_of(file, "embedding_tokens")
                    size = int(file.usage_bytes)
                    tokens = told if isinstance(told, int) else tokens_of_bytes(size)
                    return IndexedFile(size, _unread(file), tokens)
                if file.status != "in_progress":
                    raise FileFailedError(file.last_error.message if file.last_error else "failed")
                if (progress := _progress(file)) is not None:
                    on_page(progress)
                if progress != seen:  # scanned pages may take longer in all
                    seen = progress
                    limit.reschedule(asyncio.get_running_loop().time() + _INDEXING_TIMEOUT)
                await asyncio.sleep(pause)
                pause = min(2.0, pause * 1.4)


def _ranges(pages: Sequence[int]) -> str:
    """Page numbers as people write them: `2, 5–9`; at most twenty of those."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    named = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return ", ".join([*named[:_MOST_RANGES], *(["…"] if len(named) > _MOST_RANGES else [])])


def _unread(file: Any) -> Sequence[int]:
    """The scanned pages that could not be read; our own server tells them."""
    pages = getattr(file, "unread_pages", None)
    return [page for page in pages if isinstance(page, int)] if isinstance(pages, list) else []


def _progress(file: Any) -> tuple[int, int] | None:
    """The page that is read and the number of pages; our own server tells them, other servers may not."""
    progress = getattr(file, "progress", None)
    if not isinstance(progress, Mapping):
        return None
    page, pages = progress.get("page"), progress.get("pages")
    return (page, pages) if isinstance(page, int) and isinstance(pages, int) else None


def _reason(error: openai.APIStatusError) -> str:
    """Why the server refuses a file, as `FileFailedError` has it."""
    code = error.code if isinstance(error.code, str) else None
    if error.status_code == 413:
        return "too_big"
    if code in {"disk_full", "disk_unwritable"}:
        return code
    if code == "empty_file":
        return "The file is empty."
    log.warning("library.file_refused", status=error.status_code, cause=error)
    return "failed" if error.status_code >= 500 else error.message
