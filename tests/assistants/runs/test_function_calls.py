"""Function calls: a run waits for the client's outputs, and `tool_choice` says which tools the model must use."""

from typing import Any

import openai
import pytest
from openai.types.beta import FunctionToolParam
from openai.types.beta.threads import Run

from assistants.models.model_protocol import CallArguments, CallStarted, Finished, TextDelta, Usage
from tests.assistants.conftest import Running
from tests.assistants.raw_http import ask, names, stream
from tests.assistants.scripted_model import USAGE, calls, message_item, words


def function(name: str) -> FunctionToolParam:
    parameters: dict[str, object] = {
        "type": "object",
        "required": ["city"],
        "properties": {"city": {"type": "string"}},
    }
    return {"type": "function", "function": {"name": name, "description": f"The {name}.", "parameters": parameters}}


async def start(server: Running, *tools: str, **body: Any) -> Run:
    assistant = await server.assistant(tools=[function(name) for name in tools or ("weather",)])
    thread = await server.thread("How is the weather?")
    return await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, **body)


def outputs(*given: tuple[str, str]) -> list[Any]:
    return [{"tool_call_id": call_id, "output": output} for call_id, output in given]


async def test_who_cancels_a_run_right_after_its_outputs_pays_for_no_answer(server: Running) -> None:
    server.model.will(calls(("weather", "{}")), words("Nobody waits for this."))
    run = await start(server)
    runs = server.client.beta.threads.runs

    await runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun")))
    await runs.cancel(run.id, thread_id=run.thread_id)
    run = await runs.poll(run.id, thread_id=run.thread_id)

    assert run.status == "cancelled"
    assert len(server.model.requests) == 1
    steps = (await runs.steps.list(run.id, thread_id=run.thread_id)).data
    details = steps[0].step_details
    assert details.type == "tool_calls"
    assert [call.function.output for call in details.tool_calls if call.type == "function"] == ["sun"]


async def test_outputs_are_submitted_and_polled(server: Running) -> None:
    server.model.will(calls(("weather", '{"city":"수원"}'), ("weather", '{"city":"서울"}')), words("둘 다 맑아요."))
    run = await start(server)
    assert run.status == "requires_action"
    assert run.required_action is not None
    asked = run.required_action.submit_tool_outputs.tool_calls
    assert [call.function.arguments for call in asked] == ['{"city":"수원"}', '{"city":"서울"}']

    run = await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_2", "rain"), ("call_1", "sun"))
    )

    assert run.status == "completed"
    assert run.required_action is None
    assert run.usage is not None
    assert run.usage.prompt_tokens == 2 * USAGE.prompt_tokens
    items = server.model.requests[-1].input
    assert [item["type"] for item in items] == [
        "message",
        "reasoning",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
    ]
    assert [item["output"] for item in items[-2:]] == ["sun", "rain"]  # in the order of the calls
    steps = (await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc")).data
    assert [(step.type, step.status) for step in steps] == [
        ("tool_calls", "completed"),
        ("message_creation", "completed"),
    ]
    details = steps[0].step_details
    assert details.type == "tool_calls"
    assert [call.function.output for call in details.tool_calls if call.type == "function"] == ["sun", "rain"]


async def test_outputs_are_submitted_and_streamed(server: Running) -> None:
    server.model.will(calls(("weather", "{}")), words("Sunny."))
    run = await start(server)

    async with server.client.beta.threads.runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    ) as running:
        text = "".join([piece async for piece in running.text_deltas])
        final = await running.get_final_run()

    assert text == "Sunny."
    assert final.status == "completed"


async def test_a_second_round_of_calls_is_answered_too(server: Running) -> None:
    server.model.will(
        calls(("weather", "{}")), calls(("weather", '{"city":"서울"}'), first="call_7"), words("Sunny everywhere.")
    )
    run = await start(server)
    submit = server.client.beta.threads.runs.submit_tool_outputs_and_poll

    run = await submit(run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun")))
    assert run.status == "requires_action"
    run = await submit(run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_7", "sun")))

    assert run.status == "completed"
    types = [item["type"] for item in server.model.requests[-1].input]
    assert types == ["message", *["reasoning", "function_call", "function_call_output"] * 2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (outputs(("call_1", "x")), "Expected tool outputs for call_ids ['call_1','call_2'], got ['call_1']"),
        (
            outputs(("call_1", "x"), ("call_9", "y")),
            "Expected tool outputs for call_ids ['call_1','call_2'], got ['call_1','call_9']",
        ),
        (
            outputs(("call_1", "x"), ("call_1", "y"), ("call_2", "z")),
            "Expected tool outputs for call_ids ['call_1','call_2'], got ['call_1','call_1','call_2']",
        ),
        ([], "Expected tool outputs for call_ids ['call_1','call_2'], got []"),
    ],
)
async def test_outputs_must_answer_exactly_what_was_asked(server: Running, given: list[Any], said: str) -> None:
    server.model.will(calls(("weather", "{}"), ("weather", "{}")), words("Fine."))
    run = await start(server)
    submit = server.client.beta.threads.runs.submit_tool_outputs

    with pytest.raises(openai.BadRequestError) as refused:
        await submit(run.id, thread_id=run.thread_id, tool_outputs=given)

    assert refused.value.body is not None
    assert refused.value.body["message"] == said  # type: ignore[index]
    await submit(run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "a"), ("call_2", "b")))


