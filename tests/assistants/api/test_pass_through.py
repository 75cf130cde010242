"""Endpoints of the provider behind this server's address: what is passed on, what comes back, and what stays here."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
import pytest_asyncio
from aiohttp import web
from openai import AsyncOpenAI
from pydantic import SecretStr

from assistants.api.pass_through import is_passed, provider_path, provider_query
from assistants.errors import ApiError
from assistants.inprocess_transport import inprocess_client
from assistants.models import reverse_proxy
from assistants.settings import Settings
from tests.assistants.conftest import KEY, Running, eventually, running
from tests.scripted_openai import ScriptedOpenAI, Turn
from workers import Pool

PROVIDERS_KEY = "sk-providers-own"


@dataclass
class Provider:
    """A provider that keeps what it was sent, and answers as `answer` says."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    """Sizes of a body's pieces as they come."""
    written: int = 0
    left: int = 0
    """How often a client has left before the end."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(f"{request.method} {request.raw_path}")
        self.headers.append(request.headers)
        try:
            return await self._answer(request)
        except (asyncio.CancelledError, ConnectionError, web.HTTPException, aiohttp.ClientError):
            self.left += 1
            raise

    async def _answer(self, request: web.Request) -> web.StreamResponse:  # noqa: C901 - a case for each path
        match request.path.removeprefix("/v1"):
            case "/images/generations":
                self.bodies.append(await request.read())
                return web.json_response({"created": 1, "data": [{"b64_json": "aGFsZg=="}]})
            case "/moderations":
                return web.json_response(
                    {"error": {"message": f"Incorrect API key: {PROVIDERS_KEY}, sk-pr***own", "code": "invalid"}},
                    status=429,
                    headers={
                        "Retry-After": "7",
                        "x-ratelimit-remaining-tokens": "0",
                        "x-request-id": "req_provider",
                        "Connection": "keep-alive, x-private",
                        "x-private": "1",
                        "Set-Cookie": "session=1",
                        "OpenAI-Organization": "our-school",
                        "Access-Control-Allow-Origin": "*",
                        "x-echo": PROVIDERS_KEY,
                    },
                )
            case "/audio/transcriptions":
                async for chunk in request.content.iter_any():
                    self.pieces.append(len(chunk))
                    self.bodies.append(chunk)
                return web.json_response({"text": "one half"})
            case "/audio/speech":
                return web.Response(body=bytes(range(256)) * 1000, content_type="audio/mpeg")
            case "/responses/stream":
                response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
                await response.prepare(request)
                await response.write(b"data: 1\n\n")
                await self.gate.wait()
                await response.write(b"data: 2\n\n")
                return response
            case "/images/edits":
                return web.json_response({"error": {"message": "too large"}}, status=413)
            case "/videos/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                while True:
                    await response.write(b"half" * (1 << 16))
                    self.written += 1 << 18
            case "/responses/cut":
                response = web.StreamResponse()
                await response.prepare(request)
                await response.write(b"half")
                assert request.transport is not None
                request.transport.abort()
                return response
            case "/batches/moved":
                raise web.HTTPFound("http://elsewhere.example/v1/batches")
            case "/batches/gzip":
                body = gzip.compress(json.dumps({"key": PROVIDERS_KEY}).encode())
                status = int(request.query.get("status", "200"))
                return web.Response(body=body, status=status, headers={"Content-Encoding": "gzip"})
            case "/batches/long":
                return web.Response(status=500, body=b"x" * 3000)
            case "/chat/completions":
                self.bodies.append(await request.read())
                return web.json_response({"id": "c", "object": "chat.completion", "created": 1, "choices": []})
            case _:
                return web.json_response({"deleted": True})


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    provider = Provider()
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", provider.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    provider.url = f"http://{host}:{port}/v1"
    try:
        yield provider
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    async with providing() as here:
        yield here


@pytest_asyncio.fixture
async def server(tmp_path: Path, provider: Provider) -> AsyncIterator[Running]:
    async with running(tmp_path, openai_base_url=provider.url, openai_api_key=SecretStr(PROVIDERS_KEY)) as here:
        yield here


@asynccontextmanager
async def asking(server: Running, method: str, path: str, **request: Any) -> AsyncIterator[aiohttp.ClientResponse]:
    headers = {"Authorization": f"Bearer {KEY}", **request.pop("headers", {})}
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.request(method, server.url + path, headers=headers, **request) as response,
    ):
        yield response


async def raw(server: Running, request: str) -> str:
    """Send a request as it stands, and read the whole response."""
    host, port = server.url.removeprefix("http://").removesuffix("/v1").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request.replace("\n", "\r\n").encode("latin-1"))
        return (await reader.read()).decode("latin-1")
    finally:
        writer.close()


# -- with the SDK


async def test_the_sdk_has_the_providers_endpoints_beside_the_assistants(tmp_path: Path) -> None:
    async with (
        ScriptedOpenAI(Turn("A third."), Turn("A quarter.")) as scripted,
        running(tmp_path, openai_base_url=scripted.url, openai_api_key=SecretStr(scripted.key)) as server,
    ):
        client: Any = server.client
        asked = [{"role": "user", "content": "What is 2/4?"}]
        stream = await client.chat.completions.create(model="gpt-6-luna", messages=asked, stream=True)
        said = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
        assert "".join(said) == "A third."
        assert len(said) > 2
        async with client.responses.stream(model="gpt-6-luna", input="What is 2/8?", store=False) as events:
            assert (await events.get_final_response()).output_text == "A quarter."
        vectors = await client.embeddings.create(model="text-embedding-3-small", input=["one half", "a third"])
        assert len(vectors.data) == 2

        thread = await server.thread("Hello")
        assert thread.id.startswith("thread_")
        assert {request.headers["Authorization"] for request in scripted.received} == {f"Bearer {scripted.key}"}


async def test_a_form_streams_through_without_being_held(server: Running, provider: Provider) -> None:
    data = b"RIFF" + bytes(range(256)) * 40_000  # 10 MB
    text = await server.client.audio.transcriptions.create(model="whisper-1", file=("question.wav", data))
    assert text.text == "one half"
    body = b"".join(provider.bodies)
    assert data in body
    assert b'name="model"' in body
    assert max(provider.pieces) < 1 << 20
    sent = provider.headers[0]
    assert sent["Content-Length"] == str(len(body))
    assert sent["Content-Type"].startswith("multipart/form-data; boundary=")


async def test_a_provider_that_refuses_before_it_has_read_everything_is_heard(server: Running) -> None:
    with pytest.raises(openai.APIStatusError, match="too large") as refused:
        await server.client.images.edit(model="m", image=("a.png", bytes(10 << 20)), prompt="half")
    assert refused.value.status_code == 413


async def test_bytes_come_back_as_they_are(server: Running) -> None:
    speech = await server.client.audio.speech.create(model="tts-1", voice="alloy", input="One half.")
    assert speech.content == bytes(range(256)) * 1000
    assert speech.response.headers["content-type"] == "audio/mpeg"


async def test_an_error_of_the_provider_comes_with_its_status_and_headers_but_not_with_its_key(server: Running) -> None:
    with pytest.raises(openai.RateLimitError) as refused:
        await server.client.moderations.create(input="Hello", extra_headers={"x-stainless-retry-count": "3"})
    response = refused.value.response
    assert refused.value.body == {"message": "Incorrect API key: …, sk-…", "code": "invalid"}
    assert response.headers["retry-after"] == "7"
    assert response.headers["x-ratelimit-remaining-tokens"] == "0"
    assert response.headers.get_list("x-request-id") == ["req_provider"]
    assert response.headers["openai-version"] == "2020-10-01"
    assert len(response.headers.get_list("date")) == 1
    for name in ("set-cookie", "openai-organization", "access-control-allow-origin", "x-private", "x-echo"):
        assert name not in response.headers, name


# -- what goes on


async def test_no_key_cookie_or_address_of_the_client_reaches_the_provider(server: Running, provider: Provider) -> None:
    theirs = {
        "api-key": KEY,
        "Cookie": "session=1",
        "Connection": "keep-alive, x-stainless-lang",
        "Forwarded": "for=203.0.113.7",
        "Host": "evil.example",
        "OpenAI-Organization": "their-school",
        "OpenAI-Project": "p",
        "Origin": "https://evil.example",
        "Proxy-Authorization": "Basic x",
        "Transfer-Encoding": "identity",
        "Upgrade": "h2c",
        "X-Api-Key": KEY,
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/v1/organization/admin_api_keys",
        "Accept-Encoding": "gzip",
    }
    theirs.pop("Transfer-Encoding")
    ours = {
        "OpenAI-Beta": "responses=v1",
        "Idempotency-Key": "1",
        "User-Agent": "tests",
        "X-Stainless-Os": "Linux",
        "X-Title": "Saem",
        "Accept": "application/json",
        "Content-Type": "application/json; charset=utf-8",
    }
    async with asking(server, "POST", "/images/generations", data=b'{"prompt": "half"}', headers=theirs | ours) as told:
        assert told.status == 200
    (sent,) = provider.headers
    assert sent["Authorization"] == f"Bearer {PROVIDERS_KEY}"
    assert sent["Host"] == provider.url.removeprefix("http://").removesuffix("/v1")
    assert sent["Accept-Encoding"] == "identity"
    assert {name: sent[name] for name in ours} == ours
    assert set(map(str.lower, sent)) == {
        "authorization",
        "host",
        "accept-encoding",
        "content-length",
        *map(str.lower, ours),
    }
    assert KEY not in str(sent)
    assert provider.bodies == [b'{"prompt": "half"}']


async def test_queries_and_other_methods_go_on(server: Running, provider: Provider) -> None:
    async with asking(server, "GET", "/batches?limit=2&after=b%20c&include%5B%5D=x") as told:
        assert told.status == 200
    async with asking(server, "DELETE", "/responses/resp_1/") as told:
        assert await told.json() == {"deleted": True}
    assert provider.paths == ["GET /v1/batches?limit=2&after=b%20c&include%5B%5D=x", "DELETE /v1/responses/resp_1"]
    assert "Content-Length" not in provider.headers[0]
    for method in ("PUT", "PATCH", "HEAD"):
        async with asking(server, method, "/batches") as told:
            assert told.status == 405
    assert len(provider.paths) == 2


async def test_a_body_of_unknown_length_goes_on_in_pieces(server: Running, provider: Provider) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"prompt": '
        yield b'"half"}'

    async with asking(server, "POST", "/images/generations", data=pieces()) as told:
        assert told.status == 200
    assert provider.bodies == [b'{"prompt": "half"}']
    assert provider.headers[0]["Transfer-Encoding"] == "chunked"


# -- nothing but the provider, and of it nothing but these endpoints


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/../files",
        "/v1/chat/%2e%2e/files",
        "/v1/chat/%2E./files",
        "/v1/chat/./completions",
        "/v1/chat//completions",
        "/v1/chat/%2fcompletions",
        "/v1/chat%2fcompletions",
        "/v1/chat/..%2ffiles",
        "/v1/chat/..%5cfiles",
        "/v1/chat/\\evil.example",
        "/v1/chat/%00",
        "/v1/chat/%0d%0aHost:%20evil.example",
        "/v1/chat/%252e%252e/files",
        "/v1/chat/a%3fb",
        "/v1/chat/a%23b",
        "/v1/chat/%zz%",
        "/v1/chat/%ff",
        "/v1/chat/한",
        "/v1/chat/a b",
    ],
)
def test_a_path_that_may_be_read_as_another_is_not_passed_on(path: str) -> None:
    with pytest.raises(ApiError):
        provider_path(path.encode())


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        ("/v1/chat/completions", "/chat/completions"),
        ("/v1/chat/completions/", "/chat/completions"),
        ("/v1/responses/resp_1/input_items", "/responses/resp_1/input_items"),
        ("/v1/videos/a:b@c~d", "/videos/a:b@c~d"),
        ("/v1/batches/%ED%95%9C", "/batches/%ED%95%9C"),
    ],
)
def test_a_plain_path_is_passed_on_as_it_is(path: str, passed: str) -> None:
    assert provider_path(path.encode()) == passed


@pytest.mark.parametrize(
    "path", ["/v1/files", "/v1/models", "/v1/threads", "/v1/organization/users", "/v1/", "/v1", "/chat/completions"]
)
def test_what_is_ours_or_the_owners_is_not_passed_on(path: str) -> None:
    assert not is_passed(path)


@pytest.mark.parametrize("query", ["a b", "a=\xff", "a=1#b", "a=1\\", 'a="', "a=<"])
def test_a_query_that_is_not_encoded_is_refused(query: str) -> None:
    with pytest.raises(ApiError):
        provider_query(query.encode("latin-1"), azure=False)


def test_azures_version_stays_out_of_the_query_where_azures_client_has_sent_it() -> None:
    assert provider_query(b"api-version=2024-10-21&limit=2", azure=True) == "limit=2"
    assert provider_query(b"api-version=2024-10-21&limit=2", azure=False) == "api-version=2024-10-21&limit=2"
    assert provider_query(b"", azure=True) == ""


async def test_no_request_leads_anywhere_else(server: Running, provider: Provider) -> None:
    head = f"Authorization: Bearer {KEY}\nConnection: close\n"
    for line, status in (
        ("GET http://evil.example/v1/batches HTTP/1.1\nHost: evil.example", 200),  # the path alone counts
        ("GET http://evil.example/ HTTP/1.1\nHost: evil.example", 404),
        ("GET //evil.example/v1/batches HTTP/1.1\nHost: a", 404),
        ("GET /v1//evil.example/batches HTTP/1.1\nHost: a", 404),
        ("GET /v1/batches/../../admin HTTP/1.1\nHost: a", 404),
        ("GET /v1/batches/%2e%2e/%2e%2e/admin HTTP/1.1\nHost: a", 404),
        ("GET /v1/batches@evil.example/x HTTP/1.1\nHost: a", 404),
        ("GET /v1/batches:80@evil.example HTTP/1.1\nHost: a", 404),
        ("CONNECT evil.example:443 HTTP/1.1\nHost: evil.example", 404),
        ("POST /v1/chat/completions HTTP/1.1\nHost: a\nContent-Length: 2\nTransfer-Encoding: chunked", 400),
    ):
        answer = await raw(server, f"{line}\n{head}\n")
        assert answer.startswith(f"HTTP/1.1 {status} ") or (status != 200 and answer.startswith("HTTP/1.1 4")), line
    assert provider.paths == ["GET /v1/batches"]


async def test_without_the_servers_key_nothing_is_passed_on(server: Running, provider: Provider) -> None:
    stranger = AsyncOpenAI(base_url=server.url, api_key=PROVIDERS_KEY, max_retries=0)
    async with stranger:
        with pytest.raises(openai.AuthenticationError):
            await stranger.chat.completions.create(model="m", messages=[])
    assert provider.paths == []


# -- streams


async def test_each_piece_of_a_stream_comes_when_it_is_there(server: Running, provider: Provider) -> None:
    async with asking(server, "GET", "/responses/stream") as told:
        assert told.headers["content-type"] == "text/event-stream"
        assert await told.content.readany() == b"data: 1\n\n"
        provider.gate.set()
        assert await told.content.read() == b"data: 2\n\n"


async def _left(provider: Provider) -> bool:
    return provider.left == 1


async def test_a_client_that_leaves_a_stream_ends_it_at_the_provider(server: Running, provider: Provider) -> None:
    async with asking(server, "GET", "/responses/stream") as told:
        await told.content.readany()
        told.close()
    await eventually(lambda: _left(provider))


async def test_a_client_that_leaves_before_the_answer_ends_it_too(server: Running, provider: Provider) -> None:
    request = asyncio.create_task(raw(server, f"GET /v1/responses/stream HTTP/1.1\nHost: a\napi-key: {KEY}\n\n"))
    await eventually(lambda: _asked(provider))
    request.cancel()
    await eventually(lambda: _left(provider))


async def _asked(provider: Provider) -> bool:
    return bool(provider.paths)


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
async def test_an_upload_that_breaks_off_is_no_whole_one_for_the_provider(
    server: Running, provider: Provider, length: str
) -> None:
    body = "half" if length.startswith("Content") else "4\nhalf\n"
    head = f"POST /v1/images/generations HTTP/1.1\nHost: a\nAuthorization: Bearer {KEY}\n{length}\n\n{body}"
    request = asyncio.create_task(raw(server, head))
    await eventually(lambda: _asked(provider))
    request.cancel()
    await eventually(lambda: _left(provider))
    assert provider.bodies == []


async def test_a_response_that_breaks_off_is_no_whole_one(server: Running) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        async with asking(server, "GET", "/responses/cut") as told:
            await told.read()


async def test_a_reader_that_does_not_read_holds_the_provider_back(server: Running, provider: Provider) -> None:
    async with asking(server, "GET", "/videos/endless") as told:
        assert await told.content.readexactly(4) == b"half"
        waits = 0
        while waits < 10:
            before = provider.written
            await asyncio.sleep(0.01)
            waits = waits + 1 if provider.written == before else 0
        assert provider.written < 32 << 20


# -- what goes wrong


async def test_a_provider_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with running(tmp_path, openai_base_url="http://127.0.0.1:9/v1") as server:
        with pytest.raises(openai.InternalServerError) as refused:
            await server.client.chat.completions.create(model="m", messages=[])
    assert refused.value.status_code == 502
    assert refused.value.code == "provider_unreachable"
    assert "cannot be reached" in refused.value.message


async def test_a_provider_that_is_silent_is_given_up(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reverse_proxy, "SILENCE_SECONDS", 0.1)
    async with running(tmp_path, openai_base_url=provider.url) as server:
        with pytest.raises(aiohttp.ClientPayloadError):
            async with asking(server, "GET", "/responses/stream") as told:
                await told.read()


async def test_a_provider_that_leads_elsewhere_is_not_followed(server: Running, provider: Provider) -> None:
    async with asking(server, "GET", "/batches/moved") as told:
        assert told.status == 502
        assert "Location" not in told.headers
        assert "another address" in (await told.json())["error"]["message"]
    assert len(provider.paths) == 1


async def test_what_comes_compressed_stays_so_but_an_error(server: Running) -> None:
    async with asking(server, "GET", "/batches/gzip") as told:
        assert told.headers["content-encoding"] == "gzip"
        assert PROVIDERS_KEY in gzip.decompress(await told.read()).decode()
    async with asking(server, "GET", "/batches/gzip?status=403") as told:
        assert (told.status, (await told.json())["error"]["message"]) == (403, "The provider refused.")
        assert "content-encoding" not in told.headers


async def test_a_long_error_is_cut(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reverse_proxy, "LONGEST_ERROR", 1000)
    async with asking(server, "GET", "/batches/long") as told:
        assert (told.status, len(await told.read())) == (500, 1000)


# -- where it is off


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"pass_through": "off"}, "PASS_THROUGH"),
        ({"openai_base_url": None}, "OPENAI_BASE_URL"),
        ({"model_api": "offline"}, "OPENAI_BASE_URL"),
    ],
)
async def test_where_nothing_is_passed_on_the_client_is_told_why(
    tmp_path: Path, provider: Provider, settings: dict[str, Any], hint: str
) -> None:
    async with running(tmp_path, **{"openai_base_url": provider.url, **settings}) as server:
        with pytest.raises(openai.NotFoundError) as refused:
            await server.client.chat.completions.create(model="m", messages=[])
        assert refused.value.code == "unknown_url"
        assert hint in refused.value.message
    assert provider.paths == []


async def test_the_server_within_another_program_passes_nothing_on(tmp_path: Path, provider: Provider) -> None:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path,
        openai_base_url=provider.url,
        embedding_model="",
        pass_through="on",
        cors_origins="https://a.example",  # type: ignore[arg-type]
    )
    async with Pool(size=1) as pool, inprocess_client(settings, pool=pool) as client:
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model="m", messages=[])
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="x").models.list(extra_headers={"Origin": "https://a.example"})
    assert provider.paths == []
