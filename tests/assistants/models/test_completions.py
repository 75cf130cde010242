"""Completions by both APIs from a scripted provider: the same requests give the same events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from assistants.models.api_detection import DetectedModel, open_model
from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    Model,
    ModelError,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.models.provider_client import ProviderClient
from assistants.models.responses_request import ResponsesModel
from assistants.runs.tool_calls import last_answered_calls
from tests.assistants.models.fake_provider import FakeProvider, heard, lines, responded
from tests.scripted_openai import Call, Fault, ScriptedOpenAI, Turn, tool_outputs
from workers import Pool

WEATHER = FunctionTool("weather", "The weather in a city.", {"type": "object", "properties": {"city": {}}})


@pytest.fixture
async def openai() -> AsyncIterator[ScriptedOpenAI]:
    async with ScriptedOpenAI() as server:
        yield server


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts are noted, and not waited for."""
    pauses: list[float] = []
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await really(0)

    monkeypatch.setattr("assistants.models.provider_client.asyncio.sleep", sleep)
    return pauses


@pytest.fixture(params=["responses", "chat"])
async def model(request: pytest.FixtureRequest, openai: ScriptedOpenAI) -> AsyncIterator[Model]:
    async with ProviderClient(openai.url, openai.key) as client:
        yield ResponsesModel(client) if request.param == "responses" else ChatModel(client)


def user(text: str) -> Item:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def asking(*items: Item, tools: tuple[FunctionTool, ...] = (), **values: object) -> ModelRequest:
    input_items = items or (user("hello"),)
    return ModelRequest("gpt-6-luna", "Be brief.", input_items, tools=tools, **values)  # type: ignore[arg-type]


async def events(model: Model, request: ModelRequest) -> list[ModelEvent]:
    return [event async for event in model.stream(request)]


def text(found: list[ModelEvent]) -> str:
    return "".join(event.text for event in found if isinstance(event, TextDelta))


async def test_an_answer_streams_word_by_word_and_ends_with_its_usage(model: Model, openai: ScriptedOpenAI) -> None:
    openai.say("3x = 3, so x = 1.")
    found = await events(model, asking())
    assert text(found) == "3x = 3, so x = 1."
    assert len(found) > 3
    assert found[-1] == Finished("completed", Usage(11, 7, 0), found[-1].output)  # type: ignore[union-attr]


async def test_calls_come_in_pieces_that_join_to_their_arguments(model: Model, openai: ScriptedOpenAI) -> None:
    openai.turns.append(
        Turn("Let me look.", calls=[Call("weather", {"city": "Suwon"}), Call("weather", {"city": "서울"})])
    )
    found = await events(model, asking(tools=(WEATHER,)))
    started = [event for event in found if isinstance(event, CallStarted)]
    assert [(call.index, call.name) for call in started] == [(0, "weather"), (1, "weather")]
    arguments = ["".join(e.delta for e in found if isinstance(e, CallArguments) and e.index == n) for n in (0, 1)]
    assert arguments == ['{"city":"Suwon"}', '{"city":"서울"}']
    assert len({call.call_id for call in started}) == 2


async def test_a_call_and_its_output_go_back_as_the_provider_wants_them(model: Model, openai: ScriptedOpenAI) -> None:
    openai.turns.extend([Turn(calls=[Call("weather", {"city": "Suwon"})], reasoning=True), Turn("It rains.")])
    question = user("Weather?")
    found = await events(model, asking(question, tools=(WEATHER,)))
    finished, started = found[-1], next(event for event in found if isinstance(event, CallStarted))
    assert isinstance(finished, Finished)
    output = {"type": "function_call_output", "call_id": started.call_id, "output": '{"sky": "rain"}'}
    again = await events(model, asking(question, *finished.output, output, tools=(WEATHER,)))
    assert text(again) == "It rains."
    assert tool_outputs(openai.requests[-1]) == ['{"sky": "rain"}']


