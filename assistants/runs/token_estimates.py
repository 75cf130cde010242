"""Estimates of tokens: of texts, messages and prompts before a model counts them, and of a completion's usage where
the provider does not say it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from assistants.models.model_protocol import Finished, FunctionTool, Item, ModelRequest, Usage

_WIDE = re.compile(r"[^\x00-\u02ff]")

PER_MESSAGE = 4
"""Tokens for a message's role and borders."""

IMAGE = 1_000
"""Tokens for an image in full detail; the order of magnitude with most providers."""


def estimate(text: str) -> int:
    """Tokens of `text`, rather too many than too few: a quarter for each Latin letter, one for each Hangul or Han."""
    wide = len(_WIDE.findall(text))
    return -(-(len(text) - wide) // 4) + wide


def estimate_message(content: Iterable[Mapping[str, Any]], calls: Iterable[Mapping[str, Any]] = ()) -> int:
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


def estimate_items(items: Sequence[Item]) -> int:
    """Tokens of the texts, images, calls and outputs in `items`."""
    texts = sum(estimate(text) for item in items for text in _texts(item))
    return texts + sum(IMAGE for item in items for part in _parts(item) if part.get("type") == "input_image")


def estimate_tool(tool: FunctionTool) -> int:
    """Tokens of a tool's definition."""
    return estimate(tool.name + tool.description) + len(orjson.dumps(tool.parameters)) // 4


def estimate_prompt(request: ModelRequest) -> int:
    """Tokens of what the model is asked with: instructions, messages and tools."""
    return estimate(request.instructions) + estimate_items(request.input) + sum(map(estimate_tool, request.tools))


def estimate_usage(request: ModelRequest, end: Finished) -> Usage:
    """A completion's usage, for providers that do not say it."""
    return Usage(estimate_prompt(request), estimate_items(end.output))


def _texts(item: Item) -> Iterator[str]:
    content = item.get("content")
    yield from [content] if isinstance(content, str) else (part.get("text") or "" for part in _parts(item))
    yield item.get("arguments") or item.get("output") or ""


def _parts(item: Item) -> Sequence[Mapping[str, Any]]:
    content = item.get("content")
    return content if isinstance(content, list) else ()
