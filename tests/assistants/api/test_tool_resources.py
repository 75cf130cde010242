"""`tool_resources`: what is shown of them, what a change leaves alone, and what attachments add to them."""

import asyncio
from typing import Any

import openai
import pytest

from tests.assistants.conftest import Running
from tests.assistants.raw_http import ask, stream

NO_FILES: Any = {"code_interpreter": {"file_ids": []}}
NO_STORES: Any = {"file_search": {"vector_store_ids": []}}
CODE, SEARCH = {"type": "code_interpreter"}, {"type": "file_search"}


async def files(server: Running, count: int) -> list[str]:
    made = [
        await server.client.files.create(file=(f"{n}.txt", b"Half of 8 is 4."), purpose="assistants")
        for n in range(count)
    ]
    return [file.id for file in made]


async def resources(server: Running, thread_id: str) -> Any:
    _, thread = await ask(server, "GET", f"/threads/{thread_id}")
    return thread["tool_resources"]


def attachments(ids: list[str], *tools: dict[str, str]) -> Any:
    return [{"file_id": file_id, "tools": list(tools)} for file_id in ids]


@pytest.mark.parametrize(
    ("tools", "shown"),
    [
        ([], {}),
        ([CODE], NO_FILES),
        ([SEARCH], NO_STORES),
        ([CODE, SEARCH], {**NO_FILES, **NO_STORES}),
    ],
)
async def test_a_tool_without_resources_shows_an_empty_list(
    server: Running, tools: list[dict[str, str]], shown: object
) -> None:
    made = await server.assistant(tools=tools)
    thread = await server.thread("Hello")

    _, found = await ask(server, "GET", f"/assistants/{made.id}")
    _, listed = await ask(server, "GET", "/assistants")
    _, changed = await ask(server, "POST", f"/assistants/{made.id}", json={"name": "Math Tutor"})
    assert [each["tool_resources"] for each in (found, listed["data"][0], changed)] == [shown] * 3

    events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": made.id})
    runs = [event.data for event in events if event.name != "done" and event.data["object"] == "thread.run"]
    assert [run["tool_resources"] for run in runs] == [shown] * 4
    _, listed = await ask(server, "GET", f"/threads/{thread.id}/runs")
    assert listed["data"][0]["tool_resources"] == shown
    assert await resources(server, thread.id) == {}


async def test_a_run_of_other_tools_shows_the_lists_of_these(server: Running) -> None:
    made = await server.assistant(tools=[CODE])
    thread = await server.thread("Hello")
    _, run = await ask(server, "POST", f"/threads/{thread.id}/runs", json={"assistant_id": made.id, "tools": [SEARCH]})
    assert run["tool_resources"] == NO_STORES


@pytest.mark.parametrize("kind", ["assistants", "threads"])
async def test_a_change_of_one_tools_resources_keeps_the_others(server: Running, kind: str) -> None:
    one, other = await files(server, 2)
    store = await server.client.vector_stores.create(name="plan")
    search = {"file_search": {"vector_store_ids": [store.id]}}
    body: dict[str, Any] = {"tool_resources": {"code_interpreter": {"file_ids": [one]}, **search}}
    _, made = await ask(server, "POST", f"/{kind}", json=body | ({"model": "m"} if kind == "assistants" else {}))

    async def changed(resources: object) -> object:
        status, answer = await ask(server, "POST", f"/{kind}/{made['id']}", json={"tool_resources": resources})
        assert status == 200, answer
        return answer["tool_resources"]

    assert await changed({"code_interpreter": {"file_ids": [other]}}) == {
        "code_interpreter": {"file_ids": [other]},
        **search,
    }
    assert await changed({"code_interpreter": None, "file_search": {}}) == {
        "code_interpreter": {"file_ids": [other]},
        **search,
    }
    assert await changed({**NO_FILES, "file_search": None}) == {**NO_FILES, **search}
    assert await changed(NO_STORES) == {**NO_FILES, **NO_STORES}
    assert await changed(None) == {}


async def test_a_runs_own_resources_stand_in_for_those_of_their_tool_alone(server: Running) -> None:
    one, other = await files(server, 2)
    store = await server.client.vector_stores.create(name="plan")
    search = {"file_search": {"vector_store_ids": [store.id]}}
    made = await server.assistant(tool_resources={"code_interpreter": {"file_ids": [one]}, **search})
    body = {"assistant_id": made.id, "tool_resources": {"code_interpreter": {"file_ids": [other]}}}
    _, run = await ask(server, "POST", "/threads/runs", json=body)
    assert run["tool_resources"] == {"code_interpreter": {"file_ids": [other]}, **search}


