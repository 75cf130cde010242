"""The real value of a tree at a point: exact where it is rational, else with sixty digits.

A value that does not exist among the real numbers is told from one that cannot be calculated here.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from mpmath.ctx_mp import MPContext

from maths.reading.nodes import (
    Call,
    Const,
    Frac,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Root,
    Series,
    Sum,
    Sym,
)

Value = Any
"""A `Fraction`, or a real number of `REALS`."""

REALS: Final = MPContext()
"""The real numbers that are not rational."""
REALS.dps = 60
CLOSE: Final = Fraction(1, 10**40)
"""Two values whose relative difference is smaller are the same."""
APART: Final = Fraction(1, 10**15)
"""Two values whose relative difference is larger are different; between the two nothing is decided."""
MAX_BITS: Final = 20_000
"""The largest rational number to calculate with."""
MAX_TERMS: Final = 2_000
"""Terms of a sum over whole numbers."""
MAX_FACTORIAL: Final = 400

Point = Mapping[str, Value]


class NoRealValue(Exception):  # noqa: N818
    """There is no real value at this point: a division by zero, the root of a negative number."""


class NotCalculable(Exception):  # noqa: N818
    """The value cannot be calculated here, or would be too large, or can be meant in two ways."""


def value_of(node: Node, point: Point, log_base: int | None = 10) -> Value:
    """The value where variables have the values of `point`; `log` without a base has `log_base`, None: e.

    Raises:
        NoRealValue, NotCalculable: see these.
    """
    return _Evaluation(point, log_base).of(node)


def same_value(one: Value, other: Value) -> bool | None:
    """Whether two values are the same; None if that is too close to tell."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    left, right = real(one), real(other)
    size = max(abs(left), abs(right), REALS.mpf(1) / 10**12)
    difference = abs(left - right) / size
    if difference < real(CLOSE):
        return True
    return False if difference > real(APART) else None


def real(value: Value) -> Any:
    """A value as a number of `REALS`."""
    return REALS.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


class _Evaluation:
    """The evaluation of one tree at one point."""

    def __init__(self, point: Point, log_base: int | None) -> None:
        self._point = point
        self._log_base = log_base

    def of(self, node: Node) -> Value:  # noqa: C901, PLR0912 - one case for each kind of node
        match node:
            case Num(value):
                return value
            case Sym(name):
                if name not in self._point:
                    raise NotCalculable
                return self._point[name]
            case Const(name):
                return _constant(name)
            case Neg(arg):
                return -self.of(arg)
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                result: Value = Fraction(1)
                for sign, factor in factors:
                    value = self.of(factor)
                    result = divided(result, value) if sign == "/" else times(result, value)
                return result
            case Frac(top, bottom):
                return divided(self.of(top), self.of(bottom))
            case Mixed(whole, top, bottom):
                return plus(self.of(whole), divided(self.of(top), self.of(bottom)))
            case Power(base, exponent):
                return power(self.of(base), self.of(exponent))
            case Root(arg, index):
                return root(self.of(arg), index)
            case Call():
                return self._call(node)
            case Postfix(mark, arg):
                return _marked(mark, self.of(arg))
            case Series(kind, body, var, low, high):
                return self._series(kind, body, var.name, self.of(low), self.of(high))
        raise NotCalculable

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> Value:
        percent = [isinstance(term, Postfix) and term.mark == "%" for _, term in terms]
        if any(percent) and not all(percent):
            raise NotCalculable  # `80 + 15%` may be 80.15 or 92
        result: Value = Fraction(0)
        for sign, term in terms:
            value = self.of(term)
            result = plus(result, value if sign == "+" else -value)
        return result

    def _series(self, kind: str, body: Node, name: str, low: Value, high: Value) -> Value:
        whole = [isinstance(one, Fraction) and one.denominator == 1 for one in (low, high)]
        if not all(whole) or not 0 <= high - low <= MAX_TERMS:
            raise NotCalculable
        result: Value = Fraction(0 if kind == "sum" else 1)
        for number in range(int(low), int(high) + 1):
            term = _Evaluation({**self._point, name: Fraction(number)}, self._log_base).of(body)
            result = plus(result, term) if kind == "sum" else times(result, term)
        return result

    def _call(self, node: Call) -> Value:
        values = [self.of(arg) for arg in node.args]
        match node.name:
            case "log":
                return self._logarithm(values[0], self._log_base if node.base is None else self.of(node.base))
            case "ln":
                return self._logarithm(values[0], None)
            case "abs":
                return abs(values[0])
            case "floor" | "ceil":
                return _rounded(node.name, values[0])
            case "gcd" | "lcm" | "binom" | "perm":
                return _of_whole_numbers(node.name, values)
            case "min" | "max":
                ordered = sorted(values, key=real)
                return ordered[0 if node.name == "min" else -1]
        return _function(node.name, values[0])

    def _logarithm(self, value: Value, base: Value | int | None) -> Value:
        if value <= 0 or (base is not None and (base <= 0 or base == 1)):
            raise NoRealValue
        if base is None:
            return Fraction(0) if value == 1 else REALS.ln(real(value))
        base = Fraction(base) if isinstance(base, int) else base
        result = REALS.ln(real(value)) / REALS.ln(real(base))
        near = Fraction(round(float(result) * 12), 12)
        if isinstance(value, Fraction) and isinstance(base, Fraction) and abs(near) < 2_000:
            exact = times(power(value, Fraction(near.denominator)), power(base, Fraction(-near.numerator)))
            return near if exact == 1 else result
        return result


