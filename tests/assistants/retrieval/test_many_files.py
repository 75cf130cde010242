"""Hundreds of tiny files at once: all are indexed in few steps, and a restart in the middle loses none."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from assistants.retrieval.retrieval import Retrieval, open_retrieval
from assistants.retrieval.vector_stores import FileToAdd
from assistants.store.store import open_store
from tests.assistants.retrieval.test_ingestion import KillAt, Stop, found, indexed, opened, settings_in, settled
from tests.assistants.settable_clock import SettableClock
from workers import Pool

MANY = 300


async def add_many(retrieval: Retrieval) -> str:
    """The files, every hundredth of which cannot be read, as one batch; returns the vector store's id."""
    files = []
    for n in range(MANY):
        data = b"MZ\x90\x00\x03\x00" * 9 if n % 100 == 99 else f"The answer to riddle{n} is {n * 7}.".encode()
        files.append(await retrieval.files.add(f"{n}.txt", data, purpose="assistants"))
    made = await retrieval.vector_stores.create({})
    await retrieval.vector_stores.add_files(made.id, [FileToAdd(file.id) for file in files], batch=True)
    return made.id


async def test_many_tiny_files_all_end_and_few_are_read_at_once(tmp_path: Path) -> None:
    statements: list[str] = []
    busy = [0, 0]

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    class Counted(Pool):
        async def run(self, *args: Any, **options: Any) -> Any:
            busy[0] += 1
            busy[1] = max(busy)
            try:
                return await super().run(*args, **options)
            finally:
                busy[0] -= 1

    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Counted(size=1))
        store = await stack.enter_async_context(open_store(settings.store_url))
        retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, SettableClock()))
        for engine in store.engines:
            event.listen(engine.sync_engine, "before_cursor_execute", count)
        store_id = await add_many(retrieval)
        rows = await settled(retrieval, store_id)
        assert [row.status for row in rows].count("failed") == MANY // 100
        assert all(row.last_error for row in rows if row.status == "failed")
        assert [row.status for row in rows].count("completed") == MANY - MANY // 100
        assert "2086" in (await found(retrieval, store_id, "riddle298"))[0]
    assert busy[1] <= 2
    claims = [each for each in statements if "min(vector_store_files.seq)" in each]
    assert len(claims) < MANY / 4
    inserts = [each for each in statements if each.startswith("INSERT INTO vector_store_files")]
    assert len(inserts) <= 2


@pytest.mark.parametrize("times", [1, 150])
async def test_a_restart_in_the_middle_of_many_files_loses_none(tmp_path: Path, times: int) -> None:
    async with Pool(size=1) as pool:
        reached = KillAt("completed", times)
        try:
            async with opened(tmp_path, pool, reached) as retrieval:
                store_id = await add_many(retrieval)
                await reached.fell.wait()
        except* Stop:
            pass
        async with opened(tmp_path, pool) as retrieval:
            rows = await settled(retrieval, store_id)
            assert [row.status for row in rows].count("completed") == MANY - MANY // 100
            assert sum(row.passages for row in rows) == indexed(tmp_path) == MANY - MANY // 100
