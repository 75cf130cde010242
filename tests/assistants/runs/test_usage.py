"""What a run has used is told however it ends, and no run can use tokens without an end."""

import asyncio
from pathlib import Path

import pytest
from openai.types.beta.threads import Run

from assistants.models.model_protocol import CallArguments, CallStarted, ModelError, ModelRequest, TextDelta, Usage
from assistants.runs import execution
from assistants.runs.token_estimates import IMAGE, estimate_items
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.runs.test_function_calls import function, outputs, start
from tests.assistants.runs.test_run_tasks import begin, finished, until
from tests.assistants.scripted_model import USAGE, Hold, Script, ScriptedModel, calls, words

LONG = "What is one half of one half of one half? " * 40
"""A question of about 420 tokens."""


def tokens(run: Run) -> tuple[int, int]:
    """Prompt and completion tokens of a run."""
    assert run.usage is not None
    assert run.usage.total_tokens == run.usage.prompt_tokens + run.usage.completion_tokens
    return run.usage.prompt_tokens, run.usage.completion_tokens


async def cancelled(server: Running, run: Run) -> Run:
    await server.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    run = await finished(server, run)
    assert run.status == "cancelled"
    return run


async def ask_long(server: Running, script: Script) -> Run:
    server.model.will(script)
    assistant = await server.assistant()
    thread = await server.thread(LONG)
    return await server.client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)


async def test_a_run_that_is_cancelled_before_the_first_word_has_used_its_prompt(server: Running) -> None:
    run = await ask_long(server, [Hold(asyncio.Event())])
    await eventually(lambda: _asked(server, 1))

    prompt, completion = tokens(await cancelled(server, run))

    assert 400 <= prompt <= 550
    assert completion == 0


async def _asked(server: Running, count: int) -> bool:
    return len(server.model.requests) == count


async def test_a_run_that_is_cancelled_in_the_middle_has_used_what_was_heard_too(server: Running) -> None:
    said = [TextDelta("one half "), TextDelta("of one half "), TextDelta("is a quarter. ")] * 20
    run = await ask_long(server, [*said, Hold(asyncio.Event())])
    await eventually(lambda: server.said(run.thread_id))
    await asyncio.sleep(0.2)

    prompt, completion = tokens(await cancelled(server, run))

    assert 400 <= prompt <= 550
    assert 150 <= completion <= 250


async def test_arguments_that_were_begun_count_as_well(server: Running) -> None:
    half = [CallArguments(0, '{"city": "')] * 20
    run = await begin(server, [CallStarted(0, "call_1", "weather"), *half, Hold(asyncio.Event())])
    await until(server, run, "in_progress")
    await asyncio.sleep(0.3)

    _, completion = tokens(await cancelled(server, run))

    assert completion == 20 * 3


async def test_completions_that_have_ended_are_told_exactly_and_the_last_is_estimated(server: Running) -> None:
    run = await begin(server, calls(("weather", "{}")))
    run = await until(server, run, "requires_action")
    assert tokens(run) == (USAGE.prompt_tokens, USAGE.completion_tokens)
    server.model.will([TextDelta("Sunny."), Hold(asyncio.Event())])
    await server.client.beta.threads.runs.submit_tool_outputs(
        run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )
    await eventually(lambda: server.said(run.thread_id))

    prompt, completion = tokens(await cancelled(server, run))

    assert prompt > USAGE.prompt_tokens
    assert completion == USAGE.completion_tokens + 2


async def test_a_run_and_its_steps_tell_what_was_cached_and_what_was_thought(server: Running) -> None:
    first, second = Usage(200, 50, 100, reasoning_tokens=30), Usage(300, 20, 150, reasoning_tokens=5)
    run = await begin(server, calls(("weather", "{}"), usage=first))
    run = await until(server, run, "requires_action")
    server.model.will(words("Sunny.", usage=second))
    run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )

    assert run.model_dump()["usage"] == {
        "prompt_tokens": 500,
        "completion_tokens": 70,
        "total_tokens": 570,
        "prompt_token_details": {"cached_tokens": 250},
        "completion_tokens_details": {"reasoning_tokens": 35},
    }
    steps = await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc")
    told = [step.model_dump()["usage"] for step in steps.data]
    assert [usage["prompt_token_details"]["cached_tokens"] for usage in told] == [100, 150]
    assert [usage["completion_tokens_details"]["reasoning_tokens"] for usage in told] == [30, 5]


