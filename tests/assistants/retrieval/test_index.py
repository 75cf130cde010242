"""The index in both databases: what it finds, deletes and never shows."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assistants.retrieval.embeddings import digest
from assistants.retrieval.index_protocol import Index, IndexedChunk, SearchScope, passage_ids
from assistants.retrieval.postgres_index import PostgresIndex
from assistants.retrieval.ranking import fuse
from assistants.retrieval.search_terms import passage_terms, query_terms, rarest_terms
from assistants.retrieval.sqlite_index import SqliteIndex
from assistants.retrieval.vectors import Vectors, pack
from assistants.store.store import open_store
from tests.scripted_openai import embed

MODEL = "test-embedder"
ANYWHERE = SearchScope()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Index]:
    async with AsyncExitStack() as stack:
        opened: Index
        if request.param == "sqlite":
            opened = SqliteIndex(tmp_path / "passages.sqlite3")
        else:
            url = request.getfixturevalue("postgres")
            opened = PostgresIndex(await stack.enter_async_context(open_store(url)))
        stack.push_async_callback(opened.close)
        await opened.prepare()
        assert await opened.prepare()
        for file in await opened.files():
            await opened.sweep(file)
        yield opened


async def put(
    index: Index, store: int, file: int, *texts: str, vectors: bool = False, heading: str | None = None
) -> None:
    chunks = [IndexedChunk(text, len(text), 1, heading, passage_terms(text, heading)) for text in texts]
    await index.write(store, file, 0, chunks)
    if vectors:
        made = {digest(text): pack([embed(text, 64)])[0] for text in texts}
        await index.add_vectors(store, file, MODEL, made)
    await index.opened(store, file, MODEL if vectors else None)


async def words(index: Index, store: int, query: str, scope: SearchScope = ANYWHERE, limit: int = 10) -> list[int]:
    return list((await index.by_words(store, query_terms(query), scope=scope, limit=limit)).ids)


async def near(index: Index, store: int, query: str, scope: SearchScope = ANYWHERE, limit: int = 10) -> list[int]:
    vector = pack([embed(query, 64)])[0]
    found = await index.by_vector(store, vector, model=MODEL, scope=scope, limit=limit)
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    return [passage for passage, _ in found]


def first(file: int, place: int = 0) -> int:
    return passage_ids(file)[0] + place


async def test_words_find_passages_the_rarest_first(index: Index) -> None:
    await put(index, 1, 10, "the plan for schools", "the plan for water and rivers", "the plan for roads")
    assert (await words(index, 1, "plan rivers"))[0] == first(10, 1)
    assert set(await words(index, 1, "plan")) == {first(10, n) for n in range(3)}
    assert await words(index, 1, "elephants") == []


async def test_two_syllables_of_korean_find_the_word_with_its_particle(index: Index) -> None:
    await put(index, 1, 10, "수원시의 목표연도는 2030년이다.", "교통 체계를 개선한다.")
    assert await words(index, 1, "목표") == [first(10)]
    assert await words(index, 1, "수원") == [first(10)]
    assert await words(index, 1, "교통") == [first(10, 1)]
    assert await words(index, 1, "물") == []


async def test_one_syllable_finds_what_begins_with_it(index: Index) -> None:
    await put(index, 1, 10, "물은 100도에서 끓는다", "불은 뜨겁다")
    assert await words(index, 1, "물") == [first(10)]


async def test_a_heading_is_found_though_it_stands_outside_of_the_text(index: Index) -> None:
    await put(index, 1, 10, "They carry silt.", heading="Rivers")
    assert await words(index, 1, "rivers") == [first(10)]


async def test_what_a_query_holds_is_never_taken_for_a_command(index: Index) -> None:
    await put(index, 1, 10, "plain text")
    await put(index, 2, 20, "secret text")
    for query in (
        '"',
        "a OR b",
        "NEAR(a b)",
        "text*",
        "2:secret",
        "'2:secret'",
        "a' | '2:secret",
        "\\",
        "(",
        "AND NOT",
        "%",
        ":*",
    ):
        assert set(await words(index, 1, query)) <= {first(10)}


async def test_vectors_find_the_nearest_exactly(index: Index) -> None:
    await put(index, 1, 10, "cats and dogs", "rivers and seas", "roads and bridges", vectors=True)
    assert (await near(index, 1, "river and sea"))[0] == first(10, 1)
    assert len(await near(index, 1, "anything")) == 3


async def test_a_store_is_a_world_of_its_own(index: Index) -> None:
    await put(index, 1, 10, "shared words here", vectors=True)
    await put(index, 2, 20, "shared words here", "shared words there", vectors=True)
    assert await words(index, 1, "shared") == await near(index, 1, "shared words here") == [first(10)]
    assert set(await words(index, 2, "shared")) == {first(20), first(20, 1)}
    assert (await index.by_words(1, ["shared"], scope=ANYWHERE, limit=5)).counts == {"shared": 1}


async def test_a_search_keeps_within_its_reach(index: Index) -> None:
    await put(index, 1, 10, "salt water", vectors=True)
    await put(index, 1, 11, "fresh water", vectors=True)
    for find in (words, near):
        assert await find(index, 1, "water", SearchScope(only=frozenset({11}))) == [first(11)]
        assert await find(index, 1, "water", SearchScope(without=frozenset({11}))) == [first(10)]
        assert await find(index, 1, "water", SearchScope(only=frozenset())) == []


async def test_files_beyond_its_reach_change_nothing_that_a_search_tells(index: Index) -> None:
    """Else the order of one's own passages says which words stand in files that one cannot open."""
    await put(index, 1, 10, "alpha stands here", "beta stands there", "alpha and beta and 물가 together", vectors=True)
    await put(index, 1, 11, "beta beta gamma", vectors=True)
    own = SearchScope(only=frozenset({10, 11}))

    async def told() -> list[object]:
        queries = ("alpha beta", "beta gamma stands", "alpha", "물", "stands elephants")
        matches = [await index.by_words(1, query_terms(each), scope=own, limit=10) for each in queries]
        return [(list(each.ids), dict(each.counts)) for each in matches] + [await near(index, 1, "alpha", own, limit=3)]

    before = await told()
    assert before[0] != ([], {})
    for file, hidden in ((12, "alpha swordfish"), (13, "beta"), (14, "elephants and gamma and 물고기")):
        await put(index, 1, file, *(f"{hidden} {n} " + "at length " * n for n in range(20)), vectors=True)
        assert await told() == before


