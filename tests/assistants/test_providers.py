"""What providers in the wild do differently, and what becomes of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistants.models.base import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    ModelError,
    ModelEvent,
    ModelRequest,
    PromptTooLongError,
    TextDelta,
    Usage,
)
from assistants.models.chat import ChatModel
from assistants.models.responses import ResponsesModel
from assistants.models.select import open_model
from assistants.models.upstream import Upstream
from tests.assistants.provider import Answer, Provider, chunk, fragment, lines, refused, responded, said
from workers import Pool

WEATHER = FunctionTool("weather", "The weather in a city.", {"type": "object", "properties": {"city": {}}})
SUNNY = '{"city": "Suwon"}'


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock: nobody waits between attempts."""
    monkeypatch.setattr("assistants.models.upstream.FIRST_WAIT", 0.0)


def user(text: str) -> Item:
    return {"type": "message", "role": "user", "content": text}


def asking(*items: Item, **values: Any) -> ModelRequest:
    values.setdefault("tools", (WEATHER,))
    return ModelRequest("some-model", "Be brief.", items or (user("hello"),), **values)


async def heard(provider: Provider, request: ModelRequest | None = None, *, api: str = "chat") -> list[ModelEvent]:
    async with Upstream(provider.url, "sk-1") as upstream:
        model = ChatModel(upstream) if api == "chat" else ResponsesModel(upstream)
        return [event async for event in model.stream(request or asking())]


async def answered(*answers: Answer, api: str = "chat", request: ModelRequest | None = None) -> list[ModelEvent]:
    async with Provider(*answers) as provider:
        return await heard(provider, request, api=api)


async def refusal(*answers: Answer, api: str = "chat", request: ModelRequest | None = None) -> ModelError:
    with pytest.raises(ModelError) as raised:
        await answered(*answers, api=api, request=request)
    return raised.value


def text(found: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in found if isinstance(event, TextDelta))


def called(found: Sequence[ModelEvent]) -> list[tuple[str, str]]:
    """Names and arguments of the calls, put together from the pieces and as the output has them."""
    started = [event for event in found if isinstance(event, CallStarted)]
    assert [call.index for call in started] == list(range(len(started)))
    assert len({call.call_id for call in started}) == len(started)
    streamed = [
        (call.name, "".join(e.delta for e in found if isinstance(e, CallArguments) and e.index == call.index))
        for call in started
    ]
    output = [item for item in finished(found).output if item["type"] == "function_call"]
    assert [(item["name"], item["arguments"]) for item in output] == streamed
    assert [item["call_id"] for item in output] == [call.call_id for call in started]
    return streamed


def finished(found: Sequence[ModelEvent]) -> Finished:
    last = found[-1]
    assert isinstance(last, Finished)
    return last


HELLO = (chunk({"role": "assistant"}), chunk({"content": None}), chunk({"content": "Hello."}))
END = chunk({}, "stop")


@pytest.mark.parametrize(
    "answer",
    [
        lines(*HELLO, END),
        lines(*HELLO, END, done=False),
        lines(*HELLO, END, end="\r\n\r\n"),
        lines(*HELLO, END, end="\n"),
        lines(": OPENROUTER PROCESSING", HELLO[0], ": keep-alive", *HELLO[1:], "event: ping", "data:", END),
        lines(*HELLO),
        lines(*HELLO, "data: not JSON behind", END, "data: not JSON behind the end"),
        lines({"choices": [], "prompt_filter_results": []}, *HELLO, {"choices": None}, END),
        lines(*HELLO[:2], chunk({"content": [{"type": "text", "text": "Hello."}]}), END),
        lines(chunk({"reasoning_content": "Hm."}), chunk({"reasoning": "Hm.", "content": ""}), *HELLO, END),
        lines(chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}), *HELLO, END),
        Answer(b'data: {"choices": [{"delta": {"content": "Hello."}, "finish_reason": "stop"}]}'),
        Answer(lines(*HELLO, END, done=False).data, cut=True),
        Answer(
            json.dumps({"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}]}).encode(),
            content_type="application/json; charset=utf-8",
        ),
        Answer(lines(*HELLO, END).data, content_type="text/plain"),
    ],
    ids=[
        "plain",
        "no [DONE]",
        "CRLF",
        "no blank lines",
        "comments, other fields, empty data",
        "[DONE] and no finish_reason",
        "nonsense between",
        "Azure's and others' empty choices",
        "content in parts",
        "reasoning fields",
        "thoughts in parts",
        "no line end at all",
        "cut behind the end",
        "not streamed",
        "another content type",
    ],
)
async def test_an_answer_gets_through_however_it_is_told(answer: Answer) -> None:
    assert text(await answered(answer)) == "Hello."


