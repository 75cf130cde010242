"""A run's nine statuses, and how it ends: failed, incomplete, expired, cancelled, or by a restart."""

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.beta.threads import Run

from assistants.models.model_protocol import Finished, ModelError, TextDelta, Usage
from assistants.runs.orphaned_runs import OrphanedRuns
from assistants.store.run_status import ACTIVE, NEXT, TERMINAL, before
from assistants.store.runs import Run as RunRow
from conformance.event_stream import Event
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.raw_http import ask, names, stream
from tests.assistants.runs.test_function_calls import function, outputs
from tests.assistants.scripted_model import USAGE, Hold, Script, ScriptedModel, calls, words
from tests.assistants.settable_clock import SettableClock


async def begin(server: Running, script: Script, **body: Any) -> Run:
    """Start a run whose model answers with `script`."""
    server.model.will(script)
    assistant = await server.assistant(tools=[function("weather")])
    thread = await server.thread("Hello")
    run: Run = await server.client.beta.threads.runs.create(thread.id, assistant_id=assistant.id, **body)
    return run


async def finished(server: Running, run: Run) -> Run:
    return await server.client.beta.threads.runs.poll(run.id, thread_id=run.thread_id, poll_interval_ms=20)


async def check(server: Running) -> None:
    """Look for runs that have expired, as the server does each second."""
    services = server.app.state.services
    await OrphanedRuns(services.run_tasks, services.store).check()


async def until(server: Running, run: Run, *states: str) -> Run:
    """Wait until the run's status is one of `states`."""
    async with asyncio.timeout(20):
        while run.status not in states:
            await asyncio.sleep(0.02)
            run = await server.client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    return run


async def test_the_table_knows_nine_states_and_leads_out_of_every_active_one() -> None:
    assert len(NEXT) == 9
    assert {"queued", "in_progress", "requires_action", "cancelling"} == ACTIVE
    assert {"cancelled", "failed", "completed", "incomplete", "expired"} == TERMINAL
    assert all(set(following) <= set(NEXT) for following in NEXT.values())
    assert before("cancelling") == ["queued", "in_progress", "requires_action"]
    assert all(before(status) for status in TERMINAL)


async def test_the_one_active_run_per_thread_is_the_databases_rule() -> None:
    (index,) = (index for index in RunRow.__table__.indexes if index.name == "uq_runs_one_active_per_thread")  # type: ignore[attr-defined]
    where = str(index.dialect_options["sqlite"]["where"])
    assert all(f"'{status}'" in where for status in ACTIVE)
    assert not any(f"'{status}'" in where for status in TERMINAL)


# -- failing


@pytest.mark.parametrize("code", ["server_error", "rate_limit_exceeded", "invalid_prompt"])
async def test_a_model_that_cannot_answer_fails_the_run_with_its_reason(server: Running, code: Any) -> None:
    run = await finished(server, await begin(server, [ModelError(code, "The provider is out of tokens.")]))

    assert run.status == "failed"
    assert run.last_error is not None
    assert (run.last_error.code, run.last_error.message) == (code, "The provider is out of tokens.")
    assert run.failed_at is not None


async def test_a_model_that_breaks_off_leaves_an_incomplete_message(server: Running) -> None:
    server.model.will([TextDelta("Half"), ModelError("server_error", "The stream broke off.")])
    assistant = await server.assistant()
    thread = await server.thread("Hello")

    events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id})

    assert names(events)[-4:] == ["thread.message.incomplete", "thread.run.step.failed", "thread.run.failed", "done"]
    message = next(event.data for event in events if event.name == "thread.message.incomplete")
    assert message["incomplete_details"] == {"reason": "run_failed"}


async def test_a_bug_fails_the_run_and_tells_nothing_of_itself(server: Running) -> None:
    run = await finished(server, await begin(server, [TextDelta("Half"), RuntimeError("secret of the house")]))

    assert run.status == "failed"
    assert run.last_error is not None
    assert run.last_error.code == "server_error"
    assert "secret" not in run.model_dump_json()


async def test_a_model_that_never_finishes_its_answer_fails_the_run(server: Running) -> None:
    run = await finished(server, await begin(server, [TextDelta("Half")]))

    assert run.status == "failed"


# -- token limits


async def test_an_answer_cut_at_the_token_limit_is_incomplete(server: Running) -> None:
    server.model.will([TextDelta("Half"), Finished("max_output_tokens", Usage(10, 256), [])])
    assistant = await server.assistant()
    thread = await server.thread("Hello")
    body = {"assistant_id": assistant.id, "max_completion_tokens": 256}

    events = await stream(server, f"/threads/{thread.id}/runs", body)

    assert names(events)[-4:] == [
        "thread.message.incomplete",
        "thread.run.step.completed",
        "thread.run.incomplete",
        "done",
    ]
    run = events[-2].data
    assert run["incomplete_details"] == {"reason": "max_completion_tokens"}
    assert run["usage"]["total_tokens"] == 266
    assert server.model.requests[0].max_output_tokens == 256


