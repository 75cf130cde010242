"""Files and vector stores together, as the rest of the server sees them."""

import base64
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request

from assistants.api.resources import NoLibrary
from assistants.errors import InvalidRequestError
from assistants.retrieval.files import Files
from assistants.settings import Settings
from assistants.store.store import Store

MAX_IMAGE = 20 << 20
"""Bytes; https://platform.openai.com/docs/guides/images-vision#image-input-requirements"""


class FileLibrary:
    """The server's files and vector stores; `assistants.library.Library` is what other resources need of it."""

    def __init__(self, files: Files) -> None:
        self.files = files

    async def require_files(self, file_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these files exist."""
        await self.files.require(file_ids)

    async def require_vector_stores(self, vector_store_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these vector stores exist."""
        await NoLibrary().require_vector_stores(vector_store_ids)

    async def create_vector_store(self, params: Mapping[str, Any]) -> str:
        """Make a vector store from the body of POST /vector_stores, and return its id."""
        return await NoLibrary().create_vector_store(params)

    async def add_files(self, vector_store_id: str, file_ids: Sequence[str]) -> None:
        """Put files into a vector store; indexing goes on in the background."""
        await NoLibrary().add_files(vector_store_id, file_ids)

    async def read_image(self, file_id: str) -> str:
        """An image as a `data:` URL.

        Raises:
            ApiError: there is no such file, or it is no image.
        """
        file = await self.files.find(file_id)
        data = await self.files.read(file) if file.bytes <= MAX_IMAGE else b""
        kind = _image_kind(data)
        if kind is None:
            raise InvalidRequestError(
                f"The file '{file_id}' is not an image that models take: PNG, JPEG, WebP or GIF of at most"
                f" {MAX_IMAGE >> 20} MB.",
                code="invalid_image",
            )
        return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def library_of(request: Request) -> FileLibrary:
    """FastAPI dependency: the library of the server that `request` came to."""
    library = request.app.state.server.library
    assert isinstance(library, FileLibrary)
    return library


@asynccontextmanager
async def open_library(settings: Settings, store: Store, clock: Callable[[], float]) -> AsyncIterator[FileLibrary]:
    """The library of a server while it runs."""
    files = Files(store, settings.data_dir / "files", clock)
    files.blobs.prepare()
    await files.sweep()
    yield FileLibrary(files)


def _image_kind(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None
