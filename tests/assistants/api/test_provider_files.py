"""Batches at the provider: their input is uploaded here, their output is downloaded from there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from tests.assistants.api.test_pass_through import PROVIDERS_KEY, asking
from tests.assistants.conftest import Running, running

LINES = b'{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {}}\n' * 9000


class BatchProvider:
    """Has files and batches, and nothing else."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, str, bytes]] = {"file-result": ("out.jsonl", "batch_output", b"{}\n")}
        self.batches: list[Any] = []
        self.asked: list[str] = []
        self.refuses = False
        self.url = ""
        app = web.Application(client_max_size=1 << 30)
        app.router.add_post("/v1/files", self._upload)
        app.router.add_get("/v1/files/{id}", self._file)
        app.router.add_get("/v1/files/{id}/content", self._content)
        app.router.add_post("/v1/batches", self._batch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> "BatchProvider":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {PROVIDERS_KEY}"
        if self.refuses:
            return web.json_response({"error": {"message": "Not JSON lines"}}, status=400)
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        id_ = f"file-theirs{len(self.files)}"
        self.files[id_] = (file.filename, str(form["purpose"]), file.file.read())
        return web.json_response({"id": id_, "object": "file"})

    async def _file(self, request: web.Request) -> web.Response:
        more = {"bytes": 3, "created_at": 1, "filename": "out.jsonl", "purpose": "batch_output", "status": "processed"}
        return self._answer(request, lambda id_: web.json_response({"id": id_, "object": "file", **more}))

    async def _content(self, request: web.Request) -> web.Response:
        return self._answer(request, lambda id_: web.Response(body=self.files[id_][2]))

    def _answer(self, request: web.Request, answer: Any) -> web.Response:
        self.asked.append(request.path)
        id_ = request.match_info["id"]
        if id_ not in self.files:
            return web.json_response({"error": {"message": "theirs"}}, status=404)
        response: web.Response = answer(id_)
        return response

    async def _batch(self, request: web.Request) -> web.Response:
        self.batches.append(await request.json())
        return web.json_response({"id": "batch_1", "object": "batch", "output_file_id": "file-result"})


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[BatchProvider]:
    async with BatchProvider() as here:
        yield here


@pytest_asyncio.fixture
async def server(tmp_path: Path, provider: BatchProvider) -> AsyncIterator[Running]:
    async with running(tmp_path, openai_base_url=provider.url, openai_api_key=SecretStr(PROVIDERS_KEY)) as here:
        yield here


async def test_a_batch_of_a_file_that_was_uploaded_here_comes_back(server: Running, provider: BatchProvider) -> None:
    client = server.client
    file = await client.files.create(file=('숙제 "7b".jsonl', LINES), purpose="batch")
    batch = await client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")

    assert batch.id == "batch_1"
    assert provider.batches == [
        {"input_file_id": "file-theirs1", "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    ]
    name, purpose, data = provider.files["file-theirs1"]
    assert (purpose, data == LINES) == ("batch", True)
    assert name.endswith(".jsonl")
    assert batch.output_file_id is not None
    assert (await client.files.retrieve(batch.output_file_id)).id == "file-result"
    assert (await client.files.content(batch.output_file_id)).content == b"{}\n"
    assert (await client.files.content(file.id)).content == LINES
    assert provider.asked == ["/v1/files/file-result", "/v1/files/file-result/content"]


async def test_a_file_that_is_nowhere_is_told_in_our_words(server: Running, provider: BatchProvider) -> None:
    for ask in (server.client.files.retrieve, server.client.files.content):
        with pytest.raises(openai.NotFoundError, match="No file found with id 'file-x'"):
            await ask("file-x")
    with pytest.raises(openai.NotFoundError):
        await server.client.files.delete("file-result")
    assert [file.id async for file in server.client.files.list()] == []
    async with asking(server, "GET", "/files/..%2fbatches") as told:
        assert told.status == 404
    assert provider.asked == ["/v1/files/file-x", "/v1/files/file-x/content"]


async def test_a_batch_of_a_file_of_the_provider_goes_on_as_it_is(server: Running, provider: BatchProvider) -> None:
    for body in ({"input_file_id": "file-result"}, {"input_file_id": 3}, {}):
        async with asking(server, "POST", "/batches", json=body) as told:
            assert told.status == 200
        assert provider.batches.pop() == body
    assert list(provider.files) == ["file-result"]


async def test_a_file_that_the_provider_does_not_take_is_said(server: Running, provider: BatchProvider) -> None:
    provider.refuses = True
    file = await server.client.files.create(file=("a.jsonl", b"{}"), purpose="batch")
    with pytest.raises(openai.BadRequestError, match="does not take the file") as refused:
        await server.client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
        )
    assert "Not JSON lines" in refused.value.message
    assert refused.value.param == "input_file_id"
    assert provider.batches == []


async def test_a_batch_while_the_provider_is_away_is_said(tmp_path: Path) -> None:
    async with running(tmp_path, openai_base_url="http://127.0.0.1:9/v1") as server:
        file = await server.client.files.create(file=("a.jsonl", b"{}"), purpose="batch")
        with pytest.raises(openai.InternalServerError, match="cannot be reached"):
            await server.client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )


async def test_where_nothing_is_passed_on_a_file_is_looked_for_here_alone(
    tmp_path: Path, provider: BatchProvider
) -> None:
    async with running(tmp_path, openai_base_url=provider.url, pass_through="off") as server:
        with pytest.raises(openai.NotFoundError):
            await server.client.files.retrieve("file-result")
    assert provider.asked == []