@pytest.mark.parametrize(
    "pieces", [["<think>Hm, ", "x?</thi", "nk>", "\n\n", "x = 1."], ["<think>\n\n</think>\n\nx = 1."]]
)
async def test_thoughts_in_front_of_an_answer_are_not_part_of_it(pieces: list[str]) -> None:
    found = await answered(lines(*(chunk({"content": piece}) for piece in pieces), END))
    assert text(found) == "x = 1."
    assert finished(found).output[0]["content"][0]["text"] == "x = 1."
    deltas = [{"type": "response.output_text.delta", "output_index": 0, "delta": piece} for piece in pieces]
    message = {"type": "message", "content": [{"type": "output_text", "text": "".join(pieces)}]}
    end = {"type": "response.completed", "response": {"output": [message]}}
    found = await answered(lines(*deltas, end), api="responses")
    assert text(found) == "x = 1."
    assert finished(found).output[0]["content"][0]["text"] == "x = 1."


@pytest.mark.parametrize("answer", ["a < b", "  <b>bold</b>", "<think", "<think>never ended", "So: <think>x</think>"])
async def test_an_answer_that_only_looks_like_thoughts_is_shown(answer: str) -> None:
    assert text(await answered(lines(*(chunk({"content": piece}) for piece in answer), END))) == answer


async def test_thoughts_cut_at_the_token_limit_are_not_shown() -> None:
    found = await answered(lines(chunk({"content": "<think>Hm, let me"}), chunk({}, "length")))
    assert text(found) == ""
    assert finished(found).reason == "max_output_tokens"


async def test_blank_words_before_a_call_are_no_message() -> None:
    found = await answered(lines(chunk({"content": "\n\n"}), fragment("weather", SUNNY, index=0, id="a"), END))
    assert text(found) == ""
    assert called(found) == [("weather", SUNNY)]


TWO = [("weather", '{"city": "A"}'), ("weather", '{"city": "B"}')]
A, B = '{"city": "A"}', '{"city": "B"}'


@pytest.mark.parametrize(
    "chunks",
    [
        [fragment("weather", A, index=0, id="a"), fragment("weather", B, index=1, id="b")],
        [fragment("weather", A, index=0, id="a"), fragment("weather", B, index=0, id="b")],
        [fragment("weather", A, index=0), fragment("weather", B, index=0)],
        [fragment("weather", A, index=0, id=""), fragment("weather", B, index=1, id="")],
        [fragment("weather", A, index=0, id="call_0"), fragment("weather", B, index=1, id="call_0")],
        [fragment("weather", A), fragment("weather", B)],
        [chunk({"tool_calls": [{"function": {"name": "weather", "arguments": a}} for a in (A, B)]})],
        [chunk({"tool_calls": [{"function": {"name": "weather", "arguments": {"city": c}}} for c in "AB"]})],
        [
            fragment("weather", "", index=0, id="a"),
            fragment(None, A[:5], index=0),
            fragment("", A[5:], index=0, id=""),
            fragment("weather", "", index=1, id="b"),
            fragment(None, B, index=1, id=None),
        ],
        [
            fragment("weather", A[:5], index=0, id="a"),
            fragment("weather", A[5:], index=0, id="a"),
            fragment("weather", B[:5], index=1),
            fragment("weather", B[5:], index=1),
        ],
        [
            fragment(None, "", index=0, id="a"),
            fragment("weather", A, index=0),
            fragment(None, B[:5], index=1, id="b"),
            fragment("weather", B[5:], index=1),
        ],
    ],
    ids=[
        "as documented",
        "index 0 for all",
        "index 0 for all and no ids",
        "empty ids",
        "one id for all",
        "neither index nor id",
        "all in one",
        "arguments as objects",
        "in pieces, with empty names and ids",
        "the name in every piece",
        "the name late",
    ],
)
@pytest.mark.parametrize("finish", ["tool_calls", "stop"])
async def test_calls_are_told_apart_and_put_together(chunks: list[dict[str, Any]], finish: str) -> None:
    found = await answered(lines(*chunks, chunk({}, finish)))
    assert [(name, json.loads(arguments)) for name, arguments in called(found)] == [
        (name, json.loads(arguments)) for name, arguments in TWO
    ]


