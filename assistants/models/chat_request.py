"""Requests to Chat Completions, for providers that have no Responses API.

https://platform.openai.com/docs/api-reference/chat
"""

import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Any

from assistants.models.call_arguments import sent_again
from assistants.models.call_ids import with_provider_ids
from assistants.models.chat_stream import ECHOED, SIGNATURE, ChatDecoder
from assistants.models.completion_attempts import CompletionAttempts
from assistants.models.context_windows import context_window, model_ids
from assistants.models.model_habits import ModelHabits
from assistants.models.model_protocol import FunctionTool, Item, ModelEvent, ModelRequest
from assistants.models.provider_client import ProviderClient
from assistants.models.refused_parameters import Dialect

Content = str | list[dict[str, Any]]

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
"""Models that call functions through Chat Completions only with `reasoning_effort: "none"`."""
OPENAI_HOST = "api.openai.com"


class ChatModel:
    """A provider's models through Chat Completions; `window` overrides the context window in tokens."""

    def __init__(self, provider: ProviderClient, *, window: int | None = None) -> None:
        self._provider = provider
        self._completions = CompletionAttempts(provider, DIALECT)
        self._window = window
        self._habits = ModelHabits()
        # OpenAI has retired `max_tokens`; most other providers know only that name.
        self._limit = "max_completion_tokens" if OPENAI_HOST in provider.url else "max_tokens"

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        tools = () if request.tool_choice == "none" else request.tools
        return self._completions.stream(
            request_body(request, limit=self._limit),
            lambda: ChatDecoder(tools, model=request.model, habits=self._habits),
        )

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return await model_ids(self._provider)

    def context_window(self, model: str) -> int:
        """See `Model.context_window`."""
        return self._window or self._completions.windows.get(model) or context_window(model)


def request_body(request: ModelRequest, *, limit: str) -> dict[str, Any]:
    """The JSON body of `POST /chat/completions`; `limit` is the provider's name for the most tokens of an answer."""
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
    """Responses API items as chat messages: thoughts, words and calls of one answer become one message.

    Several user messages without an answer in between become one too: many models' templates want the roles to take
    turns.
    """
    if instructions:
        yield {"role": "system", "content": instructions}
    last: dict[str, Any] | None = None
    for message in map(_message, with_provider_ids(items)):
        if message is None or (last is not None and _joined(last, message)):
            continue
        if last is not None:
            yield last
        last = message
    if last is not None:
        yield last


def _joined(message: dict[str, Any], more: Mapping[str, Any]) -> bool:
    """Whether `more` belongs to the same turn as `message`; if so, it is added to `message`."""
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
    """The message, or the part of a message, for one item."""
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
    function = {"name": item["name"], "arguments": sent_again(item.get("arguments"))}
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
