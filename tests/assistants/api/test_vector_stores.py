import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import openai
import pytest
from openai import AsyncOpenAI

from assistants.settings import Settings
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.serving import serving
from tests.assistants.settable_clock import SettableClock
from workers import Pool

PLAN = "수원시의 목표연도는 2030년이다. 인구는 130만 명으로 본다."
WATER = "Water boils at 100 degrees Celsius at sea level."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, openai_api_key=None, embedding_model="")


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=2) as pool:
        yield pool


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def client(settings: Settings, pool: Pool, clock: SettableClock) -> AsyncIterator[AsyncOpenAI]:
    async with serving(settings, pool, clock) as client:
        yield client


async def upload(client: AsyncOpenAI, name: str, data: bytes | str) -> str:
    content = data.encode() if isinstance(data, str) else data
    return (await client.files.create(file=(name, content), purpose="assistants")).id


async def texts(client: AsyncOpenAI, store: str, query: str, **options: object) -> list[str]:
    found = await client.vector_stores.search(store, query=query, **options)  # type: ignore[arg-type]
    return [hit.content[0].text for hit in found.data]


async def indexed(client: AsyncOpenAI, store: str) -> openai.types.VectorStore:
    for _ in range(400):
        row = await client.vector_stores.retrieve(store)
        if row.status != "in_progress":
            return row
        await asyncio.sleep(0.05)
    raise AssertionError("it is never done")


async def test_a_file_is_found_once_it_is_completed(client: AsyncOpenAI) -> None:
    store = await client.vector_stores.create(name="city")
    file = await client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("plan.txt", PLAN.encode("cp949")), poll_interval_ms=50
    )
    assert (file.status, file.last_error, file.usage_bytes > 0) == ("completed", None, True)
    (hit,) = (await client.vector_stores.search(store.id, query="목표연도는 언제인가요?")).data
    assert (hit.file_id, hit.filename, hit.content[0].text) == (file.id, "plan.txt", PLAN)
    assert 0 < hit.score <= 1
    content = await client.vector_stores.files.content(file.id, vector_store_id=store.id)
    assert [part.text for part in content.data] == [PLAN]


async def test_a_client_that_waits_for_a_file_is_told_when_to_ask_again(client: AsyncOpenAI) -> None:
    store = await client.vector_stores.create()
    file = await client.files.create(file=("a.txt", b"The sky is blue."), purpose="assistants")
    batch = await client.vector_stores.file_batches.create(store.id, file_ids=[file.id])
    for answer in (
        await client.vector_stores.files.with_raw_response.retrieve(file.id, vector_store_id=store.id),
        await client.vector_stores.file_batches.with_raw_response.retrieve(batch.id, vector_store_id=store.id),
        await client.vector_stores.with_raw_response.retrieve(store.id),
    ):
        assert int(answer.headers["openai-poll-after-ms"]) < 1000


async def test_a_batch_counts_what_became_of_its_files(client: AsyncOpenAI) -> None:
    store = await client.vector_stores.create()
    batch = await client.vector_stores.file_batches.upload_and_poll(
        store.id,
        files=[
            ("a.txt", WATER.encode()),
            ("b.pdf", documents.pdf(["Salt dissolves in water."])),
            ("c.pdf", documents.locked_pdf()),
            ("d.exe", b"MZ\x00\x00" * 50),
        ],
        poll_interval_ms=50,
    )
    assert batch.status == "completed"
    assert (batch.file_counts.completed, batch.file_counts.failed, batch.file_counts.total) == (2, 2, 4)
    failed = client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id, filter="failed")
    errors = {file.last_error.code: file.last_error.message async for file in failed if file.last_error}
    assert errors["invalid_file"] == "The file is protected with a password."
    assert errors["unsupported_file"].startswith("This type of file cannot be read")
    row = await client.vector_stores.retrieve(store.id)
    assert row.status == "completed"
    assert row.file_counts.total == 4
    assert len([file async for file in client.vector_stores.files.list(store.id, limit=1)]) == 4


async def test_a_deleted_file_is_found_nowhere(client: AsyncOpenAI) -> None:
    file = await upload(client, "a.txt", WATER)
    stores = [await client.vector_stores.create(file_ids=[file]) for _ in range(2)]
    for store in stores:
        await indexed(client, store.id)
        assert await texts(client, store.id, "boils") == [WATER]
    await client.files.delete(file)
    for store in stores:
        assert await texts(client, store.id, "boils") == []
        assert (await client.vector_stores.retrieve(store.id)).file_counts.total == 0
        with pytest.raises(openai.NotFoundError):
            await client.vector_stores.files.retrieve(file, vector_store_id=store.id)


