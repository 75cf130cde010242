"""From a thread's messages to a model's input, cut to what the model can take.

Input items are the Responses API's: `{"type": "message", "role", "content"}`, where content is a string when the
message is only text and else a list of `input_text` and `input_image` parts; then, for answers that took function calls
to make, those `function_call` and `function_call_output` items in front of the answer.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from assistants.errors import ApiError
from assistants.models.model_protocol import Finished, FunctionTool, Item, ModelRequest, Usage
from assistants.retrieval.retrieval import Retrieval
from assistants.runs.token_estimates import estimate
from assistants.store.messages import newest_within
from assistants.store.runs import Run
from assistants.store.store import Store

LONGEST = 2_000
"""Messages of a thread that a prompt holds at most, whatever the model could take."""

ANSWER_SHARE = 8
"""One part in so many of the context window is kept for the answer, when the client has not said how long it may be."""

SMALLEST = 256
"""Tokens that are left to the conversation even when instructions and tools fill the window."""


NO_CODE = (
    "There is no code_interpreter here, though you may have been told of one: you cannot run code, nor open files that"
    " were attached for it. Where that would be needed, say so in a sentence and help as well as you can without it."
)
"""What stands behind the instructions of an assistant that counts on running code."""


def instructions(run: Run, tools: Collection[str]) -> str:
    """What the model is told first; `tools` are the types of tools that the server runs itself."""
    missing = any(tool["type"] == "code_interpreter" for tool in run.tools) and "code_interpreter" not in tools
    return "\n\n".join(filter(None, (run.instructions, NO_CODE if missing else "")))


@dataclass(frozen=True, slots=True)
class Room:
    """How many tokens of a thread fit into one prompt of a run."""

    tokens: int
    messages: int

    @classmethod
    def for_run(cls, run: Run, *, window: int, tools: Sequence[FunctionTool], spent: int) -> "Room":
        """The room that instructions, tools, the answer and the client's limits leave.

        `window` is the model's in tokens; `spent` counts the prompt tokens that the run has used before.
        """
        answer = run.max_completion_tokens or window // ANSWER_SHARE
        whole = window - min(answer, window // 2)
        if run.max_prompt_tokens is not None:
            whole = min(whole, run.max_prompt_tokens - spent)
        fixed = estimate(run.instructions) + sum(_weight(tool) for tool in tools)
        strategy = run.truncation_strategy
        last = strategy.get("last_messages") if strategy["type"] == "last_messages" else None
        return cls(max(SMALLEST, whole - fixed), min(LONGEST, last or LONGEST))

    def within(self, tokens: int | None) -> "Room":
        """This room, but no more than so many tokens of it."""
        return self if tokens is None else replace(self, tokens=min(self.tokens, tokens))


def weight(items: Sequence[Item]) -> int:
    """Tokens of what is said, called and put out in `items`, as estimated."""
    return sum(estimate(text) for item in items for text in _texts(item))


def estimated_usage(request: ModelRequest, end: Finished) -> Usage:
    """What a completion must have cost, for providers that do not say."""
    prompt = estimate(request.instructions) + weight(request.input) + sum(map(_weight, request.tools))
    return Usage(prompt, weight(end.output))


def _texts(item: Item) -> Iterator[str]:
    content = item.get("content")
    yield from [content] if isinstance(content, str) else (part.get("text") or "" for part in content or ())
    yield item.get("arguments") or item.get("output") or ""


def _weight(tool: FunctionTool) -> int:
    return estimate(tool.name + tool.description) + len(orjson.dumps(tool.parameters)) // 4


async def conversation(store: Store, retrieval: Retrieval, run: Run, room: Room) -> list[Item]:
    """The thread up to `run`, as input items: the newest messages that fit into `room`, read in one go."""
    async with store.read_connection() as connection:
        messages = await newest_within(
            connection, run.thread_id, tokens=room.tokens, count=room.messages, without_run=run.id
        )
    items: list[Item] = []
    for said in messages:
        items += said.calls or ()
        if said.content:
            content = await _content(retrieval, said.role, said.content)
            items.append({"type": "message", "role": said.role, "content": content})
    return items


async def _content(retrieval: Retrieval, role: str, parts: Sequence[Mapping[str, Any]]) -> str | list[dict[str, Any]]:
    texts = [part["text"]["value"] for part in parts if part["type"] == "text"]
    if role == "assistant":
        return "\n".join(texts + [part["refusal"] for part in parts if part["type"] == "refusal"])
    if len(texts) == len(parts):
        return "\n".join(texts)
    return [await _part(retrieval, part) for part in parts]


async def _part(retrieval: Retrieval, part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return {"type": "input_text", "text": part["text"]["value"]}
    if part["type"] == "image_url":
        image = part["image_url"]
        return {"type": "input_image", "image_url": image["url"], "detail": image.get("detail", "auto")}
    image = part["image_file"]
    try:
        url = await retrieval.read_image(image["file_id"])
    except ApiError as error:
        # The file was deleted after the message was sent: the model is told rather than the run failed.
        return {"type": "input_text", "text": f"[An image that cannot be shown: {error.message}]"}
    return {"type": "input_image", "image_url": url, "detail": image.get("detail", "auto")}
