"""The offline model: streams what its responder puts out as a real model would."""

import asyncio
import functools
import json
import math
import re
from collections.abc import AsyncGenerator, Callable

from assistants.models.call_ids import client_call_id
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    Item,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.models.offline.responder import Responder
from workers import Pool

MODEL = "saem-offline"
WINDOW = 128_000
PACE = 0.02
"""Seconds between two words of an answer."""
_WORDS = re.compile(r"\s*\S+(?:\s+$)?|\s+")
_PIECE = 24
"""Characters of a call's arguments in one event."""


class OfflineModel:
    """Gives the same answer to the same input; solves in worker processes of `pool`. `pace` is in seconds a word."""

    def __init__(
        self, pool: Pool, *, pace: float = PACE, new_id: Callable[[], str] = functools.partial(client_call_id, None)
    ) -> None:
        self._pool = pool
        self._pace = pace
        self._new_id = new_id
        """Makes each call's id, which is the seed of a quiz: the same request brings other questions next time."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        call_id = self._new_id()
        output = await Responder(request, self._pool, call_id).output()
        if output.call is not None:
            async for event in self._call(request, call_id, *output.call):
                yield event
            return
        async for event in self._speak(request, output.text):
            yield event

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return [MODEL]

    def context_window(self, model: str) -> int:  # noqa: ARG002 - there is one model only
        """See `Model.context_window`."""
        return WINDOW

    async def _speak(self, request: ModelRequest, text: str) -> AsyncGenerator[ModelEvent, None]:
        said = ""
        for word in _WORDS.findall(text):
            left = _characters_left(request, said)
            if left < len(word):
                if left > 0:
                    yield TextDelta(word[:left])
                    said += word[:left]
                yield Finished("max_output_tokens", _usage(request, said), [_message(said)])
                return
            yield TextDelta(word)
            said += word
            await asyncio.sleep(self._pace)
        yield Finished("completed", _usage(request, said), [_message(said)])

    async def _call(
        self, request: ModelRequest, call_id: str, name: str, arguments: str
    ) -> AsyncGenerator[ModelEvent, None]:
        yield CallStarted(0, call_id, name)
        said = ""
        for start in range(0, len(arguments), _PIECE):
            piece = arguments[start : start + _PIECE]
            if _characters_left(request, said) < len(piece):
                yield Finished("max_output_tokens", _usage(request, said), [])
                return
            yield CallArguments(0, piece)
            said += piece
            await asyncio.sleep(self._pace / 4)
        item = {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}
        yield Finished("completed", _usage(request, said), [item])


def _characters_left(request: ModelRequest, said: str) -> float:
    """How many characters the answer may still have, at four characters a token."""
    return math.inf if request.max_output_tokens is None else request.max_output_tokens * 4 - len(said)


def _message(text: str) -> Item:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def _usage(request: ModelRequest, said: str) -> Usage:
    """Tokens, counted as four characters each."""
    items = sum(len(json.dumps(item, ensure_ascii=False, default=str)) for item in request.input)
    tools = sum(
        len(tool.name) + len(tool.description) + len(json.dumps(dict(tool.parameters))) for tool in request.tools
    )
    return Usage(math.ceil((len(request.instructions) + items + tools) / 4), math.ceil(len(said) / 4))
