"""Cancelling runs: at work, waiting, ended, and before they have begun."""

import asyncio
import gc
from typing import Any

import openai
import pytest

from assistants.models.model_protocol import TextDelta
from tests.assistants.conftest import Running, eventually
from tests.assistants.raw_http import names, stream
from tests.assistants.runs.test_run_tasks import begin, finished, until
from tests.assistants.scripted_model import Hold, calls, words


async def test_a_run_at_work_is_cancelled_and_keeps_what_it_has_said(server: Running) -> None:
    gate = asyncio.Event()
    run = await begin(server, [TextDelta("Half a "), TextDelta("sentence"), Hold(gate), *words("never said")])
    await until(server, run, "in_progress")
    await eventually(lambda: server.said(run.thread_id))

    cancelling = await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    run = await finished(server, run)

    assert cancelling.status == "cancelling"
    assert (run.status, run.expires_at) == ("cancelled", None)
    assert run.cancelled_at is not None
    message = (await server.client.beta.threads.messages.list(run.thread_id)).data[0]
    assert message.status == "incomplete"
    assert message.incomplete_details is not None
    assert message.incomplete_details.reason == "run_cancelled"
    assert message.content[0].type == "text"
    assert message.content[0].text.value == "Half a sentence"
    (step,) = (await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id)).data
    assert (step.status, step.cancelled_at is not None) == ("cancelled", True)
    assert server.model.closed == 1  # the request to the provider was ended


async def test_a_stream_tells_of_its_cancelling(server: Running) -> None:
    server.model.will([TextDelta("Half"), Hold(asyncio.Event())])
    assistant = await server.assistant()
    thread = await server.thread("Hello")
    reading = asyncio.create_task(stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id}))
    await eventually(lambda: server.said(thread.id))
    (run,) = (await server.client.beta.threads.runs.list(thread.id)).data

    await server.client.beta.threads.runs.cancel(run.id, thread_id=thread.id)

    assert names(await reading)[-5:] == [
        "thread.run.cancelling",
        "thread.message.incomplete",
        "thread.run.step.cancelled",
        "thread.run.cancelled",
        "done",
    ]


async def test_a_waiting_run_can_be_cancelled_and_frees_its_thread(server: Running) -> None:
    run = await begin(server, calls(("weather", "{}")))
    await until(server, run, "requires_action")

    await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    run = await finished(server, run)

    assert (run.status, run.required_action) == ("cancelled", None)
    (step,) = (await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id)).data
    assert step.status == "cancelled"
    await server.client.beta.threads.messages.create(run.thread_id, role="user", content="Never mind.")


async def test_runs_cancelled_before_they_have_begun_leave_nothing_unheard(server: Running) -> None:
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    assistant = await server.assistant()
    server.model.otherwise = lambda _: [Hold(asyncio.Event())]

    async def begin_and_cancel() -> str:
        run = await server.client.beta.threads.create_and_run(
            assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "Hello"}]}
        )
        await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        return (await finished(server, run)).status

    assert await asyncio.gather(*(begin_and_cancel() for _ in range(30))) == ["cancelled"] * 30
    gc.collect()  # asyncio reports a task's exception that nobody has read when the task is collected
    assert not unheard


async def test_a_run_that_has_ended_cannot_be_cancelled(server: Running) -> None:
    run = await finished(server, await begin(server, words("Done.")))

    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status 'completed'"):
        await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
