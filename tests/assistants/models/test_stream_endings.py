"""How streams end, and arguments that come more than once: whole answers get through, half ones are said to be half."""

import asyncio
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.models.call_arguments import CallArguments
from assistants.models.chat_request import ChatModel
from assistants.models.finish_reasons import ending
from assistants.models.model_protocol import ModelError
from assistants.models.provider_client import ProviderClient
from tests.assistants.models.fake_provider import (
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
    refusal,
    said,
    text,
    user,
)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no pauses between attempts."""
    monkeypatch.setattr("assistants.models.provider_client.FIRST_WAIT", 0.0)


HALF = chunk({"content": "Half an ans"})


@pytest.mark.parametrize(
    "reason",
    [
        "error",
        "network_error",
        "insufficient_system_resource",
        "abort",
        "OTHER",
        "timeout",
        "a_new_word",
        "FinishReasonUnspecified",
    ],
)
async def test_an_answer_that_ended_for_no_known_reason_is_no_success(reason: str) -> None:
    error = await refusal(lines(HALF, chunk({}, reason)))
    assert (error.code, "broke off" in error.message) == ("server_error", True)


@pytest.mark.parametrize("reason", ["network_error", "error"])
async def test_it_is_asked_again_while_nothing_has_been_said(reason: str) -> None:
    assert text(await answered(lines(chunk({}, reason)), said("Whole."))) == "Whole."


@pytest.mark.parametrize(
    "last",
    [
        {
            "choices": [
                {"index": 0, "delta": {}, "finish_reason": "error", "error": {"code": 502, "message": "Upstream"}}
            ]
        },
        {"choices": [{"index": 0, "delta": {}, "error": {"message": "Upstream is gone", "code": "server_error"}}]},
        {"error": {"message": "Upstream is gone"}, "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]},
        {"base_resp": {"status_code": 1013, "status_msg": "Upstream is gone"}, "choices": None},
    ],
    ids=["OpenRouter", "without a reason", "beside the choices", "MiniMax"],
)
async def test_an_error_in_a_choice_is_an_error(last: dict[str, Any]) -> None:
    error = await refusal(lines(HALF, last))
    assert "Upstream" in error.message
    assert text(await answered(lines(last), said("Whole."))) == "Whole."


async def test_a_good_base_resp_is_no_error() -> None:
    good = {"base_resp": {"status_code": 0, "status_msg": ""}}
    assert text(await answered(lines({**chunk({"content": "Yes."}), **good}, chunk({}, "stop")))) == "Yes."


@pytest.mark.parametrize("reason", ["content_filter", "sensitive", "SAFETY", "RECITATION", "refusal", "content-filter"])
async def test_a_filter_is_known_by_any_name(reason: str) -> None:
    assert finished(await answered(lines(HALF, chunk({}, reason)))).reason == "content_filter"


@pytest.mark.parametrize(
    "reason", ["length", "MAX_TOKENS", "model_length", "model_context_window_exceeded", "maxTokens", {"type": "length"}]
)
async def test_a_limit_is_known_by_any_name(reason: Any) -> None:
    assert finished(await answered(lines(HALF, chunk({}, reason)))).reason == "max_output_tokens"


@pytest.mark.parametrize("reason", ["stop", "STOP", "end_turn", "eos_token", "eos", "tool_calls", "endTurn"])
async def test_a_whole_answer_is_known_by_any_name(reason: str) -> None:
    assert finished(await answered(lines(chunk({"content": "All."}), chunk({}, reason)))).reason == "completed"


@pytest.mark.parametrize("reason", [None, "", "null", "None", {}])
def test_no_reason_is_none(reason: Any) -> None:
    assert ending(reason) is None


USAGE = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}


@pytest.mark.parametrize(
    "answer",
    [
        lines(chunk({"content": "Whole."}), done=False),
        lines(chunk({"content": "Whole."}, ""), chunk({}, ""), USAGE, done=False),
        Answer(lines(chunk({"content": "Whole."}), USAGE, done=False).data, cut=True),
        lines(chunk({"content": "Whole."}), chunk({}, "stop"), done=False),
    ],
    ids=["neither a reason nor [DONE]", "empty reasons", "usage, then cut", "a reason and no [DONE]"],
)
async def test_a_whole_answer_without_done_is_whole(answer: Answer) -> None:
    assert text(await answered(answer)) == "Whole."


@pytest.mark.parametrize(
    "answer",
    [
        Answer(lines(HALF, done=False).data, cut=True),
        lines(fragment("weather", '{"city": "Su', index=0, id="a"), done=False),
        lines(fragment("weather", '{"city": "Su', index=0, id="a")),
        lines(chunk({"role": "assistant"}), done=False),
    ],
    ids=["a connection that breaks", "half a call", "half a call and [DONE]", "nothing"],
)
async def test_a_stream_that_breaks_off_is_broken(answer: Answer) -> None:
    assert "broke off" in (await refusal(answer)).message


async def test_where_streams_say_that_they_are_over_one_that_does_not_is_broken() -> None:
    answers = said("Whole."), lines(HALF, done=False)
    async with FakeProvider(*answers) as provider, ProviderClient(provider.url, "k") as client:
        model = ChatModel(client)
        assert text([event async for event in model.stream(asking())]) == "Whole."
        with pytest.raises(ModelError, match="broke off"):
            assert [event async for event in model.stream(asking())]


async def test_a_stream_that_stays_open_behind_its_end_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistants.models.completion_attempts.OPEN_END", 0.1)
    data = lines(chunk({"content": "Whole."}), chunk({}, "stop"), done=False).data
    async with asyncio.timeout(10):
        assert text(await answered(Answer(data, lingers=30.0))) == "Whole."


# -- the Responses API

DELTA = {"type": "response.output_text.delta", "output_index": 0, "delta": "Whole."}
MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": "Whole."}]}
ADDED = {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message"}}
ITEM_DONE = {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE}


async def test_a_response_whose_items_have_ended_is_whole() -> None:
    assert text(await answered(lines(ADDED, DELTA, ITEM_DONE, done=False), api="responses")) == "Whole."
    assert text(await answered(lines(ADDED, DELTA, ITEM_DONE), api="responses")) == "Whole."


@pytest.mark.parametrize(
    "events",
    [
        [ADDED, DELTA],
        [ADDED, DELTA, ITEM_DONE, {**ADDED, "output_index": 1}],
        [DELTA, {"type": "response.cancelled", "response": {}}],
        [DELTA, {"type": "response.completed", "response": {"status": "in_progress"}}],
        [DELTA, {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "a_new_word"}}}],
        [DELTA, {"type": "response.completed", "response": {"status": "failed"}}],
    ],
)
async def test_half_a_response_is_no_success(events: list[dict[str, Any]]) -> None:
    assert (await refusal(lines(*events, done=False), api="responses")).code == "server_error"


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"reason": "max_output_tokens"}, "max_output_tokens"),
        (None, "max_output_tokens"),
        ({"reason": "content_filter"}, "content_filter"),
        ({"reason": "sensitive"}, "content_filter"),
    ],
)
async def test_an_incomplete_response_says_why(details: Any, reason: str) -> None:
    end = {"type": "response.completed", "response": {"status": "incomplete", "incomplete_details": details}}
    assert finished(await answered(lines(DELTA, end), api="responses")).reason == reason


# -- arguments that come more than once

AGAIN = {
    "in pieces": ['{"city":', '"Suwon"}'],
    "and whole at the end": ['{"city":', '"Suwon"}', '{"city":"Suwon"}'],
    "and whole at the end, written otherwise": ['{"city":', '"Suwon"}', '{ "city": "Suwon" }'],
    "and whole twice": ['{"city":"Suwon"}', '{"city":"Suwon"}', '{"city":"Suwon"}'],
    "growing": ["{", '{"city"', '{"city":"Su', '{"city":"Suwon"}'],
    "growing, brackets closed": ["{}", '{"city":"Su"}', '{"city":"Suwon"}'],
    "an empty object first": ["{}", '{"city":', '"Suwon"}'],
    "blank first": ["", " ", '{"city":"Suwon"}'],
    "the whole, then nothing": ['{"city":"Suwon"}', "", None],
}


@pytest.mark.parametrize("names", [False, True], ids=["the name once", "the name in every piece"])
@pytest.mark.parametrize("pieces", AGAIN.values(), ids=AGAIN.keys())
async def test_arguments_sent_again_are_not_doubled(pieces: list[str | None], names: bool) -> None:
    first, *rest = pieces
    more = {"id": "a"} if names else {}
    chunks = [fragment("weather" if names else None, each, index=0, **more) for each in rest]
    found = await answered(lines(fragment("weather", first, index=0, id="a"), *chunks, chunk({}, "tool_calls")))
    ((name, arguments),) = called(found)
    assert (name, json.loads(arguments)) == ("weather", {"city": "Suwon"})


async def test_a_call_repeated_without_an_id_is_one_call() -> None:
    again = [fragment("weather", '{"city":"Suwon"}', index=0) for _ in range(2)]
    assert called(await answered(lines(*again, chunk({}, "stop")))) == [("weather", '{"city":"Suwon"}')]


async def test_latex_in_arguments_does_not_hide_that_they_are_whole() -> None:
    raw = r'{"title": "\(x\)"}'
    chunks = [
        fragment("weather", raw[:9], index=0, id="a"),
        fragment(None, raw[9:], index=0),
        fragment(None, raw, index=0),
    ]
    assert called(await answered(lines(*chunks, chunk({}, "stop")))) == [("weather", raw)]


async def test_pieces_that_are_objects_within_the_arguments_are_kept() -> None:
    pieces = ['{"cities": [', '{"city": "A"}', ",", '{"city": "B"}', "]", "}"]
    chunks = [fragment("weather", pieces[0], index=0, id="a"), *(fragment(None, each, index=0) for each in pieces[1:])]
    assert called(await answered(lines(*chunks, chunk({}, "stop")))) == [("weather", "".join(pieces))]


async def test_the_apis_first_form_of_a_call_is_read() -> None:
    old = [
        chunk({"function_call": {"name": "weather", "arguments": '{"ci'}}),
        chunk({"function_call": {"arguments": 'ty":1}'}}),
    ]
    assert called(await answered(lines(*old, chunk({}, "function_call")))) == [("weather", '{"city":1}')]


async def test_arguments_of_a_response_sent_again_are_not_doubled() -> None:
    item = {"type": "function_call", "id": "fc", "call_id": "c", "name": "weather", "arguments": ""}
    arguments = '{"city":"Suwon"}'
    delta = {"type": "response.function_call_arguments.delta", "output_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {**delta, "delta": '{"city":'},
        {**delta, "delta": '"Suwon"}'},
        {**delta, "delta": arguments},
        {"type": "response.function_call_arguments.done", "output_index": 0, "arguments": arguments},
        {"type": "response.completed", "response": {"output": [{**item, "arguments": arguments}]}},
    ]
    assert called(await answered(lines(*events), api="responses")) == [("weather", arguments)]


@given(st.text(alphabet='{}[]",:a\\\\n 1', max_size=30), st.integers(1, 5))
def test_pieces_make_the_whole_however_they_are_cut(rest: str, size: int) -> None:
    """But where a later piece is a whole object itself, or begins with all before it: those are sent again."""
    whole = '{"a": "' + rest
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    arguments = CallArguments()
    told = "".join(map(arguments.add, pieces))
    told += arguments.end()
    assert told == arguments.text
    if not any(piece.lstrip().startswith("{") for piece in pieces[1:]):
        assert told == whole


def test_many_objects_within_arguments_take_no_long_time() -> None:
    piece = '{"b": 1}, '
    arguments = CallArguments()
    started = time.process_time()
    for each in ['{"a": [', *[piece] * 5_000, "1]}"]:
        arguments.add(each)
    assert arguments.whole
    assert time.process_time() - started < 2


def test_pieces_are_given_out_as_they_come_but_the_last() -> None:
    arguments = CallArguments()
    assert [arguments.add(piece) for piece in ['{"a"', ": 1", "}", " "]] == ['{"a"', ": 1", "", ""]
    assert (arguments.end(), arguments.end(), arguments.text) == ("} ", "", '{"a": 1} ')


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('{"city":  "Suwon"}', '{"city":  "Suwon"}'),
        (r'{"city": "\(x\)"}', r'{"city": "\\(x\\)"}'),
        ("{'city': 'Suwon',}", '{"city": "Suwon"}'),
        ('"{}"', "{}"),
        ('{"city": "a "b""}', r'{"arguments": "{\"city\": \"a \"b\"\"}"}'),
        ("", "{}"),
    ],
)
async def test_arguments_go_back_to_the_provider_as_json(api: str, written: str, sent: str) -> None:
    call = {"type": "function_call", "call_id": "c", "name": "weather", "arguments": written}
    output = {"type": "function_call_output", "call_id": "c", "output": "sunny"}
    answer = said("Yes.") if api == "chat" else lines({"type": "response.completed", "response": {"output": []}})
    async with FakeProvider(answer) as provider:
        await heard(provider, asking(user("hello"), call, output), api=api)
        (told,) = [item for item in provider.sent if "tool_calls" in item or item.get("type") == "function_call"]
    assert (told["tool_calls"][0]["function"] if api == "chat" else told)["arguments"] == sent
