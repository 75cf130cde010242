"""The search in a vector store: from queries to passages with scores."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.retrieval.attribute_filters import predicate
from assistants.retrieval.embeddings import Embedded, Embedder, NoEmbeddingsError
from assistants.retrieval.index_protocol import Index, Passage, SearchScope, passage_ids
from assistants.retrieval.ranking import coverage, fuse, rarity
from assistants.retrieval.search_terms import query_terms
from assistants.store.files import File
from assistants.store.store import Store
from assistants.store.vector_stores import VectorStore, VectorStoreFile

log = structlog.get_logger(__name__)

_DEPTH = 3  # how many times the wanted results each single search is asked for
_LEAST = 30
_LONGEST_QUERY = 4_000  # characters; more is no question


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A passage that was found; `score` is between 0 and 1, and no later result has a higher one."""

    score: float
    text: str
    file_id: str
    filename: str
    attributes: Mapping[str, Any]
    page: int | None
    heading: str | None
    confidence: int | None = None
    """That of OCR, in per cent; None where the text was not read by OCR."""


@dataclass(frozen=True, slots=True)
class _SearchRequest:
    vector_store: VectorStore
    queries: Sequence[str]
    limit: int
    threshold: float


class VectorStoreSearch:
    """Searches by words, and by vectors if there is an embeddings model."""

    def __init__(self, store: Store, index: Index, embedder: Embedder | None) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._warming: set[asyncio.Task[None]] = set()

    def warm(self, vector_store: VectorStore) -> None:
        """Read in the background what a search will need."""
        if self._embedder is not None and self._embedder.ready:
            task = asyncio.create_task(self._warm(vector_store.seq, self._embedder.model), name="warming")
            self._warming.add(task)
            task.add_done_callback(self._warming.discard)

    async def close(self) -> None:
        """Wait until what is being read is read."""
        await asyncio.gather(*self._warming)

    async def _warm(self, store: int, model: str) -> None:
        try:
            await self._index.warm(store, model)
        except Exception:
            log.exception("not_warmed", store=store)  # the search itself reports what is wrong

    async def passages(
        self,
        vector_store: VectorStore,
        queries: Sequence[str],
        *,
        limit: int,
        threshold: float = 0.0,
        filters: Mapping[str, Any] | None = None,
        on_embedded: Callable[[int], None] = lambda _: None,
    ) -> list[SearchResult]:
        """The `limit` best passages for any of `queries`, best first, that score at least `threshold`.

        `on_embedded` is called with the tokens that an embeddings model has read.
        """
        texts = [query[:_LONGEST_QUERY] for query in queries if query.strip()]
        asked = _SearchRequest(vector_store, texts, limit, threshold)
        embedded = await self._vectors(texts)
        on_embedded(embedded.tokens)
        async with self._store.read() as session:
            scope = await _scope(session, vector_store, filters)
        if scope.only is not None and not scope.only:
            return []
        return await self._search(asked, embedded.vectors, scope)

    async def openings(
        self, vector_store: VectorStore, *, limit: int, filters: Mapping[str, Any] | None = None
    ) -> list[SearchResult]:
        """The beginnings of the newest files, at most `limit` passages in all; they score 0: nothing was searched."""
        completed = select(VectorStoreFile.seq).where(
            VectorStoreFile.vector_store_id == vector_store.id, VectorStoreFile.status == "completed"
        )
        query = completed.order_by(VectorStoreFile.seq.desc())
        async with self._store.read() as session:
            only = None if filters is None else (await _scope(session, vector_store, filters)).only
            newest = await session.scalars(query.limit(limit) if only is None else query)
            files = [seq for seq in newest if only is None or seq in only][:limit]
        each = limit // len(files) if files else 0
        ids = [passage_ids(file)[0] + place for file in files for place in range(each)]
        passages = await self._passages(ids, _SearchRequest(vector_store, (), limit, 0.0))
        return [_hit(passage, row, 0.0) for passage, row in passages]

    async def _vectors(self, queries: Sequence[str]) -> Embedded:
        if self._embedder is None or not self._embedder.ready or not queries:
            return Embedded(())
        try:
            return await self._embedder.queries(queries)
        except NoEmbeddingsError:
            return Embedded(())  # it was logged; words alone serve

    async def _search(self, asked: _SearchRequest, vectors: Sequence[bytes], scope: SearchScope) -> list[SearchResult]:
        store, depth = asked.vector_store.seq, max(_LEAST, asked.limit * _DEPTH)
        rankings: list[Sequence[int]] = []
        counts: list[Mapping[str, int]] = []
        cosines: dict[int, float] = {}
        for query in asked.queries:
            found = await self._index.by_words(store, query_terms(query), scope=scope, limit=depth)
            rankings.append(found.ids)
            counts.append(found.counts)
        for vector in vectors:
            assert self._embedder is not None
            near = await self._index.by_vector(store, vector, model=self._embedder.model, scope=scope, limit=depth)
            rankings.append([passage_id for passage_id, _ in near])
            cosines.update({id_: max(cosine, cosines.get(id_, 0.0)) for id_, cosine in near})
        passages = await self._passages(fuse(rankings), asked)
        weights = await self._weights(asked.vector_store, counts, scope)
        relevance = [
            max([cosines.get(passage.id, 0.0), *(coverage(_words(passage), weight) for weight in weights)])
            for passage, _ in passages
        ]
        scored = zip(passages, _never_rising(relevance), strict=True)
        return [_hit(passage, row, score) for (passage, row), score in scored if score >= asked.threshold]

    async def _passages(self, ids: Sequence[int], asked: _SearchRequest) -> list[tuple[Passage, Any]]:
        """The first passages of `ids` whose files are completed and in this vector store, in that order.

        Only the order comes from the index; the rows decide what may be seen.
        """
        seen: list[tuple[Passage, Any]] = []
        for start in range(0, len(ids), 2 * asked.limit):
            some = ids[start : start + 2 * asked.limit]
            passages = await self._index.fetch(some)
            rows = await self._rows(asked.vector_store, {passage.file for passage in passages.values()})
            found = [passages[id_] for id_ in some if id_ in passages]
            seen += [(passage, rows[passage.file]) for passage in found if passage.file in rows]
            if len(seen) >= asked.limit:
                break
        return seen[: asked.limit]

    async def _rows(self, vector_store: VectorStore, files: set[int]) -> dict[int, Any]:
        query = (
            select(VectorStoreFile.seq, VectorStoreFile.attributes, File.id.label("file_id"), File.filename)
            .join(File, File.id == VectorStoreFile.file_id)
            .where(
                VectorStoreFile.seq.in_(files),
                VectorStoreFile.vector_store_id == vector_store.id,
                VectorStoreFile.status == "completed",
            )
        )
        async with self._store.read() as session:
            return {row.seq: row for row in await session.execute(query)}

    async def _weights(
        self, vector_store: VectorStore, counts: Sequence[Mapping[str, int]], scope: SearchScope
    ) -> list[dict[str, float]]:
        query = select(VectorStoreFile.seq, VectorStoreFile.passages).where(
            VectorStoreFile.vector_store_id == vector_store.id, VectorStoreFile.passages > 0
        )
        async with self._store.read() as session:
            rows = await session.execute(query)
            total = sum(row.passages for row in rows if scope.only is None or row.seq in scope.only)
        return [{term: rarity(count, total) for term, count in known.items()} for known in counts]


