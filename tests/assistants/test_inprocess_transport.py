"""The SDK through `inprocess_transport`: the server and its client in one event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from assistants.inprocess_transport import MAX_UNREAD, Transport, inprocess_client
from assistants.models.model_protocol import TextDelta
from assistants.settings import Settings
from tests.assistants.scripted_model import Hold, ScriptedModel, words
from workers import Pool

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@pytest_asyncio.fixture
async def model() -> ScriptedModel:
    return ScriptedModel()


@pytest_asyncio.fixture
async def client(tmp_path: Path, model: ScriptedModel) -> AsyncIterator[AsyncOpenAI]:
    settings = Settings(_env_file=None, data_dir=tmp_path, embedding_model="")  # type: ignore[call-arg]
    opener: Any = model.opener()
    async with Pool(size=1) as pool, inprocess_client(settings, pool=pool, open_model=opener) as opened:
        yield opened


async def asked(client: AsyncOpenAI) -> tuple[str, str]:
    """The ids of an assistant, and of a thread with a question."""
    assistant = await client.beta.assistants.create(model="gpt-6-luna", instructions="You are a maths tutor.")
    thread = await client.beta.threads.create(messages=[{"role": "user", "content": "Solve 3x + 11 = 14."}])
    return assistant.id, thread.id


async def test_a_run_streams_while_the_model_still_speaks(client: AsyncOpenAI, model: ScriptedModel) -> None:
    gate = asyncio.Event()
    model.will([TextDelta("x"), Hold(gate), *words(" = 1")])
    assistant, thread = await asked(client)
    heard = ""
    async with client.beta.threads.runs.stream(thread_id=thread, assistant_id=assistant) as stream:
        async for text in stream.text_deltas:
            heard += text
            if heard == "x":
                gate.set()
        run = stream.current_run
    assert heard == "x = 1"
    assert run is not None
    assert run.status == "completed"


async def test_a_file_goes_in_and_comes_out_whole(client: AsyncOpenAI) -> None:
    content = bytes(range(256)) * 4 * (MAX_UNREAD // 256)
    stored = await client.files.create(file=("numbers.bin", content), purpose="user_data")
    assert (await client.files.content(stored.id)).content == content


async def test_errors_are_the_apis_own(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="No thread found"):
        await client.beta.threads.retrieve("thread_none")


async def test_a_run_goes_on_when_its_reader_leaves(client: AsyncOpenAI, model: ScriptedModel) -> None:
    gate = asyncio.Event()
    model.will([TextDelta("x"), Hold(gate), *words(" = 1")])
    assistant, thread = await asked(client)
    async with client.beta.threads.runs.stream(thread_id=thread, assistant_id=assistant) as stream:
        async for _ in stream.text_deltas:
            break
    gate.set()
    run = (await client.beta.threads.runs.list(thread)).data[0]
    run = await client.beta.threads.runs.poll(run.id, thread_id=thread, poll_interval_ms=10)
    assert run.status == "completed"
    newest = (await client.beta.threads.messages.list(thread)).data[0]
    assert newest.content[0].to_dict()["text"]["value"] == "x = 1"  # type: ignore[index]


# -- the transport with apps that break off, or never end


def bare(app: Callable[[dict[str, Any], Receive, Send], Awaitable[None]]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=Transport(app))  # type: ignore[arg-type]


async def test_an_app_that_ends_without_a_response_is_an_error() -> None:
    async def app(_scope: dict[str, Any], _receive: Receive, _send: Send) -> None:
        return

    async with bare(app) as http:
        with pytest.raises(httpx2.RemoteProtocolError, match="without a response"):
            await http.get("http://app/")


async def test_a_response_that_breaks_off_is_an_error_after_its_first_part() -> None:
    async def app(_scope: dict[str, Any], _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("out of words")

    async with bare(app) as http, http.stream("GET", "http://app/") as answer:
        chunks = answer.aiter_bytes()
        assert await anext(chunks) == b"half"
        with pytest.raises(httpx2.RemoteProtocolError, match="broke off"):
            await anext(chunks)


async def test_an_app_that_says_more_than_is_read_waits() -> None:
    said = 0

    async def app(_scope: dict[str, Any], _receive: Receive, send: Send) -> None:
        nonlocal said
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": bytes(MAX_UNREAD), "more_body": True})
            said += 1
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async with bare(app) as http, http.stream("GET", "http://app/") as answer:
        for _ in range(100):
            await asyncio.sleep(0)
        assert said <= 2
        assert len(await answer.aread()) == 100 * MAX_UNREAD
    assert said == 100


async def test_a_client_that_gives_up_waiting_does_not_interrupt_the_app() -> None:
    going, finished = asyncio.Event(), asyncio.Event()

    async def app(_scope: dict[str, Any], receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await going.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"too late"})
        assert (await receive())["type"] == "http.disconnect"
        finished.set()

    async with bare(app) as http:
        request = asyncio.create_task(http.post("http://app/", content=b"question"))
        await asyncio.sleep(0.01)
        request.cancel()
        await asyncio.wait([request])
        going.set()
        async with asyncio.timeout(5):
            await finished.wait()


async def test_the_end_waits_for_running_requests() -> None:
    async def app(_scope: dict[str, Any], _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.02)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    transport = Transport(app)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport) as http:
        request = asyncio.create_task(http.get("http://app/"))
        await asyncio.sleep(0.001)
        await transport.wait_for_requests()
        assert (await request).status_code == 204


async def test_the_end_cancels_requests_that_take_too_long_and_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistants.inprocess_transport.SHUTDOWN_TIMEOUT", 0.0)
    ended = False

    async def app(_scope: dict[str, Any], _receive: Receive, _send: Send) -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # as a transaction that is rolled back
            ended = True

    transport = Transport(app)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport) as http:
        request = asyncio.create_task(http.get("http://app/"))
        await asyncio.sleep(0.001)
        await transport.wait_for_requests()
        assert ended
        with pytest.raises(httpx2.RemoteProtocolError, match="without a response"):
            await request
