"""A run's event stream, compared with OpenAI's documentation and recorded traffic."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import pytest
from openai import AsyncAssistantEventHandler
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Message, MessageDelta
from openai.types.beta.threads.runs import ToolCall
from pydantic import TypeAdapter

from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    MessageStarted,
    ModelError,
    TextDelta,
    Usage,
)
from assistants.runs.delta_joining import DeltaPace
from assistants.runs.event_stream import PING_AFTER, EventStream
from assistants.runs.missed_events import MissedEventReader
from conformance.event_stream import Event
from conformance.recordings import recording
from tests.assistants.conftest import KEY, Running, eventually
from tests.assistants.raw_http import names, parse, stream
from tests.assistants.scripted_model import Hold, Pause, Script, calls, words

QUIZ = {"type": "function", "function": {"name": "generate_quiz", "parameters": {"type": "object", "properties": {}}}}


async def ask(server: Running, **body: Any) -> list[Event]:
    assistant = await server.assistant()
    thread = await server.thread("Hello")
    return await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id, **body})


async def test_a_plain_answer_has_the_documented_order(server: Running) -> None:
    server.model.will(words("Hello! How can I assist you today?"))

    events = await ask(server)

    assert names(events) == names(recording("spec_run_streaming.sse"))


async def test_thread_and_run_puts_the_thread_first(server: Running) -> None:
    assistant = await server.assistant()
    body = {"assistant_id": assistant.id, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}

    events = await stream(server, "/threads/runs", body)

    assert names(events) == names(recording("spec_thread_and_run_streaming.sse"))


async def test_a_function_call_has_the_documented_order(server: Running) -> None:
    server.model.will(calls(("generate_quiz", '{"title":"Fractions"}')))

    events = await ask(server, tools=[QUIZ])

    recorded = names(recording("spec_thread_and_run_streaming_with_functions.sse"))
    assert names(events) == recorded[1:]  # the recorded stream begins with thread.created


async def test_submitted_outputs_have_the_documented_order(server: Running) -> None:
    server.model.will(calls(("generate_quiz", "{}")), words("Well done."))
    run = next(event.data for event in await ask(server, tools=[QUIZ]) if event.name == "thread.run.requires_action")
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "[1]"}]}

    events = await stream(server, f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs", body)

    assert names(events) == names(recording("spec_submit_streaming.sse"))
    (call,) = events[0].data["step_details"]["tool_calls"]
    assert call["function"] == {"name": "generate_quiz", "arguments": "{}", "output": "[1]"}


async def test_every_object_has_the_fields_of_recorded_traffic(server: Running) -> None:
    server.model.will(words("Hi."))
    ours = {event.name: event.data for event in await ask(server)}

    for recorded in recording("test_streaming_existing_assistant_with_events_with_content.sse"):
        if recorded.data == "[DONE]" or recorded.name == "thread.run.step.delta":
            continue
        if recorded.name.startswith("thread.run.step.") and recorded.data["type"] == "tool_calls":
            continue
        missing = set(recorded.data) - set(ours[recorded.name])
        assert not missing, f"{recorded.name} lacks {missing}"


async def test_every_event_is_one_that_the_sdk_knows(server: Running) -> None:
    server.model.will(calls(("generate_quiz", "{}"), before="Here is a quiz."), words("Well done."))
    adapter: TypeAdapter[Any] = TypeAdapter(AssistantStreamEvent)
    events = await ask(server, tools=[QUIZ])
    run = next(event.data for event in events if event.name == "thread.run.requires_action")
    path = f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    events += await stream(server, path, {"tool_outputs": [{"tool_call_id": "call_1", "output": "ok"}]})

    for event in events:
        if event.data != "[DONE]":
            adapter.validate_python({"event": event.name, "data": event.data})
    assert [event.name for event in events].count("done") == 2


async def test_the_first_delta_of_a_call_alone_names_it(server: Running) -> None:
    server.model.will(calls(("generate_quiz", '{"title":"Fractions"}'), ("generate_quiz", '{"title":"Angles"}')))

    deltas = [event.data["delta"] for event in await ask(server, tools=[QUIZ]) if event.name == "thread.run.step.delta"]

    pieces = [delta["step_details"]["tool_calls"][0] for delta in deltas]
    assert pieces[0] == {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "generate_quiz", "arguments": "", "output": None},
    }
    for index, arguments in ((0, '{"title":"Fractions"}'), (1, '{"title":"Angles"}')):
        first, *rest = [piece for piece in pieces if piece["index"] == index]
        assert first["id"] == f"call_{index + 1}"
        assert "".join(piece["function"]["arguments"] for piece in rest) == arguments
        assert all(
            set(piece) == {"index", "type", "function"} and set(piece["function"]) == {"arguments"} for piece in rest
        )


class Recorder(AsyncAssistantEventHandler):
    """Keeps what the SDK makes of the events."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = ""
        self.calls: list[ToolCall] = []
        self.final: Message | None = None

    async def on_message_delta(self, delta: MessageDelta, snapshot: Message) -> None:
        (part,) = snapshot.content
        assert part.type == "text"
        self.snapshot = part.text.value

    async def on_message_done(self, message: Message) -> None:
        self.final = message

    async def on_tool_call_done(self, tool_call: ToolCall) -> None:
        self.calls.append(tool_call)