async def _scope(session: AsyncSession, vector_store: VectorStore, filters: Mapping[str, Any] | None) -> SearchScope:
    """Where a search looks. Filters that all files pass are none, which is the faster search."""
    files = select(VectorStoreFile.seq, VectorStoreFile.status, VectorStoreFile.attributes).where(
        VectorStoreFile.vector_store_id == vector_store.id
    )
    if filters is None:
        unfinished = await session.execute(files.where(VectorStoreFile.status == "in_progress"))
        return SearchScope(frozenset(row.seq for row in unfinished))
    rows = (await session.execute(files.where(VectorStoreFile.status.in_(("in_progress", "completed"))))).all()
    passes = predicate(filters)
    if all(passes(row.attributes) for row in rows):
        return SearchScope(frozenset(row.seq for row in rows if row.status == "in_progress"))
    return SearchScope(only=frozenset(row.seq for row in rows if row.status == "completed" and passes(row.attributes)))


def _words(passage: Passage) -> str:
    return f"{passage.heading}\n{passage.text}" if passage.heading else passage.text


def _never_rising(relevance: Sequence[float]) -> list[float]:
    """Scores that never rise: each is the highest relevance from its place on, as the ranks decide the order."""
    scores: list[float] = []
    for value in reversed(relevance):
        scores.append(max(value, scores[-1] if scores else 0.0))
    return [min(1.0, max(0.0, score)) for score in reversed(scores)]


def _hit(passage: Passage, row: Any, score: float) -> SearchResult:
    return SearchResult(
        score=round(score, 6),
        text=passage.text,
        file_id=row.file_id,
        filename=row.filename,
        attributes=row.attributes,
        page=passage.page,
        heading=passage.heading,
        confidence=passage.confidence,
    )
