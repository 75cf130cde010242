"""Objects of the API: a run's overrides, pages of lists, changes and deletions."""

from typing import Any

import openai
import pytest

from tests.assistants.conftest import Running
from tests.assistants.raw_http import ask
from tests.assistants.runs.test_function_calls import function

# -- overrides


async def test_a_run_takes_what_the_assistant_says(server: Running) -> None:
    assistant = await server.assistant(
        model="gpt-4o", temperature=0.3, top_p=0.5, tools=[function("weather")], response_format={"type": "json_object"}
    )
    thread = await server.thread("Hello")

    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    (request,) = server.model.requests
    assert request.instructions == run.instructions == "You are a maths tutor."
    assert run.model == "gpt-4o"
    assert request.model == "gpt-6-luna"  # the alias of a model that has left the API
    assert (request.temperature, request.top_p, request.max_output_tokens) == (0.3, 0.5, None)
    assert [tool.name for tool in request.tools] == ["weather"]
    assert request.response_format == {"type": "json_object"}
    assert request.cache_key == thread.id


async def test_a_run_overrides_what_the_assistant_says(server: Running) -> None:
    assistant = await server.assistant(temperature=0.3, tools=[function("weather")])
    thread = await server.thread("Hello")

    run = await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=assistant.id,
        model="gpt-9",
        instructions="Be brief.",
        additional_instructions="Speak Korean.",
        additional_messages=[
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "What is 2 + 2?", "metadata": {"from": "minji"}},
        ],
        tools=[function("time")],
        parallel_tool_calls=False,
        temperature=1.5,
        top_p=0.1,
        reasoning_effort="low",
        max_completion_tokens=1000,
        response_format={"type": "text"},
        metadata={"guild": "42"},
    )

    (request,) = server.model.requests
    assert request.model == run.model == "gpt-9"
    assert request.instructions == "Be brief.\n\nSpeak Korean."
    assert [item["content"] for item in request.input] == ["Hello", "Yes?", "What is 2 + 2?"]
    assert [tool.name for tool in request.tools] == ["time"]
    assert not request.parallel_tool_calls
    assert (request.temperature, request.top_p, request.reasoning_effort) == (1.5, 0.1, "low")
    assert request.max_output_tokens == 1000
    assert run.metadata == {"guild": "42"}
    kept = (await server.client.beta.threads.messages.list(thread.id, order="asc")).data[2]
    assert kept.metadata == {"from": "minji"}


async def test_what_the_sdk_shows_can_be_sent_back_with_its_nulls(server: Running) -> None:
    tools = [{"type": "file_search"}, {"type": "code_interpreter"}, function("weather")]
    made = await server.assistant(tools=tools, tool_resources={"file_search": {}})
    shown = made.model_dump(include={"tools", "tool_resources", "model", "name", "metadata"})
    assert shown["tool_resources"]["code_interpreter"] == {"file_ids": []}
    assert shown["tools"][0]["file_search"] is None

    updated = await server.client.beta.assistants.update(made.id, **shown)

    assert updated == made
    run = {"assistant_id": made.id, "parallel_tool_calls": None, "tools": shown["tools"], "thread": None}
    status, answer = await ask(server, "POST", "/threads/runs", json=run)
    assert (status, answer["parallel_tool_calls"]) == (200, True)


async def test_null_is_a_value_where_the_api_knows_it(server: Running) -> None:
    made = await server.assistant(name="Math Tutor", temperature=0.3)

    cleared = await server.client.beta.assistants.update(made.id, name=None, temperature=None)

    assert (cleared.name, cleared.temperature, cleared.instructions) == (None, 1.0, made.instructions)


async def test_temperature_is_shown_as_one_and_not_sent_when_nobody_set_it(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread("Hello")

    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert (assistant.temperature, run.temperature, run.top_p) == (1.0, 1.0, 1.0)
    assert server.model.requests[0].temperature is None


async def test_images_reach_the_model_as_part_of_the_question(server: Running) -> None:
    assistant = await server.assistant()
    url = "https://example.com/homework.png"
    thread = await server.client.beta.threads.create(
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
                ],
            }
        ]
    )

    await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert server.model.requests[0].input[0]["content"] == [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": url, "detail": "low"},
    ]


# -- lists


