"""The protocol between the server and its models: the request, the events of the answer, and the errors.

Both use the Responses API's terms: input and output items are its JSON objects (`message`, `reasoning`,
`function_call`, `function_call_output`). A model behind another API translates by itself.
https://platform.openai.com/docs/api-reference/responses
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

Item = dict[str, Any]
"""One Responses API item, as plain JSON."""

ToolChoice = Literal["auto", "none", "required"] | str
"""`auto`, `none`, `required`, or the name of one function."""

ErrorCode = Literal["server_error", "rate_limit_exceeded", "invalid_prompt"]
"""The codes of a run's `last_error`."""


FinishReason = Literal["completed", "max_output_tokens", "content_filter"]
"""Why a completion came to its end."""


class ModelError(Exception):
    """The model could not answer."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message


class PromptTooLongError(ModelError):
    """The prompt does not fit into the model's context; a shorter one may."""

    def __init__(self, message: str) -> None:
        super().__init__("invalid_prompt", message)


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A function that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """The request for one completion: all that the model is to know, oldest first, and how it is to answer."""

    model: str
    instructions: str
    input: Sequence[Item]
    tools: Sequence[FunctionTool] = ()
    tool_choice: ToolChoice = "auto"
    parallel_tool_calls: bool = True
    temperature: float | None = None
    top_p: float | None = None
    reasoning_effort: str | None = None
    max_output_tokens: int | None = None
    response_format: Mapping[str, Any] | None = None
    """The Assistants API's `response_format` object (`text`, `json_object`, `json_schema`); None is the model's own."""
    cache_key: str | None = None
    """Requests that share a prefix share a key (the thread's id), for the provider's prompt cache."""


LONG_REQUEST: Final = 100_000
"""Tokens of input above which a run's usage tells a request by itself: providers bill long ones at other prices."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one completion, or of what a run has used besides: embeddings of its searches.

    The cached tokens and those written into the provider's cache are among those of the prompt, the reasoning tokens
    among those of the completion.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    embedding_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    long_requests: "tuple[Usage, ...]" = ()
    """Of a run: its completions with more than `LONG_REQUEST` tokens of input, which are counted above too."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.embedding_tokens + other.embedding_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.long_requests + other.long_requests,
        )

    def of_one_request(self) -> "Usage":
        """The same, of a completion by itself: told as a long request if it is one."""
        is_long = self.prompt_tokens > LONG_REQUEST
        return replace(self, long_requests=(replace(self, long_requests=()),)) if is_long else self


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text; `refusal` marks the words of a refusal."""

    text: str
    refusal: bool = False


@dataclass(frozen=True, slots=True)
class MessageStarted:
    """The model begins a message: text may follow. This may come twice, or not at all."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The model begins to call a function; `index` counts a completion's calls from 0 without gaps."""

    index: int
    call_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CallArguments:
    """More of a call's arguments, a piece of JSON text."""

    index: int
    delta: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The completion's end, always the last event.

    `output` holds the whole output items, to be replayed as input within the run (reasoning items before their calls).
    """

    reason: FinishReason
    usage: Usage
    output: Sequence[Item]


ModelEvent = MessageStarted | TextDelta | CallStarted | CallArguments | Finished


class Model(Protocol):
    """A way of reaching a model."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Answer `request`, event by event; closing the generator ends the request to the provider.

        Raises:
            PromptTooLongError: before the first event; the same request with less input may be answered.
            ModelError: there is no answer, or it broke off; the message can be shown to the client.
        """
        ...

    async def list_models(self) -> list[str]:
        """The ids that the provider offers; empty where it cannot say.

        Raises:
            ModelError: the provider does not answer, or refuses the key.
        """
        ...

    def context_window(self, model: str) -> int:
        """The tokens that prompt and answer may have together."""
        ...