async def test_the_sdks_event_handler_rebuilds_text_and_calls_exactly(server: Running) -> None:
    server.model.will(
        calls(
            ("generate_quiz", '{"title":"분수"}'), ("generate_quiz", '{"title":"각도"}'), before="퀴즈를 준비했어요. "
        )
    )
    assistant = await server.assistant(tools=[QUIZ])
    thread = await server.thread("퀴즈를 내 주세요")
    recorder = Recorder()

    async with server.client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=recorder
    ) as running:
        await running.until_done()
        run = await running.get_final_run()

    assert recorder.snapshot == "퀴즈를 준비했어요. "
    assert recorder.final is not None
    called = {call.id: call for call in recorder.calls}
    assert {id_: call.function.arguments for id_, call in called.items() if call.type == "function"} == {
        "call_1": '{"title":"분수"}',
        "call_2": '{"title":"각도"}',
    }
    assert run.required_action is not None
    asked = run.required_action.submit_tool_outputs.tool_calls
    assert [(call.id, call.function.name) for call in asked] == [
        ("call_1", "generate_quiz"),
        ("call_2", "generate_quiz"),
    ]


async def test_a_refusal_streams_as_a_part_of_its_own(server: Running) -> None:
    script: Script = [
        TextDelta("I cannot ", refusal=True),
        TextDelta("do that.", refusal=True),
        Finished("completed", Usage(1, 1), []),
    ]
    server.model.will(script)

    events = await ask(server)

    message = next(event.data for event in events if event.name == "thread.message.completed")
    assert message["content"] == [{"type": "refusal", "refusal": "I cannot do that."}]
    parts = [
        part for event in events if event.name == "thread.message.delta" for part in event.data["delta"]["content"]
    ]
    assert all(part["index"] == 0 and part["type"] == "refusal" for part in parts)


async def test_words_that_come_fast_are_joined_and_none_is_lost(server: Running) -> None:
    text = " ".join(str(number) for number in range(2000))
    server.model.will(words(text))

    deltas = [event.data["delta"]["content"][0] for event in await ask(server) if event.name == "thread.message.delta"]

    assert "".join(delta["text"]["value"] for delta in deltas) == text
    assert len(deltas) < 200
    assert deltas[0]["text"]["value"].startswith("0 1 2 ")
    assert deltas[0]["text"]["annotations"] == []
    assert all("annotations" not in delta["text"] for delta in deltas[1:])


async def test_the_first_word_does_not_wait_for_the_second(server: Running) -> None:
    gate = asyncio.Event()
    server.model.will([TextDelta("Hello"), Hold(gate), TextDelta(" there"), Finished("completed", Usage(1, 2), [])])
    assistant = await server.assistant()
    thread = await server.thread("Hi")

    async with server.client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as running:
        async for event in running:
            if event.event == "thread.message.delta" and not gate.is_set():
                gate.set()  # the model goes on only when the client has this word
    message = (await server.client.beta.threads.messages.list(thread.id)).data[0]
    assert message.content[0].type == "text"
    assert message.content[0].text.value == "Hello there"


