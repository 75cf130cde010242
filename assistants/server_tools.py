"""Tools that the server runs itself: the seam between a run and `file_search`, `code_interpreter` and their like."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistants.models.model_protocol import FunctionTool

Progress = Callable[[dict[str, Any]], None]
"""Shows a piece of a call while it runs: the body of a step delta, under the tool's type
(`{"outputs": [{"index": 0, "type": "logs", "logs": "…"}]}`)."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may know of the run that it works for.

    `tool` is the tool's entry among the run's tools (`{"type": "file_search", "file_search": {…}}`); `tool_resources`
    are the assistant's (or the run's own) and then the thread's; `earlier` are this tool's finished calls of the same
    run as its steps show them, not empty when a run goes on after submitted outputs.
    """

    run_id: str
    thread_id: str
    assistant_id: str
    tool: Mapping[str, Any]
    tool_resources: Sequence[Mapping[str, Any]]
    earlier: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call came to: `output` is read by the model, `details` stand in the step under the tool's type."""

    output: str
    details: dict[str, Any]


class ToolSession(Protocol):
    """A tool at work for one run; closed when the run pauses or ends."""

    @property
    def function(self) -> FunctionTool:
        """How the model sees the tool; the name is the tool's type."""
        ...

    def begin(self) -> dict[str, Any]:
        """What the first step delta of a call shows under the tool's type."""
        ...

    async def call(self, arguments: str, progress: Progress) -> ToolResult:
        """Do what the model asks; `arguments` is its JSON, which may be malformed.

        What goes wrong is an output that the model can read; an exception fails the run.
        """
        ...

    def annotate(self, text: str) -> Sequence[dict[str, Any]]:
        """The annotations (`file_citation`, `file_path`) of a finished answer; offsets count characters."""
        ...

    async def close(self) -> None:
        """Let go of what the session holds."""
        ...


class ServerTool(Protocol):
    """A tool that runs can name by `type`."""

    @property
    def type(self) -> str:
        """The type in an assistant's tools, e.g. `file_search`."""
        ...

    async def open(self, context: ToolContext) -> ToolSession | None:
        """Begin to work for a run; None when there is nothing to offer (no files attached)."""
        ...
