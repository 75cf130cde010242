"""Clients that read a stream late or never: little is kept for them, and what they missed comes from the database."""

import asyncio
import gc
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.models.model_protocol import Finished, TextDelta
from assistants.runs import event_stream
from assistants.runs.delta_joining import DeltaPace
from assistants.runs.event_stream import MAX_UNREAD, MOST_UNREAD, EventStream
from assistants.runs.missed_events import MissedEvent, MissedEventReader, MissedText
from assistants.runs.sse_encoding import arguments_template, encode_event, text_template
from conformance.event_stream import Event
from tests.assistants.conftest import KEY, Running, eventually
from tests.assistants.raw_http import names, parse
from tests.assistants.runs.test_function_calls import function
from tests.assistants.scripted_model import USAGE, Hold, calls, words

LONG = " ".join(f"word{number} 낱말" for number in range(8_000))


class LateReader:
    """A client of the app that reads nothing of a streamed response until `read` is set."""

    def __init__(self, server: Running, path: str, body: dict[str, Any]) -> None:
        self.read = asyncio.Event()
        self.begun = asyncio.Event()
        self._received = bytearray()
        self._body = orjson.dumps({**body, "stream": True})
        headers = [(b"authorization", f"Bearer {KEY}".encode()), (b"content-type", b"application/json")]
        self._scope = {"type": "http", "method": "POST", "path": f"/v1{path}", "raw_path": f"/v1{path}".encode()}
        self._scope |= {"query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http"}
        self.task = asyncio.create_task(server.app(self._scope, self._receive, self._send))

    async def events(self) -> list[Event]:
        """Read all there is, to the end."""
        self.read.set()
        await self.task
        return parse(self._received.decode())

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Any) -> None:
        if chunk := message.get("body"):
            self.begun.set()
            await self.read.wait()
            self._received += chunk


def streams() -> list[EventStream]:
    return [each for each in gc.get_objects() if isinstance(each, EventStream)]


def kept(stream: EventStream) -> int:
    return sum(len(chunk) if isinstance(chunk, bytes) else len(str(chunk)) for chunk in stream._unread)


async def begun(server: Running, **assistant: Any) -> tuple[LateReader, str]:
    server.model.window = 10_000_000
    made = await server.assistant(**assistant)
    thread = await server.thread("Hello")
    reader = LateReader(server, f"/threads/{thread.id}/runs", {"assistant_id": made.id})
    await reader.begun.wait()
    return reader, thread.id


async def ended(server: Running, thread_id: str) -> None:
    (run,) = (await server.client.beta.threads.runs.list(thread_id)).data
    await server.client.beta.threads.runs.poll(run.id, thread_id=thread_id, poll_interval_ms=20)


def text_of(events: list[Event]) -> str:
    parts = [event.data["delta"]["content"][0] for event in events if event.name == "thread.message.delta"]
    return "".join(part["text"]["value"] for part in parts)


async def test_an_answer_that_nobody_reads_is_not_kept_and_a_late_reader_gets_all_of_it(server: Running) -> None:
    instructions = "Be kind. " * 5000
    server.model.will(words(LONG), words(LONG))
    reader, thread_id = await begun(server, instructions=instructions)
    await ended(server, thread_id)
    gc.collect()
    (stream,) = streams()
    assert kept(stream) < 2 * MAX_UNREAD

    late = await reader.events()
    prompt, other = await begun(server, instructions=instructions)
    prompt.read.set()
    in_time = await prompt.events()

    assert text_of(late) == text_of(in_time) == LONG
    once = list(dict.fromkeys(names(late)))
    assert once == list(dict.fromkeys(names(in_time)))
    for ours, theirs in zip(_objects(late), _objects(in_time), strict=True):
        assert list(ours) == list(theirs)
        assert ours.get("instructions") == theirs.get("instructions")
    completed = next(event.data for event in late if event.name == "thread.message.completed")
    assert completed["content"][0]["text"]["value"] == LONG
    assert completed["status"] == "completed"
    assert other != thread_id


def _objects(events: list[Event]) -> list[dict[str, Any]]:
    return [event.data for event in events if event.data != "[DONE]" and not event.name.endswith("delta")]


async def test_a_reader_that_comes_back_in_the_middle_follows_again(server: Running) -> None:
    gate = asyncio.Event()
    server.model.will([TextDelta(LONG), Hold(gate), TextDelta(" the end"), Finished("completed", USAGE, [])])
    reader, thread_id = await begun(server)

    async def said() -> bool:
        return bool(await server.said(thread_id))

    await eventually(said)
    reader.read.set()
    gate.set()

    assert text_of(await reader.events()) == LONG + " the end"


