"""The index in SQLite: FTS5 for words, exact search with numpy for vectors.

It is a file beside the server's database: SQLite allows one writer at a time, and no conversation is to wait while a
book is indexed. It has threads of its own, so that a search does not block the event loop.

A term is stored as `store:term`, so that a search reads the postings of its own store only. FTS5 holds no text. Its
table is named after the version of the search terms; when that changes, all files are indexed anew.
"""
# ruff: noqa: S608 - these statements are made of constants; values are bound

import asyncio
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import orjson

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
from assistants.retrieval.search_terms import COMMON, VERSION, passage_terms, rarest_terms
from database.outages import disk_outage_kind, outage_kind, outage_of_file
from database.private_files import make_private_database

if TYPE_CHECKING:
    from assistants.retrieval.vectors import Vectors

T = TypeVar("T")

TERMS = f"terms_v{VERSION}"
COUNTS = f"counts_v{VERSION}"

_READERS = 2
_PREFIX_COUNT = 2_000  # how many passages a term with `*` (one syllable) is assumed to be in
_LOADING = 512  # vectors that are taken into memory at once
_LOADED = 3  # vector stores whose vectors stay in memory

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA cache_size = -8000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",  # what is deleted is written over
    "PRAGMA journal_size_limit = 16777216",
)
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS passages (
        id INTEGER PRIMARY KEY, store INTEGER NOT NULL, text TEXT NOT NULL, tokens INTEGER NOT NULL,
        page INTEGER, heading TEXT, digest BLOB NOT NULL, confidence INTEGER)""",
    "CREATE INDEX IF NOT EXISTS passages_digest ON passages (digest)",
    "CREATE INDEX IF NOT EXISTS passages_store_digest ON passages (store, digest)",
    """CREATE TABLE IF NOT EXISTS embeddings (
        digest BLOB NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (digest, model)) WITHOUT ROWID""",
)
_MAKE_TERMS = (
    # The ascii tokenizer leaves all beyond ASCII as it is; the terms are cut already.
    f"CREATE VIRTUAL TABLE {TERMS} USING fts5(terms, content='', tokenize=\"ascii tokenchars '.:_'\")",
    f"CREATE VIRTUAL TABLE {COUNTS} USING fts5vocab('{TERMS}', 'row')",
)
_ADD = """INSERT INTO passages (id, store, text, tokens, page, heading, digest, confidence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_TERMS = f"INSERT INTO {TERMS} (rowid, terms) VALUES (?, ?)"
_REMOVE_TERMS = f"INSERT INTO {TERMS} ({TERMS}, rowid, terms) VALUES ('delete', ?, ?)"
_OPTIMIZE = f"INSERT INTO {TERMS} ({TERMS}) VALUES ('optimize')"
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
_COUNT = f"SELECT term, doc FROM {COUNTS} WHERE term IN (SELECT value FROM json_each(?))"
_SEARCH = f"SELECT rowid FROM {TERMS} WHERE {TERMS} MATCH :words {{scope}} ORDER BY rank LIMIT :limit"
_WITHOUT = f"AND (rowid >> {PASSAGE_BITS}) NOT IN (SELECT value FROM json_each(:without))"
_ONLY = f"AND (rowid >> {PASSAGE_BITS}) IN (SELECT value FROM json_each(:only))"
_COUNT_WITHIN = f"SELECT count(*) FROM {TERMS} WHERE {TERMS} MATCH :words {_ONLY}"
_RANKS_WITHIN = f"SELECT rowid, -rank FROM {TERMS} WHERE {TERMS} MATCH :words {_ONLY}"
# In the order of digests both tables are read once through, and no passage's text is read.
_ALL_EMBEDDED = """SELECT p.id, e.vector FROM passages p INDEXED BY passages_store_digest
    CROSS JOIN embeddings e ON e.digest = p.digest AND e.model = ? WHERE p.store = ? ORDER BY p.digest"""
_EMBEDDED = """SELECT p.id, e.vector FROM passages p JOIN embeddings e ON e.digest = p.digest AND e.model = ?
    WHERE p.id >= ? AND p.id < ? ORDER BY p.id"""
_LACKING = f"""SELECT p.digest, p.text FROM passages p
    LEFT JOIN embeddings e ON e.digest = p.digest AND e.model = ?
    WHERE p.id >= ? AND p.id < ? AND e.digest IS NULL LIMIT {BATCH}"""
_ORPHANS = """DELETE FROM embeddings WHERE digest IN (SELECT value FROM temp.leaving)
    AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.digest = embeddings.digest)"""


class SqliteIndex:
    """See `assistants.retrieval.index_protocol.Index`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outage = outage_of_file(str(path))
        self._outage.opened()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="index-reader")
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._vectors: dict[tuple[int, str], Vectors] = {}
        self._vectors_lock = threading.Lock()

    async def prepare(self) -> bool:
        """Make the tables; an FTS5 table of an older version is dropped, with all passages."""
        return await self._write(self._prepare)

    async def close(self) -> None:
        """End the threads and close what they opened."""
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._open:
            connection.close()
        self._outage.closed()

    async def write(self, store: int, file: int, first: int, chunks: Sequence[IndexedChunk]) -> None:
        """One transaction."""
        await self._write(lambda connection: _insert(connection, store, passage_ids(file)[0] + first, chunks))

    async def sweep(self, file: int) -> None:
        """Piece by piece."""
        while await self._write(lambda connection: _delete(connection, file)):
            pass
        with self._vectors_lock:
            for vectors in self._vectors.values():
                vectors.to_load.discard(file)
                vectors.to_drop.add(file)

    async def compact(self) -> None:
        """FTS5 keeps deleted words until their part of the index is merged: all is merged, and the log emptied."""
        await self._write(lambda connection: connection.execute(_OPTIMIZE))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, lambda: self._connection().execute(_EMPTY_LOG).fetchall())

    async def files(self) -> set[int]:
        """From file to file, without reading the passages between."""
        return await self._read(_files)

    async def texts(self, file: int) -> list[str]:
        """In order of their ids."""
        query = "SELECT text FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        return await self._read(lambda connection: [row[0] for row in connection.execute(query, passage_ids(file))])

    async def fetch(self, ids: Collection[int]) -> dict[int, Passage]:
        """By their ids."""
        query = "SELECT id, text, page, heading, confidence FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        wanted = orjson.dumps(list(ids))
        return await self._read(
            lambda connection: {row[0]: Passage(*row) for row in connection.execute(query, (wanted,))}
        )

    async def by_words(self, store: int, terms: Sequence[str], *, scope: SearchScope, limit: int) -> WordMatches:
        """FTS5's BM25 over the rarest of the terms.

        FTS5 knows how rare a term is in all files alone: the order within some files would tell which words stand in
        the others. There each term is ranked by itself, and weighted by its rarity in these files.
        """
        if scope.only is not None:
            only = orjson.dumps(sorted(scope.only))
            return await self._read(lambda connection: _by_words_within(connection, store, terms, only, limit))
        return await self._read(lambda connection: _by_words(connection, store, terms, scope, limit))

    async def by_vector(
        self, store: int, vector: bytes, *, model: str, scope: SearchScope, limit: int
    ) -> Sequence[tuple[int, float]]:
        """All vectors of the store; the first search reads them into memory, where they are kept up to date."""
        return await self._read(
            lambda connection: self._nearest(connection, store, vector, model=model, scope=scope, limit=limit)
        )

    async def warm(self, store: int, model: str) -> None:
        """As the first search would."""
        await self._read(lambda connection: self._up_to_date(connection, store, model))

    async def lacking(self, file: int, model: str) -> dict[bytes, str]:
        """As many as are written at once."""
        return await self._read(
            lambda connection: dict(connection.execute(_LACKING, (model, *passage_ids(file))).fetchall())
        )

    async def add_vectors(self, store: int, file: int, model: str, vectors: Mapping[bytes, bytes]) -> None:  # noqa: ARG002
        """By the text's digest alone."""
        rows = [(name, model, vector) for name, vector in vectors.items()]
        await self._write(
            lambda connection: connection.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?, ?)", rows)
        )

    async def opened(self, store: int, file: int, model: str | None) -> int:
        """The next search reads the vectors into memory."""
        size = await self._read(lambda connection: _size_of_vectors(connection, file, model))
        with self._vectors_lock:
            for (known, _), vectors in self._vectors.items():
                if known == store:
                    vectors.to_load.add(file)
        return size

    async def keep_model(self, model: str) -> None:
        """Delete the others."""
        await self._write(lambda connection: connection.execute("DELETE FROM embeddings WHERE model <> ?", (model,)))
        with self._vectors_lock:
            for key in [key for key in self._vectors if key[1] != model]:
                del self._vectors[key]

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._run(self._readers, lambda: work(self._connection()))

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        done = await self._run(self._writer, lambda: _transact(self._connection(), work))
        self._outage.succeeded()
        return done

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        """Do something in one of these threads; that the file cannot be used is said once, as of all databases."""
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (sqlite3.Error, OSError) as error:
            kind = disk_outage_kind(error) if isinstance(error, OSError) else outage_kind(error)
            if kind is not None:
                self._outage.failed(kind, error)
            raise

    def _connection(self) -> sqlite3.Connection:
        """This thread's own."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            make_private_database(self._path)
            connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            self._local.connection = connection
            self._open.append(connection)
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> bool:
        names = "SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5%' AND type = 'table'"
        existing = {row[0] for row in connection.execute(names)}
        if TERMS in existing:
            return True
        for name in existing:
            connection.execute(f"DROP TABLE {name}")
        connection.execute("DROP TABLE IF EXISTS passages")
        for statement in (*_SCHEMA, *_MAKE_TERMS):
            connection.execute(statement)
        return False

    def _nearest(
        self, connection: sqlite3.Connection, store: int, vector: bytes, *, model: str, scope: SearchScope, limit: int
    ) -> list[tuple[int, float]]:
        return self._up_to_date(connection, store, model).nearest(vector, limit, scope)

    def _up_to_date(self, connection: sqlite3.Connection, store: int, model: str) -> "Vectors":
        vectors = self._of_store(store, model)
        with vectors.updating:
            if not vectors.loaded:
                stored = connection.execute(_ALL_EMBEDDED, (model, store))
                while some := stored.fetchmany(_LOADING):
                    vectors.add([row[0] for row in some], [row[1] for row in some])
                vectors.loaded = True
            while vectors.to_drop:
                vectors.drop(vectors.to_drop.pop())
            while vectors.to_load:
                file = vectors.to_load.pop()
                vectors.drop(file)
                rows = connection.execute(_EMBEDDED, (model, *passage_ids(file))).fetchall()
                vectors.add([row[0] for row in rows], [row[1] for row in rows])
        return vectors

    def _of_store(self, store: int, model: str) -> "Vectors":
        from assistants.retrieval.vectors import Vectors  # noqa: PLC0415 - numpy is for those who use vectors

        with self._vectors_lock:
            vectors = self._vectors.pop((store, model), None)
            if vectors is None:
                vectors = Vectors()
            self._vectors[store, model] = vectors  # the last one is the latest used
            while len(self._vectors) > _LOADED:
                del self._vectors[next(iter(self._vectors))]
        return vectors


def _transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return result


def _insert(connection: sqlite3.Connection, store: int, first: int, chunks: Sequence[IndexedChunk]) -> None:
    connection.executemany(
        _ADD,
        [
            (
                first + place,
                store,
                chunk.text,
                chunk.tokens,
                chunk.page,
                chunk.heading,
                digest(chunk.text),
                chunk.confidence,
            )
            for place, chunk in enumerate(chunks)
        ],
    )
    connection.executemany(
        _ADD_TERMS, [(first + place, _own(store, chunk.terms)) for place, chunk in enumerate(chunks)]
    )


def _delete(connection: sqlite3.Connection, file: int) -> int:
    """Delete some passages of a file; returns how many."""
    query = "SELECT id, store, text, heading, digest FROM passages WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
    rows = connection.execute(query, (*passage_ids(file), BATCH)).fetchall()
    # To delete from a table that holds no text, FTS5 needs the terms.
    connection.executemany(_REMOVE_TERMS, [(row[0], _own(row[1], passage_terms(row[2], row[3]))) for row in rows])
    connection.executemany("DELETE FROM passages WHERE id = ?", [(row[0],) for row in rows])
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS leaving (value BLOB)")
    connection.execute("DELETE FROM temp.leaving")
    connection.executemany("INSERT INTO temp.leaving VALUES (?)", [(row[4],) for row in rows])
    connection.execute(_ORPHANS)
    return len(rows)


def _size_of_vectors(connection: sqlite3.Connection, file: int, model: str | None) -> int:
    size = """SELECT sum(length(e.vector)) FROM passages p JOIN embeddings e ON e.digest = p.digest AND e.model = ?
        WHERE p.id >= ? AND p.id < ?"""
    return connection.execute(size, (model, *passage_ids(file))).fetchone()[0] or 0


def _files(connection: sqlite3.Connection) -> set[int]:
    files: set[int] = set()
    place = 0
    while row := connection.execute("SELECT id FROM passages WHERE id >= ? ORDER BY id LIMIT 1", (place,)).fetchone():
        files.add(row[0] >> PASSAGE_BITS)
        place = passage_ids(row[0] >> PASSAGE_BITS)[1]
    return files


def _by_words(
    connection: sqlite3.Connection, store: int, terms: Sequence[str], scope: SearchScope, limit: int
) -> WordMatches:
    wanted = orjson.dumps([f"{store}:{term}" for term in terms if not term.endswith("*")])
    known = {term.partition(":")[2]: count for term, count in connection.execute(_COUNT, (wanted,))}
    counts = {term: _PREFIX_COUNT if term.endswith("*") else known.get(term, 0) for term in terms}
    words = " OR ".join(_quoted(store, term) for term in rarest_terms(counts))
    if not words:
        return WordMatches([], counts)
    parameters: dict[str, object] = {"words": words, "limit": limit}
    conditions = []
    if scope.without:
        conditions.append(_WITHOUT)
        parameters["without"] = orjson.dumps(list(scope.without))
    rows = connection.execute(_SEARCH.format(scope=" ".join(conditions)), parameters)
    return WordMatches([row[0] for row in rows], counts)


def _by_words_within(
    connection: sqlite3.Connection, store: int, terms: Sequence[str], only: bytes, limit: int
) -> WordMatches:
    """The matches within the files `only` (JSON). Others change the usual length of a passage alone."""

    def count(term: str) -> int:
        found = connection.execute(_COUNT_WITHIN, {"words": _quoted(store, term), "only": only}).fetchone()
        return int(found[0])

    counts = {term: count(term) for term in terms}
    scores: defaultdict[int, float] = defaultdict(float)
    for term in rarest_terms(counts):
        ranks = connection.execute(_RANKS_WITHIN, {"words": _quoted(store, term), "only": only}).fetchall()
        best = max(rank for _, rank in ranks)  # takes out the rarity that FTS5 has put in
        weight = rarity(counts[term], max(COMMON, counts[term])) / best
        for id_, rank in ranks:
            scores[id_] += weight * rank
    return WordMatches(sorted(scores, key=lambda id_: (-scores[id_], id_))[:limit], counts)


def _own(store: int, terms: str) -> str:
    return " ".join(f"{store}:{term}" for term in terms.split(" "))


def _quoted(store: int, term: str) -> str:
    return f'"{store}:{term.rstrip("*")}"' + ("*" if term.endswith("*") else "")
