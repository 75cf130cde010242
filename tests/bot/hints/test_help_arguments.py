"""The arguments of `give_help` as models write them."""

import json
from typing import Any

import pytest

from bot.hints.help_arguments import LONGEST_HINT, Help, HelpError, parse_help

GIVEN: dict[str, Any] = {"problem": "2x = 6", "hints": ["Divide.", "By 2."], "solution": "x = 6/2", "answer": "x = 3"}
PARSED = Help("2x = 6", ("Divide.", "By 2."), "x = 6/2", "x = 3")


@pytest.mark.parametrize(
    "arguments",
    [
        GIVEN,
        {"arguments": GIVEN},
        {"exercise": "2x = 6", "hints": ["Divide.", "By 2."], "explanation": "x = 6/2", "final_answer": "x = 3"},
        {**GIVEN, "hints": {"1": "Divide.", "2": "By 2."}},
        {**GIVEN, "hints": [{"hint": "Divide."}, {"text": "By 2."}]},
        {**GIVEN, "hints": "1. Divide.\n2. By 2."},
        {**GIVEN, "hints": ["Hint 1: Divide.", "**Hint 2:** By 2.", "", "By 2."]},
        {**{name: text for name, text in GIVEN.items() if name != "hints"}, "hint_1": "Divide.", "hint2": "By 2."},
        {**GIVEN, "solution": ["x = 6/2"], "answer": ["x = 3"], "topic": " "},
        json.dumps(json.dumps(GIVEN)),
    ],
)
def test_forms_that_mean_one_thing(arguments: Any) -> None:
    assert parse_help(arguments if isinstance(arguments, str) else json.dumps(arguments)) == PARSED


def test_numbers_and_several_answers() -> None:
    given = parse_help(json.dumps({**GIVEN, "answer": [3, "x = 4"], "topic": "equations"}))
    assert (given.answer, given.topic) == ("3 or x = 4", "equations")
    assert parse_help(json.dumps({**GIVEN, "answer": 4.50})).answer in {"4.5", "4.50"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"problem": None}, "`problem` is missing."),
        ({"answer": ""}, "`answer` is empty."),
        ({"answer": True}, "`answer` must be a string."),
        ({"solution": {"a": "1", "b": "2"}}, "`solution` must be a string."),
        ({"hints": None}, "`hints` is missing."),
        ({"hints": []}, "`hints` has 0 items; 1 to 4 are possible."),
        ({"hints": ["a", "b", "c", "d", "e"]}, "`hints` has 5 items; 1 to 4 are possible."),
        ({"hints": [1, True]}, "`hints` must be an array of strings."),
        ({"hints": 7.5}, "`hints` must be an array of strings."),
        ({"hints": ["x" * (LONGEST_HINT + 1)]}, "Hint 1 is 501 characters long; at most 500 are possible."),
        ({"problem": "x" * 1_001}, "`problem` is 1001 characters long; at most 1000 are possible."),
    ],
)
def test_what_cannot_be_shown_is_told(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(HelpError) as failed:
        parse_help(json.dumps({**GIVEN, **changes}))
    assert failed.value.problems == (problem,)


@pytest.mark.parametrize("arguments", ["", "no json", "[1]", "{"])
def test_what_is_no_object_is_told(arguments: str) -> None:
    with pytest.raises(HelpError):
        parse_help(arguments)
