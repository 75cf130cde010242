"""Models behind Chat Completions, for servers that have nothing else.

https://platform.openai.com/docs/api-reference/chat
"""

import re
import uuid
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from assistants.models.base import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    ModelError,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.models.catalog import context_window, model_ids
from assistants.models.streaming import Endpoint, UpstreamFault
from assistants.models.upstream import BrokenStream, Upstream

PATH = "/chat/completions"
OPTIONAL = frozenset(
    {
        "stream_options",
        "parallel_tool_calls",
        "temperature",
        "top_p",
        "reasoning_effort",
        "prompt_cache_key",
        "store",
    }
)
NO_REASONING_WITH_TOOLS = re.compile(r"^gpt-([6-9]|\d\d)")
"""These call functions here only with `reasoning_effort: "none"`."""
OPENAI_HOST = "api.openai.com"

Reason = Literal["completed", "max_output_tokens", "content_filter"]
_REASONS: dict[str, Reason] = {"length": "max_output_tokens", "content_filter": "content_filter"}


class ChatModel:
    """A provider's models through Chat Completions; `window` overrides the context window in tokens."""

    def __init__(self, upstream: Upstream, *, window: int | None = None) -> None:
        self._upstream = upstream
        self._endpoint = Endpoint(upstream, PATH, OPTIONAL)
        self._window = window
        # OpenAI's own has retired the old name; most others know only that one.
        self._limit = "max_completion_tokens" if OPENAI_HOST in upstream.url else "max_tokens"

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        return self._endpoint.stream(request_body(request, limit=self._limit), ChatDecoder)

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return await model_ids(self._upstream)

    def context_window(self, model: str) -> int:
        """See `Model.context_window`."""
        return self._window or context_window(model)