async def test_a_waiting_run_that_is_cancelled_has_used_what_it_had(server: Running) -> None:
    run = await begin(server, calls(("weather", "{}")))
    run = await until(server, run, "requires_action")
    assert tokens(await cancelled(server, run)) == (USAGE.prompt_tokens, USAGE.completion_tokens)


async def test_a_provider_that_refuses_costs_nothing_and_one_that_breaks_off_what_was_heard(server: Running) -> None:
    run = await finished(server, await begin(server, [ModelError("server_error", "no")]))
    assert (run.status, tokens(run)) == ("failed", (0, 0))

    run = await finished(server, await begin(server, [TextDelta("Half a word"), ModelError("server_error", "no")]))
    assert run.status == "failed"
    prompt, completion = tokens(run)
    assert prompt > 10
    assert completion == 3


async def test_a_run_that_expires_has_used_what_it_asked(tmp_path: Path) -> None:
    async with running(tmp_path, run_expires_after=1) as server:
        run = await finished(server, await ask_long(server, [Hold(asyncio.Event())]))
        assert run.status == "expired"
        assert tokens(run)[0] > 400


async def test_a_model_that_speaks_without_an_end_is_cut_at_its_context_window(tmp_path: Path) -> None:
    model = ScriptedModel(window=1_024)
    async with running(tmp_path, model) as server:
        run = await finished(server, await begin(server, [TextDelta("one half "), *[TextDelta("and one ")] * 2_000]))
    assert run.status == "incomplete"
    assert run.incomplete_details is not None
    assert run.incomplete_details.reason == "max_completion_tokens"
    assert 1_024 < tokens(run)[1] < 1_030
    assert model.closed == 1


async def test_a_run_has_only_so_many_completions_however_often_outputs_are_submitted(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "MAX_COMPLETIONS", 4)
    server.model.otherwise = lambda request: calls(("weather", "{}"), first=f"call_{len(server.model.requests)}")
    assistant = await server.assistant(tools=[function("weather")])
    thread = await server.thread("Hello")
    runs = server.client.beta.threads.runs
    run = await runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    for _ in range(6):
        if run.required_action is None:
            break
        given = [(call.id, "sun") for call in run.required_action.submit_tool_outputs.tool_calls]
        run = await runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs(*given))
    assert run.status == "failed"
    assert run.last_error is not None
    assert "4 completions" in run.last_error.message
    assert len(server.model.requests) == 4
    assert server.model.requests[-1].tool_choice == "none"
    assert tokens(run) == (4 * USAGE.prompt_tokens, 4 * USAGE.completion_tokens)


async def test_the_history_that_goes_along_is_bounded_and_the_newest_message_is_whole(tmp_path: Path) -> None:
    async with running(tmp_path, history_tokens=1_000) as server:
        assistant = await server.assistant()
        thread = await server.thread(*[LONG] * 5)
        await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        await server.client.beta.threads.messages.create(thread.id, role="user", content=LONG * 5)
        await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert [_lengths(request) for request in server.model.requests] == [[len(LONG)] * 2, [len(LONG) * 5]]


def _lengths(request: ModelRequest) -> list[int]:
    return [len(item["content"]) for item in request.input]


def test_pictures_are_part_of_an_estimate() -> None:
    picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"}
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is it?"}, picture]}
    assert estimate_items([item]) == IMAGE + 3


async def test_long_requests_and_what_is_written_into_the_cache_are_told_over_a_pause(server: Running) -> None:
    long = Usage(100_001, 7, 40, cache_write_tokens=60)
    server.model.will(calls(("weather", "{}"), usage=long), words("Sunny.", usage=Usage(100_000, 5, 1)))
    run = await start(server)
    run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )
    assert tokens(run) == (200_001, 12)
    assert run.usage is not None
    more = run.usage.model_extra or {}
    assert more["prompt_token_details"] == {"cached_tokens": 41, "cache_write_tokens": 60}
    assert more["long_requests"] == [
        {"prompt_tokens": 100_001, "completion_tokens": 7, "cached_tokens": 40, "cache_write_tokens": 60}
    ]