async def test_outputs_for_a_run_that_waits_for_none_are_refused(server: Running) -> None:
    run = await start(server)

    status, body = await ask(
        server,
        "POST",
        f"/threads/{run.thread_id}/runs/{run.id}/submit_tool_outputs",
        json={"tool_outputs": outputs(("call_1", "x"))},
    )

    assert (status, body["error"]["message"]) == (400, 'Runs in status "completed" do not accept tool outputs.')


async def test_a_waiting_run_locks_its_thread(server: Running) -> None:
    server.model.will(calls(("weather", "{}")))
    run = await start(server)
    threads = server.client.beta.threads

    with pytest.raises(
        openai.BadRequestError, match=f"Can't add messages to {run.thread_id} while a run {run.id} is active"
    ):
        await threads.messages.create(run.thread_id, role="user", content="And tomorrow?")
    with pytest.raises(openai.BadRequestError, match=f"Thread {run.thread_id} already has an active run {run.id}"):
        await threads.runs.create(run.thread_id, assistant_id=run.assistant_id)


async def test_a_later_run_knows_what_was_called_and_answered(server: Running) -> None:
    server.model.will(calls(("weather", '{"city":"수원"}')), words("Sunny."))
    run = await start(server)
    threads = server.client.beta.threads
    await threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", '{"sky":"sun"}'))
    )

    await threads.messages.create(run.thread_id, role="user", content="Where was that?")
    await threads.runs.create_and_poll(thread_id=run.thread_id, assistant_id=run.assistant_id)

    items = server.model.requests[-1].input
    assert items[1] == {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"수원"}'}
    assert items[2] == {"type": "function_call_output", "call_id": "call_1", "output": '{"sky":"sun"}'}
    assert [item.get("content") for item in items if item["type"] == "message"] == [
        "How is the weather?",
        "Sunny.",
        "Where was that?",
    ]


async def test_a_call_of_an_unknown_function_is_answered_by_the_server(server: Running) -> None:
    server.model.will(calls(("wether", "{}")), words("I cannot say."))

    run = await start(server)

    assert run.status == "completed"
    assert server.model.requests[-1].input[-1]["output"] == "There is no function named wether."


# -- tool_choice


def choices(server: Running) -> list[str]:
    return [request.tool_choice for request in server.model.requests]


async def test_required_binds_until_a_call_and_never_after_outputs(server: Running) -> None:
    server.model.will(calls(("weather", "{}")), words("Sunny."))
    run = await start(server, tool_choice="required")

    await server.client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(("call_1", "sun"))
    )

    assert choices(server) == ["required", "auto"]


async def test_a_named_function_is_forced(server: Running) -> None:
    server.model.will(calls(("time", "{}")))

    run = await start(server, "weather", "time", tool_choice={"type": "function", "function": {"name": "time"}})

    assert run.status == "requires_action"
    assert choices(server) == ["time"]


async def test_none_keeps_the_model_from_calling(server: Running) -> None:
    await start(server, tool_choice="none")

    assert choices(server) == ["none"]


async def test_a_model_that_ignores_the_choice_is_reminded_once_and_its_words_are_not_shown(server: Running) -> None:
    server.model.will(words("I would rather talk."), calls(("weather", "{}")))
    assistant = await server.assistant(tools=[function("weather")])
    thread = await server.thread("How is the weather?")

    events = await stream(
        server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id, "tool_choice": "required"}
    )

    assert "thread.message.created" not in names(events)
    assert names(events)[-2:] == ["thread.run.requires_action", "done"]
    assert "call one of the tools" in server.model.requests[1].input[-1]["content"]


async def test_a_model_that_ignores_the_reminder_too_may_speak(server: Running) -> None:
    server.model.will(words("I would rather talk."), words("I insist."))

    run = await start(server, tool_choice="required")

    assert run.status == "completed"
    messages = (await server.client.beta.threads.messages.list(run.thread_id)).data
    assert messages[0].content[0].type == "text"
    assert messages[0].content[0].text.value == "I insist."
    assert choices(server) == ["required", "required"]


async def test_words_before_a_forced_call_are_shown(server: Running) -> None:
    server.model.will(calls(("weather", "{}"), before="Let me look."))

    run = await start(server, tool_choice="required")

    messages = (await server.client.beta.threads.messages.list(run.thread_id)).data
    assert messages[0].content[0].type == "text"
    assert messages[0].content[0].text.value == "Let me look."


@pytest.mark.parametrize(
    "choice",
    [{"type": "function", "function": {"name": "time"}}, {"type": "file_search"}, {"type": "function"}],
)
async def test_a_choice_of_a_tool_that_is_not_there_is_refused(server: Running, choice: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await start(server, tool_choice=choice)


async def test_a_call_cut_off_by_the_token_limit_is_not_asked_of_the_client(server: Running) -> None:
    server.model.will(
        [
            CallStarted(0, "call_1", "weather"),
            CallArguments(0, '{"ci'),
            Finished("max_output_tokens", Usage(10, 256), []),
        ]
    )

    run = await start(server, max_completion_tokens=256)

    assert run.status == "incomplete"
    assert run.required_action is None
    (step,) = (await server.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id)).data
    assert step.status == "failed"


async def test_a_run_of_endless_calls_to_nowhere_comes_to_an_end(server: Running) -> None:
    def again(request: Any) -> list[Any]:
        if request.tool_choice == "none":
            return [TextDelta("Enough."), Finished("completed", Usage(1, 1), [message_item("Enough.")])]
        return calls(("nowhere", "{}"), first=f"call_{len(server.model.requests)}")

    server.model.otherwise = again

    run = await start(server)

    assert run.status == "completed"
    assert len(server.model.requests) == 16
