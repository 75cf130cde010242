"""Requests without the SDK, the events of a streamed response, and recorded streams."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from conformance.event_stream import Event
from tests.assistants.conftest import KEY, Running


def parse(text: str) -> list[Event]:
    """The events of a stream; comments are left out."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":") and ": " in line)
        if "data" in fields:
            raw = fields["data"]
            events.append(Event(fields["event"], raw if raw == "[DONE]" else json.loads(raw)))
    return events


async def stream(server: Running, path: str, body: Mapping[str, Any]) -> list[Event]:
    """POST `body` with `stream: true` and read all events."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(server.url + path, json={**body, "stream": True}) as response,
    ):
        text = await response.text()
        assert response.status == 200, text
        assert response.content_type == "text/event-stream"
        return parse(text)


async def ask(server: Running, method: str, path: str, **request: Any) -> tuple[int, Any]:
    """Send any request; return the status and the JSON of the response."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, server.url + path, **request) as response,
    ):
        return response.status, await response.json()


def names(events: Sequence[Event]) -> list[str]:
    """The events' names; deltas that follow one another count once."""
    found: list[str] = []
    for event in events:
        if not (event.name.endswith(".delta") and found and found[-1] == event.name):
            found.append(event.name)
    return found
