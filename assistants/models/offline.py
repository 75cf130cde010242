"""The offline model: no key, no network, a little algebra and calculus; for trying Saem out and for tests."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from assistants.models.base import Finished, Item, ModelEvent, ModelRequest, TextDelta, Usage
from workers import Pool

MODEL = "saem-offline"
WINDOW = 128_000
PACE = 0.02
"""Seconds between two words."""

_WORDS = re.compile(r"\s*\S+\s*")


class OfflineModel:
    """Answers deterministically, in the worker processes of `pool`; `pace` seconds lie between two words."""

    def __init__(self, pool: Pool, *, pace: float = PACE) -> None:
        self._pool = pool
        self._pace = pace

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """See `Model.stream`."""
        messages = [[str(item["role"]), _text(item)] for item in request.input if item.get("type") == "message"]
        reply: dict[str, Any] = await self._pool.run("assistants.maths.tutor:reply", messages, timeout=5.0)
        text: str = reply["text"]
        for word in _WORDS.findall(text):
            yield TextDelta(word)
            await asyncio.sleep(self._pace)
        yield Finished("completed", _usage(request, text), [_message(text)])

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return [MODEL]

    def context_window(self, model: str) -> int:
        """See `Model.context_window`."""
        return WINDOW


def _text(item: Mapping[str, Any]) -> str:
    content = item.get("content", "")
    if isinstance(content, str):
        return content
    parts: Sequence[Mapping[str, Any]] = content
    return "\n".join(str(part["text"]) for part in parts if "text" in part)


def _message(text: str) -> Item:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


def _usage(request: ModelRequest, text: str) -> Usage:
    prompt = len(request.instructions) + sum(len(_text(item)) for item in request.input)
    return Usage(prompt_tokens=math.ceil(prompt / 4), completion_tokens=math.ceil(len(text) / 4))
