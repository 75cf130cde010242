"""Calculates trees at points: exactly with fractions where that is possible, else with 40 digits; bounded in size."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath

from maths.reading.nodes import (
    Call,
    Const,
    Diff,
    Frac,
    Integral,
    Limit,
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
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, to_sympy
from maths.steps.differentiation import Underivable, derivative

Number = Any
"""A Fraction, or mpmath's `mpf` or `mpc`."""
DIGITS = 40
LARGEST_EXPONENT = 2_000
MOST_BITS = 12_000
"""The most bits of an exact number; a larger one is no school mathematics."""
LONGEST_SERIES = 1_000
context: Any = mpmath.MPContext()
"""Our own, so that sympy's digits stay as they are."""
context.dps = DIGITS
CLOSE = context.mpf(10) ** -18
"""Values this near to one another, in proportion, are the same."""


class NoValue(Exception):  # noqa: N818
    """The expression has no value at the point, or none that can be calculated here."""


def approximate(value: Number) -> Any:
    """A number as mpmath's `mpf` or `mpc`."""
    if isinstance(value, Fraction):
        return context.mpf(value.numerator) / value.denominator
    return value


def is_real(value: Number) -> bool:
    """Whether a number is real."""
    return isinstance(value, Fraction) or not isinstance(value, context.mpc) or abs(value.imag) < CLOSE


