"""What is logged while a database cannot be used: each failure once in a while, in a line, and how often it came.

SQLAlchemy is not loaded for it: while nothing has loaded that, no database can have failed.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict

OUTAGE_SAID_EVERY = 60.0
"""Seconds in which the same failure of a database that cannot be used is said once."""


class OutagesOnce:
    """A structlog processor: what fails since a database cannot be used is a line once in a while, with its count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, tuple[float, int]] = {}
        """By event: when it was said last, and how often it came since."""

    def __call__(self, _logger: Any, _name: str, event: EventDict) -> EventDict:
        """See the class.

        Raises:
            structlog.DropEvent: it was said a moment ago.
        """
        raised = event.get("exc_info")
        error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
        if not isinstance(error, BaseException) or not _database_is_away(error):
            return event
        name, now = str(event.get("event")), self._clock()
        said, unsaid = self._said.get(name, (-OUTAGE_SAID_EVERY, 0))
        if now - said < OUTAGE_SAID_EVERY:
            self._said[name] = said, unsaid + 1
            raise structlog.DropEvent
        self._said[name] = now, 0
        times = {"times": unsaid} if unsaid else {}
        cause = getattr(error, "orig", None) or error
        return {**event, "exc_info": None, "cause": f"{type(cause).__name__}: {cause}", **times}


def _database_is_away(error: BaseException) -> bool:
    outages = sys.modules.get("database.outages")
    return outages is not None and bool(outages.is_outage(error))
