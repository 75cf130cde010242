"""Calls that models write into their answers: made when the function is on offer, shown as they stand when not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.models.model_protocol import FunctionTool
from assistants.models.text_calls import TextCalls
from tests.assistants.models.fake_provider import (
    SUNNY,
    WEATHER,
    FakeProvider,
    answered,
    asking,
    called,
    chunk,
    finished,
    fragment,
    heard,
    lines,
    said,
    text,
    user,
)

QUIZ = FunctionTool(
    "generate_quiz",
    "",
    {"type": "object", "properties": {"title": {"type": "string"}, "questions": {"type": "array"}, "count": {}}},
)
CALL = '{"name": "weather", "arguments": %s}'
FORMS = {
    "Hermes": f"<tool_call>\n{CALL}\n</tool_call>",
    "Hermes without its end": f"<tool_call>{CALL}",
    "Hermes, quoted": """<tool_call>{'name': 'weather', 'arguments': %s}</tool_call>""",
    "Hermes, in an array": f"<tool_call>[{CALL}]</tool_call>",
    "Mistral": f"[TOOL_CALLS][{CALL}]",
    "Mistral with ids": '[TOOL_CALLS] [{"name": "weather", "arguments": %s, "id": "aB3dE6gH9"}]</s>',
    "Mistral, new": "[TOOL_CALLS]weather[ARGS]%s",
    "Mistral, new, with ids": "[TOOL_CALLS]weather[CALL_ID]aB3dE6gH9[ARGS]%s",
    "Mistral, short": "[TOOL_CALLS]weather%s",
    "Llama": "<function=weather>%s</function>",
    "Llama in JSON": '{"name": "weather", "parameters": %s}',
    "Llama in JSON, marked": '<|python_tag|>{"type": "function", "name": "weather", "parameters": %s}<|eom_id|>',
    "OpenAI's own form": '{"type": "function", "function": {"name": "weather", "arguments": %s}}',
    "an array": f"[{CALL}]",
    "a fence": f"```json\n{CALL}\n```",
    "DeepSeek": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n%s\n```"
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    "DeepSeek, new": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>%s<｜tool▁call▁end｜>"
    "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
    "Kimi": "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>%s"
    "<|tool_call_end|><|tool_calls_section_end|>",
    "Granite": f"<|tool_call|>[{CALL}]",
    "Phi": f"<|tool_call|>[{CALL}]<|/tool_call|>",
    "Nemotron": f"<TOOLCALL>[{CALL}]</TOOLCALL>",
    "functioncall": f"<functioncall> {CALL}",
    "Cohere": '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "weather", "parameters": %s}]<|END_ACTION|>',
    "gpt-oss": "<|channel|>commentary to=functions.weather <|constrain|>json<|message|>%s<|call|>",
    "gpt-oss after thoughts": "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary "
    "to=functions.weather<|message|>%s<|call|>",
    "gpt-oss without marks": "analysisI need it.assistantcommentary to=functions.weather json%s",
    "after thoughts": f"<think>Hm.</think>\n\n<tool_call>{CALL}</tool_call>",
}
TAGGED = {
    "Qwen Coder": "<tool_call>\n<function=weather>\n<parameter=city>\nSuwon\n</parameter>\n</function>\n</tool_call>",
    "Qwen Coder, bare": "<function=weather>\n<parameter=city>\nSuwon\n</parameter>\n</function>",
    "GLM": "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Suwon</arg_value>\n</tool_call>",
    "invoke": '<function_calls>\n<invoke name="weather">\n<parameter name="city">Suwon</parameter>\n</invoke>\n'
    "</function_calls>",
}


def pieces(whole: str, size: int) -> list[str]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def chat(whole: str, size: int = 5, finish: str = "stop") -> Any:
    return lines(*(chunk({"content": piece}) for piece in pieces(whole, size)), chunk({}, finish))


@pytest.mark.parametrize("size", [1, 7, 1_000])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
async def test_a_call_written_as_text_is_made(form: str, size: int) -> None:
    found = await answered(chat(form.replace("%s", SUNNY), size))
    assert called(found) == [("weather", SUNNY)]
    assert text(found) == ""


@pytest.mark.parametrize("form", TAGGED.values(), ids=TAGGED.keys())
async def test_a_call_with_arguments_in_tags_is_made(form: str) -> None:
    ((name, arguments),) = called(found := await answered(chat(form)))
    assert (name, json.loads(arguments)) == ("weather", {"city": "Suwon"})
    assert text(found) == ""


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("form", [FORMS["Hermes"], FORMS["Mistral"], FORMS["Llama in JSON"], FORMS["a fence"]])
async def test_words_before_a_call_are_shown_as_they_come(api: str, form: str) -> None:
    whole = "Let me look (x < 1, [1]).\n\n" + form.replace("%s", SUNNY)
    answer = chat(whole)
    if api == "responses":
        deltas = [{"type": "response.output_text.delta", "output_index": 0, "delta": each} for each in pieces(whole, 5)]
        message = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": whole}]}
        answer = lines(*deltas, {"type": "response.completed", "response": {"output": [message]}})
    found = await answered(answer, api=api)
    assert called(found) == [("weather", SUNNY)]
    assert text(found).strip() == "Let me look (x < 1, [1])."
    kept = [item for item in finished(found).output if item["type"] == "message"]
    assert [part["text"].strip() for part in kept[0]["content"]] == ["Let me look (x < 1, [1])."]


async def test_several_calls_and_the_output_that_a_model_invents() -> None:
    two = "".join(f"<tool_call>{CALL}</tool_call>\n".replace("%s", f'{{"city": "{city}"}}') for city in "AB")
    found = await answered(chat(two + "<tool_response>\nsunny\n</tool_response>\nIt is sunny."))
    assert called(found) == [("weather", '{"city": "A"}'), ("weather", '{"city": "B"}')]
    assert text(found) == ""


async def test_arguments_stay_as_the_model_wrote_them() -> None:
    raw = r'{"title": "$\frac{1}{2}$", "questions": [{"question_text": "\(x\)?", "choices": ["a", "b"],},]}'
    call = f'<tool_call>{{"name": "generate_quiz", "arguments": {raw}}}</tool_call>'
    assert called(await answered(chat(call), request=asking(tools=(QUIZ,)))) == [("generate_quiz", raw)]
    encoded = f'<tool_call>{{"name": "generate_quiz", "arguments": {json.dumps(SUNNY)}}}</tool_call>'
    assert called(await answered(chat(encoded), request=asking(tools=(QUIZ,)))) == [("generate_quiz", SUNNY)]


async def test_tagged_arguments_have_the_types_that_the_schema_wants() -> None:
    parameters = "<parameter=title>\n12\n</parameter>\n<parameter=questions>\n[1, 2]\n</parameter>\n"
    call = f"<tool_call><function=generate_quiz>\n{parameters}<parameter=count>3</parameter></function></tool_call>"
    ((_, arguments),) = called(await answered(chat(call), request=asking(tools=(QUIZ,))))
    assert json.loads(arguments) == {"title": "12", "questions": "[1, 2]", "count": 3}


async def test_a_faulty_call_of_a_function_on_offer_is_made_so_that_the_model_is_told() -> None:
    faulty = '{"city": "the "old" town"}'
    found = await answered(chat(f"<tool_call>{CALL}</tool_call>".replace("%s", faulty)))
    assert called(found) == [("weather", faulty)]


EXAMPLES = [
    '<tool_call>{"name": "other", "arguments": {}}</tool_call>',
    "Write `<tool_call>` and then the JSON.",
    f"So:\n```\n<tool_call>{CALL}</tool_call>\n```\nThat is it.".replace("%s", SUNNY),
    f"A call looks like:\n{CALL}\nThat is it.".replace("%s", SUNNY),
    '{"name": "Kim", "age": 12}',
    '{"name": "weather", "parameters": {"city": "Suwon"}, "note": "an example"}',
    '{"a": 1}',
    "[1, 2]",
    '```json\n{"x": 1}\n```',
    "json is a format",
    "```python\nprint({'name': 1})\n```",
    "x < y, [a](b), <b>bold</b> <t",
    "1 <tool_call",
    "- [ ] one\n- {two}\n",
    "{",
    "`",
    "\n",
]


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize("answer", EXAMPLES)
async def test_what_is_no_call_is_shown_as_it_stands(answer: str, size: int) -> None:
    found = await answered(chat(answer, size))
    assert text(found) == answer
    assert called(found) == []


async def test_without_functions_on_offer_nothing_is_a_call() -> None:
    whole = FORMS["Hermes"].replace("%s", SUNNY)
    assert text(await answered(chat(whole), request=asking(tools=()))) == whole
    assert text(await answered(chat(whole), request=asking(tool_choice="none"))) == whole


async def test_a_call_that_came_as_a_call_too_is_made_once() -> None:
    whole = FORMS["Hermes"].replace("%s", SUNNY)
    found = await answered(
        lines(chunk({"content": whole}), fragment("weather", SUNNY, index=0, id="a"), chunk({}, "tool_calls"))
    )
    assert called(found) == [("weather", SUNNY)]
    assert text(found) == ""


async def test_a_call_cut_at_the_token_limit_is_neither_made_nor_shown() -> None:
    found = await answered(chat('Look: <tool_call>{"name": "weather", "arguments": {"ci', finish="length"))
    assert (text(found).strip(), called(found)) == ("Look:", [])


async def test_the_provider_is_given_the_call_as_a_call_with_its_output() -> None:
    async with FakeProvider(chat(FORMS["Hermes"].replace("%s", SUNNY)), said("Sunny.")) as provider:
        (call,) = finished(await heard(provider)).output
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
        await heard(provider, asking(user("hello"), call, output))
        _, _, told, result = provider.sent
    assert told["tool_calls"][0]["function"] == {"name": "weather", "arguments": SUNNY}
    assert result["tool_call_id"] == told["tool_calls"][0]["id"]


@given(st.lists(st.text(alphabet='<tool_call>[TOOL_CALLS]{}"name: weather`\n,|', max_size=12), max_size=12))
def test_nothing_is_lost_however_it_is_cut(parts: list[str]) -> None:
    calls = TextCalls((WEATHER,))
    shown = "".join(map(calls.feed, parts))
    more, found, behind = calls.end()
    assert found or shown + more + behind == "".join(parts)
