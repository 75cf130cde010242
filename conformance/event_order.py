"""The order of a run's events, and how they hang together: what clients' event handlers rely on.

The rules are those of OpenAI's documentation and of recorded streams: an object's `created` comes first, its
`in_progress` next, then its deltas, then its end; a message stands in its step, a step in its run; deltas add up to
what the end holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.deviations import Deviation, shown
from conformance.event_stream import Event
from conformance.recordings import delta_pieces

RUN_ENDS = ("requires_action", "completed", "incomplete", "failed", "cancelled", "expired")
STEP_ENDS = ("completed", "failed", "cancelled", "expired")
MESSAGE_ENDS = ("completed", "incomplete")
UNCHANGING = (
    "id",
    "thread_id",
    "assistant_id",
    "created_at",
    "model",
    "instructions",
    "tools",
    "tool_choice",
    "metadata",
    "max_prompt_tokens",
    "max_completion_tokens",
)
"""What a run is begun with, and keeps."""


@dataclass
class _Item:
    """A message or a step, as far as the stream has told of it."""

    status: str
    deltas: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What the deltas have added up to, by index."""


@dataclass
class _Order:
    """Reads a stream event by event."""

    submitted: bool
    deviations: list[Deviation] = field(default_factory=list)
    run: Mapping[str, Any] | None = None
    run_status: str = ""
    messages: dict[str, _Item] = field(default_factory=dict)
    steps: dict[str, _Item] = field(default_factory=dict)

    def read(self, number: int, event: Event) -> None:
        where = f"event {number} ({event.name})"
        if event.name in {"done", "error"} or not isinstance(event.data, dict):
            return
        kind, _, change = event.name.rpartition(".")
        if kind == "thread":
            self._expect(where, number == 1, "first", f"at place {number}")
        elif kind == "thread.run":
            self._read_run(where, change, event.data)
        elif kind == "thread.run.step":
            self._read_item(where, change, event.data, self.steps, STEP_ENDS)
        elif kind == "thread.message":
            self._read_item(where, change, event.data, self.messages, MESSAGE_ENDS)

    def _expect(self, where: str, holds: bool, expected: str, found: str) -> None:
        if not holds:
            self.deviations.append(Deviation(where, expected, found))

    def _read_run(self, where: str, change: str, data: Mapping[str, Any]) -> None:
        status = "queued" if change == "created" else change
        self._expect(f"{where} $.status", data.get("status") == status, shown(status), shown(data.get("status")))
        before = {
            "created": {""},
            "queued": {"created", ""} if self.submitted else {"created"},
            "in_progress": {"queued"},
            "cancelled": {"cancelling"},
        }.get(change, {"queued", "in_progress"})
        self._expect(where, self.run_status in before, f"after {_or(before)}", f"after {self.run_status or 'nothing'}")
        if self.run is not None:
            for key in UNCHANGING:
                same = data.get(key) == self.run.get(key)
                self._expect(f"{where} $.{key}", same, shown(self.run.get(key)), shown(data.get(key)))
        self.run, self.run_status = data, change
        if change in RUN_ENDS and change != "requires_action":
            open_items = [id_ for id_, item in self._items() if not _ended(item.status)]
            self._expect(where, not open_items, "all messages and steps ended before", f"{', '.join(open_items)} open")
        if change == "completed":
            self._expect(f"{where} $.expires_at", data.get("expires_at") is None, "null", shown(data.get("expires_at")))
            self._expect(f"{where} $.usage", bool(data.get("usage")), "its tokens", shown(data.get("usage")))
        if change == "requires_action":
            self._match_calls(where, data)

    def _items(self) -> Iterator[tuple[str, _Item]]:
        yield from self.messages.items()
        yield from self.steps.items()

    def _match_calls(self, where: str, run: Mapping[str, Any]) -> None:
        """The calls that the client shall answer are those that the deltas told of."""
        action = run.get("required_action")
        submit = action.get("submit_tool_outputs") if isinstance(action, dict) else None
        wanted = submit.get("tool_calls") if isinstance(submit, dict) else None
        if not isinstance(wanted, list):  # told by the contract's schemas
            return
        told = sorted(_call(call) for call in wanted if isinstance(call, dict))
        streamed = sorted(
            _call(call)
            for step in self.steps.values()
            if not _ended(step.status)
            for call in step.deltas.values()
            if call.get("type") == "function"
        )
        path = f"{where} $.required_action.submit_tool_outputs.tool_calls"
        self._expect(
            path, told == streamed, f"the calls of the deltas, {shown(sorted(map(str, streamed)))}", shown(wanted)
        )

    def _read_item(
        self, where: str, change: str, data: Mapping[str, Any], items: dict[str, _Item], ends: Sequence[str]
    ) -> None:
        id_ = str(data.get("id"))
        item = items.get(id_)
        if change != "delta":
            status = "in_progress" if change == "created" else change
            self._expect(f"{where} $.status", data.get("status") == status, shown(status), shown(data.get("status")))
            if self.run is not None:
                for key, of_run in (("thread_id", "thread_id"), ("run_id", "id"), ("assistant_id", "assistant_id")):
                    same = data.get(key) == self.run.get(of_run)
                    self._expect(f"{where} $.{key}", same, shown(self.run.get(of_run)), shown(data.get(key)))
        if change == "created":
            self._expect(where, item is None, "once", f"{id_} a second time")
            self._expect_running(where)
            items[id_] = _Item("created")
            if items is self.messages:
                self._expect_step_of(where, id_)
            return
        if item is None:
            # A step that waited for outputs was created in the stream before.
            waited = self.submitted and items is self.steps and change in ends
            self._expect(where, waited, f"{id_} created before", "no such event")
            items[id_] = _Item(change)
            return  # its deltas were in the stream before as well
        before = "created" if change == "in_progress" else "in_progress"
        self._expect(where, item.status == before, f"after {before}", f"after {item.status}")
        if change == "delta":
            self._add(where, item, data)
            return
        item.status = change
        if change in ends:
            self._match_sum(where, item, data)

    def _expect_running(self, where: str) -> None:
        running = self.run_status == "in_progress"
        self._expect(where, running, "while the run is in progress", f"after {self.run_status or 'nothing'}")

    def _expect_step_of(self, where: str, message_id: str) -> None:
        open_steps = [step for step in self.steps.values() if step.status == "in_progress"]
        self._expect(where, bool(open_steps), f"a step in progress that makes {message_id}", "none")

    def _add(self, where: str, item: _Item, data: Mapping[str, Any]) -> None:
        for piece in delta_pieces(data):
            index = piece.get("index")
            if not isinstance(index, int):  # told by the contract's schemas
                continue
            if index not in item.deltas:
                self._expect(f"{where} index", index == len(item.deltas), str(len(item.deltas)), str(index))
                item.deltas[index] = {}
            for key, twice in _merge(item.deltas[index], piece):
                self._expect(f"{where} {key}", False, "once, in the first delta", shown(twice))

    def _match_sum(self, where: str, item: _Item, data: Mapping[str, Any]) -> None:
        """What the deltas have added up to is what the object holds at its end."""
        details = data.get("step_details")
        held = details.get("tool_calls") if isinstance(details, dict) else data.get("content")
        if not isinstance(held, list):
            return
        path = f"{where} $.{'step_details.tool_calls' if isinstance(details, dict) else 'content'}"
        self._expect(path, len(held) >= len(item.deltas), f"{len(item.deltas)} parts, as streamed", str(len(held)))
        for index, part in enumerate(held):
            if not isinstance(part, dict):  # told by the contract's schemas
                continue
            streamed = item.deltas.get(index)
            if streamed is None:
                self._expect(f"{path}[{index}]", False, "a part that was streamed", shown(part))
                continue
            told = "id" in streamed or "id" not in part
            self._expect(f"{path}[{index}].id", told, "the id in a delta", "none")
            for key, expected, found in _differences(streamed, part):
                self._expect(f"{path}[{index}]{key}", False, f"{shown(expected)}, as streamed", shown(found))


