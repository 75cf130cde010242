"""The protocol of an index of passages, which finds them by words and by vectors, and its values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PASSAGE_BITS = 20
"""The low bits of a passage's id, which are its place in its file; the bits above are the file's number."""

BATCH = 64
"""Passages that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk of a file with its search terms, joined by blanks, as a worker process makes it for the index."""

    text: str
    tokens: int
    page: int | None
    heading: str | None
    terms: str
    confidence: int | None = None
    """That of OCR, in per cent; None where the text was not read by OCR."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that is in the index."""

    id: int
    text: str
    page: int | None
    heading: str | None
    confidence: int | None = None

    @property
    def file(self) -> int:
        """The number (`seq`) of its file in the vector store."""
        return self.id >> PASSAGE_BITS


@dataclass(frozen=True, slots=True)
class SearchScope:
    """The files (`seq`) of a vector store that a search looks into: all but those in `without`, or `only` these."""

    without: frozenset[int] = frozenset()
    only: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class WordMatches:
    """The result of a search by words: ids of passages, best first, and how many passages hold each query term."""

    ids: Sequence[int]
    counts: Mapping[str, int]


class Index(Protocol):
    """The passages of all files, by words and by vectors; a search looks into one vector store.

    `store` and `file` are the `seq` of a vector store and of a file in it. What was written survives a crash. Whether a
    file may be found is said by its row in `vector_store_files`, not by the index.
    """

    async def prepare(self) -> bool:
        """Make the tables that are missing; False if all files must be indexed anew."""
        ...

    async def close(self) -> None:
        """Close connections and end threads."""
        ...

    async def write(self, store: int, file: int, first: int, chunks: Sequence[IndexedChunk]) -> None:
        """Add `chunks` as a file's passages from place `first` on."""
        ...

    async def sweep(self, file: int) -> None:
        """Delete a file's passages, if there are any, and the embeddings that no other file needs."""
        ...

    async def compact(self) -> None:
        """Write over what is left of the words of deleted passages, as far as the database does that."""
        ...

    async def files(self) -> set[int]:
        """The files that have passages."""
        ...

    async def texts(self, file: int) -> list[str]:
        """A file's passages, in order."""
        ...

    async def fetch(self, ids: Collection[int]) -> dict[int, Passage]:
        """The passages with these ids, as far as they exist."""
        ...

    async def by_words(self, store: int, terms: Sequence[str], *, scope: SearchScope, limit: int) -> WordMatches:
        """The passages that hold some of these query terms, best first."""
        ...

    async def by_vector(
        self, store: int, vector: bytes, *, model: str, scope: SearchScope, limit: int
    ) -> Sequence[tuple[int, float]]:
        """The passages nearest to a vector (float16 numbers, normalised), with their cosines, nearest first."""
        ...

    async def warm(self, store: int, model: str) -> None:
        """Read what searches by vector need, so that the first one does not wait for it."""
        ...

    async def lacking(self, file: int, model: str) -> dict[bytes, str]:
        """Some texts of a file without a vector by `model`, by digest; empty when none is left."""
        ...

    async def add_vectors(self, store: int, file: int, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep vectors of texts, by digest."""
        ...

    async def opened(self, store: int, file: int, model: str | None) -> int:
        """Take note that a file is complete, with vectors by `model` (None: without); returns the bytes of these."""
        ...

    async def keep_model(self, model: str) -> None:
        """Delete the vectors of all other models."""
        ...


def passage_ids(file: int) -> tuple[int, int]:
    """The range of ids of a file's passages: the first, and the one after the last."""
    return file << PASSAGE_BITS, (file + 1) << PASSAGE_BITS
