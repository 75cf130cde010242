"""A provider that answers with the very bytes that a test gives it, however odd."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

JSON = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One answer: these bytes, this status and content type; `cut` breaks the connection behind them."""

    data: bytes
    status: int = 200
    content_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    lingers: float = 0.0
    """Seconds between the last byte and the stream's end."""


def lines(*events: JSON | str, end: str = "\n\n", done: bool = True) -> Answer:
    """A stream of `data:` lines; a string is sent as it is."""
    shown = [event if isinstance(event, str) else f"data: {json.dumps(event)}" for event in events]
    return Answer("".join(line + end for line in [*shown, *(["data: [DONE]"] if done else [])]).encode())


def refused(status: int, error: Any) -> Answer:
    """An HTTP error with this JSON."""
    return Answer(json.dumps(error).encode(), status, "application/json")


def chunk(delta: JSON, finish: str | None = None, **more: Any) -> JSON:
    """A chunk of Chat Completions."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "choices": [choice], **more}


def fragment(name: str | None = None, arguments: Any = None, **more: Any) -> JSON:
    """A chunk with one piece of a call; `more` are its `index` and `id`."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return chunk({"tool_calls": [{"type": "function", "function": function, **more}]})


def said(text: str) -> Answer:
    """A plain answer of Chat Completions."""
    return lines(chunk({"content": text}), chunk({}, "stop"))


def responded(*output: JSON) -> Answer:
    """A plain answer of the Responses API, told at its end alone."""
    return lines({"type": "response.completed", "response": {"output": list(output)}})


class Provider:
    """`async with Provider(answer, …) as provider`; the last answer is repeated."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: deque[Answer] = deque(answers)
        self.requests: list[JSON] = []
        self.asked: list[str] = []
        """The paths with their queries."""
        self.headers: list[Mapping[str, str]] = []
        self.connections: set[tuple[str, int]] = set()
        """The clients' ends of those that were used."""
        self.transports: set[asyncio.Transport] = set()
        self.url = ""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> "Provider":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(json.loads(await request.read() or b"{}"))
        self.asked.append(request.path_qs)
        self.headers.append(dict(request.headers))
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername"))
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        headers = {"Content-Type": answer.content_type, **answer.headers}
        response = web.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(request)
        await response.write(answer.data)
        self.transports.add(request.transport)
        if answer.cut:
            request.transport.abort()
            return response
        await asyncio.sleep(answer.lingers)
        await response.write_eof()
        return response

    @property
    def open_connections(self) -> int:
        """Connections that no side has closed."""
        return sum(not transport.is_closing() for transport in self.transports)

    @property
    def sent(self) -> Sequence[JSON]:
        """The messages (or input items) of the last request."""
        body = self.requests[-1]
        messages: list[JSON] = body["messages"] if "messages" in body else body["input"]
        return messages
