"""Vectors from the provider: cached, made anew for another model, and not needed where there are none."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI

from assistants.settings import Settings
from tests.assistants.retrieval.serving import serving
from tests.scripted_openai import ScriptedOpenAI
from workers import Pool

WATER = "Water boils at 100 degrees Celsius."
SMALL, LARGE = "text-embedding-3-small", "another-embedder"


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as pool:
        yield pool


def settings_for(directory: Path, openai: ScriptedOpenAI, model: str = SMALL) -> Settings:
    given: dict[str, Any] = {"openai_api_key": openai.key, "openai_base_url": openai.url, "model_api": "responses"}
    return Settings(data_dir=directory, embedding_model=model, **given)


def embedded(openai: ScriptedOpenAI, model: str = SMALL) -> list[str]:
    """The texts that were embedded so far."""
    bodies = [each.body for each in openai.received if each.path.endswith("/embeddings")]
    return [text for body in bodies if body["model"] == model for text in body["input"]]


async def add(client: AsyncOpenAI, store: str, name: str, text: str) -> str:
    file = await client.vector_stores.files.upload_and_poll(
        vector_store_id=store, file=(name, text.encode()), poll_interval_ms=20
    )
    assert file.status == "completed"
    return file.id


async def found(client: AsyncOpenAI, store: str, query: str) -> list[str]:
    return [hit.filename for hit in (await client.vector_stores.search(store, query=query)).data]


async def test_vectors_find_what_shares_no_whole_word(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI() as openai, serving(settings_for(tmp_path, openai), pool) as client:
        store = (await client.vector_stores.create()).id
        await add(client, store, "photo.txt", "photosynthesising organisms")
        await add(client, store, "other.txt", "the price of bread")
        assert (await found(client, store, "photosynthesise organism"))[0] == "photo.txt"
        bodies = [each.body for each in openai.received if each.path.endswith("/embeddings")]
        assert {body["dimensions"] for body in bodies} == {512}


async def test_a_text_is_embedded_once_wherever_it_stands(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI() as openai, serving(settings_for(tmp_path, openai), pool) as client:
        for name in ("a.txt", "b.txt"):
            await add(client, (await client.vector_stores.create()).id, name, WATER)
        assert embedded(openai) == [WATER]
        store = (await client.vector_stores.create()).id
        for _ in range(3):
            await found(client, store, "boiling")
        assert embedded(openai).count("boiling") == 1


async def test_another_model_embeds_everything_anew(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI(models=("gpt-6-luna", SMALL, LARGE)) as openai:
        async with serving(settings_for(tmp_path, openai), pool) as client:
            store = (await client.vector_stores.create()).id
            await add(client, store, "a.txt", "photosynthesising organisms")
        async with serving(settings_for(tmp_path, openai, LARGE), pool) as client:
            async with asyncio.timeout(20):
                while not embedded(openai, LARGE):  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(0.02)
            assert embedded(openai, LARGE) == ["photosynthesising organisms"]
            async with asyncio.timeout(20):
                while await found(client, store, "photosynthesise organism") != ["a.txt"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)


@pytest.mark.parametrize("model", ["", "model-nobody-has"])
async def test_without_an_embeddings_model_words_alone_serve(tmp_path: Path, pool: Pool, model: str) -> None:
    async with ScriptedOpenAI() as openai, serving(settings_for(tmp_path, openai, model), pool) as client:
        store = (await client.vector_stores.create()).id
        await add(client, store, "a.txt", WATER)
        assert await found(client, store, "boils") == ["a.txt"]


async def test_what_stands_behind_the_providers_address_goes_along(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI() as openai:
        settings = settings_for(tmp_path, openai).model_copy(update={"openai_base_url": f"{openai.url}?api-version=1"})
        async with serving(settings, pool) as client:
            await add(client, (await client.vector_stores.create()).id, "a.txt", WATER)
        asked = [each.query for each in openai.received if each.path == "/v1/embeddings"]
    assert asked == ["api-version=1"]


async def test_an_endpoint_without_embeddings_is_asked_once_and_then_left_alone(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI(embeddings=False) as openai, serving(settings_for(tmp_path, openai), pool) as client:
        store = (await client.vector_stores.create()).id
        for number in range(3):
            await add(client, store, f"{number}.txt", f"{WATER} {number}")
        assert len(await found(client, store, "boils")) == 3


async def test_files_indexed_without_vectors_get_them_at_the_next_start(tmp_path: Path, pool: Pool) -> None:
    async with ScriptedOpenAI() as openai:
        async with serving(settings_for(tmp_path, openai, ""), pool) as client:
            store = (await client.vector_stores.create()).id
            await add(client, store, "a.txt", "photosynthesising organisms")
        async with serving(settings_for(tmp_path, openai), pool) as client:
            async with asyncio.timeout(20):
                while await found(client, store, "photosynthesise organism") != ["a.txt"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