async def test_a_file_taken_out_of_a_store_stays_a_file_and_stays_in_other_stores(client: AsyncOpenAI) -> None:
    file = await upload(client, "a.txt", WATER)
    one, two = [(await client.vector_stores.create(file_ids=[file])).id for _ in range(2)]
    await indexed(client, one)
    await indexed(client, two)
    assert (await client.vector_stores.files.delete(file, vector_store_id=one)).deleted
    assert await texts(client, one, "boils") == []
    assert await texts(client, two, "boils") == [WATER]
    await client.files.retrieve(file)


async def test_a_deleted_store_is_gone_and_its_files_are_not(client: AsyncOpenAI) -> None:
    file = await upload(client, "a.txt", WATER)
    store = await client.vector_stores.create(file_ids=[file])
    await indexed(client, store.id)
    assert (await client.vector_stores.delete(store.id)).deleted
    with pytest.raises(openai.NotFoundError, match="No vector store found"):
        await client.vector_stores.search(store.id, query="boils")
    await client.files.retrieve(file)


async def test_the_same_file_again_is_indexed_anew_and_kept_once(client: AsyncOpenAI) -> None:
    file = await upload(client, "a.txt", WATER * 60)
    store = (await client.vector_stores.create(file_ids=[file])).id
    await indexed(client, store)
    before = len(await texts(client, store, "boils", max_num_results=50))
    await client.vector_stores.files.create_and_poll(
        file,
        vector_store_id=store,
        chunking_strategy={"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}},
        poll_interval_ms=50,
    )
    row = await client.vector_stores.retrieve(store)
    assert row.file_counts.total == 1
    assert len(await texts(client, store, "boils", max_num_results=50)) > before


async def test_a_search_keeps_to_files_whose_attributes_pass_the_filter(client: AsyncOpenAI) -> None:
    store = (await client.vector_stores.create()).id
    for grade, unit in ((1, "water"), (2, "water"), (3, "salt")):
        file = await upload(client, f"{grade}.txt", f"{WATER} Grade {grade}.")
        await client.vector_stores.files.create(
            store, file_id=file, attributes={"grade": grade, "unit": unit, "final": grade == 3}
        )
    await indexed(client, store)

    async def grades(filters: object) -> set[str]:
        return {text[-2] for text in await texts(client, store, "boils", filters=filters)}

    assert await grades({"type": "eq", "key": "unit", "value": "water"}) == {"1", "2"}
    assert await grades({"type": "gte", "key": "grade", "value": 2}) == {"2", "3"}
    assert await grades({"type": "in", "key": "grade", "value": [1, 3]}) == {"1", "3"}
    assert await grades({"type": "ne", "key": "nothing", "value": 1}) == {"1", "2", "3"}
    assert await grades({"type": "eq", "key": "final", "value": True}) == {"3"}
    assert await grades(
        {
            "type": "and",
            "filters": [
                {"type": "lt", "key": "grade", "value": 3},
                {"type": "or", "filters": [{"type": "eq", "key": "grade", "value": 2}]},
            ],
        }
    ) == {"2"}
    await client.vector_stores.files.update(file, vector_store_id=store, attributes={"grade": 9})
    assert await grades({"type": "gt", "key": "grade", "value": 8}) == {"3"}


async def test_a_threshold_leaves_out_what_has_little_to_do_with_the_query(client: AsyncOpenAI) -> None:
    store = (await client.vector_stores.create()).id
    for name, text in (("a", WATER), ("b", "The moon pulls the sea and makes tides."), ("c", PLAN)):
        await client.vector_stores.files.create(store, file_id=await upload(client, f"{name}.txt", text))
    await indexed(client, store)
    query = "at which degrees Celsius does water boil at sea level"
    everything = (await client.vector_stores.search(store, query=query)).data
    assert [hit.score for hit in everything] == sorted((hit.score for hit in everything), reverse=True)
    assert everything[0].content[0].text == WATER
    strict = (await client.vector_stores.search(store, query=query, ranking_options={"score_threshold": 0.6})).data
    assert [hit.content[0].text for hit in strict] == [WATER]


async def test_several_queries_are_searched_at_once(client: AsyncOpenAI) -> None:
    store = (await client.vector_stores.create()).id
    for name, text in (("a", WATER), ("b", PLAN)):
        await client.vector_stores.files.create(store, file_id=await upload(client, f"{name}.txt", text))
    await indexed(client, store)
    found = await client.vector_stores.search(store, query=["boils", "목표연도"])
    assert {hit.filename for hit in found.data} == {"a.txt", "b.txt"}


async def test_a_store_expires_when_it_is_not_used(client: AsyncOpenAI, clock: SettableClock) -> None:
    store = await client.vector_stores.create(expires_after={"anchor": "last_active_at", "days": 2})
    assert store.expires_at == store.created_at + 2 * 86400
    clock.ahead = 86400
    await client.vector_stores.search(store.id, query="anything")
    clock.ahead = 2.5 * 86400
    assert (await client.vector_stores.retrieve(store.id)).status == "completed"
    clock.ahead = 4 * 86400
    assert (await client.vector_stores.retrieve(store.id)).status == "expired"
    with pytest.raises(openai.BadRequestError, match="expired"):
        await client.vector_stores.search(store.id, query="anything")


async def test_a_store_can_be_renamed_and_listed(client: AsyncOpenAI) -> None:
    stores = [(await client.vector_stores.create(name=f"s{n}")).id for n in range(3)]
    changed = await client.vector_stores.update(stores[0], name="new", metadata={"a": "b"})
    assert (changed.name, changed.metadata) == ("new", {"a": "b"})
    assert [row.id async for row in client.vector_stores.list(limit=2)] == stores[::-1]


async def test_a_cancelled_batch_indexes_no_more(client: AsyncOpenAI) -> None:
    store = await client.vector_stores.create()
    ids = [await upload(client, f"{n}.txt", f"{WATER} {n}") for n in range(40)]
    batch = await client.vector_stores.file_batches.create(store.id, file_ids=ids)
    cancelled = await client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store.id)
    assert cancelled.status == "cancelled"
    row = await indexed(client, store.id)
    assert row.file_counts.cancelled > 0
    assert row.file_counts.cancelled + row.file_counts.completed == 40
    assert len(await texts(client, store.id, "boils", max_num_results=50)) == row.file_counts.completed


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"file_id": "file-none"}, "No file found with id 'file-none'."),
        (
            {
                "file_id": "x",
                "chunking_strategy": {
                    "type": "static",
                    "static": {"max_chunk_size_tokens": 50, "chunk_overlap_tokens": 9},
                },
            },
            "max_chunk_size_tokens",
        ),
        (
            {
                "file_id": "x",
                "chunking_strategy": {
                    "type": "static",
                    "static": {"max_chunk_size_tokens": 400, "chunk_overlap_tokens": 300},
                },
            },
            "must not exceed half",
        ),
        ({"file_id": "x", "attributes": {"a": "b" * 600}}, "string too long"),
        ({"file_id": "x", "attributes": {"a" * 80: 1}}, "attributes"),
    ],
)
async def test_a_wrong_addition_is_refused(client: AsyncOpenAI, body: dict[str, object], sentence: str) -> None:
    store = await client.vector_stores.create()
    with pytest.raises(openai.APIStatusError, match=sentence):
        await client.vector_stores.files.create(store.id, **body)  # type: ignore[arg-type]
    assert (await client.vector_stores.retrieve(store.id)).file_counts.total == 0


async def test_a_search_does_not_reach_another_store(client: AsyncOpenAI) -> None:
    ours, theirs = await client.vector_stores.create(), await client.vector_stores.create()
    await client.vector_stores.files.create(ours.id, file_id=await upload(client, "a.txt", WATER))
    await client.vector_stores.files.create(theirs.id, file_id=await upload(client, "b.txt", PLAN))
    await indexed(client, ours.id)
    await indexed(client, theirs.id)
    for query in ("목표연도", "2030", f"{theirs.id} 목표", '"2:목표"', 'x" OR "2:목표', "2:목표", "2*", "물"):
        assert PLAN not in await texts(client, ours.id, query)
    forged = {"type": "eq", "key": "vector_store_id", "value": theirs.id}
    assert await texts(client, ours.id, "목표연도", filters=forged) == []
    batch = await client.vector_stores.file_batches.create(theirs.id, file_ids=[await upload(client, "c", "c")])
    with pytest.raises(openai.NotFoundError):
        await client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=ours.id)
