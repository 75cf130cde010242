"""Connections to a provider: used again after an answer, and closed when nobody reads it any more."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth
from pydantic import SecretStr

from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import TextDelta
from assistants.models.provider_client import ProviderClient
from assistants.models.responses_request import ResponsesModel
from assistants.retrieval.embeddings import embedder_of
from assistants.settings import Settings
from tests.assistants.models.fake_provider import FakeProvider, asking, chunk, lines, responded, said, text
from tests.scripted_openai import ScriptedOpenAI, Turn

GOOD = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Good."}]}


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_the_next_answer_comes_over_the_connection_of_the_last(api: str) -> None:
    answer = said("Good.") if api == "chat" else responded(GOOD)
    async with FakeProvider(replace(answer, lingers=0.01)) as provider, ProviderClient(provider.url, "sk-1") as client:
        model = ChatModel(client) if api == "chat" else ResponsesModel(client)
        for _ in range(3):
            assert text([event async for event in model.stream(asking())]) == "Good."
            await asyncio.sleep(0.2)
    assert len(provider.requests) == 3
    assert len(provider.connections) == 1


async def test_a_stream_that_does_not_end_behind_its_last_word_is_not_waited_for() -> None:
    async with (
        asyncio.timeout(20),
        FakeProvider(replace(said("Good."), lingers=3600)) as provider,
        ProviderClient(provider.url, "sk-1") as client,
    ):
        assert text([event async for event in ChatModel(client).stream(asking())]) == "Good."


async def test_an_answer_that_nobody_wants_any_more_is_not_read_on() -> None:
    answer = replace(lines(chunk({"content": "Good."}), done=False), lingers=3600)
    async with FakeProvider(answer) as provider, ProviderClient(provider.url, "sk-1") as client:
        events = ChatModel(client).stream(asking())
        assert isinstance(await anext(events), TextDelta)
        await events.aclose()
        async with asyncio.timeout(20):
            while provider.open_connections:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("login", ["", "minji:a%20b@"])
async def test_a_proxy_that_the_environment_names_is_gone_through(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    async with FakeProvider(said("Good.")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{login}{proxy.url.removeprefix('http://').removesuffix('/v1')}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with ProviderClient("http://model.invalid/v1", "sk-1") as client:
            assert text([event async for event in ChatModel(client).stream(asking())]) == "Good."
    (headers,) = proxy.headers
    assert headers["Host"] == "model.invalid"
    assert headers["Authorization"] == "Bearer sk-1"
    assert headers.get("Proxy-Authorization") == (encode_basic_auth("minji", "a b") if login else None)


async def test_a_provider_that_the_environment_takes_out_is_reached_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakeProvider(said("No.")) as proxy, FakeProvider(said("Good.")) as provider:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with ProviderClient(provider.url, "sk-1") as client:
            assert text([event async for event in ChatModel(client).stream(asking())]) == "Good."
    assert proxy.requests == []


async def test_a_proxy_of_another_kind_keeps_nothing_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    async with FakeProvider(said("Good.")) as provider, ProviderClient(provider.url, "sk-1") as client:
        assert text([event async for event in ChatModel(client).stream(asking())]) == "Good."
        settings = Settings(openai_api_key=SecretStr("sk-1"), openai_base_url=provider.url)
        assert embedder_of(settings) is not None


async def test_the_key_is_not_taken_from_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with FakeProvider(said("Good.")) as provider, ProviderClient(provider.url, "sk-1") as client:
        assert text([event async for event in ChatModel(client).stream(asking())]) == "Good."
    assert [headers["Authorization"] for headers in provider.headers] == ["Bearer sk-1"]


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_the_first_words_are_not_held_back_to_be_gathered(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    for pause in ("GATHERING", "LONGEST_GATHERING"):
        monkeypatch.setattr(f"assistants.models.sse_reader.{pause}", 3600.0)
    async with (
        asyncio.timeout(20),
        ScriptedOpenAI(Turn("Good.", first_after=0.05), models=["some-model"]) as openai,
        ProviderClient(openai.url, openai.key) as client,
    ):
        model = ChatModel(client) if api == "chat" else ResponsesModel(client)
        async with aclosing(model.stream(asking())) as events:
            async for event in events:
                if event == TextDelta("Good."):
                    break