@pytest.mark.parametrize("arguments", [None, "", " "])
async def test_a_call_without_arguments_has_an_empty_object(arguments: str | None) -> None:
    ((_, streamed),) = called(await answered(lines(fragment("now", arguments, index=0, id="a"), END)))
    assert json.loads(streamed) == {}
    call = {"type": "function_call", "call_id": "a", "name": "now", "arguments": arguments}
    ((_, streamed),) = called(await answered(responded(call), api="responses"))
    assert json.loads(streamed) == {}


@pytest.mark.parametrize(
    ("events", "usage"),
    [
        ([*HELLO, END], Usage()),
        ([{**event, "usage": {"prompt_tokens": 3, "completion_tokens": 2}} for event in (*HELLO, END)], Usage(3, 2)),
        ([*HELLO, END, {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}], Usage(3, 2)),
        ([{**HELLO[2], "usage": None}, {**END, "usage": {"prompt_tokens": None, "total_tokens": 5}}], Usage()),
    ],
    ids=["never", "in every chunk", "behind the end", "null"],
)
async def test_usage_is_taken_as_it_comes(events: list[dict[str, Any]], usage: Usage) -> None:
    assert finished(await answered(lines(*events))).usage == usage


@pytest.mark.parametrize("finish", ["length", "max_tokens", "model_length"])
async def test_an_answer_cut_short_is_known_by_any_name(finish: str) -> None:
    assert finished(await answered(lines(*HELLO, chunk({}, finish)))).reason == "max_output_tokens"


# -- ids of calls


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("given", ["functions.weather:0", "call_0", "aB3dE6gH9"])
async def test_a_call_has_an_id_of_its_own_and_the_provider_is_told_its_own(api: str, given: str) -> None:
    async with Provider(
        lines(fragment("weather", SUNNY, index=0, id=given), END)
        if api == "chat"
        else responded({"type": "function_call", "call_id": given, "name": "weather", "arguments": SUNNY}),
        said("Sunny.") if api == "chat" else responded(),
    ) as provider:
        found = await heard(provider, api=api)
        (call,) = [item for item in finished(found).output if item["type"] == "function_call"]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
        assert call["call_id"] != given
        await heard(provider, asking(user("hello"), call, output), api=api)
        sent = json.dumps(provider.sent)
    assert sent.count(f'"{given}"') == 2
    assert call["call_id"] not in sent
    assert "provider_call_id" not in sent


async def test_an_id_like_openais_stays_as_it_is() -> None:
    given = "call_DdmO9pD3xa9XTPNJ32zg2hcA"
    found = await answered(lines(fragment("weather", SUNNY, index=0, id=given), END))
    assert [event.call_id for event in found if isinstance(event, CallStarted)] == [given]


async def test_what_a_model_wants_to_hear_again_with_the_output_is_said_again() -> None:
    signed = {"google": {"thought_signature": "c2ln"}}
    async with Provider(
        lines(
            chunk({"reasoning_content": "Suwon, "}),
            chunk({"reasoning_content": "then."}),
            fragment("weather", SUNNY, index=0, id="a", extra_content=signed),
            END,
        ),
        said("Sunny."),
    ) as provider:
        output = list(finished(await heard(provider)).output)
        (call,) = [item for item in output if item["type"] == "function_call"]
        answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
        await heard(provider, asking(user("hello"), *output, answer))
        _, _, told, result = provider.sent
    assert told["reasoning_content"] == "Suwon, then."
    assert told["tool_calls"][0]["extra_content"] == signed
    assert result["tool_call_id"] == told["tool_calls"][0]["id"] == "a"


async def test_people_who_speak_one_after_another_are_one_message() -> None:
    picture = {"role": "user", "content": [{"type": "input_image", "image_url": "https://a.b/c.png"}]}
    async with Provider(said("Hi.")) as provider:
        await heard(provider, asking(user("One."), user("Two."), picture, user("Three.")))
        roles = [message["role"] for message in provider.sent]
        parts = provider.sent[1]["content"]
    assert roles == ["system", "user"]
    assert [part.get("text") for part in parts] == ["One.\n\nTwo.", None, "Three."]


# -- refusals


