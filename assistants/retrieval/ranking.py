"""Ranks what a search finds: joins rankings into one, and tells how relevant a passage is.

A search by words (BM25) and one by vectors each give a ranking. Reciprocal rank fusion makes one of them (Cormack,
Clarke and Büttcher, SIGIR 2009).
"""

import math
from collections.abc import Collection, Mapping, Sequence

from assistants.retrieval.search_terms import folded

FUSION = 60
"""The constant of reciprocal rank fusion; the larger it is, the less the first ranks stand out."""


def fuse(rankings: Collection[Sequence[int]]) -> list[int]:
    """Join several rankings into one."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (FUSION + rank)
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))


def rarity(count: int, total: int) -> float:
    """BM25's inverse document frequency of a term in `count` of `total` passages, never negative."""
    return math.log(1 + (max(total - count, 0) + 0.5) / (count + 0.5))


def coverage(text: str, weights: Mapping[str, float]) -> float:
    """The share of a query's weights whose terms are in `text`, from 0 to 1."""
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
