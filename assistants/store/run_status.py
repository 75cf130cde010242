"""The nine states of a run, and who may go where.

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
    "in_progress": frozenset({"requires_action", "completed", "incomplete", "failed", "cancelling", "expired"}),
    "requires_action": frozenset({"queued", "cancelling", "expired"}),
    "cancelling": frozenset({"cancelled"}),
    "cancelled": frozenset(),
    "failed": frozenset(),
    "completed": frozenset(),
    "incomplete": frozenset(),
    "expired": frozenset(),
}
"""The one table: from a state to the states that may follow it."""

ACTIVE: frozenset[Status] = frozenset(status for status, following in NEXT.items() if following)
"""The states in which a run holds its thread."""

TERMINAL: frozenset[Status] = frozenset(NEXT) - ACTIVE


def before(status: Status) -> list[Status]:
    """The states from which a run may come to `status`."""
    return [earlier for earlier, following in NEXT.items() if status in following]