@pytest.mark.parametrize(
    ("answer", "code", "said_of_it"),
    [
        (lines({"error": {"message": "Overloaded", "code": 503}}), "server_error", "Overloaded"),
        (lines({"error": {"message": "Slow down", "code": 429}}), "rate_limit_exceeded", "rate limit"),
        (lines({"error": "Something broke"}), "server_error", "Something broke"),
        (lines({"object": "error", "message": "Bad schema", "code": 400}), "invalid_prompt", "Bad schema"),
        (
            lines(
                {
                    "error": {
                        "code": 502,
                        "message": "Provider returned error",
                        "metadata": {"raw": "upstream sneezed", "provider_name": "X"},
                    }
                }
            ),
            "server_error",
            "upstream sneezed",
        ),
        (
            Answer(b'{"error": "Unexpected endpoint or method."}', content_type="application/json"),
            "server_error",
            "Unexpected endpoint",
        ),
        (
            Answer(b'[{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}]', 429, "application/json"),
            "rate_limit_exceeded",
            "rate limit",
        ),
        (Answer(b"<html>502</html>", 502, "text/html"), "server_error", "Bad Gateway"),
        (Answer(b"<html>Welcome</html>", 200, "text/html"), "server_error", "OPENAI_BASE_URL"),
        (Answer(b"<html>Not found</html>", 404, "text/html"), "server_error", "OPENAI_BASE_URL"),
        (refused(404, {"error": {"message": "model 'x' not found"}}), "server_error", "does not have that model"),
        (Answer(b"", 301, headers={"Location": "https://elsewhere/v1"}), "server_error", "https://elsewhere"),
        (refused(422, {"detail": [{"loc": ["body"], "msg": "field required"}]}), "invalid_prompt", "field required"),
        (lines(chunk({"content": 5})), "server_error", "broke off"),
        (lines([1, 2, 3]), "server_error", "broke off"),  # type: ignore[arg-type]
        (lines(), "server_error", "broke off"),
    ],
)
async def test_whatever_goes_wrong_is_a_code_and_a_sentence(answer: Answer, code: str, said_of_it: str) -> None:
    error = await refusal(answer)
    assert (error.code, type(error)) == (code, ModelError)
    assert said_of_it in error.message


async def test_a_fault_of_the_request_is_not_tried_again() -> None:
    async with Provider(lines({"error": {"message": "Bad.", "type": "invalid_request_error"}})) as provider:
        with pytest.raises(ModelError):
            await heard(provider)
        assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "parameter"),
    [
        (400, {"message": "Unsupported parameter: 'temperature'", "param": "temperature"}, "temperature"),
        (400, {"message": "gpt-5 models don't support temperature=0.5. Only 1 is supported."}, "temperature"),
        (400, {"message": "property 'parallel_tool_calls' is unsupported"}, "parallel_tool_calls"),
        (422, {"message": "stream_options: Extra inputs are not permitted"}, "stream_options"),
        (400, {"message": "This response_format type is unavailable now"}, "response_format"),
        (404, {"message": "No endpoints found that support the provided 'tool_choice' value."}, "tool_choice"),
    ],
)
async def test_a_parameter_that_is_not_taken_is_left_out(status: int, error: dict[str, Any], parameter: str) -> None:
    request = asking(temperature=0.5, response_format={"type": "json_object"}, tool_choice="required")
    async with Provider(refused(status, {"error": error}), said("Yes.")) as provider:
        assert text(await heard(provider, request)) == "Yes."
        first, second = provider.requests
    assert first.keys() - second.keys() == {parameter}


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_a_schema_that_is_wrong_is_not_quietly_left_out(api: str) -> None:
    told = "Invalid schema for response_format 'answer': 'required' is required to be an array."
    answer = refused(400, {"error": {"message": told, "param": "text.format.schema", "code": "invalid_json_schema"}})
    format_ = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {}}}
    error = await refusal(answer, request=asking(response_format=format_), api=api)
    assert told in error.message


async def test_the_limit_of_tokens_goes_by_the_name_that_the_provider_knows() -> None:
    told = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    answer = refused(400, {"error": {"message": told, "param": "max_tokens", "code": "unsupported_parameter"}})
    async with Provider(answer, said("Yes.")) as provider:
        await heard(provider, asking(max_output_tokens=300))
        assert provider.requests[0]["max_tokens"] == 300
        assert provider.requests[1]["max_completion_tokens"] == 300
        assert "max_tokens" not in provider.requests[1]


