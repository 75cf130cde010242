"""Files, vector stores, their indexing and their search together; opened when the server starts."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from assistants.errors import InvalidRequestError
from assistants.file_stores.folder_store import FolderStore
from assistants.retrieval.embeddings import embedder_of
from assistants.retrieval.file_search import BUDGET, FileSearch
from assistants.retrieval.files import Files, open_files
from assistants.retrieval.images import MAX_IMAGE, SIGNATURE, image_kind
from assistants.retrieval.index_protocol import Index
from assistants.retrieval.ingestion import Ingestion
from assistants.retrieval.postgres_index import PostgresIndex
from assistants.retrieval.sqlite_index import SqliteIndex
from assistants.retrieval.vector_store_search import VectorStoreSearch
from assistants.retrieval.vector_stores import FileToAdd, VectorStores
from assistants.settings import Settings
from assistants.store.store import Store
from workers import Pool

log = structlog.get_logger(__name__)

SWEEP_EVERY = 3_600.0
"""Seconds between two sweeps of what has expired, and before the first."""


class Retrieval:
    """The server's files and vector stores, and what indexes and searches them."""

    def __init__(
        self, files: Files, vector_stores: VectorStores, search: VectorStoreSearch, index: Index, ingestion: Ingestion
    ) -> None:
        self.files = files
        self.vector_stores = vector_stores
        self.search = search
        self.index = index
        self.ingestion = ingestion

    def file_search(self, store: Store, *, budget: int) -> FileSearch:
        """The `file_search` tool of runs; the passages of one search take at most `budget` tokens."""
        return FileSearch(store, self.vector_stores, self.search, budget=min(budget, BUDGET))

    async def require_files(self, file_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these files exist."""
        await self.files.require(file_ids)

    async def require_vector_stores(self, vector_store_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these vector stores exist."""
        for id_ in vector_store_ids:
            await self.vector_stores.find(id_)

    async def create_vector_store(self, params: Mapping[str, Any]) -> str:
        """Make a vector store from the body of POST /vector_stores, and return its id."""
        return (await self.vector_stores.create(params)).id

    async def add_files(self, vector_store_id: str, file_ids: Sequence[str]) -> None:
        """Put files into a vector store; indexing goes on in the background."""
        await self.vector_stores.add_files(vector_store_id, [FileToAdd(file_id) for file_id in file_ids])

    async def read_image(self, file_id: str) -> str:
        """An image as a `data:` URL.

        Raises:
            ApiError: there is no such file, or it is no image.
        """
        file = await self.files.find(file_id)
        data = await self.files.read(file) if file.bytes <= MAX_IMAGE else b""
        kind = image_kind(data)
        if kind is None:
            raise _no_image(file_id)
        return f"data:{kind};base64,{base64.b64encode(data).decode()}"

    async def require_images(self, file_ids: Sequence[str]) -> None:
        """Return if all of these files are pictures that models take.

        Raises:
            NotFoundError: one does not exist.
            InvalidRequestError: one is no such picture.
        """
        for file_id in dict.fromkeys(file_ids):
            file = await self.files.find(file_id)
            if file.bytes > MAX_IMAGE or image_kind(await self.files.first_bytes(file, SIGNATURE)) is None:
                raise _no_image(file_id)


@asynccontextmanager
async def open_retrieval(
    settings: Settings,
    store: Store,
    pool: Pool,
    clock: Callable[[], float],
    reached: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Retrieval]:
    """Open a server's files and vector stores, and index files while it runs.

    `reached` is called with the name of each point that indexing passes.

    Raises:
        FileStoreError: files cannot be written or read where the settings say.
    """
    async with AsyncExitStack() as stack:
        files = await stack.enter_async_context(open_files(settings, store, clock))
        index: Index
        if store.dialect == "postgresql":
            index = PostgresIndex(store)
        else:
            index = SqliteIndex(settings.data_dir / "passages.sqlite3")
        embedder = embedder_of(settings)
        ingestion = Ingestion(
            store=store, files=files, index=index, embedder=embedder, pool=pool, clock=clock, reached=reached
        )
        stores = VectorStores(store, files, clock, ingestion.wake)
        files.on_removed = ingestion.wake
        stack.push_async_callback(index.close)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        if isinstance(files.blobs.store, FolderStore):  # to list all of another store would take long
            await files.sweep_strays()
        await ingestion.prepare()
        stack.push_async_callback(_end, asyncio.create_task(ingestion.run(), name="indexing"))
        stack.push_async_callback(_end, asyncio.create_task(_sweep(files, stores, store), name="expiry"))
        search = VectorStoreSearch(store, index, embedder)
        stack.push_async_callback(search.close)
        yield Retrieval(files, stores, search, index, ingestion)


async def _sweep(files: Files, vector_stores: VectorStores, store: Store) -> None:
    """Delete what has expired, and give the space of what was deleted back, every hour.

    Not at the start: a clock that is wrong when a machine starts is mostly put right soon after.
    """
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        try:
            await vector_stores.sweep()
            await files.sweep()
            await files.sweep_strays()
            await store.give_back_space()
        except Exception:
            log.exception("expiry_failed")


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _no_image(file_id: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The file '{file_id}' is not an image that models take: PNG, JPEG, WebP or GIF of at most"
        f" {MAX_IMAGE >> 20} MB.",
        code="invalid_image",
    )
