"""Requests that Discord refuses with 401, 403 or 429: after 10,000 in ten minutes it shuts an address out for a while.

https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

from collections import deque
from collections.abc import Mapping
from typing import Final

import structlog

log = structlog.get_logger(__name__)

WINDOW: Final = 600.0
SLOT: Final = 10.0
"""Seconds that are counted together."""
MANY: Final = 3_000
"""Refusals in the window from which on the log tells it."""
TOO_MANY: Final = 9_000
"""… and from which on each further one stops all requests for a while."""
PAUSE: Final = 30.0
"""Seconds."""


def is_invalid(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a response counts. A 429 does not that is about a limit shared with others."""
    return status in (401, 403) or (status == 429 and headers.get("X-RateLimit-Scope") != "shared")


def is_not_discords(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a 429 is Cloudflare's: about the whole address, and for however long it says."""
    if status != 429:
        return False
    unknown = "Via" not in headers and "X-RateLimit-Scope" not in headers  # a proxy of one's own may leave `Via` out
    return unknown or "json" not in headers.get("Content-Type", "")


class InvalidRequests:
    """Counts the refusals of the last ten minutes; `others` are those of the bot's other processes."""

    def __init__(self) -> None:
        self.others = 0
        self._slots: deque[list[float]] = deque()
        """Each with its beginning, and its count."""
        self._said = False

    def count(self, now: float) -> int:
        """How many there were, of this process."""
        while self._slots and self._slots[0][0] <= now - WINDOW:
            self._slots.popleft()
        return int(sum(count for _, count in self._slots))

    def add(self, now: float) -> float:
        """Count one; returns for how many seconds nothing more may be sent."""
        if not self._slots or self._slots[-1][0] <= now - SLOT:
            self._slots.append([now, 0])
        self._slots[-1][1] += 1
        total = self.count(now) + self.others
        if total < MANY:
            self._said = False
        elif not self._said:
            self._said = True
            log.error(
                "discord.refuses_much",
                refused=total,
                minutes=10,
                hint="After 10,000 Discord shuts this address out. Look for warnings of 401, 403 and 429 in the log.",
            )
        return PAUSE if total >= TOO_MANY else 0.0
