"""Arguments as models write them: read, or refused with a sentence."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from function_arguments.reader import LONGEST, ArgumentsError, is_whole, read_arguments

CARDS: dict[str, Any] = {
    "type": "object",
    "required": ["cards"],
    "properties": {
        "deck_name": {"type": "string"},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "cards": {
            "type": "array",
            "items": {"type": "object", "properties": {"front": {"type": "string"}, "back": {"type": "string"}}},
        },
    },
}
"""Another function's schema than the quiz's."""
ONE = {"front": "$\\frac{1}{2}$", "back": "0.5"}
WANTED = {"cards": [ONE]}
LATEX = r'{"cards": [{"front": "$\frac{1}{2}$", "back": "0.5"}]}'


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(WANTED),
        LATEX,
        f"```json\n{LATEX}\n```",
        f"```\n{LATEX}```",
        f"\ufeff {LATEX}\n",
        f"{LATEX}<|call|>",
        f"{LATEX}<|im_end|>\n",
        f"{LATEX}</tool_call>",
        f"<tool_call>\n{LATEX}\n</tool_call></s>",
        f"{LATEX}<｜tool▁call▁end｜>",
        f"{LATEX};",
        f"{LATEX}}}",
        f"{LATEX}\n{LATEX}",
        f"Here's what I'll send: {LATEX}",
        f"json\n{LATEX}",
        f"Here it is:\n```json\n{LATEX}\n```\nGood luck, everybody!",
        f"make_cards({LATEX})",
        f"<function=make_cards>{LATEX}</function>",
        r'{"cards": [{"front": "$\frac{1}{2}$", "back": "0.5",},],}',
        r"{'cards': [{'front': '$\frac{1}{2}$', 'back': '0.5'}]}",
        r'{cards: [{front: "$\frac{1}{2}$", back: "0.5"}]}',
        r"{“cards”: [{“front”: “$\frac{1}{2}$”, “back”: “0.5”}]}",
        '{"cards": [ // the first\n {"front": "$\\\\frac{1}{2}$", /* half */ "back": "0.5"}]}',
        json.dumps(LATEX),
        json.dumps(json.dumps(WANTED)),
        json.dumps(json.dumps(json.dumps(WANTED))),
        f"[{LATEX}]",
        f'{{"name": "make_cards", "arguments": {LATEX}}}',
        json.dumps({"function": "make_cards", "parameters": json.dumps(WANTED)}),
        f'{{"make_cards": {LATEX}}}',
        json.dumps({"cards": json.dumps([ONE])}),
        json.dumps({"cards": [json.dumps(ONE)]}),
        r'{"cards": "[{\"front\": \"$\frac{1}{2}$\", \"back\": \"0.5\"}]"}',
        '{"Cards": [{"Front": "$\\\\frac{1}{2}$", "back": 0.5}]}',
    ],
)
def test_what_can_be_meant_in_one_way_is_read(text: str) -> None:
    assert read_arguments(text, CARDS) == WANTED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("make three cards", "it holds no object"),
        ("{", "it ends where a key is expected"),
        ('{"cards"', "it ends where `:` is expected"),
        ('{"cards": [{"front": "a"}', "it ends where `,` or `]` is expected"),
        ('{"cards": [{"front": "a', 'has no end: `"a`'),
        ('{"deck_name": "say "hi""}', "`,` or `}` is expected at character 21: `hi"),
        ("{'deck_name': 'what's this'}", "`,` or `}` is expected"),
        ('{"cards": [1 2]}', "`,` or `]` is expected at character 14"),
        ('{"cards": [1,,2]}', "a value is expected at character 14"),
        ('{"count": 1/2}', "`,` or `}` is expected at character 12: `/2}`"),
        ('{"count": NaN}', "a value is expected"),
        ('{"count": 01}', "a value is expected"),
        ('{"a": 1, "a": 2}', "`a` stands twice in one object"),
        ('{"a": 1}{"a": 2}', "two different values"),
        ('{"a": 1} and [2]', "something stands behind its end: `and [2]`"),
        ('{"a": 1} b: 2', "something stands behind its end: `b: 2`"),
        ("[" * 100, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        (r'{"deck_name": "E = h\nu"}', r"`\nu` can be the command \nu or a line break before `u`"),
        ("[1, 2]", "must be an object"),
        ("[]", "must be an object"),
        ('"text"', "it holds no object"),
        ("7", "it holds no object"),
        ("x" * (LONGEST + 1), "are too long"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        read_arguments(text, CARDS)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_numbers_become_texts_only_where_the_schema_wants_texts() -> None:
    found = read_arguments('{"deckName": 1.50, "count": 3, "tags": [1e2, "x", 7], "other": [2.0, -1]}', CARDS)
    assert found == {"deck_name": "1.50", "count": 3, "tags": ["1e2", "x", "7"], "other": [2.0, -1]}


def test_a_property_of_another_name_does_not_take_the_place_of_the_schemas_own() -> None:
    found = read_arguments('{"pack": "a", "deck_name": "b"}', CARDS, aliases={"pack": "deck_name"})
    assert found == {"pack": "a", "deck_name": "b"}
    assert read_arguments('{"pack": "a"}', CARDS, aliases={"pack": "deck_name"}) == {"deck_name": "a"}


def test_a_text_that_looks_like_json_stays_a_text_where_a_text_is_wanted() -> None:
    assert read_arguments('{"deck_name": "[1, 2]", "tags": "none"}', CARDS) == {"deck_name": "[1, 2]", "tags": "none"}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"city": "Suwon"}', True),
        (' {"q": "\\(x\\)"} ', True),
        ('{"city": "Suwon"', False),
        ("{}x", False),
        ("[]", False),
        ('"x"', False),
        ("", False),
    ],
)
def test_a_whole_object_is_told_from_a_piece(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from("abcde"), values, max_size=4))
def test_json_is_read_as_json(value: dict[str, Any]) -> None:
    assert read_arguments(json.dumps(value)) == value
    assert read_arguments(json.dumps(value, indent=2)) == value
    assert read_arguments(repr(value)) == value


@given(st.text(alphabet="{}[]\"'\\:,ab1 \n`<|>/“”"))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        found = read_arguments(text, CARDS)
    except ArgumentsError as error:
        said = str(error)
    else:
        said = f"The arguments are {json.dumps(found)}"
    assert said.startswith("The arguments ")


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "<" * 50_000,
        '{"a": "' + "\\nu " * 20_000 + '"}',
        '{"a": "' + "$\\nu$ " * 20_000 + '"}',
        '{"a": "' + "\\n" * 50_000 + '"}',
        '{"a": "' + "\\" * 50_000 + '"}',
        "'" * 50_000,
        "/*" * 50_000,
        "```" * 30_000,
        '{"a": 1}' + "<|x" * 30_000,
    ],
)
def test_hostile_text_takes_no_longer_than_it_is(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ArgumentsError):
        read_arguments(text, CARDS)
    assert time.process_time() - started < 5
