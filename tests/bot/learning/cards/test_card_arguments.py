"""What models send as cards, and what of it can be shown."""

import json
from typing import Any

import pytest

from bot.learning.cards.card_arguments import CardsError, WrittenCard, parse_cards, written_card


def parsed(arguments: Any) -> list[tuple[str, str, str]]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return [(card.front, card.back, card.source) for card in parse_cards(text).cards]


@pytest.mark.parametrize(
    "arguments",
    [
        {"cards": [{"front": "a", "back": "b"}]},
        {"flashcards": [{"question": "a", "answer": "b"}]},
        {"cards": [{"term": "a", "definition": "b"}]},
        {"cards": {"a": "b"}},
        {"cards": [{"q": "a", "a": "b"}]},
        {"cards": [["a", "b"]]},
        {"cards": {"front": "a", "back": "b"}},
        {"cards": '[{"front": "a", "back": "b"}]'},
        '```json\n{"cards": [{"Front": "a", "Back": "b"},]}\n```',
        '"{\\"cards\\": [{\\"front\\": \\"a\\", \\"back\\": \\"b\\"}]}"',
    ],
)
def test_forms_that_mean_the_same(arguments: Any) -> None:
    assert parsed(arguments) == [("a", "b", "")]


def test_latex_with_single_backslashes_lists_numbers_and_what_no_message_shows() -> None:
    assert parsed(
        r'{"cards": [{"front": "$\frac{1}{2}$ and \(\beta\)", "back": 5, "source": " 【4:0†source】 "}]}'
    ) == [(r"$\frac{1}{2}$ and \(\beta\)", "5", "【4:0†source】")]
    assert parsed({"cards": [{"front": "a\u202e", "back": ["x", "y"]}]}) == [("a", "- x\n- y", "")]
    stolen = f"![t](picture:{'a' * 32})"
    assert parsed({"cards": [{"front": stolen, "back": "b"}]}) == [("t", "b", "")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("no json", "The arguments are not valid JSON"),
        ({"cards": []}, "`cards` must be an array"),
        ({"title": "x"}, "`cards` must be an array"),
        ({"cards": "none"}, "`cards` must be an array"),
        ({"cards": [{"front": "a", "back": "b"}] * 101}, "There are 101 cards; at most 100 are possible in a call."),
    ],
)
def test_what_holds_no_cards(arguments: Any, problem: str) -> None:
    with pytest.raises(CardsError) as raised:
        parsed(arguments)
    assert raised.value.problems[0].startswith(problem)


def test_each_card_that_cannot_be_shown_has_its_problem() -> None:
    cards = [
        {"front": "a", "back": "b"},
        {"front": "A?", "back": "b."},
        {"front": "a", "back": "other"},
        {"front": " \u200b", "back": "b"},
        {"front": "x", "back": "y" * 1_601},
        {"front": "z"},
        7,
    ]
    written = parse_cards(json.dumps({"title": "  T\n" + "t" * 200, "cards": cards}))
    assert [card.front for card in written.cards] == ["a"]
    assert written.doubles == 2
    assert written.problems == (
        "Card 3 asks the same as an earlier card, and has another back.",
        "Card 4: `front` is empty.",
        "Card 5: `back` is 1601 characters long; at most 1600 are possible. Make several cards of it.",
        "Card 6: `back` is empty.",
        "Card 7: `front` is empty.",
        "Card 7: `back` is empty.",
    )
    assert len(written.title) == 100
    many = parse_cards(json.dumps({"cards": [{"front": "", "back": "b"}] * 20}))
    assert (len(many.problems), many.problems[-1]) == (13, "There are 8 more problems of this kind.")


def test_a_card_that_a_person_types() -> None:
    assert written_card(" a ", "b") == WrittenCard("a", "b")
    assert written_card(" ", "b") is None
    assert written_card("a", "\u200b") is None