async def test_a_later_run_tells_of_a_call_without_its_reasoning(model: Model, openai: ScriptedOpenAI) -> None:
    openai.turns.extend([Turn(calls=[Call("weather", {"city": "Suwon"})], reasoning=True), Turn("It will.")])
    finished = (await events(model, asking(user("Weather?"), tools=(WEATHER,))))[-1]
    assert isinstance(finished, Finished)
    (call,) = (item for item in finished.output if item["type"] == "function_call")
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "rain"}
    told = last_answered_calls([*finished.output, output])
    assert text(await events(model, asking(user("Weather?"), *told, user("Tomorrow too?")))) == "It will."


@pytest.mark.parametrize("reason", ["max_output_tokens", "content_filter"])
async def test_an_answer_cut_short_says_why(model: Model, openai: ScriptedOpenAI, reason: str) -> None:
    openai.turns.append(Turn("Once upon a", incomplete=reason))
    finished = (await events(model, asking()))[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == reason


async def test_a_refusal_is_told_from_an_answer(model: Model, openai: ScriptedOpenAI) -> None:
    openai.turns.append(Turn(refusal="I can't help with that."))
    assert TextDelta("I can't help with that.", refusal=True) in await events(model, asking())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503),
        Fault(429, code="rate_limit_exceeded", headers={"Retry-After": "1"}),
        Fault(in_stream=True),
        Turn("lost", drop_after=0),
    ],
    ids=["500", "503", "429", "failed in the stream", "dropped before the first token"],
)
async def test_a_passing_fault_is_tried_again(
    model: Model, openai: ScriptedOpenAI, no_waiting: list[float], fault: Fault | Turn
) -> None:
    openai.turns.extend([fault, Turn("Here I am.")])
    assert text(await events(model, asking())) == "Here I am."
    assert len(openai.requests) == 2
    assert len(no_waiting) >= 1


async def test_a_stream_that_breaks_off_between_a_message_and_its_first_word_is_begun_again(
    no_waiting: list[float],
) -> None:
    announced = lines(
        {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message"}}, done=False
    )
    good = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Good."}]}
    async with FakeProvider(replace(announced, cut=True), responded(good)) as provider:
        assert text(await heard(provider, api="responses")) == "Good."
    assert len(provider.requests) == 2
    assert no_waiting


async def test_retry_after_is_waited_for(model: Model, openai: ScriptedOpenAI, no_waiting: list[float]) -> None:
    openai.turns.extend([Fault(429, headers={"Retry-After": "7"}), Turn("Here.")])
    await events(model, asking())
    assert 7.0 <= no_waiting[0] <= 9.0


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        (Fault(500), "server_error", "fault (500)"),
        (Fault(429), "rate_limit_exceeded", "rate limit"),
        (Fault(429, code="insufficient_quota"), "rate_limit_exceeded", "quota"),
        (Fault(400, "Too long.", "context_length_exceeded"), "invalid_prompt", "Too long."),
        (Fault(401, "Incorrect API key provided: sk-abc123."), "server_error", "refused the key"),
        (Fault(400, "Bad key sk-abc123."), "invalid_prompt", "sk-…"),
    ],
)
async def test_a_lasting_fault_ends_in_a_code_and_a_sentence(
    model: Model, openai: ScriptedOpenAI, no_waiting: list[float], fault: Fault, code: str, sentence: str
) -> None:
    openai.reply = lambda _: fault
    with pytest.raises(ModelError) as raised:
        await events(model, asking())
    assert raised.value.code == code
    assert sentence in raised.value.message
    assert "sk-abc123" not in raised.value.message


async def test_a_stream_that_breaks_off_keeps_its_words_and_is_not_begun_again(
    model: Model, openai: ScriptedOpenAI
) -> None:
    openai.turns.append(Turn("one two three four", drop_after=3))
    heard: list[ModelEvent] = []

    async def listen() -> None:
        async for event in model.stream(asking()):
            heard.append(event)  # noqa: PERF401 - what was heard before the fault counts

    with pytest.raises(ModelError, match="broke off"):
        await listen()
    assert heard
    assert len(openai.requests) == 1