async def test_a_swept_file_is_gone_and_its_neighbours_are_not(index: Index) -> None:
    await put(index, 1, 10, *(f"water number {n}" for n in range(150)), vectors=True)
    await put(index, 1, 11, "water elsewhere", vectors=True)
    await near(index, 1, "water")
    await index.sweep(10)
    await index.sweep(10)
    assert await words(index, 1, "water") == await near(index, 1, "water") == [first(11)]
    assert await index.files() == {11}
    assert await index.texts(10) == []
    assert await index.fetch([first(10), first(11)]) == {first(11): (await index.fetch([first(11)]))[first(11)]}


async def test_a_file_added_later_is_found_by_its_vectors_too(index: Index) -> None:
    await put(index, 1, 10, "cats", vectors=True)
    assert await near(index, 1, "dogs") == [first(10)]
    await put(index, 1, 11, "dogs", vectors=True)
    assert (await near(index, 1, "dogs"))[0] == first(11)


async def test_the_same_text_needs_one_vector(index: Index) -> None:
    await put(index, 1, 10, "same text", vectors=True)
    await index.write(
        2, 20, 0, [IndexedChunk("same text", 2, None, None, "same text"), IndexedChunk("new", 1, None, None, "new")]
    )
    assert await index.lacking(20, MODEL) == {digest("new"): "new"}
    assert await index.lacking(20, "another-model") == {digest("new"): "new", digest("same text"): "same text"}
    await index.sweep(10)
    assert await index.lacking(20, MODEL) == {digest("new"): "new"}