def request_body(request: ModelRequest, *, limit: str) -> dict[str, Any]:
    """The JSON body of `POST /chat/completions`; `limit` is what the provider calls the most tokens of an answer."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": list(messages(request.instructions, request.input)),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    optional = {
        limit: request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "reasoning_effort": request.reasoning_effort,
        "response_format": request.response_format,
    }
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
        body["tool_choice"] = _tool_choice(request.tool_choice)
        body["parallel_tool_calls"] = request.parallel_tool_calls
        if NO_REASONING_WITH_TOOLS.match(request.model):
            optional["reasoning_effort"] = "none"
    body.update({name: value for name, value in optional.items() if value is not None})
    return body


def messages(instructions: str, items: Sequence[Item]) -> Iterable[dict[str, Any]]:
    """Responses API items as chat messages: an answer and its calls are one message, reasoning has no place."""
    if instructions:
        yield {"role": "system", "content": instructions}
    answer: dict[str, Any] | None = None
    for item in items:
        kind = item.get("type", "message")
        if kind == "reasoning":
            continue
        if kind == "function_call":
            answer = answer or {"role": "assistant", "content": None}
            answer.setdefault("tool_calls", []).append(_call(item))
            continue
        if answer is not None:
            yield answer
            answer = None
        if kind == "function_call_output":
            yield {"role": "tool", "tool_call_id": item["call_id"], "content": _text(item.get("output"))}
        elif item.get("role") == "assistant":
            answer = {"role": "assistant", "content": _text(item.get("content"))}
        else:
            role = "system" if item.get("role") in ("system", "developer") else "user"
            yield {"role": role, "content": _content(item.get("content"))}
    if answer is not None:
        yield answer


def _call(item: Item) -> dict[str, Any]:
    function = {"name": item["name"], "arguments": item.get("arguments") or "{}"}
    return {"id": item["call_id"], "type": "function", "function": function}


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or part.get("refusal") or "" for part in content or [])


def _content(content: Any) -> str | list[dict[str, Any]]:
    if isinstance(content, str) or not any(part.get("type") == "input_image" for part in content or []):
        return _text(content)
    return [_part(part) for part in content]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part.get("type") == "input_image":
        image = {"url": part["image_url"]}
        if part.get("detail"):
            image["detail"] = part["detail"]
        return {"type": "image_url", "image_url": image}
    return {"type": "text", "text": part.get("text") or ""}


def _tool(tool: FunctionTool) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _tool_choice(choice: str) -> str | dict[str, Any]:
    if choice in ("auto", "none", "required"):
        return choice
    return {"type": "function", "function": {"name": choice}}


@dataclass(slots=True)
class _Call:
    index: int
    call_id: str
    name: str
    arguments: str = ""


class ChatDecoder:
    """Chat Completions chunks in, model events out.

    Servers differ: calls come in fragments or whole, with or without `index` and `id`; a new name or id at an index
    that is taken is a new call.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._text = ""
        self._refusal = ""
        self._usage = Usage()
        self._finish: str | None = None

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """See `Decoder.feed`."""
        if event.get("error"):
            raise _fault(event["error"])
        if event.get("usage"):
            self._usage = _usage(event["usage"])
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or choice.get("message") or {}
            if delta.get("content"):
                self._text += delta["content"]
                yield TextDelta(delta["content"])
            if delta.get("refusal"):
                self._refusal += delta["refusal"]
                yield TextDelta(delta["refusal"], refusal=True)
            for position, call in enumerate(delta.get("tool_calls") or ()):
                yield from self._fragment(call, position)
            self._finish = choice.get("finish_reason") or self._finish

    def end(self) -> Iterable[ModelEvent]:
        """See `Decoder.end`."""
        if self._finish is None:
            raise BrokenStream("no finish_reason")
        yield Finished(_REASONS.get(self._finish, "completed"), self._usage, self._output())

    def _fragment(self, fragment: Mapping[str, Any], position: int) -> Iterable[ModelEvent]:
        function = fragment.get("function") or {}
        slot = fragment.get("index")
        slot = position if slot is None else slot
        call = self._at.get(slot)
        if call is None or self._is_another(call, fragment.get("id"), function.get("name")):
            call_id = fragment.get("id") or f"call_{uuid.uuid4().hex[:24]}"
            call = _Call(len(self._calls), call_id, function.get("name") or "")
            self._calls.append(call)
            self._at[slot] = call
            yield CallStarted(call.index, call.call_id, call.name)
        arguments = function.get("arguments")
        if isinstance(arguments, dict):  # some servers forget that it is JSON text
            arguments = orjson.dumps(arguments).decode()
        if arguments:
            call.arguments += arguments
            yield CallArguments(call.index, arguments)

    @staticmethod
    def _is_another(call: _Call, call_id: str | None, name: str | None) -> bool:
        if call_id and call_id != call.call_id:
            return bool(name)
        return bool(name) and not call_id and bool(call.arguments)

    def _output(self) -> list[Item]:
        output: list[Item] = []
        parts: list[dict[str, Any]] = []
        if self._text:
            parts.append({"type": "output_text", "text": self._text, "annotations": []})
        if self._refusal:
            parts.append({"type": "refusal", "refusal": self._refusal})
        if parts:
            output.append({"type": "message", "role": "assistant", "content": parts})
        return output + [
            {
                "type": "function_call",
                "call_id": call.call_id,
                "name": call.name,
                "arguments": call.arguments or "{}",
            }
            for call in self._calls
        ]


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        usage.get("prompt_tokens") or 0,
        usage.get("completion_tokens") or 0,
        details.get("cached_tokens") or 0,
    )


def _fault(error: Any) -> UpstreamFault:
    told = error if isinstance(error, dict) else {"message": str(error)}
    code = str(told.get("code") or told.get("type") or "")
    limited = code in ("429", "rate_limit_exceeded", "rate_limit_error")
    message = str(told.get("message") or "The model's provider has a fault.")
    return UpstreamFault(ModelError("rate_limit_exceeded" if limited else "server_error", message), transient=True)