TOOLLESS = refused(400, {"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}})


async def test_a_model_that_cannot_call_functions_answers_without_them() -> None:
    async with Provider(TOOLLESS, said("I think so.")) as provider:
        assert text(await heard(provider)) == "I think so."
        assert not provider.requests[1].keys() & {"tools", "tool_choice", "parallel_tool_calls"}


async def test_a_call_that_is_owed_cannot_be_had_from_a_model_that_cannot_call() -> None:
    error = await refusal(TOOLLESS, request=asking(tool_choice="weather"))
    assert "does not support tools" in error.message


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        (
            refused(
                400,
                {
                    "error": {
                        "message": "This model's maximum context length is 8192 tokens. However, you requested 9000.",
                        "code": "context_length_exceeded",
                    }
                },
            ),
            8192,
        ),
        (
            refused(
                400,
                {
                    "error": {
                        "code": 400,
                        "message": "request (5000 tokens) exceeds the available context size (4096 tokens), try it",
                        "type": "exceed_context_size_error",
                    }
                },
            ),
            4096,
        ),
        (lines({"error": {"message": "Your input exceeds the context window of this model."}}), None),
        (refused(413, {"error": {"message": "Request too large for model", "code": "rate_limit_exceeded"}}), None),
        (refused(400, [{"error": {"message": "The input token count (9) exceeds the maximum number (8)"}}]), None),
    ],
)
@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_a_prompt_that_is_too_long_is_known_as_such_and_the_window_remembered(
    answer: Answer, tokens: int | None, api: str
) -> None:
    async with Provider(answer) as provider, Upstream(provider.url, None) as upstream:
        model = ChatModel(upstream) if api == "chat" else ResponsesModel(upstream)
        before = model.context_window("some-model")
        with pytest.raises(PromptTooLongError, match="too long for the model"):
            _ = [event async for event in model.stream(asking())]
        assert len(provider.requests) == 1
        assert model.context_window("some-model") == (tokens or before)


# -- the Responses API


async def test_reasoning_that_another_provider_encrypted_is_left_out() -> None:
    told = {"code": "invalid_encrypted_content", "message": "The encrypted content could not be verified."}
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    call = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "weather", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "c", "output": "sunny"}
    async with Provider(refused(400, {"error": told}), responded({"type": "message", "content": []})) as provider:
        await heard(provider, asking(user("hello"), reasoning, call, output), api="responses")
        assert [item["type"] for item in provider.sent] == ["message", "function_call", "function_call_output"]
        assert not any("id" in item for item in provider.sent)


MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "weather", "arguments": SUNNY}


@pytest.mark.parametrize(
    "events",
    [
        [{"type": "response.completed", "response": {"output": [MESSAGE, CALL]}}],
        [
            {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello."},
            {"type": "response.output_item.done", "output_index": 1, "item": CALL},
            {"type": "response.completed", "response": {"output": [], "usage": None}},
        ],
        [
            {"type": "response.created", "response": {}},
            {"type": "response.brand_new_event", "delta": "?"},
            {"type": "response.reasoning_text.delta", "delta": "Hm."},
            {"type": "response.output_text.delta", "item_id": "m", "delta": "Hello."},
            {"type": "response.output_item.added", "item": {**CALL, "arguments": ""}},
            {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "delta": SUNNY},
            {"type": "response.completed", "response": {"output": [MESSAGE, {**CALL, "id": "fc_another"}]}},
        ],
        [
            {"type": "response.output_text.delta", "output_index": 0, "delta": "Hello."},
            {"type": "response.output_item.added", "output_index": 1, "item": {**CALL, "arguments": ""}},
            {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": SUNNY},
            {"type": "response.completed", "response": {}},
        ],
        [
            {"type": "response.output_text.delta", "output_index": 0, "delta": "Hello."},
            {"type": "response.completed", "response": {"output": [MESSAGE, CALL]}},
        ],
    ],
    ids=["only the end", "only whole items", "ids without indexes", "calls without items", "calls only at the end"],
)
async def test_a_response_gets_through_however_it_is_told(events: list[dict[str, Any]]) -> None:
    found = await answered(lines(*events, done=False), api="responses")
    assert text(found) == "Hello."
    assert called(found) == [("weather", SUNNY)]


async def test_a_response_that_is_not_streamed_gets_through() -> None:
    body = {"object": "response", "status": "completed", "output": [MESSAGE], "error": None}
    answer = Answer(json.dumps(body).encode(), content_type="application/json")
    assert text(await answered(answer, api="responses")) == "Hello."


async def test_two_messages_of_one_completion_are_two_paragraphs() -> None:
    found = await answered(
        lines(
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "One."},
            {"type": "response.output_text.delta", "output_index": 2, "content_index": 0, "delta": "Two."},
            {"type": "response.completed", "response": {}},
        ),
        api="responses",
    )
    assert text(found) == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("event", "code", "said_of_it"),
    [
        ({"type": "response.failed", "response": {"error": {"code": "invalid_prompt", "message": "No."}}}, 0, "No."),
        ({"type": "response.failed", "response": {"error": None}}, 1, "has a fault"),
        ({"type": "error", "code": "rate_limit_exceeded", "message": "Slow down."}, 2, "rate limit"),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "Bad."}}, 0, "Bad."),
        ({"error": {"message": "Engine died"}}, 1, "Engine died"),
        ({"type": "response.output_item.added", "item": 7}, 1, "broke off"),
    ],
)
async def test_a_response_that_fails_is_a_code_and_a_sentence(event: Any, code: int, said_of_it: str) -> None:
    error = await refusal(lines(event), api="responses")
    assert error.code == ("invalid_prompt", "server_error", "rate_limit_exceeded")[code]
    assert said_of_it in error.message


