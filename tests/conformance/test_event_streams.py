"""Streams: the recorded ones are found right, and each thing that can go wrong in one is found."""

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import contract
from conformance.event_order import order_deviations
from conformance.event_stream import Event, read_events
from conformance.recordings import missing_keys, missing_keys_of, recorded_names, recording

KNOWN = ("$.created_at", "$.attachments", "$.tool_resources", "$.instructions")
LIVE = "test_streaming_existing_assistant_with_events_with_content.sse"


def as_bytes(events: Sequence[Event]) -> bytes:
    return b"".join(
        f"event: {each.name}\ndata: {each.data if each.data == '[DONE]' else json.dumps(each.data)}\n\n".encode()
        for each in events
    )


def found_in(events: Sequence[Event], *, submitted: bool = False) -> list[str]:
    read, found = read_events(as_bytes(events))
    for event in read:
        found += contract.event_deviations(event.name, event.data) + missing_keys(event)
    return [str(each) for each in found + order_deviations(read, submitted=submitted)]


def test_the_recorded_stream_is_right() -> None:
    assert found_in(recording(LIVE)) == []


@pytest.mark.parametrize("name", [name for name in recorded_names() if name != LIVE])
def test_the_documented_streams_deviate_only_where_the_documents_leave_something_out(name: str) -> None:
    """A line `...` stands for deltas, some examples are older than a key, and one was put together from two."""
    known = ("as streamed", "the calls of the deltas", *KNOWN)
    found = found_in(recording(name), submitted="submit" in name)
    assert [each for each in found if not any(part in each for part in known)] == []


def at(events: list[Event], name: str, number: int = 0) -> int:
    return [index for index, event in enumerate(events) if event.name == name][number]


Change = Callable[[list[Event]], None]


def without(name: str, number: int = 0) -> Change:
    def change(events: list[Event]) -> None:
        del events[at(events, name, number)]

    return change


def twice(name: str) -> Change:
    def change(events: list[Event]) -> None:
        index = at(events, name)
        events.insert(index, events[index])

    return change


def swapped(first: str, second: str) -> Change:
    def change(events: list[Event]) -> None:
        one, other = at(events, first), at(events, second)
        events[one], events[other] = events[other], events[one]

    return change


def changed(name: str, edit: Callable[[dict[str, Any]], object], number: int = 0) -> Change:
    def change(events: list[Event]) -> None:
        edit(events[at(events, name, number)].data)

    return change


def _first_call(data: dict[str, Any]) -> dict[str, Any]:
    call: dict[str, Any] = data["delta"]["step_details"]["tool_calls"][0]
    return call


