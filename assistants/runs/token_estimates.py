"""What texts weigh, before any model has counted them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_WIDE = re.compile(r"[^\x00-\u02ff]")

PER_MESSAGE = 4
"""Tokens for the role and the borders of a message."""

IMAGE = 1_000
"""Tokens for an image in full detail, and the order of magnitude with most providers."""


def estimate(text: str) -> int:
    """Tokens of `text`, rather too many than too few: a quarter of a Latin letter, a whole one of Hangul or Han."""
    wide = len(_WIDE.findall(text))
    return -(-(len(text) - wide) // 4) + wide


def weigh(content: Iterable[Mapping[str, Any]], calls: Iterable[Mapping[str, Any]] = ()) -> int:
    """Tokens of a message with this content, and of the function calls that led to it."""
    total = PER_MESSAGE
    for part in content:
        if part["type"] == "text":
            total += estimate(part["text"]["value"])
        elif part["type"] == "refusal":
            total += estimate(part["refusal"])
        else:
            total += IMAGE
    for item in calls:
        total += estimate(item.get("arguments") or item.get("output") or "")
    return total
