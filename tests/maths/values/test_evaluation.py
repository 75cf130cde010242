"""Values of trees: exact where they can be, told apart where there are none, and bounded."""

from fractions import Fraction
from typing import Any

import pytest

from maths.reading.lexer import tokenize
from maths.reading.nodes import Const, Node, Substitution, rewrite
from maths.reading.parser import parse
from maths.values.evaluation import evaluate, real_value, value_of
from maths.values.numbers import REALS, NoRealValue, NotCalculable, is_real, same_number, same_value


def tree(text: str) -> Node:
    return parse(tokenize(text))


def value(text: str, **point: Any) -> Any:
    return value_of(tree(text), point)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1/3 + 1/6", Fraction(1, 2)), ("2^-3", Fraction(1, 8)), ("(-8)^(1/3)", Fraction(-2)),
        ("√(9/4)", Fraction(3, 2)),
        ("log_2 8", Fraction(3)), ("log 0.001", Fraction(-3)), ("log_4 8", Fraction(3, 2)), ("ln 1", Fraction(0)),
        ("5!", Fraction(120)), ("0!", Fraction(1)), ("15%", Fraction(3, 20)), ("5% + 3%", Fraction(2, 25)),
        ("floor(-2.5)", Fraction(-3)),
        ("ceil(-2.5)", Fraction(-2)), ("floor(√2)", Fraction(1)), ("gcd(12, 18)", Fraction(6)),
        ("lcm(4, 6)", Fraction(12)),
        ("min(3, 1/2)", Fraction(1, 2)), ("max(3, 7/2)", Fraction(7, 2)), ("abs(-3)", Fraction(3)),
        ("∛27", Fraction(3)),
        ("2 1/3", Fraction(7, 3)), (r"\sum_{k=1}^{4} k^2", Fraction(30)), (r"\prod_{k=1}^{4} k", Fraction(24)),
        ("binom(5, 2)", Fraction(10)), ("perm(5, 2)", Fraction(20)), ("1^(10^400)", Fraction(1)),
        ("(-1)^(10^30 + 1)", Fraction(-1)),
    ],
)  # fmt: skip
def test_rational_values_are_exact(text: str, wanted: Fraction) -> None:
    found = value(text)
    assert isinstance(found, Fraction)
    assert found == wanted
    assert evaluate(tree(text), {}) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "1/0", "√(-4)", "0^0", "0^-1", "log 0", "log(-1)", "log_1 2",
        "ln 0", "(-2)^π", "arcsin 2", "tan(π/2)", "csc 0", "(-3)!"]
)  # fmt: skip
def test_what_has_no_real_value_is_told(text: str) -> None:
    with pytest.raises(NoRealValue):
        value(text)


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9", "2^(10^6)", "1000!", "x + 1", "80 + 15%", "floor(√2 · √2)", "binom(5, 1/2)", "binom(2, 5)",
        "i^2", "∞ + 1",
        r"\sum_{k=1}^{9999} k", r"\int_0^1 x dx", "sin(10^12)", "gcd(1/2, 3)", "e^(10^9)",
    ],
)  # fmt: skip
def test_what_is_too_large_or_unclear_is_not_calculated(text: str) -> None:
    with pytest.raises(NotCalculable):
        value(text)


def test_workings_have_percentages_calculus_and_the_imaginary_unit() -> None:
    assert evaluate(tree("80 + 15%"), {}) == 92
    assert evaluate(tree("100 - 50 - 10%"), {}) == 45
    assert same_number(evaluate(tree(r"\int_0^1 x^2 dx"), {}), Fraction(1, 3))
    assert evaluate(tree(r"\frac{d}{dx}(x^3)"), {"x": Fraction(2)}) == 12
    assert same_number(evaluate(tree(r"\lim_{x \to 0} \frac{\sin x}{x}"), {}), Fraction(1))
    imaginary = rewrite(tree("(1 + i)(1 - i)"), Substitution("i", Const("i")))
    assert real_value(imaginary, {}) == 2
    with pytest.raises(NoRealValue):
        real_value(rewrite(tree("1 + i"), Substitution("i", Const("i"))), {})
    with pytest.raises(NotCalculable):
        evaluate(rewrite(tree("√i"), Substitution("i", Const("i"))), {})


def test_a_logarithm_without_a_base_is_read_as_is_said() -> None:
    e = +REALS.e
    assert same_value(value_of(tree("log x"), {"x": e}, None), Fraction(1))
    assert same_value(real_value(tree("log x"), {"x": e}, natural=True), Fraction(1))
    assert real_value(tree("log 100"), {}) == 2


def test_values_are_the_same_different_or_too_close_to_tell() -> None:
    tiny = REALS.mpf(10) ** -20
    assert same_value(Fraction(1, 2), Fraction(2, 4)) is True
    assert same_value(Fraction(1), 1 + tiny) is None
    assert same_value(Fraction(1), 1 + REALS.mpf(10) ** -10) is False
    assert same_value(Fraction(0), REALS.mpf(10) ** -60) is True
    assert same_number(Fraction(1), 1 + tiny)
    assert not same_number(Fraction(1), 1 + REALS.mpf(10) ** -10)
    assert not same_number(Fraction(1), Fraction(10**20 + 1, 10**20))
    assert is_real(REALS.mpc(1, REALS.mpf(10) ** -30))
    assert not is_real(REALS.mpc(1, 1))


def test_a_factorial_of_letters_can_be_compared() -> None:
    n = Fraction(37, 29)
    assert same_value(value("n!/(n-1)!", n=n), n)
    with pytest.raises(NotCalculable):
        value("n!", n=Fraction(1_000_001, 2))


def test_a_denominator_next_to_nothing_is_nothing_in_a_working() -> None:
    near = REALS.mpf(10) ** -25
    with pytest.raises(NoRealValue):
        evaluate(tree("1/x"), {"x": near})
    assert value("1/x", x=near) > 10**24
