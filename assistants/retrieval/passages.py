"""Passages in and out of the database, in pieces small enough that other writers get their turn."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.retrieval.embed import Embedder, digest
from assistants.retrieval.index import Entry, Index
from assistants.retrieval.terms import passage_terms
from assistants.store.store import Store
from assistants.store.vector_stores import ORDINALS, Discard, Embedding, Passage

PIECE = 100
"""Passages that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage as a worker process made it."""

    text: str
    tokens: int
    page: int | None
    heading: str | None
    terms: str


def span(file: int) -> tuple[int, int]:
    """The ids that a file's passages have: the first, and the first that is another file's."""
    return file << ORDINALS, (file + 1) << ORDINALS


async def write_passages(
    session: AsyncSession, index: Index, *, store: int, file: int, first: int, chunks: Sequence[Chunk]
) -> None:
    """Add `chunks` as the passages from place `first` on."""
    base = (file << ORDINALS) + first
    rows = [
        {
            "id": base + place,
            "text": chunk.text,
            "tokens": chunk.tokens,
            "page": chunk.page,
            "heading": chunk.heading,
            "digest": digest(chunk.text),
        }
        for place, chunk in enumerate(chunks)
    ]
    await session.execute(insert(Passage), rows)
    await index.add(session, store, [Entry(base + place, chunk.terms) for place, chunk in enumerate(chunks)])


async def sweep_file(store: Store, index: Index, vector_store: int, file: int) -> None:
    """Remove a file's passages from the tables and the index."""
    low, high = span(file)
    while True:
        async with store.write() as session:
            query = select(Passage.id, Passage.text, Passage.heading, Passage.digest).where(
                Passage.id >= low, Passage.id < high
            )
            rows = (await session.execute(query.order_by(Passage.id).limit(PIECE))).all()
            if not rows:
                await session.execute(delete(Discard).where(Discard.seq == file))
                break
            entries = [Entry(row.id, passage_terms(row.text, row.heading)) for row in rows]
            await index.remove(session, vector_store, entries)
            await session.execute(delete(Passage).where(Passage.id.in_([row.id for row in rows])))
            held = select(Passage.digest).where(Passage.digest == Embedding.digest).exists()
            orphans = Embedding.digest.in_([row.digest for row in rows])
            await session.execute(delete(Embedding).where(orphans, ~held))
    index.closed(vector_store, file)


async def embed_file(store: Store, index: Index, embedder: Embedder, vector_store: int, file: int) -> int:
    """Give a file's passages the vectors that they lack; returns the bytes of all its vectors.

    Raises:
        NoEmbeddingsError: the endpoint cannot.
    """
    low, high = span(file)
    size = 0
    while low < high:
        query = (
            select(Passage.id, Passage.digest, Passage.text, Embedding.vector)
            .outerjoin(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == embedder.model))
            .where(Passage.id >= low, Passage.id < high)
            .order_by(Passage.id)
            .limit(PIECE)
        )
        async with store.read() as session:
            rows = (await session.execute(query)).all()
        if not rows:
            break
        low = rows[-1].id + 1
        missing = {row.digest: row.text for row in rows if row.vector is None}
        made = dict(zip(missing, await embedder.documents(list(missing.values())), strict=True)) if missing else {}
        vectors = {row.id: row.vector or made[row.digest] for row in rows}
        async with store.write() as session:
            if made:
                await _add_embeddings(session, embedder.model, made)
            await index.add_vectors(session, vector_store, embedder.model, vectors)
        size += sum(len(vector) for vector in vectors.values())
    return size


async def _add_embeddings(session: AsyncSession, model: str, made: dict[bytes, bytes]) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    rows = [{"digest": name, "model": model, "vector": vector} for name, vector in made.items()]
    await session.execute(dialect.insert(Embedding).on_conflict_do_nothing(), rows)
