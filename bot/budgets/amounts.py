"""Amounts of tokens and of money: as managers type them, and as people read them."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.budgets import sentences as say
from bot.catalogues.number_format import in_digits
from bot.errors import UserFacingError
from bot.prices import PICO
from bot.sentences import Locale
from bot.store.budget_store import Unit

MOST_TOKENS: Final = 10**12
MOST_DOLLARS: Final = 10**6


def parse_amount(text: str, unit: Unit) -> int:
    """Tokens, or picodollars.

    Raises:
        UserFacingError: it is no such amount, with what one looks like.
    """
    text = text.strip()
    if unit == "tokens":
        if not re.fullmatch(r"[0-9]{1,13}|[0-9]{1,3}(,[0-9]{3}){1,4}", text):
            raise UserFacingError(say.NO_TOKENS)
        tokens = int(text.replace(",", ""))
        if not 1 <= tokens <= MOST_TOKENS:
            raise UserFacingError(say.NO_TOKENS)
        return tokens
    if not re.fullmatch(r"\$?[0-9]{1,7}(\.[0-9]{1,6})?", text):
        raise UserFacingError(say.NO_DOLLARS)
    dollars = Decimal(text.removeprefix("$"))
    if not 0 < dollars <= MOST_DOLLARS:
        raise UserFacingError(say.NO_DOLLARS)
    return int(dollars * PICO)


def dollars(picodollars: int, locale: Locale = "en") -> str:
    """`$0.0042`: two decimals at least, and below a dollar so many that two digits say something."""
    amount = Decimal(picodollars) / PICO
    places = 2
    while 0 < abs(amount) < Decimal(10) ** (1 - places) and places < 6:
        places += 1
    rounded = amount.quantize(Decimal(10) ** -places, ROUND_HALF_UP)
    return say.DOLLARS(locale, dollars=in_digits(locale, rounded, places))


def told(amount: int, unit: Unit, locale: Locale) -> str:
    """An amount in its unit."""
    return dollars(amount, locale) if unit == "dollars" else say.TOKENS(locale, count=amount)


def spent_words(tokens: int, picodollars: int, locale: Locale) -> str:
    """What was used: tokens, and money where the price is known."""
    words = say.TOKENS(locale, count=tokens)
    return say.TOKENS_AND_DOLLARS(locale, tokens=words, dollars=dollars(picodollars, locale)) if picodollars else words


def percent(used: int, amount: int) -> int:
    """How many percent are used, rounded down."""
    return max(0, 100 * used // amount)
