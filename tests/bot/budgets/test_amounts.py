"""Amounts that managers type, and how they are told."""

import pytest

from bot.budgets.amounts import dollars, parse_amount, percent, spent_words
from bot.errors import UserFacingError
from bot.prices import PICO
from bot.store.budget_store import Unit


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("1", "tokens", 1),
        (" 200000 ", "tokens", 200_000),
        ("200,000", "tokens", 200_000),
        ("1,000,000,000,000", "tokens", 10**12),
        ("2.50", "dollars", 5 * PICO // 2),
        ("$0.000001", "dollars", 10**6),
        ("1000000", "dollars", 10**6 * PICO),
    ],
)
def test_an_amount_is_read_exactly(text: str, unit: Unit, amount: int) -> None:
    assert parse_amount(text, unit) == amount


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1.000", "20,00", "1e6", "many", "٣", "1000000000001", "$5"])
def test_what_is_no_amount_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(UserFacingError, match="whole number"):
        parse_amount(text, "tokens")


@pytest.mark.parametrize(
    "text", ["", "0", "0.00", "-1", "5 €", "€5", "5 EUR", "2,50", "0.0000001", "1000000.01", "nan", "1e2", "₩5000"]
)
def test_what_is_no_amount_of_dollars_is_refused(text: str) -> None:
    with pytest.raises(UserFacingError, match="US dollars"):
        parse_amount(text, "dollars")


def test_money_is_told_with_two_digits_that_say_something() -> None:
    told = {0: "$0.00", 12 * PICO: "$12.00", PICO // 2: "$0.50", 42 * 10**8: "$0.0042", 10**5: "$0.000000"}
    assert {amount: dollars(amount) for amount in told} == told
    assert dollars(1_234_567 * PICO) == "$1,234,567.00"
    assert spent_words(1_200, 0, "en") == "1,200 tokens"
    assert spent_words(1_200, PICO // 2, "en") == "1,200 tokens · $0.50"
    assert spent_words(1_200, PICO // 2, "de") == "1.200 Token · 0,50 $"
    assert [spent_words(1, 0, "en"), spent_words(1, 0, "fr"), spent_words(2, 0, "fr")] == [
        "1 token",
        "1 jeton",
        "2 jetons",
    ]
    assert [percent(79, 100), percent(799, 1_000), percent(250, 100)] == [79, 79, 250]
