"""A clock that a test can push forward."""

import time
from dataclasses import dataclass


@dataclass
class SettableClock:
    """A clock with the real time, to which a test can add."""

    ahead: float = 0.0
    """Seconds."""

    def __call__(self) -> float:
        return time.time() + self.ahead
