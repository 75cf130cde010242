"""Errors of providers, and what follows: another request, or an error with a code and a sentence."""

from dataclasses import replace
from typing import Any

import pytest

from assistants.models.api_detection import open_model
from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import ModelError, PromptTooLongError
from assistants.models.provider_client import ProviderClient
from assistants.models.provider_errors import retry_after
from assistants.models.responses_request import ResponsesModel
from tests.assistants.models.fake_provider import (
    Answer,
    FakeProvider,
    answered,
    asking,
    chunk,
    heard,
    lines,
    refusal,
    refused,
    responded,
    said,
    text,
    user,
)
from workers import Pool


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no pauses between attempts."""
    monkeypatch.setattr("assistants.models.provider_client.FIRST_WAIT", 0.0)


MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]}


@pytest.mark.parametrize(
    ("answer", "code", "said_of_it"),
    [
        (lines({"error": {"message": "Overloaded", "code": 503}}), "server_error", "Overloaded"),
        (lines({"error": {"message": "Slow down", "code": 429}}), "rate_limit_exceeded", "rate limit"),
        (refused(402, {"error": {"message": "Insufficient Balance"}}), "rate_limit_exceeded", "quota"),
        (lines({"error": "Something broke"}), "server_error", "Something broke"),
        (lines({"object": "error", "message": "Bad schema", "code": 400}), "invalid_prompt", "Bad schema"),
        (
            lines(
                {
                    "error": {
                        "code": 502,
                        "message": "FakeProvider returned error",
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


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "300", "Retry-After": "1"}, 0.3),
        ({"retry-after-ms": "x", "Retry-After": "1"}, 1.0),
        ({"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:09 GMT"}, 9.0),
        ({"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:27:09 GMT"}, None),
        ({"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:09"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        *(({"Retry-After": text}, None) for text in ("soon", "", "-5", "0", "nan", "inf")),
    ],
)
def test_when_to_ask_again_is_read_from_seconds_milliseconds_or_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


async def test_who_would_wait_for_an_hour_is_told_at_once() -> None:
    refusal_for_long = refused(429, {"error": {"message": "Slow down"}})
    refusal_for_long = replace(refusal_for_long, headers={"Retry-After": "3600"})
    async with FakeProvider(refusal_for_long, said("Too late.")) as provider:
        with pytest.raises(ModelError, match="rate limit"):
            await heard(provider)
        assert len(provider.requests) == 1


async def test_a_fault_of_the_request_is_not_tried_again() -> None:
    async with FakeProvider(lines({"error": {"message": "Bad.", "type": "invalid_request_error"}})) as provider:
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
    async with FakeProvider(refused(status, {"error": error}), said("Yes.")) as provider:
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
    async with FakeProvider(answer, said("Yes.")) as provider:
        await heard(provider, asking(max_output_tokens=300))
        assert provider.requests[0]["max_tokens"] == 300
        assert provider.requests[1]["max_completion_tokens"] == 300
        assert "max_tokens" not in provider.requests[1]


@pytest.mark.parametrize(
    "answer",
    [
        refused(400, {"error": {"message": "Failed to call a function.", "code": "tool_use_failed"}}),
        lines({"error": {"message": "Failed to call a function.", "code": "tool_use_failed", "status_code": 400}}),
        lines(chunk({"content": None}, "function_call_filter: MALFORMED_FUNCTION_CALL")),
    ],
)
async def test_a_call_that_the_provider_itself_cannot_read_is_asked_for_again(answer: Answer) -> None:
    assert text(await answered(answer, said("Sunny."))) == "Sunny."


async def test_a_server_that_was_not_told_to_read_calls_answers_without_them() -> None:
    told = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    answer = refused(400, {"object": "error", "message": told})
    assert text(await answered(answer, said("I think so."))) == "I think so."


TOOLLESS = refused(400, {"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}})


async def test_a_model_that_cannot_call_functions_answers_without_them() -> None:
    async with FakeProvider(TOOLLESS, said("I think so.")) as provider:
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
        (Answer(b"<html>Request Entity Too Large</html>", 413, "text/html"), None),
        (refused(400, [{"error": {"message": "The input token count (9) exceeds the maximum number (8)"}}]), None),
    ],
)
@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_a_prompt_that_is_too_long_is_known_as_such_and_the_window_remembered(
    answer: Answer, tokens: int | None, api: str
) -> None:
    async with FakeProvider(answer) as provider, ProviderClient(provider.url, None) as client:
        model = ChatModel(client) if api == "chat" else ResponsesModel(client)
        before = model.context_window("some-model")
        with pytest.raises(PromptTooLongError, match="too long for the model"):
            _ = [event async for event in model.stream(asking())]
        assert len(provider.requests) == 1
        assert model.context_window("some-model") == (tokens or before)


async def test_reasoning_that_another_provider_encrypted_is_left_out() -> None:
    told = {"code": "invalid_encrypted_content", "message": "The encrypted content could not be verified."}
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    call = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "weather", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "c", "output": "sunny"}
    async with FakeProvider(refused(400, {"error": told}), responded({"type": "message", "content": []})) as provider:
        await heard(provider, asking(user("hello"), reasoning, call, output), api="responses")
        assert [item["type"] for item in provider.sent] == ["message", "function_call", "function_call_output"]
        assert not any("id" in item for item in provider.sent)


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
    async with FakeProvider(said("Yes.")) as provider:
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
        FakeProvider(probe, said("Hi.") if "chat" in path else responded(MESSAGE)) as provider,
        Pool() as pool,
        open_model(api=None, key="k", url=provider.url, window=None, pool=pool) as model,
    ):
        assert text([event async for event in model.stream(asking())])
        assert provider.asked == ["/v1/responses", path]


async def test_a_provider_that_was_down_is_asked_again_what_it_has() -> None:
    down = Answer(b"", 503, "text/plain")
    async with (
        FakeProvider(down, down, down, down, down, Answer(b"", 404, "text/plain"), said("Hi.")) as provider,
        Pool() as pool,
        open_model(api=None, key="k", url=provider.url, window=None, pool=pool) as model,
    ):
        with pytest.raises(ModelError):
            _ = [event async for event in model.stream(asking())]
        assert text([event async for event in model.stream(asking())]) == "Hi."