async def test_an_attachment_makes_a_new_vector_store_where_the_threads_was_deleted(server: Running) -> None:
    one, other = await files(server, 2)
    client = server.client
    thread = await client.beta.threads.create(
        messages=[{"role": "user", "content": "Read.", "attachments": attachments([one], SEARCH)}]
    )
    (first,) = (await resources(server, thread.id))["file_search"]["vector_store_ids"]
    await client.vector_stores.delete(first)

    await client.beta.threads.messages.create(
        thread.id, role="user", content="And this.", attachments=attachments([other], SEARCH)
    )

    (second,) = (await resources(server, thread.id))["file_search"]["vector_store_ids"]
    assert [file.id async for file in client.vector_stores.files.list(second)] == [other]
    await client.vector_stores.delete(second)
    made = await server.assistant(tools=[SEARCH])
    message: Any = {"role": "user", "content": "Again.", "attachments": attachments([one], SEARCH)}
    run = await client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=made.id, additional_messages=[message]
    )
    (third,) = (await resources(server, thread.id))["file_search"]["vector_store_ids"]
    assert [file.id async for file in client.vector_stores.files.list(third)] == [one]
    assert run.status == "completed"


async def test_files_attached_at_the_same_time_are_all_in_the_threads_one_vector_store(server: Running) -> None:
    ids = await files(server, 5)
    thread = await server.thread()
    await asyncio.gather(
        *(
            server.client.beta.threads.messages.create(
                thread.id, role="user", content="Read.", attachments=attachments([file_id], CODE, SEARCH)
            )
            for file_id in ids
        )
    )
    found = await resources(server, thread.id)
    (store,) = found["file_search"]["vector_store_ids"]
    assert {file.id async for file in server.client.vector_stores.files.list(store)} == set(ids)
    assert sorted(found["code_interpreter"]["file_ids"]) == sorted(ids)
    assert [each.id async for each in server.client.vector_stores.list()] == [store]


async def test_a_thread_has_twenty_files_for_code_at_most_however_they_come(server: Running) -> None:
    ids = await files(server, 21)
    full: Any = {"code_interpreter": {"file_ids": ids[:20]}}
    made = await server.assistant(tools=[CODE], tool_resources=full)
    thread = await server.client.beta.threads.create(tool_resources=full)
    message: dict[str, Any] = {"role": "user", "content": "Read.", "attachments": attachments(ids[20:], CODE, SEARCH)}
    many = {"role": "user", "content": "Read.", "attachments": attachments(ids, CODE, SEARCH)}
    for path, body in (
        ("/assistants", {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": ids}}}),
        (f"/assistants/{made.id}", {"tool_resources": {"code_interpreter": {"file_ids": ids}}}),
        ("/threads", {"tool_resources": {"code_interpreter": {"file_ids": ids}}}),
        (f"/threads/{thread.id}", {"tool_resources": {"code_interpreter": {"file_ids": ids}}}),
        (f"/threads/{thread.id}/messages", message),
        (f"/threads/{thread.id}/runs", {"assistant_id": made.id, "additional_messages": [message]}),
        ("/threads", {"messages": [message], "tool_resources": full}),
        ("/threads", {"messages": [message, many]}),
        ("/threads", {"messages": [many], "tool_resources": {"file_search": {"vector_stores": [{}]}}}),
        ("/threads/runs", {"assistant_id": made.id, "thread": {"messages": [many]}}),
    ):
        status, answer = await ask(server, "POST", path, json=body)
        assert status == 400, (path, answer)
        assert answer["error"] == {
            "message": "Invalid 'tool_resources.code_interpreter.file_ids': array too long. Expected an array with"
            " maximum length 20, but got an array with length 21 instead.",
            "type": "invalid_request_error",
            "param": "tool_resources.code_interpreter.file_ids",
            "code": "array_above_max_length",
        }, path
    assert [store async for store in server.client.vector_stores.list()] == []
    assert [each async for each in server.client.beta.threads.messages.list(thread.id)] == []

    message["attachments"] = attachments(ids[:20], CODE)  # they are there already
    status, _ = await ask(server, "POST", f"/threads/{thread.id}/messages", json=message)
    assert status == 200


async def test_an_attachment_that_is_not_there_leaves_nothing_behind(server: Running) -> None:
    body = {
        "messages": [{"role": "user", "content": "Read.", "attachments": attachments(["file-x"], SEARCH)}],
        "tool_resources": {"file_search": {"vector_stores": [{}]}},
    }
    status, answer = await ask(server, "POST", "/threads", json=body)
    assert (status, answer["error"]["message"]) == (404, "No file found with id 'file-x'.")
    assert [store async for store in server.client.vector_stores.list()] == []
    with pytest.raises(openai.NotFoundError):
        await server.client.files.retrieve("file-x")
