"""The watch over the responses of every test finds what it shall find."""

import json
from typing import Any

import aiohttp

from tests.assistants.conftest import Running
from tests.assistants.raw_http import ask
from tests.assistants.response_watch import ResponseWatch


async def responding(body: bytes, kind: bytes, *, status: int = 200, path: str = "/v1/threads/thread_1") -> list[str]:
    """What the watch says of one response to `GET path`."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})

    async def ignore(_message: Any) -> None:
        return None

    async def receive() -> Any:
        return {"type": "http.request"}

    watch = ResponseWatch()
    await watch.middleware(app)({"type": "http", "method": "GET", "path": path}, receive, ignore)
    return watch.deviations


async def test_wrong_responses_are_found() -> None:
    thread = {"id": "thread_1", "object": "thread", "created_at": 1, "tool_resources": {}, "metadata": {}}
    json_type = b"application/json"
    assert await responding(json.dumps(thread).encode(), json_type) == []
    assert await responding(json.dumps({**thread, "created_at": None}).encode(), json_type)
    assert await responding(b'{"detail": "no"}', json_type, status=404)
    assert await responding(b"event: thread.created\ndata: {}\n\n", b"text/event-stream")
    assert await responding(b"{}", json_type, path="/v1/models") == []


async def test_the_servers_responses_are_counted(server: Running) -> None:
    status, _ = await ask(server, "GET", "/assistants")
    assert status == 200
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/assistants") as response:
        assert response.status == 401