async def test_lists_page_forwards_and_backwards(server: Running) -> None:
    thread = await server.thread(*(str(number) for number in range(7)))
    messages = server.client.beta.threads.messages

    async def page(**where: Any) -> tuple[list[str], bool]:
        found = await messages.list(thread.id, **where)
        return [message.content[0].text.value for message in found.data], found.has_next_page()  # type: ignore[union-attr]

    newest = await messages.list(thread.id, limit=3)
    assert await page(limit=3) == (["6", "5", "4"], True)
    assert await page(limit=3, after=newest.data[-1].id) == (["3", "2", "1"], True)
    assert await page(limit=3, order="asc", after=newest.data[-1].id) == (["5", "6"], False)
    assert (await page(limit=2, before=newest.data[-1].id))[0] == ["6", "5"]
    oldest = await messages.list(thread.id, limit=3, order="asc")
    assert (await page(limit=2, before=oldest.data[0].id))[0] == ["2", "1"]
    assert [message.content[0].text.value async for message in messages.list(thread.id, limit=2)] == list("6543210")  # type: ignore[union-attr]


async def test_an_empty_list_has_no_ends(server: Running) -> None:
    thread = await server.thread()

    status, body = await ask(server, "GET", f"/threads/{thread.id}/messages")

    assert status == 200
    assert body == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


async def test_messages_of_one_run_can_be_listed(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread("Hello")
    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    (message,) = (await server.client.beta.threads.messages.list(thread.id, run_id=run.id)).data

    assert (message.run_id, message.assistant_id) == (run.id, assistant.id)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=9e9", "order=up", "after=msg_x", "before=%00"]
)
async def test_a_bad_page_is_refused(server: Running, query: str) -> None:
    status, body = await ask(server, "GET", f"/assistants?{query}")

    assert status in {400, 404}
    assert set(body["error"]) == {"message", "type", "param", "code"}


# -- changes


async def test_assistants_are_changed_field_by_field(server: Running) -> None:
    assistant = await server.assistant(name="Math", description="d", metadata={"a": "b"}, tools=[function("f")])
    update = server.client.beta.assistants.update

    changed = await update(assistant.id, name="Maths", metadata={})
    cleared = await update(assistant.id, description=None, tools=[])

    assert (changed.name, changed.description, changed.metadata, len(changed.tools)) == ("Maths", "d", {}, 1)
    assert (cleared.name, cleared.description, cleared.tools) == ("Maths", None, [])
    assert (await server.client.beta.assistants.retrieve(assistant.id)) == cleared
    assert (await server.client.beta.assistants.delete(assistant.id)).deleted
    with pytest.raises(openai.NotFoundError):
        await server.client.beta.assistants.retrieve(assistant.id)


async def test_a_thread_holds_a_hundred_thousand_messages_and_no_more(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistants.store.messages.MAX_IN_THREAD", 3)
    assistant = await server.assistant()
    thread, other = await server.thread("one", "two"), await server.thread("one")
    create = server.client.beta.threads.messages.create

    await create(other.id, role="user", content="two")  # `seq` is further apart than the thread has messages
    await create(thread.id, role="user", content="three")
    with pytest.raises(openai.BadRequestError, match="at most 3 messages"):
        await create(thread.id, role="user", content="four")
    with pytest.raises(openai.BadRequestError, match="at most 3 messages"):
        await server.client.beta.threads.runs.create(
            other.id,
            assistant_id=assistant.id,
            additional_messages=[{"role": "user", "content": "three"}, {"role": "user", "content": "four"}],
        )


async def test_messages_are_changed_and_deleted(server: Running) -> None:
    thread = await server.thread("one", "two")
    messages = server.client.beta.threads.messages
    first = (await messages.list(thread.id, order="asc")).data[0]

    changed = await messages.update(first.id, thread_id=thread.id, metadata={"edited": "yes"})
    await messages.delete(first.id, thread_id=thread.id)

    assert changed.metadata == {"edited": "yes"}
    assert len((await messages.list(thread.id)).data) == 1
    with pytest.raises(openai.NotFoundError):
        await messages.delete(first.id, thread_id=thread.id)


async def test_a_deleted_message_no_longer_reaches_the_model(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread("forget this", "2 + 2?")
    first = (await server.client.beta.threads.messages.list(thread.id, order="asc")).data[0]

    await server.client.beta.threads.messages.delete(first.id, thread_id=thread.id)
    await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert [item["content"] for item in server.model.requests[0].input] == ["2 + 2?"]


async def test_models_can_be_listed_and_looked_up(server: Running) -> None:
    assert [model.id async for model in server.client.models.list()] == ["gpt-6-luna", "scripted"]
    assert (await server.client.models.retrieve("scripted")).id == "scripted"
    assert (await server.client.models.retrieve("gpt-4o")).id == "gpt-4o"  # it has an alias
    with pytest.raises(openai.NotFoundError, match="'some/other' does not exist"):
        await server.client.models.retrieve("some/other")
