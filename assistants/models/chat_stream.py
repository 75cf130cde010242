"""Reads the chunks that Chat Completions streams, and gives model events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from assistants.models.call_ids import call_item, client_call_id
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    FinishReason,
    Item,
    ModelEvent,
    TextDelta,
    Usage,
)
from assistants.models.provider_errors import BrokenStreamError, ProviderError
from assistants.models.thoughts import Thoughts
from function_arguments.reader import is_whole

_REASONS: dict[str, FinishReason] = {
    "length": "max_output_tokens",
    "max_tokens": "max_output_tokens",
    "model_length": "max_output_tokens",
    "content_filter": "content_filter",
    "safety": "content_filter",
}
ECHOED = "reasoning_content"
"""The field for what DeepSeek's models thought before a call; they want it again with the call's output."""
SIGNATURE = "extra_content"
"""The field that Gemini's models add to a call; they want it again with the call."""


@dataclass(slots=True)
class _Call:
    """A call that is being written; `index` is -1 until its name is known."""

    id: str | None = None
    name: str = ""
    arguments: str = ""
    extra: Mapping[str, Any] | None = None
    index: int = -1
    shown: str = ""

    def is_another(self, call_id: str | None, name: str) -> bool:
        """Whether a fragment with this id and name, at the same index, begins the next call."""
        if call_id and self.id and call_id != self.id:
            return bool(name)
        return bool(name and self.name) and not call_id and is_whole(self.arguments)


class ChatDecoder:
    """Takes chunks of Chat Completions, gives model events.

    Servers differ. Calls come in fragments or whole, with or without `index` and `id`; a new name or id at an index
    that is in use begins a new call. A server that does not stream sends the whole completion as one chunk.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[object, _Call] = {}
        self._thoughts = Thoughts()
        self._reasoning = ""
        self._text = ""
        self._refusal = ""
        self._usage = Usage()
        self._finish: str | None = None

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """See `Decoder.feed`."""
        if event.get("error") or event.get("object") == "error":
            raise ProviderError.from_body(event)
        if event.get("usage"):
            self._usage = _usage(event["usage"])
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or choice.get("message") or {}
            self._reasoning += delta.get(ECHOED) or ""
            yield from self._say(self._thoughts.feed(_said(delta.get("content"))))
            if delta.get("refusal"):
                self._refusal += delta["refusal"]
                yield TextDelta(delta["refusal"], refusal=True)
            for position, call in enumerate(delta.get("tool_calls") or ()):
                yield from self._fragment(call, position)
            self._finish = choice.get("finish_reason") or self._finish

    def end(self, *, said_so: bool) -> Iterable[ModelEvent]:
        """See `Decoder.end`."""
        if self._finish is None and not (said_so and (self._text or self._calls)):
            raise BrokenStreamError("no finish_reason")
        if "malformed" in (self._finish or "").lower() and not (self._text or self._calls):
            raise BrokenStreamError(
                "a call that cannot be read"
            )  # Gemini's word for it; the next attempt may do better
        reason = _REASONS.get((self._finish or "stop").lower(), "completed")
        if reason == "completed":
            if not self._calls:
                yield from self._say(self._thoughts.end())
            for call in self._calls:
                if not call.arguments.strip():
                    yield from self._argue(call, "{}")
        yield Finished(reason, self._usage, self._output())

    def _say(self, text: str) -> Iterable[ModelEvent]:
        if text:
            self._text += text
            yield TextDelta(text)

    def _fragment(self, fragment: Mapping[str, Any], position: int) -> Iterable[ModelEvent]:
        function = fragment.get("function") or {}
        call_id, name = fragment.get("id"), function.get("name") or ""
        slot = fragment.get("index")
        slot = position if slot is None else slot
        call = self._at.get(slot)
        if call is None or call.is_another(call_id, name):
            call = self._at[slot] = _Call()
        call.id = call.id or call_id or None
        call.extra = fragment.get(SIGNATURE) or call.extra
        arguments = function.get("arguments")
        if arguments is not None and not isinstance(arguments, str):  # some servers forget that it is JSON text
            arguments = orjson.dumps(arguments).decode()
        if call.index >= 0:
            yield from self._argue(call, arguments or "")
            return
        call.name = name
        if not name:
            call.arguments += arguments or ""
            return
        call.index, call.shown = len(self._calls), client_call_id(call.id)
        self._calls.append(call)
        yield CallStarted(call.index, call.shown, name)
        early, call.arguments = call.arguments, ""
        yield from self._argue(call, early + (arguments or ""))

    def _argue(self, call: _Call, arguments: str) -> Iterable[ModelEvent]:
        if arguments:
            call.arguments += arguments
            yield CallArguments(call.index, arguments)

    def _output(self) -> list[Item]:
        output: list[Item] = []
        if self._reasoning and self._calls:
            output.append({"type": "reasoning", "summary": [], ECHOED: self._reasoning})
        parts: list[dict[str, Any]] = []
        if self._text:
            parts.append({"type": "output_text", "text": self._text, "annotations": []})
        if self._refusal:
            parts.append({"type": "refusal", "refusal": self._refusal})
        if parts:
            output.append({"type": "message", "role": "assistant", "content": parts})
        return output + [_call_of(call) for call in self._calls]


def _call_of(call: _Call) -> Item:
    item = {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}
    return call_item(item if call.extra is None else {**item, SIGNATURE: call.extra}, call.shown)


def _said(content: Any) -> str:
    """The text of a delta; Mistral's reasoning models send parts instead, some of them thoughts."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.get("text") or "" for part in content if part.get("type") == "text")


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        usage.get("prompt_tokens") or 0,
        usage.get("completion_tokens") or 0,
        details.get("cached_tokens") or 0,
    )
