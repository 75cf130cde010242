"""The index in PostgreSQL: full-text search for words, pgvector for vectors; for several processes.

It is in the server's own database, in tables that it makes itself and names after the version of the search terms.
Lexemes are `store:term`, as in SQLite, so that one GIN index serves all vector stores, and a search reads only its own.
The ranks resemble BM25's: a term's rarity, how often it occurs (saturating, `ts_rank`), and the passage's length.
"""
# ruff: noqa: S608 - these statements are made of constants and numbers of ours; values are bound

import hashlib
import struct
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assistants.retrieval.embeddings import digest
from assistants.retrieval.index_protocol import (
    BATCH,
    PASSAGE_BITS,
    IndexedChunk,
    Passage,
    SearchScope,
    WordMatches,
    passage_ids,
)
from assistants.retrieval.ranking import rarity
from assistants.retrieval.search_terms import VERSION, rarest_terms
from assistants.store.store import Store

log = structlog.get_logger(__name__)

PASSAGES = f"passages_v{VERSION}"
EXACT = 20_000
"""Up to so many passages a vector store is searched vector by vector; above, by HNSW."""

_LOCK = 7362352
_INDEXABLE = 2000  # dimensions that pgvector's HNSW takes
_USUAL_LENGTH = 500.0  # tokens
_POSITIONS = 200  # of a lexeme in a passage; PostgreSQL keeps 256

_SCHEMA = (
    f"""CREATE TABLE {PASSAGES} (
        id bigint PRIMARY KEY, store bigint NOT NULL, text text NOT NULL, tokens integer NOT NULL,
        page integer, heading text, confidence smallint, digest bytea NOT NULL, lexemes tsvector NOT NULL)""",
    f"CREATE INDEX {PASSAGES}_lexemes ON {PASSAGES} USING gin (lexemes)",
    f"CREATE INDEX {PASSAGES}_store ON {PASSAGES} (store)",
    f"CREATE INDEX {PASSAGES}_digest ON {PASSAGES} (digest)",
)
_EMBEDDINGS = """CREATE TABLE IF NOT EXISTS embeddings (
    digest bytea NOT NULL, model text NOT NULL, vector vector NOT NULL, PRIMARY KEY (digest, model))"""
_ADD = text(
    f"""INSERT INTO {PASSAGES} (id, store, text, tokens, page, heading, confidence, digest, lexemes)
    VALUES (:id, :store, :text, :tokens, :page, :heading, :confidence, :digest,
        CAST(CAST(:lexemes AS text) AS tsvector))"""
)
_DELETE = text(f"DELETE FROM {PASSAGES} WHERE id >= :low AND id < :high RETURNING digest")
_ORPHANS = text(
    f"""DELETE FROM embeddings e WHERE e.digest = ANY(:digests)
    AND NOT EXISTS (SELECT 1 FROM {PASSAGES} p WHERE p.digest = e.digest)"""
)
_FETCH = text(f"SELECT id, text, page, heading, confidence FROM {PASSAGES} WHERE id = ANY(:ids)")
_TEXTS = text(f"SELECT text FROM {PASSAGES} WHERE id >= :low AND id < :high ORDER BY id")
_FILES = text(f"SELECT DISTINCT id >> {PASSAGE_BITS} FROM {PASSAGES}")
_SCOPE = f"""AND NOT ((p.id >> {PASSAGE_BITS}) = ANY(CAST(:without AS bigint[])))
    AND (CAST(:only AS bigint[]) IS NULL OR (p.id >> {PASSAGE_BITS}) = ANY(CAST(:only AS bigint[])))"""
_COUNT = text(
    f"""SELECT place, (SELECT count(*) FROM {PASSAGES} p WHERE p.lexemes @@ CAST(query AS tsquery) {_SCOPE})
    FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS asked (query, place)"""
)
_TOTAL = text(
    f"SELECT count(*) FROM (SELECT 1 FROM {PASSAGES} p WHERE p.store = :store {_SCOPE} LIMIT {EXACT + 1}) AS few"
)
_LACKING = text(
    f"""SELECT DISTINCT p.digest, p.text FROM {PASSAGES} p
    WHERE p.id >= :low AND p.id < :high
    AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.digest = p.digest AND e.model = :model) LIMIT {BATCH}"""
)
_ADD_VECTOR = text(
    "INSERT INTO embeddings VALUES (:digest, :model, CAST(CAST(:vector AS text) AS vector)) ON CONFLICT DO NOTHING"
)
_SIZE = text(
    f"""SELECT coalesce(sum(vector_dims(e.vector)) * 2, 0) FROM {PASSAGES} p
    JOIN embeddings e ON e.digest = p.digest AND e.model = :model WHERE p.id >= :low AND p.id < :high"""
)


