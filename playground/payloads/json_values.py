"""Times and ids as Discord's JSON objects hold them."""

from datetime import UTC, datetime
from typing import Any, overload

Json = dict[str, Any]


@overload
def iso(seconds: float) -> str: ...
@overload
def iso(seconds: None) -> None: ...
def iso(seconds: float | None) -> str | None:
    """Return a time as Discord writes it: ISO 8601 with microseconds and +00:00."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def snowflake(value: int | None) -> str | None:
    """Return an id as a string."""
    return None if value is None else str(value)
