"""A fake provider that answers with the bytes that a test gives it, however odd."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    ModelError,
    ModelEvent,
    ModelRequest,
    TextDelta,
)
from assistants.models.provider_client import ProviderClient
from assistants.models.responses_request import ResponsesModel

JSON = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One answer: these bytes, this status and content type; `cut` breaks the connection after them."""

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


class FakeProvider:
    """`async with FakeProvider(answer, …) as provider`; the last answer is repeated."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: deque[Answer] = deque(answers)
        self.requests: list[JSON] = []
        self.asked: list[str] = []
        """The paths with their queries."""
        self.headers: list[Mapping[str, str]] = []
        self.connections: set[tuple[str, int]] = set()
        """The client's addresses of the connections that were used."""
        self.transports: set[asyncio.Transport] = set()
        self.url = ""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> "FakeProvider":
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


# -- asking it through a model

WEATHER = FunctionTool("weather", "The weather in a city.", {"type": "object", "properties": {"city": {}}})
SUNNY = '{"city": "Suwon"}'


def user(text: str) -> Item:
    return {"type": "message", "role": "user", "content": text}


def asking(*items: Item, **values: Any) -> ModelRequest:
    values.setdefault("tools", (WEATHER,))
    return ModelRequest("some-model", "Be brief.", items or (user("hello"),), **values)


async def heard(provider: FakeProvider, request: ModelRequest | None = None, *, api: str = "chat") -> list[ModelEvent]:
    async with ProviderClient(provider.url, "sk-1") as client:
        model = ChatModel(client) if api == "chat" else ResponsesModel(client)
        return [event async for event in model.stream(request or asking())]


async def answered(*answers: Answer, api: str = "chat", request: ModelRequest | None = None) -> list[ModelEvent]:
    async with FakeProvider(*answers) as provider:
        return await heard(provider, request, api=api)


async def refusal(*answers: Answer, api: str = "chat", request: ModelRequest | None = None) -> ModelError:
    with pytest.raises(ModelError) as raised:
        await answered(*answers, api=api, request=request)
    return raised.value


def text(found: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in found if isinstance(event, TextDelta))


def called(found: Sequence[ModelEvent]) -> list[tuple[str, str]]:
    """Names and arguments of the calls, put together from the pieces and as the output has them."""
    started = [event for event in found if isinstance(event, CallStarted)]
    assert [call.index for call in started] == list(range(len(started)))
    assert len({call.call_id for call in started}) == len(started)
    streamed = [
        (call.name, "".join(e.delta for e in found if isinstance(e, CallArguments) and e.index == call.index))
        for call in started
    ]
    output = [item for item in finished(found).output if item["type"] == "function_call"]
    assert [(item["name"], item["arguments"]) for item in output] == streamed
    assert [item["call_id"] for item in output] == [call.call_id for call in started]
    return streamed


def finished(found: Sequence[ModelEvent]) -> Finished:
    last = found[-1]
    assert isinstance(last, Finished)
    return last