def _constant(name: str) -> Value:
    if name == "pi":
        return +REALS.pi
    if name == "e":
        return REALS.e + 0
    raise NotCalculable


def _checked(value: Value) -> Value:
    if isinstance(value, Fraction):
        if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise NotCalculable
    elif not REALS.isfinite(value):
        raise NotCalculable
    return value


def plus(one: Value, other: Value) -> Value:
    """The sum."""
    both = isinstance(one, Fraction) and isinstance(other, Fraction)
    return _checked(one + other) if both else real(one) + real(other)


def times(one: Value, other: Value) -> Value:
    """The product."""
    both = isinstance(one, Fraction) and isinstance(other, Fraction)
    return _checked(one * other) if both else real(one) * real(other)


def divided(top: Value, bottom: Value) -> Value:
    """The quotient; raises NoRealValue for a division by zero."""
    if bottom == 0 or (not isinstance(bottom, Fraction) and abs(bottom) < real(CLOSE)):
        raise NoRealValue
    both = isinstance(top, Fraction) and isinstance(bottom, Fraction)
    return _checked(top / bottom) if both else real(top) / real(bottom)


def power(base: Value, exponent: Value) -> Value:
    """The power, as in school: (-8)^(1/3) is -2; raises NoRealValue, NotCalculable."""
    if base == 0 and exponent <= 0:
        raise NoRealValue
    if isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(base, int(exponent))
        if abs(exponent.numerator) > 10_000 or exponent.denominator > 10_000:
            raise NotCalculable
        return _whole_power(root(base, exponent.denominator), exponent.numerator)
    if base < 0:
        raise NoRealValue
    if abs(exponent * REALS.ln(real(base) if base else 1)) > MAX_BITS:
        raise NotCalculable
    return _checked(REALS.power(real(base), exponent))


def _whole_power(base: Value, exponent: int) -> Value:
    if isinstance(base, Fraction):
        bits = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
        if abs(base) not in (0, 1) and (bits - 1 or 1) * abs(exponent) > MAX_BITS:
            raise NotCalculable
        return base ** (exponent if abs(base) not in (0, 1) else 2 - exponent % 2)
    if abs(exponent) > 10_000:
        raise NotCalculable
    return _checked(base**exponent)


def root(value: Value, index: int) -> Value:
    """The root, rational where it is; raises NoRealValue for an even root of a negative number."""
    if index < 1 or index > 10_000:
        raise NotCalculable
    if value < 0:
        if index % 2 == 0:
            raise NoRealValue
        return -root(-value, index)
    if isinstance(value, Fraction):
        parts = [_whole_root(part, index) for part in (value.numerator, value.denominator)]
        if parts[0] is not None and parts[1] is not None:
            return Fraction(parts[0], parts[1])
    return REALS.root(real(value), index)


def _whole_root(value: int, index: int) -> int | None:
    if value in {0, 1}:
        return value
    if index == 2:
        found = math.isqrt(value)
    else:
        found = int(REALS.nint(REALS.root(REALS.mpf(value), index))) if value.bit_length() < 180 else 0
    return found if found and found**index == value else None


def _marked(mark: str, value: Value) -> Value:
    if mark == "%":
        return divided(value, Fraction(100))
    if mark == "°":
        return real(value) * REALS.pi / 180
    if not isinstance(value, Fraction) or value.denominator != 1:
        raise NotCalculable
    if value < 0:
        raise NoRealValue
    if value > MAX_FACTORIAL:
        raise NotCalculable
    return Fraction(math.factorial(int(value)))


def _rounded(name: str, value: Value) -> Value:
    if not isinstance(value, Fraction):
        raise NotCalculable
    return Fraction(math.floor(value) if name == "floor" else math.ceil(value))


def _of_whole_numbers(name: str, values: list[Value]) -> Value:
    if not all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
        raise NotCalculable
    whole = [int(value) for value in values]
    if name in {"gcd", "lcm"}:
        return Fraction((math.gcd if name == "gcd" else math.lcm)(*whole))
    if not 0 <= whole[1] <= whole[0] <= MAX_FACTORIAL:
        raise NotCalculable
    return Fraction((math.comb if name == "binom" else math.perm)(*whole))


_FUNCTIONS: Final = {
    "sin": REALS.sin, "cos": REALS.cos, "tan": REALS.tan, "sinh": REALS.sinh, "cosh": REALS.cosh, "tanh": REALS.tanh,
    "arctan": REALS.atan,
}  # fmt: skip
_RECIPROCALS: Final = {"cot": (REALS.cos, REALS.sin), "sec": (None, REALS.cos), "csc": (None, REALS.sin)}


def _function(name: str, value: Value) -> Value:
    argument = real(value)
    if abs(argument) > 10**9:
        raise NotCalculable
    if name in _FUNCTIONS:
        if name == "tan" and abs(REALS.cos(argument)) < real(CLOSE):
            raise NoRealValue
        return _FUNCTIONS[name](argument)
    if name in _RECIPROCALS:
        top, bottom = _RECIPROCALS[name]
        return divided(top(argument) if top else Fraction(1), bottom(argument))
    if name in {"arcsin", "arccos"}:
        if abs(argument) > 1:
            raise NoRealValue
        return (REALS.asin if name == "arcsin" else REALS.acos)(argument)
    raise NotCalculable