class PostgresIndex:
    """See `assistants.retrieval.index_protocol.Index`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._vectors_possible = True

    async def prepare(self) -> bool:
        """Make the tables in one process, while the others wait. Without pgvector, files are found by words alone."""
        await self._prepare_vectors()
        async with self._store.write() as session:
            await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if await session.scalar(text(f"SELECT to_regclass('{PASSAGES}')")) is not None:
                return True
            older = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^passages_v[0-9]+$'")
            for name in (await session.scalars(older)).all():
                await session.execute(text(f"DROP TABLE {name}"))
            for statement in _SCHEMA:
                await session.execute(text(statement))
        return False

    async def close(self) -> None:
        """Nothing: the connections are the store's."""

    async def write(self, store: int, file: int, first: int, chunks: Sequence[IndexedChunk]) -> None:
        """One transaction."""
        base = passage_ids(file)[0] + first
        rows = [
            {
                "id": base + place,
                "store": store,
                "text": chunk.text,
                "tokens": chunk.tokens,
                "page": chunk.page,
                "heading": chunk.heading,
                "confidence": chunk.confidence,
                "digest": digest(chunk.text),
                "lexemes": _lexemes(store, chunk.terms),
            }
            for place, chunk in enumerate(chunks)
        ]
        async with self._store.write() as session:
            await session.execute(_ADD, rows)

    async def compact(self) -> None:
        """PostgreSQL's autovacuum frees what was deleted, and later rows are written over it."""

    async def sweep(self, file: int) -> None:
        """One transaction."""
        low, high = passage_ids(file)
        async with self._store.write() as session:
            digests = list((await session.scalars(_DELETE, {"low": low, "high": high})).all())
            if digests and self._vectors_possible:
                await session.execute(_ORPHANS, {"digests": digests})

    async def files(self) -> set[int]:
        """All of them."""
        async with self._store.read() as session:
            return set((await session.scalars(_FILES)).all())

    async def texts(self, file: int) -> list[str]:
        """In order of their ids."""
        low, high = passage_ids(file)
        async with self._store.read() as session:
            return list((await session.scalars(_TEXTS, {"low": low, "high": high})).all())

    async def fetch(self, ids: Collection[int]) -> dict[int, Passage]:
        """By their ids."""
        async with self._store.read() as session:
            rows = (await session.execute(_FETCH, {"ids": list(ids)})).all()
        return {row.id: Passage(row.id, row.text, row.page, row.heading, row.confidence) for row in rows}

    async def by_words(self, store: int, terms: Sequence[str], *, scope: SearchScope, limit: int) -> WordMatches:
        """The rarest terms, weighted by rarity."""
        if not terms:
            return WordMatches([], {})
        queries = {term: _query(store, term) for term in terms}
        async with self._store.read() as session:
            rows = (await session.execute(_COUNT, {"queries": list(queries.values()), **_scope(scope)})).all()
            counts = {terms[row[0] - 1]: row[1] for row in rows}
            chosen = rarest_terms(counts)
            if not chosen:
                return WordMatches([], counts)
            total = await session.scalar(_TOTAL, {"store": store, **_scope(scope)}) or 0
            parameters: dict[str, Any] = {"any": " | ".join(queries[term] for term in chosen), "limit": limit}
            ranks = []
            for number, term in enumerate(chosen):
                ranks.append(f"CAST(:w{number} AS float8) * ts_rank(p.lexemes, CAST(:q{number} AS tsquery))")
                parameters |= {f"w{number}": rarity(counts[term], total), f"q{number}": queries[term]}
            search = text(
                f"""SELECT p.id FROM {PASSAGES} p WHERE p.lexemes @@ CAST(:any AS tsquery) {_SCOPE}
                ORDER BY ({" + ".join(ranks)}) / (0.25 + 0.75 * p.tokens / {_USUAL_LENGTH}) DESC, p.id LIMIT :limit"""
            )
            found = (await session.scalars(search, parameters | _scope(scope))).all()
        return WordMatches(list(found), counts)

    async def by_vector(
        self, store: int, vector: bytes, *, model: str, scope: SearchScope, limit: int
    ) -> Sequence[tuple[int, float]]:
        """By comparing all vectors in a small vector store, by HNSW in a large one."""
        if not self._vectors_possible:
            return []
        width = len(vector) // 2
        parameters = {"store": store, "model": model, "vector": _vector(vector), "limit": limit, **_scope(scope)}
        distance = f"CAST(e.vector AS vector({width})) <=> CAST(CAST(:vector AS text) AS vector({width}))"
        own = f"JOIN {PASSAGES} p ON p.digest = e.digest WHERE p.store = :store {_SCOPE}"
        same = f"e.model = :model AND vector_dims(e.vector) = {width}"
        async with self._store.write() as session:
            if (await session.scalar(_TOTAL, {"store": store, **_scope(scope)}) or 0) > EXACT and width <= _INDEXABLE:
                await session.execute(text(f"SET LOCAL hnsw.ef_search = {min(1000, max(100, 8 * limit))}"))
                near = f"SELECT e.digest, {distance} AS distance FROM embeddings e WHERE {same} ORDER BY {distance}"
                query = f"SELECT p.id, e.distance FROM ({near} LIMIT {8 * limit}) e {own}"
            else:
                every = f"SELECT p.id, e.vector, e.model FROM embeddings e {own}"
                query = f"WITH e AS MATERIALIZED ({every}) SELECT e.id, {distance} AS distance FROM e WHERE {same}"
            rows = (await session.execute(text(f"{query} ORDER BY 2, 1 LIMIT :limit"), parameters)).all()
        return [(row[0], 1.0 - row[1]) for row in rows]

    async def warm(self, store: int, model: str) -> None:
        """Nothing: the database has its own cache."""

    async def lacking(self, file: int, model: str) -> dict[bytes, str]:
        """As many as are written at once."""
        if not self._vectors_possible:
            return {}
        low, high = passage_ids(file)
        async with self._store.read() as session:
            rows = (await session.execute(_LACKING, {"low": low, "high": high, "model": model})).all()
        return {row.digest: row.text for row in rows}

    async def add_vectors(self, store: int, file: int, model: str, vectors: Mapping[bytes, bytes]) -> None:  # noqa: ARG002
        """By the text's digest alone."""
        rows = [{"digest": name, "model": model, "vector": _vector(vector)} for name, vector in vectors.items()]
        if not rows:
            return
        width = len(next(iter(vectors.values()))) // 2
        async with self._store.write() as session:
            await _index_vectors(session, model, width)
            await session.execute(_ADD_VECTOR, rows)

    async def opened(self, store: int, file: int, model: str | None) -> int:  # noqa: ARG002
        """Nothing is kept in memory."""
        if model is None or not self._vectors_possible:
            return 0
        low, high = passage_ids(file)
        async with self._store.read() as session:
            return int(await session.scalar(_SIZE, {"low": low, "high": high, "model": model}) or 0)

    async def keep_model(self, model: str) -> None:
        """Delete the others."""
        async with self._store.write() as session:
            await session.execute(text("DELETE FROM embeddings WHERE model <> :model"), {"model": model})

    async def _prepare_vectors(self) -> None:
        try:
            async with self._store.write() as session:
                await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                await session.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
                await session.execute(text(_EMBEDDINGS))
        except DBAPIError as error:
            self._vectors_possible = False
            log.warning("pgvector_missing", cause=str(error.orig), consequence="files are found by words alone")


