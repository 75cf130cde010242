"""The value of a tree at a point: exact where it is rational, else with sixty digits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

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
    Substitution,
    Sum,
    Sym,
    exact,
    rewrite,
)
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, to_sympy
from maths.values.differentiation import Underivable, derivative
from maths.values.numbers import (
    CLOSE,
    DIGITS,
    NEAR,
    REALS,
    NoRealValue,
    NotCalculable,
    Value,
    divided,
    function,
    is_real,
    logarithm,
    marked,
    plus,
    power,
    real,
    root,
    times,
)

MAX_TERMS: Final = 2_000
"""Terms of a sum over whole numbers."""

Point = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Conventions:
    """What is read how, where people differ.

    `log_base` is the base of a `log` without one, None: e. `percent_of_sum`: `80 + 15%` is 15 % of 80 more; else it is
    not calculated, as it may be 80.15. `calculus`: derivatives, definite integrals and limits are calculated, and `i`.
    `zero` is the size below which a denominator that is not rational is taken for 0.
    """

    log_base: int | None = 10
    percent_of_sum: bool = False
    calculus: bool = False
    zero: Any = CLOSE


STRICT: Final = Conventions()
WORKING: Final = Conventions(percent_of_sum=True, calculus=True, zero=NEAR)
WORKING_NATURAL: Final = Conventions(None, percent_of_sum=True, calculus=True, zero=NEAR)


def value_of(node: Node, point: Point, log_base: int | None = 10) -> Value:
    """The value where variables have the values of `point`; what can be meant in two ways has none.

    `log` without a base has `log_base`, None: e.

    Raises:
        NoRealValue, NotCalculable: see `maths.values.numbers`.
    """
    return _evaluated(node, point, STRICT if log_base == STRICT.log_base else Conventions(log_base))


def evaluate(node: Node, point: Point, *, natural: bool = False) -> Value:
    """The value of what a student writes in a working; `natural`: `log` without a base is ln. Raises as `value_of`."""
    return _evaluated(node, point, WORKING_NATURAL if natural else WORKING)


def real_value(node: Node, point: Point, *, natural: bool = False) -> Value:
    """The real value of what a student writes; raises as `value_of`, and NoRealValue for a complex one."""
    value = evaluate(node, point, natural=natural)
    if isinstance(value, Fraction):
        return value
    if not REALS.isfinite(value):
        raise NotCalculable
    if not is_real(value):
        raise NoRealValue
    return value.real


def _evaluated(node: Node, point: Point, conventions: Conventions) -> Value:
    try:
        return _Evaluation(point, conventions).of(node)
    except (ZeroDivisionError, OverflowError, ValueError, TypeError, RecursionError) as error:
        raise NotCalculable from error
    except (TooLarge, Undefined, Unsupported, Underivable) as error:
        raise NotCalculable from error


class _Evaluation:
    """The evaluation of one tree at one point."""

    def __init__(self, point: Point, conventions: Conventions) -> None:
        self._point = point
        self._conventions = conventions

    def of(self, node: Node) -> Value:  # noqa: C901, PLR0912 - one case for each kind of node
        match node:
            case Num(value):
                return value
            case Sym(name):
                if name not in self._point:
                    raise NotCalculable
                return self._point[name]
            case Const(name):
                return self._constant(name)
            case Neg(arg):
                return -self.of(arg)
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                result: Value = Fraction(1)
                for sign, factor in factors:
                    value = self.of(factor)
                    result = self._divided(result, value) if sign == "/" else times(result, value)
                return result
            case Frac(top, bottom):
                return self._divided(self.of(top), self.of(bottom))
            case Mixed(whole, top, bottom):
                return plus(self.of(whole), self._divided(self.of(top), self.of(bottom)))
            case Power(base, exponent):
                return power(self.of(base), self.of(exponent))
            case Root(arg, index):
                return root(self.of(arg), index)
            case Call():
                return self._call(node)
            case Postfix(mark, arg):
                return marked(mark, self.of(arg))
            case Series(kind, body, var, low, high):
                return self._series(kind, body, var.name, self.of(low), self.of(high))
        if self._conventions.calculus:
            return self._calculus(node)
        raise NotCalculable

    def _divided(self, top: Value, bottom: Value) -> Value:
        return divided(top, bottom, self._conventions.zero)

    def _constant(self, name: str) -> Value:
        match name:
            case "pi":
                return +REALS.pi
            case "e":
                return +REALS.e
            case "i" if self._conventions.calculus:
                return REALS.mpc(0, 1)
        raise NotCalculable

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> Value:
        percent = [isinstance(term, Postfix) and term.mark == "%" for _, term in terms]
        mixed = any(percent) and not all(percent)
        if mixed and not (self._conventions.percent_of_sum and percent.count(True) == 1 and percent[-1]):
            raise NotCalculable
        result: Value = Fraction(0)
        for place, (sign, term) in enumerate(terms):
            value = self.of(term)
            if mixed and percent[place]:
                value = times(result, value)
            result = plus(result, value if sign == "+" else -value)
        return result

    def _series(self, kind: str, body: Node, name: str, low: Value, high: Value) -> Value:
        whole = [isinstance(one, Fraction) and one.denominator == 1 for one in (low, high)]
        if not all(whole) or not 0 <= high - low <= MAX_TERMS:
            raise NotCalculable
        result: Value = Fraction(0 if kind == "sum" else 1)
        for number in range(int(low), int(high) + 1):
            term = _Evaluation({**self._point, name: Fraction(number)}, self._conventions).of(body)
            result = plus(result, term) if kind == "sum" else times(result, term)
        return result

    def _call(self, node: Call) -> Value:
        if node.name == "at":
            raise NotCalculable
        values = [self.of(arg) for arg in node.args]
        if node.name in {"log", "ln"}:
            if node.name == "ln":
                return logarithm(values[0], None)
            plain = self._conventions.log_base
            base = self.of(node.base) if node.base is not None else None if plain is None else Fraction(plain)
            return logarithm(values[0], base)
        return function(node.name, values, self._conventions.zero)

    def _calculus(self, node: Node) -> Value:
        match node:
            case Diff(body, var, order):
                for _ in range(order):
                    body = derivative(body, var.name)
                return self.of(body)
            case Integral(body, var, low, high) if low is not None and high is not None:
                return self._definite(body, var.name or "x", low, high)
            case Limit():
                return self._limit(node)
        raise NotCalculable

    def _limit(self, node: Limit) -> Value:
        body: Node = node.body
        for name, value in self._point.items():
            if not isinstance(value, Fraction):
                raise NotCalculable
            if name != node.var.name:
                body = rewrite(body, Substitution(name, exact(value)))
        found = to_sympy(replace(node, body=body))
        if not found.is_number or not found.is_finite:
            raise NotCalculable
        return REALS.mpmathify(found.evalf(DIGITS))

    def _definite(self, body: Node, name: str, low: Node, high: Node) -> Value:
        ends = [real(self.of(end)) for end in (low, high)]

        def at(place: Value) -> Value:
            return real(_Evaluation({**self._point, name: place}, self._conventions).of(body))

        return REALS.quad(at, ends, maxdegree=5)
