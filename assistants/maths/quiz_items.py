"""What a quiz question on school mathematics is made of; the questions stand in `quiz_numbers` and its neighbours."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

Texts = tuple[str, str]
"""In English and in Korean."""

_SUPER = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class Item:
    """A question, its right answer, answers that a common slip would lead to, and the reason."""

    question: Texts
    right: str
    wrong: tuple[str, ...]
    why: Texts


Maker = Callable[[random.Random], Item]


def power(base: str, exponent: int) -> str:
    """`x²`, `x` for the first power."""
    return base if exponent == 1 else base + str(exponent).translate(_SUPER)


def term(factor: int | Fraction, body: str) -> str:
    """`3x`, `x`, `-x`; a number alone where the body is empty."""
    if not body:
        return str(factor)
    if abs(factor) == 1:
        return ("-" if factor < 0 else "") + body
    if isinstance(factor, Fraction) and factor.denominator > 1:
        size = abs(factor)
        top = body if size.numerator == 1 else f"{size.numerator}{body}"
        return ("-" if factor < 0 else "") + f"{top}/{size.denominator}"
    return f"{factor}{body}"


def joined(*terms: tuple[int | Fraction, str]) -> str:
    """A sum of terms such as `3x² - x + 2`."""
    text = ""
    for factor, body in terms:
        size = -factor if factor < 0 else factor
        if factor and text:
            text += (" - " if factor < 0 else " + ") + term(size, body)
        elif factor:
            text = term(factor, body)
    return text or "0"


def nonzero(chance: random.Random, least: int, most: int) -> int:
    """A whole number in that range, but not 0."""
    value = 0
    while value == 0:
        value = chance.randint(least, most)
    return value


def proper(chance: random.Random) -> Fraction:
    """A fraction between 0 and 1."""
    bottom = chance.randint(2, 8)
    return Fraction(chance.randint(1, bottom - 1), bottom)


def whole_numbers(right: int, *wrong: int) -> tuple[str, tuple[str, ...]]:
    """A right answer and wrong ones as texts."""
    return str(right), tuple(str(one) for one in wrong)