async def make_tables(connection: AsyncConnection, *, embeddings: bool) -> None:
    """Make the tables where there are none, for what a backup holds."""
    if embeddings:
        await connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        await connection.execute(text(_EMBEDDINGS))
    for statement in _SCHEMA:
        await connection.execute(text(statement))


async def _index_vectors(session: AsyncSession, model: str, width: int) -> None:
    """Make the HNSW index, which needs the vectors' length, with a model's first vectors, when that takes no time."""
    if width > _INDEXABLE:
        return
    name = f"embeddings_hnsw_{hashlib.sha256(model.encode()).hexdigest()[:12]}_{width}"
    if await session.scalar(text(f"SELECT to_regclass('{name}')")) is not None:
        return
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    quoted = model.replace("'", "''").replace(":", "\\:")
    await session.execute(
        text(
            f"""CREATE INDEX IF NOT EXISTS {name} ON embeddings
            USING hnsw ((CAST(vector AS vector({width}))) vector_cosine_ops)
            WHERE model = '{quoted}' AND vector_dims(vector) = {width}"""
        )
    )


def _lexemes(store: int, terms: str) -> str:
    """A tsvector's text: each lexeme with its places."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, term in enumerate(terms.split(" "), 1):
        if term and len(places[term]) < _POSITIONS:
            places[term].append(min(place, 16_383))
    return " ".join(f"{_quoted(store, term)}:{','.join(map(str, at))}" for term, at in places.items())


def _query(store: int, term: str) -> str:
    return _quoted(store, term.rstrip("*")) + (":*" if term.endswith("*") else "")


def _quoted(store: int, term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{store}:{escaped}'"


def _vector(vector: bytes) -> str:
    return "[" + ",".join(f"{number:.6g}" for number in struct.unpack(f"<{len(vector) // 2}e", vector)) + "]"


def _scope(scope: SearchScope) -> dict[str, object]:
    return {"without": list(scope.without), "only": None if scope.only is None else list(scope.only)}
