"""Models behind Chat Completions, for servers that have nothing else.

https://platform.openai.com/docs/api-reference/chat
"""

import re
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
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.models.calls import call_item, given_back, shown_id
from assistants.models.catalog import context_window, model_ids
from assistants.models.refusals import Refusal
from assistants.models.streaming import Dialect, Endpoint
from assistants.models.thoughts import Thoughts
from assistants.models.upstream import BrokenStream, Upstream

DIALECT = Dialect(
    path="/chat/completions",
    optional=frozenset(
        {
            "stream_options",
            "parallel_tool_calls",
            "temperature",
            "top_p",
            "reasoning_effort",
            "response_format",
            "tool_choice",
        }
    ),
    renamed={"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"},
)
NO_REASONING_WITH_TOOLS = re.compile(r"^gpt-([6-9]|\d\d)")
"""These call functions here only with `reasoning_effort: "none"`."""
OPENAI_HOST = "api.openai.com"

Content = str | list[dict[str, Any]]
Reason = Literal["completed", "max_output_tokens", "content_filter"]
_REASONS: dict[str, Reason] = {
    "length": "max_output_tokens",
    "max_tokens": "max_output_tokens",
    "model_length": "max_output_tokens",
    "content_filter": "content_filter",
    "safety": "content_filter",
}
ECHOED = "reasoning_content"
"""What DeepSeek's models have thought before a call, and want to be told again with its output."""
SIGNATURE = "extra_content"
"""What Gemini's models write on a call, and want to see on it again."""


class ChatModel:
    """A provider's models through Chat Completions; `window` overrides the context window in tokens."""

    def __init__(self, upstream: Upstream, *, window: int | None = None) -> None:
        self._upstream = upstream
        self._endpoint = Endpoint(upstream, DIALECT)
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
        return self._window or self._endpoint.windows.get(model) or context_window(model)


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
    """Responses API items as chat messages: what was thought, said and called in one go is one message.

    So is what people say without an answer in between, since many models' templates want the roles to take turns.
    """
    if instructions:
        yield {"role": "system", "content": instructions}
    last: dict[str, Any] | None = None
    for message in map(_message, given_back(items)):
        if message is None or (last is not None and _joined(last, message)):
            continue
        if last is not None:
            yield last
        last = message
    if last is not None:
        yield last


def _joined(message: dict[str, Any], more: Mapping[str, Any]) -> bool:
    """Whether `more` is of one turn with `message` and has been added to it."""
    if message["role"] != more["role"] or message["role"] not in ("user", "assistant"):
        return False
    if "tool_calls" in message and "tool_calls" not in more:
        return False
    if more["content"]:
        message["content"] = _paragraphs(message["content"], more["content"])
    if "tool_calls" in more:
        message["tool_calls"] = [*message.get("tool_calls", ()), *more["tool_calls"]]
    return True


def _paragraphs(first: Content | None, second: Content) -> Content:
    if not first:
        return second
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: Content) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _message(item: Item) -> dict[str, Any] | None:
    """The message, or the part of one, that an item comes to."""
    match item.get("type", "message"):
        case "reasoning":
            return {"role": "assistant", "content": None, ECHOED: item[ECHOED]} if ECHOED in item else None
        case "function_call":
            return {"role": "assistant", "content": None, "tool_calls": [_call(item)]}
        case "function_call_output":
            return {"role": "tool", "tool_call_id": item["call_id"], "content": _text(item.get("output"))}
    if item.get("role") == "assistant":
        return {"role": "assistant", "content": _text(item.get("content"))}
    role = "system" if item.get("role") in ("system", "developer") else "user"
    return {"role": role, "content": _content(item.get("content"))}


def _call(item: Item) -> dict[str, Any]:
    function = {"name": item["name"], "arguments": item.get("arguments") or "{}"}
    call = {"id": item["call_id"], "type": "function", "function": function}
    return {**call, SIGNATURE: item[SIGNATURE]} if SIGNATURE in item else call


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or part.get("refusal") or "" for part in content or [])


def _content(content: Any) -> Content:
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
    """A call that is being written; it has no place among the calls until its name is known."""

    id: str | None = None
    name: str = ""
    arguments: str = ""
    extra: Mapping[str, Any] | None = None
    index: int = -1
    shown: str = ""

    def is_another(self, call_id: str | None, name: str) -> bool:
        """Whether a fragment with this id and name, at the same place, begins the next call."""
        if call_id and self.id and call_id != self.id:
            return bool(name)
        return bool(name and self.name) and not call_id and _is_whole(self.arguments)


class ChatDecoder:
    """Chat Completions chunks in, model events out.

    Servers differ: calls come in fragments or whole, with or without `index` and `id`; a new name or id at an index
    that is taken is a new call. A whole completion, from a server that does not stream, is one chunk.
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
            raise Refusal.told(event)
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
            raise BrokenStream("no finish_reason")
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
        call.index, call.shown = len(self._calls), shown_id(call.id)
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
    """A delta's words; Mistral sends parts, thoughts among them, once its models reason."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.get("text") or "" for part in content if part.get("type") == "text")


def _is_whole(arguments: str) -> bool:
    try:
        orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return False
    return True


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        usage.get("prompt_tokens") or 0,
        usage.get("completion_tokens") or 0,
        details.get("cached_tokens") or 0,
    )
