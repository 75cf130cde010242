"""The index in SQLite: FTS5 for words, exact search with numpy for vectors.

A term is stored as `store:term`, so that a search reads its own store's postings and no other's. The FTS5 table holds
no text of its own; it is named after the version of `terms`, and made anew when that has changed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.retrieval.index import Entry, Found, Reach, choose_terms
from assistants.retrieval.terms import VERSION
from assistants.store.store import Store
from assistants.store.vector_stores import ORDINALS, Embedding, Passage, VectorStore, VectorStoreFile

if TYPE_CHECKING:
    from assistants.retrieval.vectors import Vectors

TABLE = f"passage_terms_v{VERSION}"
COUNTS = f"passage_counts_v{VERSION}"

_PREFIX_COUNT = 2_000  # how common the beginnings of words (one syllable) are taken to be
_FILES_AT_ONCE = 50
_LOADED = 3  # stores whose vectors stay in memory

_MAKE = (
    # The ascii tokenizer lets everything beyond ASCII alone; the words were found already.
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(terms, content='', tokenize=\"ascii tokenchars '.\\:_'\")",
    f"CREATE VIRTUAL TABLE {COUNTS} USING fts5vocab('{TABLE}', 'row')",
)
# ruff: noqa: S608 - nothing but the constants above stands in these statements; values are bound
_ADD = text(f"INSERT INTO {TABLE} (rowid, terms) VALUES (:id, :terms)")
_REMOVE = text(f"INSERT INTO {TABLE} ({TABLE}, rowid, terms) VALUES ('delete', :id, :terms)")
_COUNT = text(f"SELECT term, doc FROM {COUNTS} WHERE term IN (SELECT value FROM json_each(:terms))")
_SEARCH = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :words {{reach}} ORDER BY rank LIMIT :limit"
_WITHOUT = f"AND (rowid >> {ORDINALS}) NOT IN (SELECT value FROM json_each(:without))"
_ONLY = f"AND (rowid >> {ORDINALS}) IN (SELECT value FROM json_each(:only))"


class SqliteIndex:
    """See `assistants.retrieval.index.Index`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._vectors: dict[tuple[int, str], Vectors] = {}
        self._loading: dict[tuple[int, str], asyncio.Lock] = {}

    async def prepare(self, session: AsyncSession) -> bool:
        """Make the FTS5 table unless it is there; one of an older version goes."""
        names = text(
            "SELECT name FROM sqlite_master WHERE name LIKE 'passage\\_%\\_v%' ESCAPE '\\' AND sql LIKE '%fts5%'"
        )
        existing = set(await session.scalars(names))
        if TABLE in existing:
            return True
        for name in existing:
            await session.execute(text(f"DROP TABLE {name}"))
        for statement in _MAKE:
            await session.execute(text(statement))
        return False

    async def add(self, session: AsyncSession, store: int, entries: Sequence[Entry]) -> None:
        """Insert."""
        await session.execute(_ADD, [_row(store, entry) for entry in entries])

    async def remove(self, session: AsyncSession, store: int, entries: Sequence[Entry]) -> None:
        """Delete, which a table without text of its own wants to be told the terms for."""
        await session.execute(_REMOVE, [_row(store, entry) for entry in entries])

    async def by_words(
        self, session: AsyncSession, store: int, terms: Sequence[str], *, reach: Reach, limit: int
    ) -> Found:
        """FTS5's BM25 over the rarest of the terms."""
        counts = await self._counts(session, store, terms)
        words = " OR ".join(_quoted(store, term) for term in choose_terms(counts))
        if not words:
            return Found([], counts)
        parameters: dict[str, object] = {"words": words, "limit": limit}
        conditions = []
        if reach.without:
            conditions.append(_WITHOUT)
            parameters["without"] = orjson.dumps(sorted(reach.without)).decode()
        if reach.only is not None:
            conditions.append(_ONLY)
            parameters["only"] = orjson.dumps(sorted(reach.only)).decode()
        rows = await session.scalars(text(_SEARCH.format(reach=" ".join(conditions))), parameters)
        return Found(rows.all(), counts)

    async def by_vector(
        self, session: AsyncSession, store: int, vector: bytes, *, model: str, reach: Reach, limit: int
    ) -> Sequence[tuple[int, float]]:
        """All vectors of the store, in a thread."""
        vectors = await self._loaded(session, store, model)
        return await asyncio.to_thread(vectors.nearest, vector, limit, reach)

    async def add_vectors(self, session: AsyncSession, store: int, model: str, vectors: Mapping[int, bytes]) -> None:
        """Nothing to do: embeddings are a table already, and memory takes them up when their file is opened."""

    def opened(self, store: int, file: int) -> None:
        """Its vectors are read at the next search."""
        for (known, _), vectors in self._vectors.items():
            if known == store:
                vectors.waiting.add(file)

    def closed(self, store: int, file: int) -> None:
        """Its vectors are forgotten at the next search."""
        for (known, _), vectors in self._vectors.items():
            if known == store:
                vectors.waiting.discard(file)
                vectors.leaving.add(file)

    async def _counts(self, session: AsyncSession, store: int, terms: Sequence[str]) -> dict[str, int]:
        wanted = orjson.dumps([f"{store}:{term}" for term in terms if not term.endswith("*")]).decode()
        known = {row.term.partition(":")[2]: row.doc for row in await session.execute(_COUNT, {"terms": wanted})}
        return {term: _PREFIX_COUNT if term.endswith("*") else known.get(term, 0) for term in terms}

    async def _loaded(self, session: AsyncSession, store: int, model: str) -> "Vectors":
        """The store's vectors, read into memory at the first search and kept up to date from then on."""
        from assistants.retrieval.vectors import Vectors  # noqa: PLC0415 - numpy is for those who use vectors

        key = (store, model)
        async with self._loading.setdefault(key, asyncio.Lock()):
            vectors = self._vectors.pop(key, None)
            if vectors is None:
                vectors = Vectors()
                vectors.waiting.update(await session.scalars(_completed(store)))
            self._vectors[key] = vectors  # the last one is the one used last
            while len(self._vectors) > _LOADED:
                del self._vectors[next(iter(self._vectors))]
            while vectors.leaving:
                await asyncio.to_thread(vectors.drop, vectors.leaving.pop())
            while vectors.waiting:
                files = [vectors.waiting.pop() for _ in range(min(len(vectors.waiting), _FILES_AT_ONCE))]
                for file in files:
                    rows = (await session.execute(_embedded(file, model))).all()
                    await asyncio.to_thread(vectors.drop, file)
                    await asyncio.to_thread(vectors.add, [row.id for row in rows], [row.vector for row in rows])
        return vectors


def _row(store: int, entry: Entry) -> dict[str, object]:
    return {"id": entry.id, "terms": " ".join(f"{store}:{term}" for term in entry.terms.split(" "))}


def _quoted(store: int, term: str) -> str:
    return f'"{store}:{term.rstrip("*")}"' + ("*" if term.endswith("*") else "")


def _completed(store: int) -> Select[int]:
    return (
        select(VectorStoreFile.seq)
        .join(VectorStore, VectorStore.id == VectorStoreFile.vector_store_id)
        .where(VectorStore.seq == store, VectorStoreFile.status == "completed")
    )


def _embedded(file: int, model: str) -> Select[int, bytes]:
    first = file << ORDINALS
    return (
        select(Passage.id, Embedding.vector)
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(Passage.id >= first, Passage.id < first + (1 << ORDINALS))
        .order_by(Passage.id)
    )