def order_deviations(events: Sequence[Event], *, submitted: bool = False) -> list[Deviation]:
    """Where a run's events do not follow one another as they should.

    `submitted`: the stream is the answer to submitted outputs, so its run and a step of it have begun before.
    """
    order = _Order(submitted)
    for number, event in enumerate(events, 1):
        order.read(number, event)
    if order.run_status not in RUN_ENDS and not any(event.name == "error" for event in events):
        found = f"thread.run.{order.run_status}" if order.run_status else "no event of a run"
        order.deviations.append(Deviation("end of the stream", f"the run's end ({_or(RUN_ENDS)})", found))
    return order.deviations


def _call(call: Mapping[str, Any]) -> tuple[str, str, str]:
    function = call.get("function")
    named = function if isinstance(function, dict) else {}
    return str(call.get("id")), str(named.get("name")), str(named.get("arguments"))


def _or(options: Sequence[str] | set[str]) -> str:
    return " or ".join(sorted(option or "nothing" for option in options))


def _ended(status: str) -> bool:
    return status in STEP_ENDS or status in MESSAGE_ENDS


_SAID_ONCE = frozenset({"id", "name"})


def _merge(into: dict[str, Any], piece: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    """Add a delta to what there is, as clients do; yields keys that are said again, which clients would join."""
    for key, value in piece.items():
        if key in {"index", "type"}:
            into[key] = value
        elif key in _SAID_ONCE and isinstance(into.get(key), str):
            yield f"{at}.{key}", value
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            yield from _merge(into[key], value, f"{at}.{key}")
        elif isinstance(value, dict):
            into[key] = {}
            yield from _merge(into[key], value, f"{at}.{key}")
        elif isinstance(value, str) and isinstance(into.get(key), str):
            into[key] += value
        elif not isinstance(value, list):
            into[key] = value


def _differences(streamed: Mapping[str, Any], held: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Any, Any]]:
    for key, value in streamed.items():
        if key == "index":
            continue
        if isinstance(value, dict):
            inner = held.get(key)
            yield from _differences(value, inner if isinstance(inner, dict) else {}, f"{at}.{key}")
        elif value is not None and held.get(key) != value:
            yield f"{at}.{key}", value, held.get(key)