# -- addresses


async def test_a_query_in_the_address_goes_with_every_request() -> None:
    async with Provider(said("Yes.")) as provider:
        provider.url += "/?api-version=2024-10-21"
        await heard(provider)
        assert provider.asked == ["/v1/chat/completions?api-version=2024-10-21"]


@pytest.mark.parametrize(
    ("probe", "path"),
    [
        (Answer(b'{"error": "Unexpected endpoint or method."}', 200, "application/json"), "/v1/chat/completions"),
        (Answer(b"404 page not found", 404, "text/plain"), "/v1/chat/completions"),
        (refused(400, {"error": {"message": "Missing 'model'"}}), "/v1/responses"),
        (refused(422, {"detail": "field required"}), "/v1/responses"),
    ],
)
async def test_the_api_is_found_out_from_what_the_provider_says(probe: Answer, path: str) -> None:
    async with (
        Provider(probe, said("Hi.") if "chat" in path else responded(MESSAGE)) as provider,
        Pool() as pool,
        open_model(api=None, key="k", url=provider.url, window=None, pool=pool) as model,
    ):
        assert text([event async for event in model.stream(asking())])
        assert provider.asked == ["/v1/responses", path]


async def test_a_provider_that_was_down_is_asked_again_what_it_has() -> None:
    down = Answer(b"", 503, "text/plain")
    async with (
        Provider(down, down, down, down, down, Answer(b"", 404, "text/plain"), said("Hi.")) as provider,
        Pool() as pool,
        open_model(api=None, key="k", url=provider.url, window=None, pool=pool) as model,
    ):
        with pytest.raises(ModelError):
            _ = [event async for event in model.stream(asking())]
        assert text([event async for event in model.stream(asking())]) == "Hi."


# Connections


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_the_next_answer_comes_over_the_connection_of_the_last(api: str) -> None:
    answer = said("Good.") if api == "chat" else responded({**MESSAGE, "content": [{"type": "output_text", "text": "Good."}]})
    async with Provider(replace(answer, lingers=0.01)) as provider, Upstream(provider.url, "sk-1") as upstream:
        model = ChatModel(upstream) if api == "chat" else ResponsesModel(upstream)
        for _ in range(3):
            assert text([event async for event in model.stream(asking())]) == "Good."
            await asyncio.sleep(0.2)
    assert len(provider.requests) == 3
    assert len(provider.connections) == 1


async def test_a_stream_that_does_not_end_behind_its_last_word_is_not_waited_for() -> None:
    async with (
        asyncio.timeout(20),
        Provider(replace(said("Good."), lingers=3600)) as provider,
        Upstream(provider.url, "sk-1") as upstream,
    ):
        assert text([event async for event in ChatModel(upstream).stream(asking())]) == "Good."


async def test_an_answer_that_nobody_wants_any_more_is_not_read_on() -> None:
    answer = replace(lines(chunk({"content": "Good."}), done=False), lingers=3600)
    async with Provider(answer) as provider, Upstream(provider.url, "sk-1") as upstream:
        events = ChatModel(upstream).stream(asking())
        assert isinstance(await anext(events), TextDelta)
        await events.aclose()
        async with asyncio.timeout(20):
            while provider.open_connections:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
