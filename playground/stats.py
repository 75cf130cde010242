"""Counters of requests, errors and gateway sessions, for benchmarks and tests."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Stats:
    """Counters since the start, by route as in `POST /channels/{channel}/messages`."""

    requests: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    """429s."""
    errors: Counter[str] = field(default_factory=Counter)
    """Responses with a status of 400 and above, except 429, by route and status."""
    identifies: int = 0
    resumes: int = 0

    @property
    def too_many(self) -> int:
        """The number of all 429s."""
        return self.limited.total()

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON."""
        return {
            "requests": dict(self.requests),
            "limited": dict(self.limited),
            "errors": dict(self.errors),
            "too_many": self.too_many,
            "identifies": self.identifies,
            "resumes": self.resumes,
        }
