"""The prompt: a thread's messages as a model's input, cut to what the model can take.

Input items are the Responses API's: `{"type": "message", "role", "content"}`, where content is a string when the
message is only text and else a list of `input_text` and `input_image` parts. When function calls led to an answer,
their `function_call` and `function_call_output` items stand in front of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistants.errors import ApiError
from assistants.models.model_protocol import FunctionTool, Item
from assistants.retrieval.retrieval import Retrieval
from assistants.runs.token_estimates import estimate, estimate_tool
from assistants.store.messages import newest_messages
from assistants.store.runs import Run
from assistants.store.store import Store

MAX_MESSAGES = 2_000
"""Messages of a thread in one prompt, at most, however many the model could take."""

ANSWER_SHARE = 8
"""One eighth of the context window is kept for the answer, unless the client has said how long it may be."""

MIN_TOKENS = 256
"""Tokens for the messages, even when instructions and tools fill the window."""


NO_CODE = (
    "There is no code_interpreter here, though you may have been told of one: you cannot run code, nor open files that"
    " were attached for it. Where that would be needed, say so in a sentence and help as well as you can without it."
)
"""Follows the instructions of an assistant that has the tool `code_interpreter`, which this server does not have."""


def instructions(run: Run, server_tools: Collection[str]) -> str:
    """The run's instructions; `server_tools` are the types of tools that the server runs itself."""
    missing = any(tool["type"] == "code_interpreter" for tool in run.tools) and "code_interpreter" not in server_tools
    return "\n\n".join(filter(None, (run.instructions, NO_CODE if missing else "")))


@dataclass(frozen=True, slots=True)
class PromptBudget:
    """How many tokens, and how many messages, of a thread fit into one prompt of a run."""

    tokens: int
    messages: int

    @classmethod
    def for_run(
        cls, run: Run, *, window: int, tools: Sequence[FunctionTool], used: int, history: int | None = None
    ) -> "PromptBudget":
        """What remains after instructions, tools, the answer and the client's limits.

        `window` is the model's context window in tokens; `used` counts the run's prompt tokens so far. With `history`
        the messages have at most so many tokens; the newest message goes along whole all the same.
        """
        answer = run.max_completion_tokens or window // ANSWER_SHARE
        whole = window - min(answer, window // 2)
        if run.max_prompt_tokens is not None:
            whole = min(whole, run.max_prompt_tokens - used)
        fixed = estimate(run.instructions) + sum(map(estimate_tool, tools))
        strategy = run.truncation_strategy
        last = strategy.get("last_messages") if strategy["type"] == "last_messages" else None
        budget = cls(max(MIN_TOKENS, whole - fixed), min(MAX_MESSAGES, last or MAX_MESSAGES))
        return budget.at_most(history)

    def at_most(self, tokens: int | None) -> "PromptBudget":
        """This budget, with at most `tokens` when they are given."""
        return self if tokens is None else replace(self, tokens=min(self.tokens, tokens))


async def conversation(store: Store, retrieval: Retrieval, run: Run, budget: PromptBudget) -> list[Item]:
    """The thread's messages before `run`, as input items: the newest ones that fit into `budget`."""
    async with store.read_connection() as connection:
        messages = await newest_messages(
            connection, run.thread_id, tokens=budget.tokens, count=budget.messages, without_run=run.id
        )
    items: list[Item] = []
    for message in messages:
        items += message.calls or ()
        if message.content:
            content = await _content(retrieval, message.role, message.content)
            items.append({"type": "message", "role": message.role, "content": content})
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
        # The file was deleted after the message was sent. The model is told; the run does not fail.
        return {"type": "input_text", "text": f"[An image that cannot be shown: {error.message}]"}
    return {"type": "input_image", "image_url": url, "detail": image.get("detail", "auto")}
