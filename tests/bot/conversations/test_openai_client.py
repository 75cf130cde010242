"""The client reads the events of a run as the SDK's own does, whatever comes."""

import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from bot.conversations.openai_client import OpenAIClient
from conformance.event_stream import Event
from conformance.recordings import recorded_names, recording

ODD = [
    Event("thread.run.paused", {"id": "run_1", "object": "thread.run"}),
    Event("thread.message.delta", {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": "no list"}}),
    Event("thread.run.step.created", None),
    Event("error", {"code": "server_error", "message": "no"}),
]
"""What no version of the API says."""


class Answers(httpx2.AsyncBaseTransport):
    """Answers every request with one stream."""

    def __init__(self, events: Sequence[Event]) -> None:
        lines = (f"event: {event.name}\ndata: {json.dumps(event.data)}\n\n" for event in events)
        self._body = "".join(lines) + "event: done\ndata: [DONE]\n\n"

    async def handle_async_request(self, _request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=self._body.encode())


async def heard(kind: type[AsyncOpenAI], said: Sequence[Event]) -> list[tuple[type, Any]]:
    http = DefaultAsyncHttpxClient(transport=Answers(said))
    async with kind(base_url="http://assistants/v1", api_key="none", http_client=http) as client:
        stream = await client.beta.threads.runs.create("thread_1", assistant_id="asst_1", stream=True)
        return [(type(event), event.to_dict(mode="python", warnings=False)) async for event in stream]


@pytest.mark.parametrize("name", recorded_names())
async def test_documented_events_are_those_of_the_sdk(name: str) -> None:
    said = [event for event in recording(name) if event.name != "done"]
    expected = await heard(AsyncOpenAI, said)
    assert len(expected) == len(said)
    assert await heard(OpenAIClient, said) == expected


async def test_odd_events_are_those_of_the_sdk() -> None:
    expected = await heard(AsyncOpenAI, ODD)
    assert len(expected) == len(ODD)
    assert await heard(OpenAIClient, ODD) == expected
