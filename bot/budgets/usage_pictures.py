"""Pictures of use, on the bot's side: a worker process draws them (`usage_picture`)."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

JOB: Final = "bot.budgets.usage_picture:draw"
SECONDS: Final = 10.0
MEMORY: Final = 512 << 20


class UsagePictures:
    """Has pictures drawn in the worker processes of `pool`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def draw(self, words: Mapping[str, Any]) -> bytes | None:
        """A PNG; None if it cannot be drawn: the words beside it say the same."""
        try:
            return bytes(await self._pool.run(JOB, words, timeout=SECONDS, memory=MEMORY))
        except WorkerError as error:
            log.warning("usage.not_drawn", error=error)
            return None
