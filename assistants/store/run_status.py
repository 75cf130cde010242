"""The nine statuses of a run, and which may follow which.

https://platform.openai.com/docs/assistants/deep-dive#run-lifecycle
"""

from collections.abc import Mapping
from typing import Literal

Status = Literal[
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "cancelled",
    "failed",
    "completed",
    "incomplete",
    "expired",
]

NEXT: Mapping[Status, frozenset[Status]] = {
    "queued": frozenset({"in_progress", "cancelling", "failed", "expired"}),
    "in_progress": frozenset(
        {"requires_action", "completed", "incomplete", "failed", "cancelling", "expired", "queued"}
    ),
    "requires_action": frozenset({"queued", "cancelling", "expired"}),
    "cancelling": frozenset({"cancelled"}),
    "cancelled": frozenset(),
    "failed": frozenset(),
    "completed": frozenset(),
    "incomplete": frozenset(),
    "expired": frozenset(),
}
"""From a status to the statuses that may follow it."""

ACTIVE: frozenset[Status] = frozenset(status for status, following in NEXT.items() if following)
"""The statuses in which a run locks its thread."""

TERMINAL: frozenset[Status] = frozenset(NEXT) - ACTIVE


def before(status: Status) -> list[Status]:
    """The statuses that `status` may follow."""
    return [earlier for earlier, following in NEXT.items() if status in following]
