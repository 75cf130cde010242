"""The functions that the model may call: schema and handler of each, in one registry.

A room that has a function implements `Tool` and adds it to the bot's `Tools` before the bot connects (a cog's
`setup` does it: `bot.tools.add(...)`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import structlog
from openai.types import FunctionDefinition
from openai.types.beta import AssistantToolParam

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function call of a run that has stopped for it, and where in Discord it came from."""

    call_id: str
    name: str
    arguments: str
    """What the model wrote: meant to be JSON, unchecked."""
    conversation_id: int
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    """The Discord thread or channel that the conversation is shown in."""
    answer_id: str
    thread_id: str
    run_id: str
    asker_id: int | None
    """The student whose message the run answers; None after a continuation."""


class Tool(Protocol):
    """A function of the model's. Subclass it: what is not abstract has a sensible default."""

    name: str
    schema: FunctionDefinition

    async def call(self, call: ToolCall) -> str | None:
        """Do it. The text is the output at once; None: a person is asked, and the output comes later through
        `Conversations.answer(call.call_id, output)`.

        What it raises is logged, and the model is told that the function failed.
        """
        ...

    async def give_way(self, call: ToolCall) -> str:  # noqa: ARG002 - for those that override it
        """Someone wrote on while `call` waits for a person: the output so far. The final output may still come
        through `Conversations.answer`; it then goes to the model as a message.
        """
        return '{"status": "unfinished"}'

    async def abandoned(self, call: ToolCall) -> None:
        """The run that waits for `call` was stopped, or its thread deleted: no output is wanted any more."""
        log.debug("tool.abandoned", tool=self.name, call=call.call_id)

    def occupies(self, channel_id: int) -> bool:  # noqa: ARG002
        """Whether a group in a channel is busy with it: what is said there without a mention is said among them."""
        return False


class Tools:
    """The registry."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def add(self, tool: Tool) -> None:
        """Offer `tool` to the model.

        Raises:
            ValueError: there is another tool of that name.
        """
        if tool.name in self._tools:
            raise ValueError(f"there are two tools named {tool.name!r}")
        self._tools[tool.name] = tool

    def get(self, name: str) -> Tool | None:
        """The tool of that name; None when the model invented it."""
        return self._tools.get(name)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def offered(self) -> list[AssistantToolParam]:
        """The tools of an assistant, in the API's form: the files of its server, and every function."""
        functions: list[AssistantToolParam] = [
            {"type": "function", "function": tool.schema.model_dump(exclude_none=True)}  # type: ignore[typeddict-item]
            for tool in self
        ]
        return [{"type": "file_search"}, *functions]
