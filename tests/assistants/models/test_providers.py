"""What providers do differently, and how it is understood."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI
from pydantic import SecretStr

from assistants.http_server import serve_on_loopback
from assistants.models.model_protocol import CallStarted, Usage
from assistants.models.reported_usage import reported_usage
from assistants.settings import Settings
from tests.assistants.models.fake_provider import (
    SUNNY,
    Answer,
    FakeProvider,
    answered,
    asking,
    called,
    chunk,
    finished,
    fragment,
    heard,
    lines,
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
        Answer(lines(*HELLO, END).data, content_type="application/json"),
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
        "a wrong content type",
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


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"cached_tokens": 2, "reasoning_tokens": 4}, Usage(3, 9, 2, reasoning_tokens=4)),
        ({"cached_tokens": 2, "cache_write_tokens": 1}, Usage(3, 9, 2, cache_write_tokens=1)),
        ({"reasoning_tokens": 4}, Usage(3, 9, reasoning_tokens=4)),
        ({"cached_tokens": None, "reasoning_tokens": None}, Usage(3, 9)),
        ({"cached_tokens": -1, "reasoning_tokens": "many"}, Usage(3, 9)),
        ({"cached_tokens": True, "reasoning_tokens": 4.0}, Usage(3, 9, reasoning_tokens=4)),
        (None, Usage(3, 9)),
        ([], Usage(3, 9)),
    ],
)
@pytest.mark.parametrize(
    ("prompt", "completion"), [("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")]
)
def test_the_details_of_usage_are_taken_as_far_as_they_are_told(
    told: object, usage: Usage, prompt: str, completion: str
) -> None:
    reported = {prompt: 3, completion: 9, f"{prompt}_details": told, f"{completion}_details": told}
    assert reported_usage(reported, prompt=prompt, completion=completion) == usage


@pytest.mark.parametrize("told", [{"prompt_cache_hit_tokens": 2}, {"cached_tokens": 2}], ids=["DeepSeek", "Moonshot"])
def test_cached_tokens_are_found_where_some_providers_have_them(told: dict[str, int]) -> None:
    reported = {"prompt_tokens": 3, "completion_tokens": 9, **told}
    assert reported_usage(reported, prompt="prompt_tokens", completion="completion_tokens") == Usage(3, 9, 2)


@pytest.mark.parametrize("told", [None, [], "3", {"prompt_tokens": "3", "completion_tokens": float("inf")}])
def test_usage_that_is_no_numbers_counts_nothing(told: object) -> None:
    assert reported_usage(told, prompt="prompt_tokens", completion="completion_tokens") == Usage()


async def test_both_apis_tell_how_much_was_thought() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 4}}
    end = {"choices": [], "usage": usage}
    assert finished(await answered(lines(*HELLO, END, end))).usage == Usage(3, 9, reasoning_tokens=4)
    usage = {"input_tokens": 3, "output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 4}}
    response = {"output": [], "usage": usage}
    done = {"type": "response.completed", "response": response}
    assert finished(await answered(lines(done), api="responses")).usage == Usage(3, 9, reasoning_tokens=4)


@pytest.mark.parametrize("finish", ["length", "max_tokens", "model_length"])
async def test_an_answer_cut_short_is_known_by_any_name(finish: str) -> None:
    assert finished(await answered(lines(*HELLO, chunk({}, finish)))).reason == "max_output_tokens"


# -- ids of calls


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("given", ["functions.weather:0", "call_0", "aB3dE6gH9"])
async def test_a_call_has_an_id_of_its_own_and_the_provider_is_told_its_own(api: str, given: str) -> None:
    async with FakeProvider(
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
    async with FakeProvider(
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
    async with FakeProvider(said("Hi.")) as provider:
        await heard(provider, asking(user("One."), user("Two."), picture, user("Three.")))
        roles = [message["role"] for message in provider.sent]
        parts = provider.sent[1]["content"]
    assert roles == ["system", "user"]
    assert [part.get("text") for part in parts] == ["One.\n\nTwo.", None, "Three."]


async def test_a_run_keeps_the_providers_ids_through_submitted_outputs_and_into_later_runs(tmp_path: Path) -> None:
    call = lines(fragment("weather", SUNNY, index=0, id="functions.weather:0"), END)
    async with (
        FakeProvider(call, said("Sunny."), said("Bye.")) as provider,
        Pool(size=1) as pool,
        serve_on_loopback(settings(tmp_path, provider.url), pool=pool) as address,
        AsyncOpenAI(base_url=address.url, api_key=address.key, max_retries=0) as client,
    ):
        tool: Any = {"type": "function", "function": {"name": "weather"}}
        assistant = await client.beta.assistants.create(model="some-model", tools=[tool])
        thread = await client.beta.threads.create(messages=[{"role": "user", "content": "Is it sunny?"}])
        run = await client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert run.required_action is not None
        (asked,) = run.required_action.submit_tool_outputs.tool_calls
        assert asked.id.startswith("call_")
        run = await client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread.id, tool_outputs=[{"tool_call_id": asked.id, "output": "yes"}]
        )
        await client.beta.threads.runs.create_and_poll(
            thread_id=thread.id,
            assistant_id=assistant.id,
            additional_messages=[{"role": "user", "content": "Thanks."}],
        )
    assert run.status == "completed"
    for request in provider.requests[1:]:
        (_, made, result) = request["messages"][:3]
        assert made["tool_calls"][0]["id"] == result["tool_call_id"] == "functions.weather:0"
        assert "provider_call_id" not in json.dumps(request)


def settings(data_dir: Path, url: str) -> Settings:
    values: dict[str, Any] = {"data_dir": data_dir, "embedding_model": "", "model_api": "chat", "openai_base_url": url}
    return Settings(_env_file=None, openai_api_key=SecretStr("k"), **values)  # type: ignore[call-arg]


# -- the Responses API


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