async def test_arguments_that_were_missed_are_read_from_their_step(server: Running) -> None:
    arguments = json.dumps({"city": LONG})
    server.model.will(calls(("weather", arguments), ("weather", '{"city":"b"}'), before=LONG))
    reader, thread_id = await begun(server, tools=[function("weather")])
    await ended(server, thread_id)

    events = await reader.events()

    pieces = [
        event.data["delta"]["step_details"]["tool_calls"][0]
        for event in events
        if event.name == "thread.run.step.delta"
    ]
    for index, expected in ((0, arguments), (1, '{"city":"b"}')):
        assert "".join(piece["function"]["arguments"] for piece in pieces if piece["index"] == index) == expected
    (run,) = [event.data for event in events if event.name == "thread.run.requires_action"]
    assert run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["function"]["arguments"] == arguments


async def test_of_what_was_deleted_meanwhile_the_events_come_without_their_text(server: Running) -> None:
    server.model.will(words(LONG))
    reader, thread_id = await begun(server)
    await ended(server, thread_id)
    await server.client.beta.threads.delete(thread_id)

    events = await reader.events()

    assert len(text_of(events)) < len(LONG)
    (completed,) = [event.data for event in events if event.name == "thread.message.completed"]
    assert (completed["status"], completed["content"]) == ("completed", [])
    assert events[-1].name == "done"


async def test_a_stream_is_broken_off_where_events_stand_nowhere_else() -> None:
    stream = EventStream(DeltaPace(), MissedEventReader(AsyncMock()))
    for number in range(3000):
        stream.event("thread.run.step.delta", {"id": str(number), "logs": "x" * 500})
    stream.close()

    assert kept(stream) < MOST_UNREAD / 2
    (error, done) = parse(b"".join([chunk async for chunk in stream.chunks()]).decode())
    assert (error.name, done.name) == ("error", "done")
    assert "read its messages and steps instead" in error.data["error"]["message"]


# -- any order of writing and reading


class TextsOf(MissedEventReader):
    """Knows the texts that have been written."""

    def __init__(self, texts: dict[Any, str]) -> None:
        self._texts = texts

    async def text(self, missed: MissedText, has_ended: Callable[[], bool]) -> bytes:
        text = self._texts[missed.source][missed.start : missed.end]
        return missed.around[0] + orjson.dumps(text) + missed.around[1]

    async def event(self, missed: MissedEvent) -> bytes:
        return encode_event(missed.name, {**missed.data, **dict.fromkeys(missed.long_fields, "read again")})


PIECE = st.tuples(st.integers(0, 1), st.text("ab가\n\U0001f642", min_size=1, max_size=60))
STEP = st.one_of(PIECE, st.integers(1, 900), st.just("read"))


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEP, max_size=40))
async def test_every_character_comes_once_and_in_its_place(steps: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_stream, "MAX_UNREAD", 700)
        patch.setattr(event_stream, "SHORT", 100)
        patch.setattr(event_stream, "MOST_UNREAD", 1 << 20)
        templates = [text_template("msg_1", 0), arguments_template("step_1", 0)]
        texts = {template.source: "" for template in templates}
        stream = EventStream(DeltaPace(), TextsOf(texts))
        chunks, received = stream.chunks(), b""
        expected: list[tuple[Any, ...]] = []
        stream.event("begin", {})
        for number, step in enumerate(steps):
            if isinstance(step, tuple):
                template = templates[step[0]]
                texts[template.source] += step[1]
                stream.delta(template, step[1])
                stream.flush()
            elif step == "read":
                if stream._unread:
                    received += await anext(chunks)
            else:
                expected.append((number, *texts.values()))
                stream.event("thread.run", {"object": "thread.run", "number": number, "instructions": "x" * step})
        stream.close()
        received += b"".join([chunk async for chunk in chunks])
        heard = {"msg_1": "", "step_1": ""}
        found = []
        for event in parse(received.decode()):
            if event.name == "thread.run":
                found.append((event.data["number"], *heard.values()))
            elif event.name == "thread.message.delta":
                heard["msg_1"] += event.data["delta"]["content"][0]["text"]["value"]
            elif event.name == "thread.run.step.delta":
                call = event.data["delta"]["step_details"]["tool_calls"][0]
                heard["step_1"] += call["function"]["arguments"]
        assert list(heard.values()) == list(texts.values())
        assert found == expected


async def test_an_answer_is_saved_while_it_is_written(server: Running) -> None:
    gate = asyncio.Event()
    server.model.will([TextDelta("Half "), TextDelta("a sentence"), Hold(gate), *words(" and more")])
    reader, thread_id = await begun(server)
    reader.read.set()

    async def said() -> bool:
        return bool(await server.said(thread_id))

    await eventually(said)
    await server.app.state.services.run_tasks.save_messages()
    (message,) = await server.said(thread_id)
    assert message.status == "in_progress"
    assert [part.text.value for part in message.content if part.type == "text"] == ["Half a sentence"]
    gate.set()
    assert text_of(await reader.events()) == "Half a sentence and more"