async def test_a_run_goes_on_when_its_reader_leaves(server: Running) -> None:
    gate = asyncio.Event()
    server.model.will([TextDelta("Half "), Hold(gate), TextDelta("and half."), Finished("completed", Usage(1, 2), [])])
    assistant = await server.assistant()
    thread = await server.thread("Hi")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session:
        response = await session.post(
            f"{server.url}/threads/{thread.id}/runs", json={"assistant_id": assistant.id, "stream": True}
        )
        await response.content.readuntil(b"thread.message.delta")
        response.close()
    gate.set()

    (run,) = (await server.client.beta.threads.runs.list(thread.id)).data
    run = await server.client.beta.threads.runs.poll(run.id, thread_id=thread.id)

    assert run.status == "completed"
    message = (await server.client.beta.threads.messages.list(thread.id)).data[0]
    assert message.content[0].type == "text"
    assert message.content[0].text.value == "Half and half."


async def test_text_after_a_call_becomes_a_message_of_its_own(server: Running) -> None:
    output = [{"type": "function_call", "call_id": "call_1", "name": "generate_quiz", "arguments": "{}"}]
    server.model.will(
        [
            TextDelta("One moment."),
            CallStarted(0, "call_1", "generate_quiz"),
            CallArguments(0, "{}"),
            TextDelta("Here you are."),
            Finished("completed", Usage(1, 2), output),
        ]
    )

    events = await ask(server, tools=[QUIZ])

    texts = [event.data["content"][0]["text"]["value"] for event in events if event.name == "thread.message.completed"]
    assert texts == ["One moment.", "Here you are."]
    assert events[-2].name == "thread.run.requires_action"


async def test_an_announced_message_is_told_of_with_its_first_words(server: Running) -> None:
    gate = asyncio.Event()
    server.model.will([MessageStarted(), MessageStarted(), Hold(gate), *words("Hello there.")])
    assistant = await server.assistant()
    thread = await server.thread("Hi")
    asking = asyncio.create_task(stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id}))

    async def written() -> bool:
        return any(message.status == "in_progress" for message in await server.said(thread.id))

    await eventually(written)
    gate.set()
    found = names(await asking)
    assert found == names(recording("spec_run_streaming.sse"))


@pytest.mark.parametrize("failing", [False, True])
async def test_an_announced_message_that_stays_empty_leaves_nothing_behind(server: Running, failing: bool) -> None:
    output = [{"type": "function_call", "call_id": "call_1", "name": "generate_quiz", "arguments": "{}"}]
    call = [CallStarted(0, "call_1", "generate_quiz"), CallArguments(0, "{}"), Finished("completed", Usage(), output)]
    server.model.will([MessageStarted(), *([ModelError("server_error", "No.")] if failing else call)])

    events = await ask(server, tools=[QUIZ])

    assert not [event.name for event in events if event.name.startswith("thread.message")]
    run = events[-2].data
    assert run["status"] == ("failed" if failing else "requires_action")
    assert await server.said(run["thread_id"]) == []
    steps = await server.client.beta.threads.runs.steps.list(run["id"], thread_id=run["thread_id"])
    assert [step.type for step in steps.data] == ([] if failing else ["tool_calls"])


async def test_a_silent_stream_is_kept_alive_with_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistants.runs.event_stream.PING_AFTER", 0.01)
    assert PING_AFTER == 15.0
    pace = DeltaPace()
    stream = EventStream(pace, MissedEventReader(AsyncMock()))
    chunks = stream.chunks()

    ping = await anext(chunks)
    stream.event("thread.created", {"id": "thread_1"})
    stream.close()
    rest = b"".join([chunk async for chunk in chunks])

    assert ping == b": ping\n\n"
    assert [event.name for event in parse((ping + rest).decode())][-2:] == ["thread.created", "done"]
    assert pace.streams == 0


async def test_the_pace_of_deltas_follows_the_number_of_streams() -> None:
    pace = DeltaPace()
    assert pace.interval == 0.025
    pace.streams = 20
    assert pace.interval == 0.05
    pace.streams = 500
    assert pace.interval == 0.1


async def test_a_slow_model_is_followed_word_by_word(server: Running) -> None:
    server.model.will(
        [
            TextDelta("a "),
            Pause(0.15),
            TextDelta("b "),
            Pause(0.15),
            TextDelta("c"),
            Finished("completed", Usage(1, 2), []),
        ]
    )

    deltas = [event.data["delta"]["content"][0] for event in await ask(server) if event.name == "thread.message.delta"]

    assert [delta["text"]["value"] for delta in deltas] == ["a ", "b ", "c"]