WRONG: dict[str, Change] = {
    "no created": without("thread.run.created"),
    "no queued": without("thread.run.queued"),
    "no in_progress": without("thread.run.in_progress"),
    "no step created": without("thread.run.step.created"),
    "no step in progress": without("thread.run.step.in_progress"),
    "no message created": without("thread.message.created"),
    "no message in progress": without("thread.message.in_progress"),
    "a lost delta": without("thread.message.delta", 3),
    "a lost piece of code": without("thread.run.step.delta", 3),
    "no message end": without("thread.message.completed"),
    "no step end": without("thread.run.step.completed"),
    "no run end": without("thread.run.completed"),
    "no done": without("done"),
    "done twice": twice("done"),
    "message created twice": twice("thread.message.created"),
    "a delta twice": twice("thread.message.delta"),
    "run completed twice": twice("thread.run.completed"),
    "message before its step": swapped("thread.message.created", "thread.run.step.created"),
    "run ends before its message": swapped("thread.run.completed", "thread.message.completed"),
    "queued after in progress": swapped("thread.run.queued", "thread.run.in_progress"),
    "another run's id": changed("thread.run.completed", lambda data: data.update(id="run_2")),
    "another thread's step": changed("thread.run.step.created", lambda data: data.update(thread_id="thread_2")),
    "another message's delta": changed("thread.message.delta", lambda data: data.update(id="msg_2")),
    "a status that is not the event's": changed("thread.run.completed", lambda data: data.update(status="failed")),
    "still to expire": changed("thread.run.completed", lambda data: data.update(expires_at=1)),
    "no tokens": changed("thread.run.completed", lambda data: data.update(usage=None)),
    "no tokens' key": changed("thread.run.completed", lambda data: data["usage"].pop("total_tokens")),
    "no index": changed("thread.message.delta", lambda data: data["delta"]["content"][0].pop("index")),
    "an index with a gap": changed("thread.message.delta", lambda data: data["delta"]["content"][0].update(index=1)),
    "an id said again": changed("thread.run.step.delta", lambda data: _first_call(data).update(id="call_1"), 1),
    "a call without its name": changed("thread.run.step.delta", lambda data: _first_call(data).pop("id")),
    "fewer parts than streamed": changed("thread.message.completed", lambda data: data.update(content=[])),
    "another text than streamed": changed(
        "thread.message.completed", lambda data: data["content"][0]["text"].update(value="x = 2")
    ),
    "a key that was recorded": changed("thread.run.step.created", lambda data: data.pop("expires_at")),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_thing_that_goes_wrong_is_found(what: str) -> None:
    events = copy.deepcopy(recording(LIVE))
    WRONG[what](events)
    assert found_in(events)


def test_calls_to_answer_are_those_of_the_deltas() -> None:
    events = recording("spec_thread_and_run_streaming_with_functions.sse")
    run = events[at(events, "thread.run.requires_action")].data
    (call,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    deltas = [event for event in events if event.name == "thread.run.step.delta"]
    streamed = "".join(_first_call(each.data)["function"]["arguments"] for each in deltas)
    call["function"]["arguments"] = streamed
    assert not [each for each in found_in(events) if "calls of the deltas" in each]
    call["id"] = "call_2"
    assert [each for each in found_in(events) if "calls of the deltas" in each]


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"data: {}\n\n", "event 1"),
        (b"event: thread.created\n\n", "event 1 (thread.created)"),
        (b"event: thread.created\nevent: done\ndata: [DONE]\n\n", "event 1"),
        (b'event: thread.created\ndata: {"id": \n\n', "event 1 (thread.created) data"),
        (b"event: done\ndata: [DONE]\n", "end of the stream"),
        (b"event: done\ndata: \xff\n\n", "byte 18"),
        (b'{"object": "thread.run"}\n\n', "event 1"),
        (b"", "end of the stream"),
        (b"event: done\ndata: [DONE]\n\nevent: error\ndata: {}\n\n", "event 1 (done)"),
    ],
)
def test_a_stream_of_the_wrong_form_is_told_where(raw: bytes, where: str) -> None:
    assert where in [each.path for each in read_events(raw)[1]]


def test_comments_line_ends_and_data_in_lines_are_the_streams_own_business() -> None:
    raw = b': ping\n\nid: 1\r\nevent: thread.created\r\ndata: {"id":\r\ndata: "thread_1"}\r\n\r\n'
    raw += b"event: done\ndata: [DONE]\n\n"
    assert read_events(raw) == ([Event("thread.created", {"id": "thread_1"}), Event("done", "[DONE]")], [])


def test_an_object_has_the_keys_that_it_has_in_every_recording() -> None:
    run = dict(recording(LIVE)[0].data)
    assert missing_keys_of(run) == []
    del run["temperature"]
    assert [each.path for each in missing_keys_of(run)] == ["$.temperature"]


ODD: list[Any] = [None, 1, "x", [], {}, [1], {"a": 1}, [[]], True, {"id": []}, [{"index": 0, "function": "x"}]]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_whatever_comes_is_told_and_never_breaks_the_check(data: st.DataObject) -> None:
    events = copy.deepcopy(recording(data.draw(st.sampled_from(recorded_names()))))[:-1]
    odd = st.sampled_from(ODD)
    for _ in range(data.draw(st.integers(1, 4))):
        holder: Any = data.draw(st.sampled_from(events)).data
        while isinstance(holder, dict | list) and holder:
            key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
            if not isinstance(holder[key], dict | list) or data.draw(st.booleans()):
                holder[key] = copy.deepcopy(data.draw(odd))
                break
            holder = holder[key]
    found_in(events)


def test_a_message_without_a_step_in_progress_is_told() -> None:
    events = [
        event
        for event in recording(LIVE)
        if not (event.name.startswith("thread.run.step.") and event.data.get("type") == "message_creation")
    ]
    (told,) = [each for each in order_deviations(events) if "a step in progress" in each.expected]
    assert told.path.endswith("(thread.message.created)")
    assert told.found == "none"


def test_what_stands_below_a_missing_or_empty_object_is_told_once() -> None:
    done = copy.deepcopy(recording(LIVE)[-2])
    done.data["usage"] = None
    assert missing_keys(done) == []
    del done.data["usage"]
    assert [each.path for each in missing_keys(done)] == ["$.usage"]
    done.data["truncation_strategy"] = {}
    assert [each.path for each in missing_keys(done)] == [
        "$.truncation_strategy.last_messages",
        "$.truncation_strategy.type",
        "$.usage",
    ]