async def test_the_vectors_of_other_models_are_forgotten(index: Index) -> None:
    await put(index, 1, 10, "cats", vectors=True)
    assert await near(index, 1, "cats") == [first(10)]
    await index.keep_model("another-model")
    assert await near(index, 1, "cats") == []
    assert len(await index.lacking(10, MODEL)) == 1


async def test_texts_come_back_in_order_with_their_place(index: Index) -> None:
    await put(index, 1, 10, *(f"text {n}" for n in range(5)))
    assert await index.texts(10) == [f"text {n}" for n in range(5)]
    (passage,) = (await index.fetch([first(10, 3)])).values()
    assert (passage.text, passage.page, passage.file) == ("text 3", 1, 10)


def test_fusion_puts_first_what_several_rankings_agree_on() -> None:
    assert fuse([[1, 2, 3], [4, 2, 5]])[0] == 2
    assert fuse([]) == []


def test_half_precision_products_are_exact() -> None:
    import numpy as np

    random = np.random.default_rng(7)
    rows = random.standard_normal((9_000, 48)).astype(np.float32)
    packed = pack(rows.tolist())
    vectors = Vectors()
    vectors.add([n << 20 for n in range(len(packed))], packed)
    query = pack([random.standard_normal(48).tolist()])[0]
    halves = np.frombuffer(b"".join(packed), dtype=np.float16).reshape(-1, 48).astype(np.float64)
    expected = halves @ np.frombuffer(query, dtype=np.float16).astype(np.float64)
    best = np.argsort(-expected)[:20]
    found = vectors.nearest(query, 20, ANYWHERE)
    assert [passage >> 20 for passage, _ in found] == best.tolist()
    assert np.allclose([cosine for _, cosine in found], expected[best], atol=1e-5)


def test_forgotten_vectors_give_their_room_back() -> None:
    vectors = Vectors()
    packed = pack([embed(f"text {n}", 32) for n in range(12_000)])
    vectors.add([(n % 40) << 20 | n for n in range(12_000)], packed)
    before = vectors.size
    for file in range(30):
        vectors.drop(file)
    assert len(vectors) == 3_000
    assert vectors.size < before
    assert all(passage >> 20 >= 30 for passage, _ in vectors.nearest(packed[0], 3_000, ANYWHERE))


def test_the_commonest_words_of_a_query_are_left_out_and_never_all() -> None:
    assert rarest_terms({"the": 90, "plan": 40, "suwon": 2, "none": 0}, budget=50) == ["suwon", "plan"]
    assert rarest_terms({"the": 90}, budget=50) == ["the"]
    assert rarest_terms({"plan": 40, "city": 45}, budget=50) == ["plan", "city"]
    assert rarest_terms({"none": 0}, budget=50) == []


async def test_vectors_are_read_whole_from_disk_and_followed_from_then(tmp_path: Path) -> None:
    path = tmp_path / "passages.sqlite3"
    before = SqliteIndex(path)
    await before.prepare()
    for file in range(1, 6):
        await put(before, 1, file, *(f"passage {n} of {file}" for n in range(300)), vectors=True)
    await put(before, 2, 9, "passage of another store", vectors=True)
    await before.close()
    after = SqliteIndex(path)
    await after.prepare()
    await after.warm(1, MODEL)
    await put(after, 1, 7, "a late passage", vectors=True)
    await after.sweep(3)
    query = pack([embed("passage", 64)])[0]
    near = await after.by_vector(1, query, model=MODEL, scope=ANYWHERE, limit=5_000)
    assert len(near) == 4 * 300 + 1
    assert {id_ >> 20 for id_, _ in near} == {1, 2, 4, 5, 7}
    await after.close()
