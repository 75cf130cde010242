"""Finding passages: what an index does, and how the ranks of several searches become one.

Passages are found by words (BM25) and, where an embeddings model is there, by vectors; both rankings are joined by
reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistants.retrieval.search_terms import folded

ORDINALS = 20
"""A passage's id is its file's number, shifted by so many bits, and its place in the file."""

PIECE = 64
"""Passages that are written at once."""

FUSION = 60
"""The constant of reciprocal rank fusion: how little the very first ranks stand out."""

COMMON = 10_000
"""Passages that a search by words looks at, about: the commonest words of a query are left out beyond that."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage as a worker process made it; `terms` joined by blanks."""

    text: str
    tokens: int
    page: int | None
    heading: str | None
    terms: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as it is found."""

    id: int
    text: str
    page: int | None
    heading: str | None

    @property
    def file(self) -> int:
        """The number of the file that it is from."""
        return self.id >> ORDINALS


@dataclass(frozen=True, slots=True)
class Reach:
    """Which files of a vector store a search may look into: all but `without`, or `only` these."""

    without: frozenset[int] = frozenset()
    only: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search by words came to: passages, best first, and in how many passages each term of the query is."""

    ids: Sequence[int]
    counts: Mapping[str, int]


class Index(Protocol):
    """The passages of all files, by words and by vectors; each vector store is a world of its own.

    `store` and `file` are the `seq` of a vector store and of a file in it. What has been written is there after a
    crash; whether a file may be found is its row's to say, not the index's.
    """

    async def prepare(self) -> bool:
        """Make what is missing; False when all files have to be indexed anew."""
        ...

    async def close(self) -> None:
        """Let go of connections and threads."""
        ...

    async def write(self, store: int, file: int, first: int, chunks: Sequence[Chunk]) -> None:
        """Add `chunks` as a file's passages from place `first` on."""
        ...

    async def sweep(self, file: int) -> None:
        """Forget a file's passages, and the embeddings that nobody else needs; there may be none."""
        ...

    async def files(self) -> set[int]:
        """The files that have passages."""
        ...

    async def texts(self, file: int) -> list[str]:
        """A file's passages, in order."""
        ...

    async def fetch(self, ids: Collection[int]) -> dict[int, Passage]:
        """Those of these passages that there are."""
        ...

    async def by_words(self, store: int, terms: Sequence[str], *, reach: Reach, limit: int) -> Found:
        """Passages with some of these query terms, best first."""
        ...

    async def by_vector(
        self, store: int, vector: bytes, *, model: str, reach: Reach, limit: int
    ) -> Sequence[tuple[int, float]]:
        """The passages nearest to a vector (float16 numbers, normalised), with their cosines, nearest first."""
        ...

    async def warm(self, store: int, model: str) -> None:
        """Read what searches by vector need, so that the first one need not wait for it."""
        ...

    async def lacking(self, file: int, model: str) -> dict[bytes, str]:
        """Some texts of a file that have no vector by `model` yet, by digest; empty when all have."""
        ...

    async def add_vectors(self, store: int, file: int, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep vectors of texts, by digest."""
        ...

    async def opened(self, store: int, file: int, model: str | None) -> int:
        """A file is whole, with vectors by `model` or without; returns the bytes that these take."""
        ...

    async def keep_model(self, model: str) -> None:
        """Forget the vectors of all other models."""
        ...


def span(file: int) -> tuple[int, int]:
    """The ids that a file's passages have: the first, and the first that is another file's."""
    return file << ORDINALS, (file + 1) << ORDINALS


def choose_terms(counts: Mapping[str, int], budget: int = COMMON) -> list[str]:
    """The rarest terms whose passages together are at most `budget`; rare words tell the most.

    At least one, and at least two unless the second is common by itself: one word makes no ranking.
    """
    chosen: list[str] = []
    spent = 0
    for term, count in sorted(counts.items(), key=lambda entry: entry[1]):
        if count == 0:
            continue
        if (chosen and count > budget) or (len(chosen) > 1 and spent + count > budget):
            break
        chosen.append(term)
        spent += count
    return chosen


def fuse(rankings: Collection[Sequence[int]]) -> list[int]:
    """One ranking of several."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (FUSION + rank)
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))


def rarity(count: int, total: int) -> float:
    """What a term's presence tells: BM25's inverse document frequency, never negative."""
    return math.log(1 + (max(total - count, 0) + 0.5) / (count + 0.5))


def coverage(text: str, weights: Mapping[str, float]) -> float:
    """How much of a query's weight is in `text`, from 0 to 1."""
    whole = sum(weights.values())
    if not whole:
        return 0.0
    plain = folded(text)
    squeezed = plain.replace("-", "").replace("_", "").replace(".", "")
    found = (weight for term, weight in weights.items() if _holds(plain, squeezed, term))
    return sum(found) / whole


def _holds(plain: str, squeezed: str, term: str) -> bool:
    bare = term.rstrip("*")
    if bare in plain or bare in squeezed:
        return True
    return bare.endswith("y") and len(bare) > 3 and f"{bare[:-1]}ie" in plain