async def test_an_unknown_model_is_named(model: Model) -> None:
    with pytest.raises(ModelError, match="gpt-dead"):
        await events(model, ModelRequest("gpt-dead", "", [user("hi")]))


async def test_a_parameter_that_the_provider_does_not_take_is_left_out_from_then_on(
    model: Model, openai: ScriptedOpenAI
) -> None:
    openai.refused_parameters = {"parallel_tool_calls"}
    openai.say("One.", "Two.")
    request = asking(tools=(WEATHER,))
    assert text(await events(model, request)) == "One."
    assert text(await events(model, request)) == "Two."
    assert ["parallel_tool_calls" in body for body in openai.requests] == [True, False, False]


async def test_what_is_not_taken_is_learnt_by_all_who_ask_at_once(model: Model, openai: ScriptedOpenAI) -> None:
    openai.refused_parameters = {"parallel_tool_calls", "tool_choice"}
    found = await asyncio.gather(*(events(model, asking(tools=(WEATHER,))) for _ in range(5)))
    assert [text(answer) for answer in found] == ["You said: hello"] * 5


async def test_closing_the_stream_ends_the_request_upstream(model: Model, openai: ScriptedOpenAI) -> None:
    openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    async with aclosing(model.stream(asking())) as stream:
        async for event in stream:
            if event == TextDelta("one "):
                break
    assert not openai.finished


async def test_a_named_function_is_asked_for_by_name(model: Model, openai: ScriptedOpenAI) -> None:
    await events(model, asking(tools=(WEATHER,), tool_choice="weather"))
    asked = openai.requests[-1]["tool_choice"]
    assert asked in (
        {"type": "function", "name": "weather"},
        {"type": "function", "function": {"name": "weather"}},
    )


async def test_pictures_go_along(model: Model, openai: ScriptedOpenAI) -> None:
    picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "high"}
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Look"}, picture]}
    await events(model, asking(message))
    body = openai.requests[-1]
    sent = (body.get("input") or body["messages"][1:])[0]["content"][1]
    assert sent in (
        picture,
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "high"}},
    )


async def test_nothing_is_kept_at_the_provider(openai: ScriptedOpenAI) -> None:
    async with ProviderClient(openai.url, openai.key) as client:
        await events(ResponsesModel(client), asking(temperature=0.2))
    body = openai.requests[-1]
    assert body["store"] is False
    assert body["include"] == ["reasoning.encrypted_content"]
    assert "previous_response_id" not in body
    assert "temperature" not in body  # gpt-6 reasons, and would refuse it


async def test_a_json_schema_reaches_both_dialects(model: Model, openai: ScriptedOpenAI) -> None:
    schema = {"name": "answer", "schema": {"type": "object"}, "strict": True}
    await events(model, asking(response_format={"type": "json_schema", "json_schema": schema}))
    body = openai.requests[-1]
    sent = body.get("response_format") or body["text"]["format"]
    assert sent in (
        {"type": "json_schema", "json_schema": schema},
        {"type": "json_schema", **schema},
    )


async def test_the_models_are_listed(model: Model) -> None:
    assert "gpt-6-luna" in await model.list_models()


@pytest.mark.parametrize(("has_responses", "path"), [(True, "/v1/responses"), (False, "/v1/chat/completions")])
async def test_the_api_is_found_out(has_responses: bool, path: str) -> None:
    async with (
        ScriptedOpenAI(responses=has_responses) as openai,
        Pool() as pool,
        open_model(api=None, key=openai.key, url=openai.url, window=None, pool=pool) as model,
    ):
        assert isinstance(model, DetectedModel)
        openai.say("Found.")
        assert text(await events(model, asking())) == "Found."
        assert openai.received[-1].path == path


async def test_an_unreachable_provider_is_a_sentence(no_waiting: list[float]) -> None:
    async with ProviderClient("http://127.0.0.1:9/v1", None) as client:
        with pytest.raises(ModelError, match="cannot be reached"):
            await events(ResponsesModel(client), asking())