async def test_what_the_content_filter_cuts_is_incomplete_too(server: Running) -> None:
    run = await finished(server, await begin(server, [TextDelta("Half"), Finished("content_filter", Usage(10, 5), [])]))

    assert run.status == "incomplete"
    message = (await server.client.beta.threads.messages.list(run.thread_id)).data[0]
    assert message.incomplete_details is not None
    assert message.incomplete_details.reason == "content_filter"


async def test_the_second_completion_gets_what_the_first_has_left(server: Running) -> None:
    run = await begin(server, calls(("weather", "{}"), usage=Usage(20, 200)), max_completion_tokens=300)
    await until(server, run, "requires_action")
    server.model.will(words("Sunny."))

    await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )

    assert [request.max_output_tokens for request in server.model.requests] == [300, 100]


@pytest.mark.parametrize(
    ("limit", "usage"),
    [
        ("max_completion_tokens", Usage(20, 300)),
        ("max_completion_tokens", Usage(20, 290)),  # fewer tokens are left than a provider takes as a limit
        ("max_prompt_tokens", Usage(300, 5)),
    ],
)
async def test_a_run_whose_tokens_are_used_up_ends_before_the_next_completion(
    server: Running, limit: str, usage: Usage
) -> None:
    run = await begin(server, calls(("weather", "{}"), usage=usage), **{limit: 300})
    await until(server, run, "requires_action")

    run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )

    assert run.status == "incomplete"
    assert run.incomplete_details is not None
    assert run.incomplete_details.reason == limit
    assert len(server.model.requests) == 1


async def test_tokens_are_estimated_where_the_provider_does_not_count_them(server: Running) -> None:
    run = await finished(server, await begin(server, words("The answer to that is one half.", usage=Usage())))

    assert run.usage is not None
    assert 5 <= run.usage.completion_tokens <= 15
    assert 10 <= run.usage.prompt_tokens <= 40
    assert run.usage.total_tokens == run.usage.prompt_tokens + run.usage.completion_tokens


# -- expiry


async def test_a_run_expires_ten_minutes_after_it_was_made(server: Running) -> None:
    run = await begin(server, words("Hi."))

    assert run.expires_at == run.created_at + 600


async def test_a_run_at_work_expires(tmp_path: Path) -> None:
    async with running(tmp_path, run_expires_after=3) as server:
        server.model.will([TextDelta("Half"), Hold(asyncio.Event())])
        assistant = await server.assistant()
        thread = await server.thread("Hello")

        events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id})

    assert names(events)[-4:] == ["thread.message.incomplete", "thread.run.step.expired", "thread.run.expired", "done"]


async def test_a_waiting_run_expires_and_frees_its_thread(tmp_path: Path) -> None:
    clock = SettableClock()
    async with running(tmp_path, clock=clock, run_expires_after=600) as server:
        waiting = await until(server, await begin(server, calls(("weather", "{}"))), "requires_action")
        clock.ahead = 600
        run = await until(server, waiting, "expired")

        with pytest.raises(openai.BadRequestError, match='Runs in status "expired" do not accept tool outputs'):
            await server.client.beta.threads.runs.submit_tool_outputs(
                run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "late"))
            )
        (step,) = (await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id)).data
        assert step.status == "expired"
        await server.client.beta.threads.messages.create(run.thread_id, role="user", content="Are you there?")


@pytest.mark.parametrize("ahead", [3_600.0, 86_400.0])
async def test_a_clock_set_forward_expires_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    real = time.time
    async with running(tmp_path, run_expires_after=600) as server:
        waiting = await until(server, await begin(server, calls(("weather", "{}"))), "requires_action")
        monkeypatch.setattr(time, "time", lambda: real() + ahead)
        await check(server)
        monkeypatch.setattr(time, "time", real)
        server.model.will(words("Sunny."))
        run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=waiting.id, thread_id=waiting.thread_id, tool_outputs=outputs(("call_1", "sun"))
        )
    assert run.status == "completed"


async def test_a_run_that_was_spared_goes_on_when_it_is_answered(tmp_path: Path) -> None:
    model, clock = ScriptedModel(), SettableClock()
    async with running(tmp_path, model, clock=clock, run_expires_after=600) as server:
        waiting = await until(server, await begin(server, calls(("weather", "{}"))), "requires_action")
    clock.ahead = 86_400.0
    async with running(tmp_path, model, clock=clock, run_expires_after=600) as server:
        server.model.will(words("Sunny."))
        run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=waiting.id, thread_id=waiting.thread_id, tool_outputs=outputs(("call_1", "sun"))
        )
    assert run.status == "completed"


