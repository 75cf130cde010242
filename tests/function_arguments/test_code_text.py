r"""Code as the argument of a call: whole, and piece by piece."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from function_arguments.code_text import LONGEST, CodeReader, read_code
from function_arguments.reader import ArgumentsError

CODE = 'print("a\\n", r"\\nu \\beta")\nx = {"code": 1}\t# 한글 😀'


@pytest.mark.parametrize(
    "arguments",
    [
        json.dumps({"code": CODE}),
        json.dumps({"code": CODE}, ensure_ascii=False),
        json.dumps({"input": CODE}),
        json.dumps(json.dumps({"code": CODE})),
        json.dumps({"code": f"```python\n{CODE}\n```"}),
        f"```python\n{CODE}\n```",
        f"```\n{CODE}\n```",
        json.dumps(CODE),
        CODE,
    ],
    ids=["plain", "not ascii", "other name", "twice", "fence", "fence alone", "bare fence", "text", "code alone"],
)
def test_code_is_read_as_it_was_meant(arguments: str) -> None:
    assert read_code(arguments) == CODE


def test_no_backslash_is_taken_for_latex() -> None:
    assert read_code(r'{"code": "print(1)\nu = 2\nbeta = 3\tau"}') == "print(1)\nu = 2\nbeta = 3\tau"


@pytest.mark.parametrize("arguments", ["", "{}", '{"code": ""}', '{"code": "  "}', '{"code": 3}', "x" * (LONGEST + 1)])
def test_no_code_and_too_much_are_a_sentence_for_the_model(arguments: str) -> None:
    with pytest.raises(ArgumentsError, match="code"):
        read_code(arguments)


@given(st.text(), st.lists(st.integers(1, 9), max_size=40), st.booleans())
def test_pieces_make_the_whole_wherever_they_are_cut(code: str, cuts: list[int], ascii_only: bool) -> None:
    text, reader, read = json.dumps({"code": code}, ensure_ascii=ascii_only), CodeReader(), []
    for cut in cuts:
        read.append(reader.feed(text[:cut]))
        text = text[cut:]
    read.append(reader.feed(text))
    whole = "".join(read)
    assert whole == code or any(0xD800 <= ord(sign) <= 0xDFFF for sign in code)


def test_code_is_shown_as_early_as_it_is_certain() -> None:
    reader = CodeReader()
    assert [reader.feed(piece) for piece in ('{"co', 'de": "pri', "nt(1)\\", "nx \\u", 'd55c"', "} tail")] == [
        "",
        "pri",
        "nt(1)",
        "\nx ",
        "한",
        "",
    ]


def test_of_other_forms_nothing_is_shown_before_the_call() -> None:
    reader = CodeReader()
    assert reader.feed("```python\nprint(1)\n```") == ""
