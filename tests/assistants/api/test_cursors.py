"""Paging through a list that changes meanwhile: a cursor goes on from where its object stands or stood."""

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest

from assistants.models.model_protocol import MessageStarted
from assistants.store import deleted_objects
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.raw_http import ask
from tests.assistants.runs.test_function_calls import function
from tests.assistants.scripted_model import Hold, calls, words


async def ids(server: Running, path: str) -> list[str]:
    status, page = await ask(server, "GET", path)
    assert status == 200, page
    return [each["id"] for each in page["data"]]


async def made(server: Running, kind: str) -> tuple[str, list[str]]:
    """A list of five objects, oldest first, and its path."""
    client = server.client
    match kind:
        case "assistants":
            return "/assistants", [(await server.assistant()).id for _ in range(5)]
        case "messages":
            thread, _ = await server.thread(*"abcde"), await server.thread("f")
            path = f"/threads/{thread.id}/messages"
            return path, (await ids(server, path))[::-1]
        case "vector_stores":
            return "/vector_stores", [(await client.vector_stores.create()).id for _ in range(5)]
    files = [(await client.files.create(file=(f"{n}.txt", b"Half."), purpose="assistants")).id for n in range(5)]
    if kind == "files":
        return "/files", files
    store = await client.vector_stores.create()
    for file in files:
        await client.vector_stores.files.create(store.id, file_id=file)
    return f"/vector_stores/{store.id}/files", files


