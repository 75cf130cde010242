"""A conversation's next answer."""

from typing import Any


def reply(messages: list[list[str]]) -> dict[str, Any]:
    """The answer to the last of `messages`, pairs of role and text."""
    return {"text": "I am Saem's small offline model, and I cannot solve this yet."}
