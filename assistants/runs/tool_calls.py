"""Tool calls: as the model makes them, as a step shows them, and as `required_action` asks the client for outputs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from assistants.models.call_ids import PROVIDER_CALL_ID
from assistants.models.model_protocol import Item
from assistants.runs.sse_encoding import DeltaTemplate, arguments_template
from assistants.server_tools import ServerTool, ToolSession


@dataclass(slots=True)
class ToolCall:
    """A call. `session` is the server's own tool that answers it; when it is None, the client has to answer."""

    index: int
    id: str
    name: str
    session: ToolSession | None
    template: DeltaTemplate
    pieces: list[str] = field(default_factory=list)
    """The arguments' pieces so far."""
    details: dict[str, Any] | None = None
    output: str | None = None
    read_arguments: Callable[[str], dict[str, Any] | None] | None = None
    """What a step delta shows of each piece, for a call of the server's own tool."""

    @classmethod
    def start(cls, step_id: str, index: int, call_id: str, name: str, session: ToolSession | None) -> "ToolCall":
        """A call that the model has just begun, in the step `step_id`."""
        call = cls(index, call_id, name, session, arguments_template(step_id, index))
        if session is not None:
            call.details = session.new_call_details()
            call.read_arguments = session.arguments_reader()
        return call

    @property
    def arguments(self) -> str:
        """The arguments so far, JSON text."""
        return "".join(self.pieces)

    @property
    def first_delta(self) -> dict[str, Any]:
        """The body of the call's first delta; later ones have no id and no name."""
        return {"index": self.index, **self.json_object()}

    def json_object(self) -> dict[str, Any]:
        """The call as a step's details show it."""
        if self.session is not None:
            type_ = self.session.function.name
            return {"id": self.id, "type": type_, type_: self.details}
        function = {"name": self.name, "arguments": self.arguments, "output": self.output}
        return {"id": self.id, "type": "function", "function": function}


def output_item(call_id: str, output: str) -> Item:
    """The input item that gives the model a call's output."""
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def step_details(calls: Iterable[ToolCall]) -> dict[str, Any]:
    """The details of a tool_calls step."""
    return {"type": "tool_calls", "tool_calls": [call.json_object() for call in calls]}


def required_action(calls: Iterable[ToolCall]) -> dict[str, Any]:
    """What a run waits for: the outputs of these calls."""
    asked = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": asked}}


def last_answered_calls(items: Sequence[Item], tools: Mapping[str, ServerTool] = MappingProxyType({})) -> list[Item]:
    """What later runs are told of the calls in a run that goes on after submitted outputs: its `items` so far.

    Of functions, the calls whose outputs stand at the end; of the server's own `tools`, what these tell of the calls
    since the last message, with which the earlier ones are kept.
    """
    outputs: list[Item] = []
    for item in reversed(items):
        if item.get("type") != "function_call_output":
            break
        outputs.insert(0, item)
    answered = {item["call_id"] for item in outputs}
    calls = [
        _bare(item)
        for item in items
        if item.get("type") == "function_call" and item["call_id"] in answered and item["name"] not in tools
    ]
    kept = {call["call_id"] for call in calls}
    since = max((number for number, item in enumerate(items) if item.get("role") == "assistant"), default=-1) + 1
    own = own_calls(items[since:], tools)
    return [*own, *calls, *(output for output in outputs if output["call_id"] in kept)]


def own_calls(items: Sequence[Item], tools: Mapping[str, ServerTool]) -> list[Item]:
    """What later runs are told of the answered calls of the server's own `tools` in `items`: calls and outputs."""
    outputs = {item["call_id"]: item["output"] for item in items if item.get("type") == "function_call_output"}
    told: list[Item] = []
    for item in items:
        if item.get("type") != "function_call" or item["name"] not in tools or item["call_id"] not in outputs:
            continue
        words = tools[item["name"]].for_later_runs(item["arguments"], outputs[item["call_id"]])
        if words is not None:
            arguments, output = words
            told += [{**_bare(item), "arguments": arguments}, output_item(item["call_id"], output)]
    return told


def within(calls: list[Item], most: int) -> list[Item]:
    """The newest calls, with their outputs, that have at most so many characters; one at least."""
    length = 0
    for number in range(len(calls) - 1, -1, -1):
        length += len(calls[number].get("arguments") or calls[number].get("output") or "")
        if length > most and number < len(calls) - 2:
            kept = calls[number + 1 :]
            asked = {item["call_id"] for item in kept if item["type"] == "function_call"}
            return [item for item in kept if item["call_id"] in asked]
    return calls


def _bare(call: Mapping[str, Any]) -> Item:
    """A call without the ids that bind it to reasoning items, which later runs do not replay."""
    return {name: call[name] for name in ("type", "call_id", "name", "arguments", PROVIDER_CALL_ID) if name in call}
