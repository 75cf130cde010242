"""Vectors in memory, in half precision; a search compares with every one.

The server imports numpy here alone, so that it is not loaded where files are searched by words only.
"""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistants.retrieval.index_protocol import PASSAGE_BITS, SearchScope

_BLOCK = 4096  # vectors; a store grows by whole blocks, so adding never moves what is there
_STRIP = 256  # vectors that are widened at once; they fit into the processor's cache
_MASK = np.int32(-0x70002000)
_GONE = -1


def pack(vectors: Sequence[Sequence[float]]) -> list[bytes]:
    """Vectors of length 1, as float16 numbers."""
    matrix = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    half = (matrix / np.maximum(lengths, 1e-12)).astype("<f2")
    return [row.tobytes() for row in half]


class Vectors:
    """The vectors of one vector store by one model."""

    def __init__(self) -> None:
        self.loaded = False
        """Whether the vectors of the database are in memory."""
        self.to_load: set[int] = set()
        """New files (`seq`) whose vectors are not in memory yet."""
        self.to_drop: set[int] = set()
        """Files whose vectors are to be dropped."""
        self.updating = threading.Lock()
        """Held while vectors are loaded and dropped."""
        self._lock = threading.Lock()
        self._blocks: list[NDArray[np.int16]] = []
        self._ids: list[NDArray[np.int64]] = []
        self._filled = _BLOCK
        self._gone = 0

    def __len__(self) -> int:
        return max(0, len(self._blocks) - 1) * _BLOCK + (self._filled if self._blocks else 0) - self._gone

    @property
    def size(self) -> int:
        """Bytes of memory that they take."""
        return sum(block.nbytes for block in self._blocks) + sum(ids.nbytes for ids in self._ids)

    def add(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        """Append vectors; those of another length than the first one are left out."""
        if ids:
            with self._lock:
                self._add(ids, vectors)

    def _add(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        width = self._blocks[0].shape[1] if self._blocks else len(vectors[0]) // 2
        fitting = [index for index, vector in enumerate(vectors) if len(vector) == 2 * width]
        rows = np.frombuffer(b"".join(vectors[index] for index in fitting), dtype="<i2").reshape(-1, width)
        numbers = np.asarray([ids[index] for index in fitting], dtype=np.int64)
        done = 0
        while done < len(rows):
            if self._filled == _BLOCK:
                self._blocks.append(np.zeros((_BLOCK, width), dtype=np.int16))
                self._ids.append(np.full(_BLOCK, _GONE, dtype=np.int64))
                self._filled = 0
            count = min(_BLOCK - self._filled, len(rows) - done)
            self._blocks[-1][self._filled : self._filled + count] = rows[done : done + count]
            self._ids[-1][self._filled : self._filled + count] = numbers[done : done + count]
            self._filled += count
            done += count

    def drop(self, file: int) -> None:
        """Drop a file's vectors; memory is freed when more than half of it holds dropped ones."""
        with self._lock:
            for ids in self._ids:
                leaving = (ids >> PASSAGE_BITS) == file
                self._gone += int(np.count_nonzero(leaving))
                ids[leaving] = _GONE
            if self._gone > _BLOCK and self._gone > len(self):
                self._compact()

    def nearest(self, vector: bytes, limit: int, scope: SearchScope) -> list[tuple[int, float]]:
        """Ids and cosines of the nearest vectors within scope, nearest first."""
        if not self._blocks or len(vector) != 2 * self._blocks[0].shape[1]:
            return []
        query = np.frombuffer(vector, dtype="<f2").astype(np.float32)
        with self._lock:
            ids = np.concatenate(self._ids)
            cosines = np.concatenate([_products(block, query) for block in self._blocks])
        cosines[~_within(ids, scope)] = -np.inf
        count = min(limit, len(ids))
        best = np.argpartition(-cosines, count - 1)[:count]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(int(ids[place]), float(cosines[place])) for place in best if np.isfinite(cosines[place])]

    def _compact(self) -> None:
        kept = [(ids[ids != _GONE], block[ids != _GONE]) for ids, block in zip(self._ids, self._blocks, strict=True)]
        self._blocks, self._ids, self._filled, self._gone = [], [], _BLOCK, 0
        for ids, block in kept:
            if len(ids):
                self._add(ids.tolist(), [row.tobytes() for row in block])


def _products(block: NDArray[np.int16], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """The dot products of float16 vectors, given as their bits, with `query`.

    numpy widens float16 number by number. Shifted into place, the bits are float32 numbers 2^112 times too small,
    which is four times as fast; the two factors below make up for that without leaving float32's range.
    """
    strip = np.empty((_STRIP, block.shape[1]), dtype=np.int32)
    result = np.empty(len(block), dtype=np.float32)
    large = query * np.float32(2.0**100)
    for start in range(0, len(block), _STRIP):
        some = block[start : start + _STRIP]
        wide = strip[: len(some)]
        np.left_shift(some, 13, out=wide, dtype=np.int32)
        np.bitwise_and(wide, _MASK, out=wide)
        np.dot(wide.view(np.float32), large, out=result[start : start + len(some)])
    result *= np.float32(2.0**12)
    return result


def _within(ids: NDArray[np.int64], scope: SearchScope) -> NDArray[np.bool_]:
    allowed: NDArray[np.bool_] = ids != _GONE
    if scope.without:
        allowed &= ~np.isin(ids >> PASSAGE_BITS, list(scope.without))
    if scope.only is not None:
        allowed &= np.isin(ids >> PASSAGE_BITS, list(scope.only))
    return allowed
