"""Several clients at once, and several server processes on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
from sqlalchemy import update

from assistants.models.model_protocol import TextDelta
from assistants.store.runs import Run
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.runs.test_function_calls import function, outputs
from tests.assistants.runs.test_run_tasks import begin, finished, until
from tests.assistants.scripted_model import Hold, ScriptedModel, calls, words


async def settled(*attempts: Any) -> tuple[list[Any], list[BaseException]]:
    """What succeeded and what did not of things done at once."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return (
        [result for result in results if not isinstance(result, BaseException)],
        [result for result in results if isinstance(result, BaseException)],
    )


async def one_run_of_ten(server: Running, *clients: openai.AsyncOpenAI) -> None:
    server.model.otherwise = lambda _: [Hold(asyncio.Event())]
    assistant = await server.assistant()
    thread = await server.thread("Hello")

    made, refused = await settled(
        *(
            clients[number % len(clients)].beta.threads.runs.create(thread.id, assistant_id=assistant.id)
            for number in range(10)
        )
    )

    assert len(made) == 1
    assert all(isinstance(error, openai.BadRequestError) for error in refused)
    assert all(f"already has an active run {made[0].id}" in str(error) for error in refused)
    await server.client.beta.threads.runs.cancel(made[0].id, thread_id=thread.id)


async def test_of_ten_runs_started_at_once_one_starts(server: Running) -> None:
    await one_run_of_ten(server, server.client)


async def test_outputs_submitted_twice_at_once_count_once(server: Running) -> None:
    run = await begin(server, calls(("weather", "{}")))
    await until(server, run, "requires_action")
    submit = server.client.beta.threads.runs.submit_tool_outputs

    taken, refused = await settled(
        *(submit(run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", str(number)))) for number in range(5))
    )

    assert len(taken) == 1
    assert all("do not accept tool outputs" in str(error) for error in refused)
    run = await finished(server, run)
    assert run.status == "completed"


async def test_cancelling_and_submitting_at_once_leaves_one_winner(server: Running) -> None:
    for _ in range(5):
        run = await begin(server, calls(("weather", "{}")))
        await until(server, run, "requires_action")
        await settled(
            server.client.beta.threads.runs.submit_tool_outputs(
                run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
            ),
            server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id),
        )
        run = await finished(server, run)
        assert run.status in {"completed", "cancelled"}


async def test_messages_and_a_run_at_once_never_slip_past_each_other(server: Running) -> None:
    """A message that was accepted is either seen by the run or was added before or after it, never during it."""
    assistant = await server.assistant()
    for _ in range(5):
        thread = await server.thread("first")
        made, _ = await settled(
            server.client.beta.threads.messages.create(thread.id, role="user", content="second"),
            server.client.beta.threads.runs.create(thread.id, assistant_id=assistant.id),
        )
        run = next(thing for thing in made if thing.object == "thread.run")
        await finished(server, run)
        seen = [item["content"] for item in server.model.requests[-1].input]
        accepted = len(made) == 2
        order = [message.run_id for message in (await server.client.beta.threads.messages.list(thread.id)).data]
        assert seen == (["first", "second"] if accepted and order[0] else ["first"])


async def test_a_hundred_streams_at_once_all_arrive_whole(server: Running) -> None:
    text = " ".join(str(number) for number in range(100))
    server.model.otherwise = lambda _: words(text)
    assistant = await server.assistant()

    async def read(number: int) -> str:
        async with server.client.beta.threads.create_and_run_stream(
            assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": str(number)}]}
        ) as stream:
            return "".join([piece async for piece in stream.text_deltas])

    answers = await asyncio.gather(*(read(number) for number in range(100)))

    assert set(answers) == {text}


# -- PostgreSQL


@pytest_asyncio.fixture
async def pair(tmp_path: Path, postgres: str) -> AsyncIterator[tuple[Running, Running]]:
    """Two servers with one model, on the same PostgreSQL."""
    model = ScriptedModel()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(running(tmp_path, model, database_url=postgres))
        two = await stack.enter_async_context(running(tmp_path, model, database_url=postgres))
        yield one, two


@pytest.mark.postgres
async def test_conversations_work_on_postgresql(pair: tuple[Running, Running]) -> None:
    one, two = pair
    one.model.will(calls(("weather", '{"city":"수원"}')), words("맑아요 👩‍🏫"))
    assistant = await one.assistant(tools=[function("weather")], metadata={"guild": "42"})
    thread = await one.thread("날씨 어때요?")
    run = await one.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    async with two.client.beta.threads.runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=thread.id, tool_outputs=outputs(("call_1", "sun"))
    ) as stream:
        text = "".join([piece async for piece in stream.text_deltas])

    assert text == "맑아요 👩‍🏫"
    messages = await one.client.beta.threads.messages.list(thread.id)
    assert [message.role for message in messages.data] == ["assistant", "user"]
    assert (await one.client.beta.assistants.list(limit=1)).data[0].id == assistant.id
    await one.client.beta.threads.delete(thread.id)
    with pytest.raises(openai.NotFoundError):
        await two.client.beta.threads.retrieve(thread.id)


@pytest.mark.postgres
async def test_of_ten_runs_started_on_two_servers_one_starts(pair: tuple[Running, Running]) -> None:
    await one_run_of_ten(pair[0], pair[0].client, pair[1].client)


@pytest.mark.postgres
async def test_a_run_is_cancelled_through_another_server(pair: tuple[Running, Running]) -> None:
    one, two = pair
    run = await begin(one, [TextDelta("Half"), Hold(asyncio.Event())])
    await eventually(lambda: one.said(run.thread_id))

    await two.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    run = await finished(two, run)

    assert run.status == "cancelled"
    assert one.model.closed == 1


@pytest.mark.postgres
async def test_what_a_dead_server_left_is_taken_over(pair: tuple[Running, Running]) -> None:
    one, two = pair
    run = await begin(one, [TextDelta("Half"), Hold(asyncio.Event())])
    await eventually(lambda: one.said(run.thread_id))
    # As if its process had died: the run has another owner, whose lease has ended.
    async with two.app.state.services.store.write() as session:
        await session.execute(update(Run).where(Run.id == run.id).values(owner="dead", lease_until=1))

    run = await finished(two, run)

    assert run.status == "failed"
    assert run.last_error is not None
    assert run.last_error.code == "server_error"