async def test_a_clock_that_is_ahead_when_the_server_starts_spares_what_waits_for_as_long_as_runs_last(
    tmp_path: Path,
) -> None:
    model, clock = ScriptedModel(), SettableClock()
    async with running(tmp_path, model, clock=clock, run_expires_after=600) as server:
        waiting = await until(server, await begin(server, calls(("weather", "{}"))), "requires_action")
    clock.ahead = 86_400.0
    async with running(tmp_path, model, clock=clock, run_expires_after=600) as server:
        await check(server)
        clock.ahead += 590
        await check(server)
        assert (await until(server, waiting, "requires_action", "expired")).status == "requires_action"
        clock.ahead += 20
        await until(server, waiting, "expired")


# -- restarts


async def test_a_waiting_run_goes_on_after_a_restart(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with running(tmp_path, model) as server:
        run = await begin(server, calls(("weather", '{"city":"수원"}')))
        await until(server, run, "requires_action")
    model.will(words("Sunny."))
    async with running(tmp_path, model) as server:
        run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
        )

    assert run.status == "completed"
    types = [item["type"] for item in model.requests[-1].input]
    assert types == ["message", "reasoning", "function_call", "function_call_output"]


async def test_a_waiting_run_can_be_cancelled_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        run = await begin(server, calls(("weather", "{}")))
        await until(server, run, "requires_action")
    async with running(tmp_path) as server:
        await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        run = await finished(server, run)

    assert run.status == "cancelled"


async def test_a_run_at_work_when_the_server_stops_has_failed_and_says_why(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        run = await begin(server, [TextDelta("Half"), Hold(asyncio.Event())])
        await until(server, run, "in_progress")
        await eventually(lambda: server.said(run.thread_id))
    async with running(tmp_path) as server:
        run = await server.client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
        message = (await server.client.beta.threads.messages.list(run.thread_id)).data[0]

    assert run.status == "failed"
    assert run.last_error is not None
    assert run.last_error.code == "server_error"
    assert "stopped" in run.last_error.message
    assert message.status == "incomplete"


async def test_a_reader_is_told_when_the_server_stops(tmp_path: Path) -> None:
    reading: asyncio.Task[list[Event]]
    async with running(tmp_path) as server:
        server.model.will([TextDelta("Half"), Hold(asyncio.Event())])
        assistant = await server.assistant()
        thread = await server.thread("Hello")
        reading = asyncio.create_task(stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id}))
        await eventually(lambda: server.said(thread.id))

    assert names(await reading)[-2:] == ["thread.run.failed", "done"]


async def test_metadata_of_a_run_at_work_cannot_change(server: Running) -> None:
    gate = asyncio.Event()
    run = await begin(server, [Hold(gate), *words("Hi.")])
    await until(server, run, "in_progress")

    status, body = await ask(server, "POST", f"/threads/{run.thread_id}/runs/{run.id}", json={"metadata": {"a": "b"}})
    gate.set()
    await finished(server, run)
    changed = await server.client.beta.threads.runs.update(run.id, thread_id=run.thread_id, metadata={"a": "b"})

    assert (status, body["error"]["message"]) == (400, "Cannot update run with status 'in_progress'.")
    assert changed.metadata == {"a": "b"}


async def test_deleting_a_thread_ends_its_run(server: Running) -> None:
    run = await begin(server, [TextDelta("Half"), Hold(asyncio.Event())])
    await until(server, run, "in_progress")

    deleted = await server.client.beta.threads.delete(run.thread_id)

    assert deleted.deleted
    assert server.model.closed == 1
    with pytest.raises(openai.NotFoundError):
        await server.client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)


async def test_a_run_whose_end_cannot_be_written_is_ended_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.2)
    spoken = asyncio.Event()
    model = ScriptedModel()
    model.will([TextDelta("x = "), Hold(spoken), TextDelta("1"), Finished("completed", USAGE, [])])
    async with running(tmp_path, model, run_expires_after=7 * 86400) as server:
        assistant, thread = await server.assistant(), await server.thread("Solve 3x = 3.")
        heard: list[str] = []
        other = sqlite3.connect(tmp_path / "assistants.sqlite3", isolation_level=None)

        async def listen() -> None:
            async for event in await server.client.beta.threads.runs.create(
                thread.id, assistant_id=assistant.id, stream=True
            ):
                heard.append(event.event)
                if event.event == "thread.message.delta" and not spoken.is_set():
                    other.execute("BEGIN IMMEDIATE")  # another process writes, and does not stop
                    spoken.set()

        with pytest.raises(openai.APIError, match="The server cannot use its database"):
            await listen()
        other.execute("ROLLBACK")
        other.close()
        (run,) = (await server.client.beta.threads.runs.list(thread.id)).data

        async def failed() -> bool:
            return (await server.client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)).status == "failed"

        await eventually(failed)
        again = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert "thread.run.completed" not in heard
    assert again.status == "completed"