KINDS = ["assistants", "messages", "files", "vector_stores", "vector store files"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deleted_object_is_a_cursor_still(server: Running, kind: str) -> None:
    path, known = await made(server, kind)
    for index in (2, 4, 0):  # in the middle, the newest, the oldest
        status, _ = await ask(server, "DELETE", f"{path}/{known[index]}")
        assert status == 200
    left = [known[1], known[3]]
    for index, cursor in enumerate(known):
        before = [each for each in left if known.index(each) < index]
        after = [each for each in left if known.index(each) > index]
        assert await ids(server, f"{path}?order=asc&after={cursor}") == after
        assert await ids(server, f"{path}?order=desc&after={cursor}") == before[::-1]
        if kind != "files":
            assert await ids(server, f"{path}?order=asc&before={cursor}") == before
            assert await ids(server, f"{path}?order=desc&before={cursor}") == after[::-1]
    status, _ = await ask(server, "GET", f"{path}?after={known[0]}x")
    assert status == 404


async def test_a_message_that_comes_after_the_newest_was_deleted_is_found_behind_it(server: Running) -> None:
    thread = await server.thread("a", "b")
    path = f"/threads/{thread.id}/messages"
    newest = (await ids(server, path))[0]
    await ask(server, "DELETE", f"{path}/{newest}")
    added = await server.client.beta.threads.messages.create(thread.id, role="user", content="c")
    assert await ids(server, f"{path}?order=asc&after={newest}") == [added.id]
    await ask(server, "DELETE", f"{path}/{added.id}")
    again = await server.client.beta.threads.messages.create(thread.id, role="user", content="d")
    for cursor in (newest, added.id):
        assert await ids(server, f"{path}?order=asc&after={cursor}") == [again.id]
        assert again.id not in await ids(server, f"{path}?order=desc&after={cursor}")


async def test_a_cursor_of_another_list_is_none(server: Running) -> None:
    thread, other = await server.thread("a", "b"), await server.thread("c")
    (theirs,) = await ids(server, f"/threads/{other.id}/messages")
    for _ in range(2):
        status, answer = await ask(server, "GET", f"/threads/{thread.id}/messages?after={theirs}")
        assert (status, answer["error"]["message"]) == (404, f"No message found with id '{theirs}'.")
        await ask(server, "DELETE", f"/threads/{other.id}/messages/{theirs}")
    assistant = (await server.assistant()).id
    await ask(server, "DELETE", f"/assistants/{assistant}")
    status, _ = await ask(server, "GET", f"/vector_stores?after={assistant}")
    assert status == 404


async def test_a_cursor_that_does_not_pass_the_filter_goes_on(server: Running) -> None:
    client = server.client
    purposes: Any = ("assistants", "user_data", "assistants", "user_data")
    files = [
        await client.files.create(file=(f"{n}.txt", b"Half."), purpose=purpose) for n, purpose in enumerate(purposes)
    ]
    of_purpose = [files[0].id, files[2].id]
    for index, file in enumerate(files):
        expected = [each.id for each in files[index + 1 :] if each.id in of_purpose]
        assert await ids(server, f"/files?purpose=assistants&order=asc&after={file.id}") == expected
    expiring = await client.files.create(
        file=("e.txt", b"Half."), purpose="assistants", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert await ids(server, f"/files?purpose=user_data&after={expiring.id}") == [files[3].id, files[1].id]

    assistant, thread = await server.assistant(), await server.thread("a")
    server.model.will(words("b"))
    run = await client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    path = f"/threads/{thread.id}/messages"
    answer, question = await ids(server, path)
    assert await ids(server, f"{path}?run_id={run.id}&order=asc&after={question}") == [answer]
    assert await ids(server, f"{path}?run_id=run_x&after={answer}") == []
    assert await ids(server, f"{path}?run_id={run.id}&before={question}") == [answer]


async def test_files_whose_status_has_changed_are_cursors_still(server: Running) -> None:
    client = server.client
    good = [await client.files.create(file=(f"{n}.txt", b"Half of 8 is 4."), purpose="assistants") for n in range(2)]
    bad = await client.files.create(file=("a.exe", b"MZ\0\0" * 50), purpose="assistants")
    store = await client.vector_stores.create()
    batch = await client.vector_stores.file_batches.create_and_poll(
        store.id, file_ids=[good[0].id, bad.id, good[1].id], poll_interval_ms=20
    )
    lone = await client.files.create(file=("b.txt", b"Half of 2 is 1."), purpose="assistants")
    await client.vector_stores.files.create_and_poll(lone.id, vector_store_id=store.id, poll_interval_ms=20)
    for path, newest in (
        (f"/vector_stores/{store.id}/files", [lone.id]),
        (f"/vector_stores/{store.id}/file_batches/{batch.id}/files", []),
    ):
        assert await ids(server, f"{path}?filter=completed&order=asc&after={bad.id}") == [good[1].id, *newest]
        assert await ids(server, f"{path}?filter=failed&order=asc&after={good[0].id}") == [bad.id]
        assert await ids(server, f"{path}?filter=in_progress&after={good[0].id}") == []
        assert await ids(server, f"{path}?filter=completed&after={lone.id}") == [good[1].id, good[0].id]
    await ask(server, "DELETE", f"/vector_stores/{store.id}/files/{good[0].id}")
    path = f"/vector_stores/{store.id}/file_batches/{batch.id}/files"
    assert await ids(server, f"{path}?filter=completed&order=asc&after={good[0].id}") == [good[1].id]


async def test_a_message_that_was_begun_and_stayed_empty_is_a_cursor_still(server: Running) -> None:
    assistant = await server.assistant(tools=[function("weather")])
    thread = await server.thread("a")
    gate = asyncio.Event()
    server.model.will([MessageStarted(), Hold(gate), *calls(("weather", "{}"))])
    run = await server.client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)
    path = f"/threads/{thread.id}/messages"

    async def count() -> int:
        return len(await ids(server, path))

    async def shown() -> bool:
        return await count() == 2

    async def gone() -> bool:
        return await count() == 1

    await eventually(shown)
    begun = (await ids(server, path))[0]
    steps = f"/threads/{thread.id}/runs/{run.id}/steps"
    (step,) = await ids(server, steps)
    gate.set()
    await eventually(gone)
    assert await ids(server, f"{path}?order=asc&after={begun}") == []
    assert len(await ids(server, f"{steps}?order=asc&after={step}")) == 1


async def test_deleted_objects_are_forgotten_after_a_while(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    path, known = await made(server, "assistants")
    await ask(server, "DELETE", f"{path}/{known[0]}")
    monkeypatch.setattr(deleted_objects, "KEPT_FOR", -2)
    assert len(await ids(server, f"{path}?order=asc&after={known[0]}")) == 4
    await ask(server, "DELETE", f"{path}/{known[1]}")  # what is old goes with the next one
    status, _ = await ask(server, "GET", f"{path}?order=asc&after={known[0]}")
    assert status == 404
    assert len(await ids(server, f"{path}?order=asc&after={known[1]}")) == 3


async def test_a_file_deleted_with_its_places_in_vector_stores_is_a_cursor_there(server: Running) -> None:
    path, known = await made(server, "vector store files")
    await server.client.files.delete(known[2])
    assert await ids(server, f"{path}?order=asc&after={known[2]}") == known[3:]
    assert await ids(server, f"/files?order=asc&after={known[2]}") == known[3:]
    with pytest.raises(openai.NotFoundError):
        await server.client.files.retrieve(known[2])


@pytest.mark.postgres
async def test_cursors_of_deleted_objects_work_on_postgresql_too(tmp_path: Path, postgres: str) -> None:
    async with running(tmp_path, database_url=postgres) as server:
        for kind in KINDS:
            path, known = await made(server, kind)
            for _ in range(2):  # the second time it is not there any more
                await ask(server, "DELETE", f"{path}/{known[4]}")
            found: Any = await ids(server, f"{path}?order=desc&limit=4&after={known[4]}")
            assert found == known[3::-1]
