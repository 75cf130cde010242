"""Requests to the Responses API, which is used wherever the provider has it.

The provider keeps nothing: `store` is false. Encrypted reasoning comes with the output and is sent again.
https://platform.openai.com/docs/api-reference/responses
"""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from assistants.models.call_arguments import sent_again
from assistants.models.call_ids import with_provider_ids
from assistants.models.completion_attempts import CompletionAttempts
from assistants.models.context_windows import context_window, model_ids
from assistants.models.model_habits import ModelHabits
from assistants.models.model_protocol import FunctionTool, Item, ModelEvent, ModelRequest
from assistants.models.provider_client import ProviderClient
from assistants.models.refused_parameters import Dialect
from assistants.models.responses_stream import ResponsesDecoder

PATH = "/responses"
REASONING_MODELS = re.compile(r"^(o\d|gpt-[5-9]|gpt-\d\d)")
"""Models that refuse `temperature` and `top_p`, which are therefore not sent."""


class ResponsesModel:
    """A provider's models through its Responses API; `window` overrides the context window in tokens."""

    def __init__(self, provider: ProviderClient, *, window: int | None = None) -> None:
        self._provider = provider
        self._completions = CompletionAttempts(provider, DIALECT)
        self._window = window
        self._habits = ModelHabits()

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        tools = () if request.tool_choice == "none" else request.tools
        return self._completions.stream(
            request_body(request), lambda: ResponsesDecoder(tools, model=request.model, habits=self._habits)
        )

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return await model_ids(self._provider)

    def context_window(self, model: str) -> int:
        """See `Model.context_window`."""
        return self._window or self._completions.windows.get(model) or context_window(model)


def request_body(request: ModelRequest) -> dict[str, Any]:
    """The JSON body of `POST /responses`; its beginning stays the same, for the provider's prompt cache."""
    body: dict[str, Any] = {
        "model": request.model,
        "instructions": request.instructions,
        "input": [_sent_again(item) for item in with_provider_ids(request.input) if _replayable(item)],
        "stream": True,
        "store": False,
    }
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
        body["tool_choice"] = _tool_choice(request.tool_choice)
        body["parallel_tool_calls"] = request.parallel_tool_calls
    if REASONING_MODELS.match(request.model):
        body["include"] = ["reasoning.encrypted_content"]
    else:
        _add(body, temperature=request.temperature, top_p=request.top_p)
    _add(body, max_output_tokens=request.max_output_tokens, prompt_cache_key=request.cache_key)
    if request.reasoning_effort is not None:
        body["reasoning"] = {"effort": request.reasoning_effort}
    text_format = _text_format(request.response_format)
    if text_format is not None:
        body["text"] = {"format": text_format}
    return body


def _add(body: dict[str, Any], **values: object) -> None:
    body.update({name: value for name, value in values.items() if value is not None})


def _replayable(item: Item) -> bool:
    """Whether an item can be sent again: OpenAI refuses reasoning items without any content when nothing is stored."""
    return item.get("type") != "reasoning" or any(
        item.get(part) for part in ("encrypted_content", "content", "summary")
    )


def _sent_again(item: Item) -> Item:
    return {**item, "arguments": sent_again(item.get("arguments"))} if item.get("type") == "function_call" else item


def without_reasoning(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` without the reasoning of earlier answers, and without the ids that tie calls and messages to it."""
    items = [item for item in body["input"] if item.get("type") != "reasoning"]
    plain = [{name: value for name, value in item.items() if name != "id"} for item in items]
    return {**body, "input": plain}


DIALECT = Dialect(
    path=PATH,
    optional=frozenset(
        {
            "include",
            "store",
            "prompt_cache_key",
            "parallel_tool_calls",
            "temperature",
            "top_p",
            "reasoning",
            "text",
            "tool_choice",
        }
    ),
    without_reasoning=without_reasoning,
)


def _tool(tool: FunctionTool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": tool.strict,
    }


def _tool_choice(choice: str) -> str | dict[str, str]:
    return choice if choice in ("auto", "none", "required") else {"type": "function", "name": choice}


def _text_format(response_format: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if response_format is None or response_format.get("type") in (None, "text"):
        return None
    if response_format["type"] == "json_schema":
        return {"type": "json_schema", **response_format["json_schema"]}
    return {"type": response_format["type"]}
