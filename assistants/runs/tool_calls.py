"""Tool calls on their way: as the model makes them, as a step shows them, as the client is asked for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistants.models.call_ids import PROVIDER_CALL_ID
from assistants.models.model_protocol import Item
from assistants.runs.feed import DeltaFrame, arguments_frame
from assistants.server_tools import ToolSession


@dataclass(slots=True)
class Call:
    """One call. `session` is the server's own tool that it goes to; None means that a client has to answer."""

    index: int
    id: str
    name: str
    session: ToolSession | None
    frame: DeltaFrame
    pieces: list[str] = field(default_factory=list)
    details: dict[str, Any] | None = None
    output: str | None = None

    @classmethod
    def start(cls, step_id: str, index: int, call_id: str, name: str, session: ToolSession | None) -> "Call":
        """A call that the model has just begun, in the step `step_id`."""
        call = cls(index, call_id, name, session, arguments_frame(step_id, index))
        if session is not None:
            call.details = session.begin()
        return call

    @property
    def arguments(self) -> str:
        """The arguments as far as they have come, JSON text."""
        return "".join(self.pieces)

    @property
    def first_delta(self) -> dict[str, Any]:
        """What shows that the call has begun; id and name are never sent again."""
        return {"index": self.index, **self.view()}

    def view(self) -> dict[str, Any]:
        """The call as a step's details show it."""
        if self.session is not None:
            type_ = self.session.function.name
            return {"id": self.id, "type": type_, type_: self.details}
        function = {"name": self.name, "arguments": self.arguments, "output": self.output}
        return {"id": self.id, "type": "function", "function": function}

    def output_item(self, output: str) -> Item:
        """The input item that tells the model what the call came to."""
        return output_item(self.id, output)


def output_item(call_id: str, output: str) -> Item:
    """The input item that answers a call."""
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def step_details(calls: Iterable[Call]) -> dict[str, Any]:
    """A tool_calls step's details."""
    return {"type": "tool_calls", "tool_calls": [call.view() for call in calls]}


def required_action(calls: Iterable[Call]) -> dict[str, Any]:
    """What a run waits for: the outputs of these calls."""
    asked = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": asked}}


def last_exchange(items: Sequence[Item]) -> list[Item]:
    """The calls that were answered last, and their outputs: what a later run should know of this one."""
    outputs: list[Item] = []
    for item in reversed(items):
        if item.get("type") != "function_call_output":
            break
        outputs.insert(0, item)
    answered = {item["call_id"] for item in outputs}
    calls = [_bare(item) for item in items if item.get("type") == "function_call" and item["call_id"] in answered]
    return [*calls, *outputs]


def _bare(call: Mapping[str, Any]) -> Item:
    """A call without the ids that bind it to reasoning which is not replayed."""
    return {name: call[name] for name in ("type", "call_id", "name", "arguments", PROVIDER_CALL_ID) if name in call}