def same_number(one: Number, other: Number) -> bool:
    """Whether two numbers are the same: exactly, or to 18 digits."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    left, right = approximate(one), approximate(other)
    return bool(abs(left - right) <= CLOSE * max(1, abs(left), abs(right)))


def evaluate(node: Node, point: Mapping[str, Number], *, natural: bool = False) -> Number:
    """The value of a tree where its variables have the values in `point`; `natural`: `log` without a base is ln.

    Raises:
        NoValue: it has none, or it would be too large.
    """
    try:
        return _Evaluation(point, natural=natural).value(node)
    except (ZeroDivisionError, OverflowError, ValueError, RecursionError) as error:
        raise NoValue from error
    except (TooLarge, Undefined, Unsupported, Underivable) as error:
        raise NoValue from error


def real_value(node: Node, point: Mapping[str, Number], *, natural: bool = False) -> Number:
    """The real value of a tree at a point; raises NoValue if it has none."""
    value = evaluate(node, point, natural=natural)
    if isinstance(value, Fraction):
        return value
    if not is_real(value) or not context.isfinite(value):
        raise NoValue
    return value.real


class _Evaluation:
    """Calculates at one point."""

    def __init__(self, point: Mapping[str, Number], *, natural: bool) -> None:
        self._point = point
        self._natural = natural

    def value(self, node: Node) -> Number:  # noqa: C901, PLR0912 - one case for each kind of node
        match node:
            case Num(value):
                return value
            case Sym(name):
                if name not in self._point:
                    raise NoValue
                return self._point[name]
            case Const(name):
                return _constant(name)
            case Neg(arg):
                return -self.value(arg)
            case Sum():
                return self._sum(node)
            case Product(factors):
                return self._product(factors)
            case Frac(top, bottom):
                return _divided(self.value(top), self.value(bottom))
            case Mixed(whole, top, bottom):
                return _sized(self.value(whole) + _divided(self.value(top), self.value(bottom)))
            case Power(base, exponent):
                return _power(self.value(base), self.value(exponent))
            case Root(arg, index):
                return _root(self.value(arg), index)
            case Call():
                return self._call(node)
            case Postfix(mark, arg):
                return _postfix(mark, self.value(arg))
            case Diff(body, var, order):
                for _ in range(order):
                    body = derivative(body, var.name)
                return self.value(body)
            case Integral(body, var, low, high) if low is not None and high is not None:
                return self._definite(body, var.name or "x", low, high)
            case Limit():
                return context.mpmathify(to_sympy(node).evalf(DIGITS))
            case Series():
                return self._series(node)
        raise NoValue

    def _sum(self, node: Sum) -> Number:
        total: Number = Fraction(0)
        for place, (sign, term) in enumerate(node.terms):
            value = self.value(term)
            if place and place == len(node.terms) - 1 and isinstance(term, Postfix) and term.mark == "%":
                value = _times(total, value)  # `80 + 15%` is 15 % of what stands before it
            total = _plus(total, value if sign == "+" else -value)
        return total

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Number:
        result: Number = Fraction(1)
        for sign, factor in factors:
            value = self.value(factor)
            result = _divided(result, value) if sign == "/" else _times(result, value)
        return result

    def _call(self, node: Call) -> Number:
        values = [self.value(arg) for arg in node.args]
        if node.name == "log":
            if node.base is not None:
                base = approximate(self.value(node.base))
            else:
                base = context.e if self._natural else context.mpf(10)
            return context.log(_nonzero(approximate(values[0]))) / context.log(_nonzero(base))
        if node.name == "ln":
            return context.log(_nonzero(approximate(values[0])))
        if node.name == "abs":
            return abs(values[0])
        function = _FUNCTIONS.get(node.name)
        if function is None or len(values) != 1:
            return self._by_sympy(node)
        return function(approximate(values[0]))

    def _by_sympy(self, node: Call) -> Number:
        value = to_sympy(node)
        if not value.is_Rational:
            raise NoValue
        return Fraction(int(value.p), int(value.q))

    def _definite(self, body: Node, name: str, low: Node, high: Node) -> Number:
        ends = [approximate(self.value(end)) for end in (low, high)]

        def at(place: Number) -> Number:
            return approximate(_Evaluation({**self._point, name: place}, natural=self._natural).value(body))

        return context.quad(at, ends, maxdegree=5)

    def _series(self, node: Series) -> Number:
        low, high = self.value(node.low), self.value(node.high)
        if not all(isinstance(end, Fraction) and end.denominator == 1 for end in (low, high)):
            raise NoValue
        if high - low > LONGEST_SERIES:
            raise NoValue
        result: Number = Fraction(0 if node.kind == "sum" else 1)
        for place in range(int(low), int(high) + 1):
            point = {**self._point, node.var.name: Fraction(place)}
            value = _Evaluation(point, natural=self._natural).value(node.body)
            result = _plus(result, value) if node.kind == "sum" else _times(result, value)
        return result


_FUNCTIONS = {
    "sin": context.sin, "cos": context.cos, "tan": context.tan, "cot": context.cot, "sec": context.sec,
    "csc": context.csc, "sinh": context.sinh, "cosh": context.cosh, "tanh": context.tanh,
    "arcsin": context.asin, "arccos": context.acos, "arctan": context.atan, "floor": context.floor,
    "ceil": context.ceil,
}  # fmt: skip


def _constant(name: str) -> Number:
    if name == "oo":
        raise NoValue
    return {"pi": +context.pi, "e": +context.e, "i": context.mpc(0, 1)}[name]


def _sized(value: Number) -> Number:
    exact = isinstance(value, Fraction)
    if exact and max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise NoValue
    return value


def _plus(one: Number, other: Number) -> Number:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return _sized(one + other)
    return approximate(one) + approximate(other)


def _times(one: Number, other: Number) -> Number:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return _sized(one * other)
    return approximate(one) * approximate(other)


def _nonzero(value: Number) -> Number:
    if abs(value) < CLOSE:
        raise NoValue
    return value


def _divided(top: Number, bottom: Number) -> Number:
    if isinstance(top, Fraction) and isinstance(bottom, Fraction):
        return _sized(top / bottom)
    return approximate(top) / _nonzero(approximate(bottom))


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(exponent, Fraction):
        if exponent == 0 and (base == 0 or (not isinstance(base, Fraction) and abs(base) < CLOSE)):
            raise NoValue
        if isinstance(base, Fraction) and exponent.denominator == 1:
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if abs(exponent) > LARGEST_EXPONENT or bits * abs(exponent) > MOST_BITS:
                raise NoValue
            return base ** int(exponent)
        if isinstance(base, Fraction) and base < 0 and exponent.denominator % 2:
            size = context.power(approximate(-base), approximate(exponent))  # in school (-8)^(1/3) is -2
            return -size if exponent.numerator % 2 else size
    if abs(exponent) > LARGEST_EXPONENT:
        raise NoValue
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return approximate(base) ** int(exponent)
    return context.power(approximate(base), approximate(exponent))


def _root(value: Number, index: int) -> Number:
    if isinstance(value, Fraction) and value >= 0:
        tops = [round(context.root(part, index)) for part in (value.numerator, value.denominator)]
        if tops[0] ** index == value.numerator and tops[1] ** index == value.denominator:
            return Fraction(tops[0], tops[1])
    real = approximate(value)
    if index % 2 and is_real(real) and real.real < 0:
        return -context.root(-real, index)
    return context.root(real, index)


def _postfix(mark: str, value: Number) -> Number:
    if mark == "%":
        return value / 100
    if mark == "°":
        return approximate(value) * context.pi / 180
    if isinstance(value, Fraction) and value.denominator == 1:
        if not 0 <= value <= LONGEST_SERIES:
            raise NoValue
        return Fraction(math.factorial(int(value)))
    return context.factorial(approximate(value))
