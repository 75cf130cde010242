"""What assistants, threads, messages and runs ask of files and vector stores."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class FileResources(Protocol):
    """Files and vector stores, as far as other resources refer to them."""

    async def require_files(self, file_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these files exist."""
        ...

    async def require_vector_stores(self, vector_store_ids: Sequence[str]) -> None:
        """Raise `NotFoundError` unless all of these vector stores exist."""
        ...

    async def create_vector_store(self, params: Mapping[str, Any]) -> str:
        """Make a vector store from the body of POST /vector_stores (`file_ids`, `chunking_strategy`, `metadata`,
        `expires_after`; all optional) and return its id. Indexing goes on in the background."""
        ...

    async def add_files(self, vector_store_id: str, file_ids: Sequence[str]) -> None:
        """Put files into a vector store. Indexing goes on in the background."""
        ...

    async def read_image(self, file_id: str) -> str:
        """An image as a `data:` URL for the model.

        Raises:
            ApiError: there is no such file, or it is no image.
        """
        ...
