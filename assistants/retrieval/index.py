"""Finding passages: what an index does, and how the ranks of several searches become one.

Passages are found by words (BM25) and, where an embeddings model is there, by vectors; both rankings are joined by
reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from assistants.retrieval.terms import folded
from assistants.store.vector_stores import ORDINALS

FUSION = 60
"""The constant of reciprocal rank fusion: how little the very first ranks stand out."""

COMMON = 20_000
"""Passages that a search by words looks at, at most: the commonest words of a query are left out beyond that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it is indexed: its terms, joined by blanks."""

    id: int
    terms: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Which files of a vector store a search may look into, by their `seq`: all but `without`, or `only` these."""

    without: frozenset[int] = frozenset()
    only: frozenset[int] | None = None

    def __contains__(self, passage_id: int) -> bool:
        file = passage_id >> ORDINALS
        return file not in self.without and (self.only is None or file in self.only)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search by words came to: passages, best first, and in how many passages each term of the query is."""

    ids: Sequence[int]
    counts: Mapping[str, int]


class Index(Protocol):
    """Passages by words and by vectors, each vector store (`store` is its `seq`) a world of its own."""

    async def prepare(self, session: AsyncSession) -> bool:
        """Make what is missing; False when all passages have to be indexed anew."""
        ...

    async def add(self, session: AsyncSession, store: int, entries: Sequence[Entry]) -> None:
        """Index passages by their words."""
        ...

    async def remove(self, session: AsyncSession, store: int, entries: Sequence[Entry]) -> None:
        """Forget passages; `terms` must be those that they were added with."""
        ...

    async def by_words(
        self, session: AsyncSession, store: int, terms: Sequence[str], *, reach: Reach, limit: int
    ) -> Found:
        """Passages with some of these query terms, best first."""
        ...

    async def by_vector(
        self, session: AsyncSession, store: int, vector: bytes, *, model: str, reach: Reach, limit: int
    ) -> Sequence[tuple[int, float]]:
        """The passages nearest to a vector (float16 numbers, normalised), with their cosines, nearest first."""
        ...

    async def add_vectors(self, session: AsyncSession, store: int, model: str, vectors: Mapping[int, bytes]) -> None:
        """Give indexed passages their vectors; they are findable once their file is completed."""
        ...

    def opened(self, store: int, file: int) -> None:
        """A file is completed and committed: from now on it is found."""
        ...

    def closed(self, store: int, file: int) -> None:
        """A file has left."""
        ...


def choose_terms(counts: Mapping[str, int], budget: int = COMMON) -> list[str]:
    """The rarest terms whose passages together are at most `budget`, at least one; rare words tell the most."""
    chosen: list[str] = []
    spent = 0
    for term, count in sorted(counts.items(), key=lambda entry: entry[1]):
        if count == 0:
            continue
        if chosen and spent + count > budget:
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
