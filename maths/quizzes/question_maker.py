"""What the makers of quiz questions share: the question in both languages, levels, random numbers, terms as text."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeVar

from maths.reading.language import Texts

Level = Literal["easy", "medium", "hard"]

_SUPER = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class BilingualQuestion:
    """A question, its right answer, wrong answers that come from common mistakes, and the reason."""

    text: Texts
    right: str
    wrong: tuple[str, ...]
    why: Texts
    slips: Mapping[str, Texts] = field(default_factory=dict)
    """The slip behind a wrong answer, by its text, where it is a known one."""


_T = TypeVar("_T")


class QuizRandom(random.Random):
    """The random numbers of one quiz, which are the same for the same seed, and its level."""

    def __init__(self, seed: int, level: Level = "medium") -> None:
        super().__init__(seed)
        self.level: Level = level

    def of(self, easy: _T, medium: _T, hard: _T) -> _T:
        """The value for the level."""
        return {"easy": easy, "medium": medium, "hard": hard}[self.level]

    def size(self, easy: tuple[int, int], medium: tuple[int, int], hard: tuple[int, int]) -> int:
        """A whole number in the level's range, but not 0."""
        return nonzero(self, *self.of(easy, medium, hard))


Maker = Callable[[QuizRandom], BilingualQuestion]


def power(base: str, exponent: int) -> str:
    """`x²`, `x` for the first power."""
    return base if exponent == 1 else base + str(exponent).translate(_SUPER)


def term(factor: int | Fraction, body: str) -> str:
    """`3x`, `x`, `-x`; only the number if the body is empty."""
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


def nonzero(rng: random.Random, least: int, most: int) -> int:
    """A whole number in that range, but not 0."""
    value = 0
    while value == 0:
        value = rng.randint(least, most)
    return value


def proper(rng: QuizRandom) -> Fraction:
    """A fraction between 0 and 1."""
    least, most = rng.of((2, 4), (2, 8), (6, 15))
    bottom = rng.randint(least, most)
    found = Fraction(rng.randint(1, bottom - 1), bottom)
    return found if found.denominator >= least else proper(rng)


def whole_numbers(right: int, *wrong: int) -> tuple[str, tuple[str, ...]]:
    """A right answer and wrong answers as texts."""
    return str(right), tuple(str(one) for one in wrong)
