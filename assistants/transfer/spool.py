"""What an import has read, on disk until it is written: in any order it came in, by thread it goes out.

So an import needs memory for one line alone, lines may stand in any order, and nothing is written before all has been
read.
"""

import contextlib
import hashlib
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from database.private_files import make_private_folder

_PREFIX: Final = "import-"
_ABANDONED: Final = 86_400.0  # seconds, after which no import still uses its folder
_THREAD_KINDS: Final = "('thread', 'thread.message', 'thread.run', 'thread.run.step')"


@dataclass(frozen=True, slots=True)
class Item:
    """An object that was read, and its place."""

    kind: str
    place: str
    value: dict[str, Any]


class Spool:
    """Objects in an SQLite file of their own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;"
            "CREATE TABLE items (n INTEGER PRIMARY KEY, kind TEXT, key TEXT, thread TEXT, created INTEGER, place TEXT,"
            " digest BLOB, body BLOB, UNIQUE (kind, key));"
            "CREATE INDEX by_thread ON items (thread, kind, n); BEGIN"
        )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, kind: str, place: str, value: Mapping[str, Any], *, in_order: bool) -> str | None:
        """Keep an object; where another of its id is kept with other contents, return the place of that one instead.

        What is `in_order` stays in the order in which it comes, whatever its times say.
        """
        body = orjson.dumps(value)
        digest = hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).digest()
        key = f"{value['vector_store_id']}/{value['id']}" if kind == "vector_store.file" else value["id"]
        thread = value["id"] if kind == "thread" else value.get("thread_id")
        row = (kind, key, thread, None if in_order else value["created_at"], place, digest, zlib.compress(body, 1))
        added = self._connection.execute(
            "INSERT INTO items (kind, key, thread, created, place, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            row,
        )
        if added.rowcount:
            return None
        kept = self._connection.execute("SELECT place, digest FROM items WHERE kind = ? AND key = ?", (kind, key))
        first, known = kept.fetchone()
        return None if known == digest else str(first)

    def of_kind(self, kind: str) -> Iterator[Item]:
        """All objects of a kind, in the order in which they came."""
        yield from self._items("kind = ? ORDER BY n", kind)

    def threads(self) -> Iterator[str]:
        """The ids of all threads that something belongs to, in the order in which they came."""
        query = f"SELECT thread FROM items WHERE kind IN {_THREAD_KINDS} GROUP BY thread ORDER BY min(n)"  # noqa: S608
        yield from (row[0] for row in self._connection.execute(query))

    def count_threads(self) -> int:
        """How many threads there are."""
        query = f"SELECT count(DISTINCT thread) FROM items WHERE kind IN {_THREAD_KINDS}"  # noqa: S608
        return int(self._connection.execute(query).fetchone()[0])

    def of_thread(self, thread_id: str, kind: str, order: str = "n") -> Iterator[Item]:
        """A thread's objects of a kind, in the order that `order_of` said."""
        yield from self._items(f"thread = ? AND kind = ? ORDER BY {order}", thread_id, kind)

    def order_of(self, thread_id: str, kind: str) -> str:
        """The order in which a thread's objects were made: pages of the API begin with the newest."""
        query = "SELECT created FROM items WHERE thread = ? AND kind = ? ORDER BY n"
        rises, falls, last = False, False, None
        for (created,) in self._connection.execute(query, (thread_id, kind)):
            if created is None:
                return "n"
            rises |= last is not None and created > last
            falls |= last is not None and created < last
            last = created
        return "created, n" if rises and falls else "n DESC" if falls else "n"

    def _items(self, condition: str, *parameters: str) -> Iterator[Item]:
        query = f"SELECT kind, place, body FROM items WHERE {condition}"  # noqa: S608 - of this file's own words
        for kind, place, body in self._connection.execute(query, parameters):
            yield Item(kind, place, orjson.loads(zlib.decompress(body)))


@contextmanager
def open_spool(data_dir: Path) -> Iterator[Spool]:
    """A new spool in the data directory, deleted at the end; what killed imports have left there is deleted too."""
    make_private_folder(data_dir)
    for old in data_dir.glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if old.stat().st_mtime < time.time() - _ABANDONED:
                shutil.rmtree(old)
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir, ignore_cleanup_errors=True) as folder,
        contextlib.closing(Spool(Path(folder) / "spool.sqlite3")) as spool,
    ):
        yield spool
