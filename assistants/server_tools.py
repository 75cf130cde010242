"""The interface of tools that the server runs itself, such as `file_search`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistants.models.model_protocol import FunctionTool

Progress = Callable[[dict[str, Any]], None]
"""Sends a piece of a call while it runs: the body of a step delta, under the tool's type.

`{"outputs": [{"index": 0, "type": "logs", "logs": "…"}]}`
"""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool is told of the run that it works for.

    `tool` is the tool's entry among the run's tools (`{"type": "file_search", "file_search": {…}}`); `tool_resources`
    are the assistant's (or the run's own) and then the thread's; `earlier` are this tool's finished calls of the same
    run as its steps show them; there can be some when the run goes on after submitted outputs.
    """

    run_id: str
    thread_id: str
    assistant_id: str
    tool: Mapping[str, Any]
    tool_resources: Sequence[Mapping[str, Any]]
    earlier: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """A call's result: the model reads `output`; the step shows `details` under the tool's type."""

    output: str
    details: dict[str, Any]
    embedding_tokens: int = 0
    """Tokens of texts that an embeddings model has read for it."""


class ToolSession(Protocol):
    """A tool that works for one run; it is closed when the run pauses or ends."""

    @property
    def function(self) -> FunctionTool:
        """The function that the model calls; its name is the tool's type."""
        ...

    def new_call_details(self) -> dict[str, Any]:
        """What a call's first step delta shows under the tool's type."""
        ...

    def arguments_reader(self) -> Callable[[str], dict[str, Any] | None] | None:
        """For one call: takes the pieces of its arguments as they come, and returns what a step delta shows of each
        under the tool's type, or None. No reader: nothing is shown before the call is made.
        """
        ...

    async def call(self, arguments: str, progress: Progress) -> ToolResult:
        """Do what the model asks; `arguments` is its JSON, which may be malformed.

        When something goes wrong, the output tells the model so.
        """
        ...

    def take_images(self) -> Sequence[str]:
        """The ids of the pictures that the calls since the last time have made: the next message begins with them."""
        ...

    def annotate(self, text: str) -> Sequence[dict[str, Any]]:
        """The annotations (`file_citation`, `file_path`) of an answer's text; offsets count characters."""
        ...

    async def close(self) -> None:
        """Release what the session holds."""
        ...


class ServerTool(Protocol):
    """A tool that assistants and runs name by its `type`."""

    @property
    def type(self) -> str:
        """The type in an assistant's tools, e.g. `file_search`."""
        ...

    async def open(self, context: ToolContext) -> ToolSession | None:
        """Begin to work for a run; None when the tool has nothing to offer it, such as no files."""
        ...

    def for_later_runs(self, arguments: str, output: str) -> tuple[str, str] | None:
        """What later runs of the thread are told of a finished call: its arguments and its output; None for nothing."""
        ...
