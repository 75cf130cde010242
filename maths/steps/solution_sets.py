"""Compares the solutions of two lines in one unknown: at all places where one of them can change, and between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from maths.reading.nodes import Call, Frac, Neg, Node, Num, Power, Product, Rel, Sum, Sym, walk
from maths.values.evaluation import evaluate, real_value
from maths.values.numbers import REALS, NoValue, Value, is_real, real, same_number

Alternatives = tuple[tuple[Rel, ...], ...]
"""What a line states: one of these holds, and in it all relations."""

Polynomial = list[Value]
"""Coefficients, the constant first."""
MAX_DEGREE = 10
_SCAN = 40
"""Equations without a formula are searched between minus and plus this number."""
_PER_UNIT = 8
_BISECTIONS = 90
_NEAR = REALS.mpf(10) ** -14
_CLEAR = REALS.mpf(10) ** -7
"""Sides that differ by less are neither surely equal nor surely different."""
_PERIODIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})


@dataclass(frozen=True, slots=True)
class SetComparison:
    """Places where only the first line holds (`lost` by the second), only the second (`gained`), and both."""

    lost: tuple[Value, ...] = ()
    gained: tuple[Value, ...] = ()
    shared: tuple[Value, ...] = ()
    sure: bool = True
    """All places were found; else some may be missing, and those that are told are still true."""

    @property
    def same(self) -> bool:
        """No difference was found."""
        return not self.lost and not self.gained


@dataclass
class _Line:
    alternatives: Alternatives
    name: str
    others: Mapping[str, Value] = field(default_factory=dict)
    natural: bool = False

    def holds(self, place: Value) -> bool | None:
        """Whether the line holds at a place; None if that is too close to tell."""
        results = [self._all_hold(part, place) for part in self.alternatives]
        if any(results):
            return True
        return None if None in results else False

    def _all_hold(self, relations: Sequence[Rel], place: Value) -> bool | None:
        unclear = False
        for relation in relations:
            held = self._relation_holds(relation, place)
            if held is False:
                return False
            unclear |= held is None
        return None if unclear else True

    def _relation_holds(self, relation: Rel, place: Value) -> bool | None:
        point = {**self.others, self.name: place}
        try:
            values = [real_value(side, point, natural=self.natural) for side in relation.sides]
        except NoValue:
            return False
        held = [_compared(op, a, b) for op, a, b in zip(relation.ops, values, values[1:], strict=False)]
        if False in held:
            return False
        return None if None in held else True

    def differences(self) -> list[Node]:
        return [
            Sum((("+", left), ("-", right)))
            for part in self.alternatives
            for relation in part
            for left, right in zip(relation.sides, relation.sides[1:], strict=False)
        ]


def _compared(op: str, left: Value, right: Value) -> bool | None:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _ordered(op, (left > right) - (left < right))
    one, other = real(left), real(right)
    gap, size = abs(one - other), max(1, abs(one), abs(other))
    if gap <= _NEAR * size:
        return _ordered(op, 0)
    if gap <= _CLEAR * size and op in {"=", "!="}:
        return None
    return _ordered(op, 1 if one > other else -1)


def _ordered(op: str, order: int) -> bool:
    return {
        "=": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0,
    }[op]  # fmt: skip


def compare_solutions(
    one: Alternatives,
    other: Alternatives,
    name: str,
    others: Mapping[str, Value] | None = None,
    *,
    natural: bool = False,
) -> SetComparison:
    """Compare where two lines hold, in the unknown `name`; `others` gives the values of all other letters."""
    lines = [_Line(line, name, others or {}, natural) for line in (one, other)]
    places: list[Value] = []
    sure = True
    for line in lines:
        for difference in line.differences():
            found, all_found = critical_places(difference, name, others or {}, natural=natural)
            places += found
            sure &= all_found
    lost, gained, shared = [], [], []
    for place in _with_between(places):
        before, after = (line.holds(place) for line in lines)
        if before is None or after is None:
            sure = False
        elif before and after:
            shared.append(place)
        elif before:
            lost.append(place)
        elif after:
            gained.append(place)
    return SetComparison(tuple(lost), tuple(gained), tuple(shared), sure)


def holds_at(
    line: Alternatives,
    name: str,
    place: Value | None,
    others: Mapping[str, Value] | None = None,
    *,
    natural: bool = False,
) -> bool:
    """Whether a line holds where the unknown `name` is `place` and the other letters are as in `others`."""
    value = Fraction(0) if place is None else place
    return _Line(line, name, others or {}, natural).holds(value) is not False


def is_periodic(*lines: Alternatives) -> bool:
    """Whether a trigonometric function occurs, so that there are solutions beyond those that are looked for."""
    relations = [relation for line in lines for part in line for relation in part]
    return any(isinstance(part, Call) and part.name in _PERIODIC for one in relations for part in walk(one))


def _with_between(places: Sequence[Value]) -> list[Value]:
    """The places in order, with one between each two neighbours and one beyond each end."""
    ordered: list[Value] = []
    for place in sorted(places, key=real):
        if not ordered or not same_number(ordered[-1], place):
            ordered.append(place)
        elif isinstance(place, Fraction):
            ordered[-1] = place
    if not ordered:
        return [Fraction(0), Fraction(7, 3), Fraction(-11, 3)]
    beyond = [_rational(ordered[0]) - 1, _rational(ordered[-1]) + 1]
    between = [(_rational(left) + _rational(right)) / 2 for left, right in pairwise(ordered)]
    return [*ordered, *between, *beyond]


def _rational(place: Value) -> Fraction:
    return place if isinstance(place, Fraction) else Fraction(str(REALS.nstr(place, 20)))


# -- places where an expression is zero, or not defined


def critical_places(
    node: Node, name: str, others: Mapping[str, Value], *, natural: bool = False
) -> tuple[list[Value], bool]:
    """The places where an expression is zero or not defined, and whether these are all."""
    try:
        top, bottom = rational_function(node, name, others)
        return [*real_roots(top), *real_roots(bottom)], True
    except (NoValue, ZeroDivisionError):
        return _scanned(node, name, others, natural=natural), False


def real_roots(polynomial: Polynomial) -> list[Value]:
    """The real roots of a polynomial, rational ones exactly."""
    coefficients = _trimmed(polynomial)
    if len(coefficients) <= 1:
        return []
    try:
        roots = REALS.polyroots([real(one) for one in reversed(coefficients)], maxsteps=300, extraprec=400)
    except REALS.NoConvergence as error:
        raise NoValue from error
    exact: list[Value] = []
    for root in roots:
        if abs(REALS.im(root)) > REALS.mpf(10) ** -12:
            continue
        near = Fraction(str(REALS.nstr(REALS.re(root), 25))).limit_denominator(100_000)
        is_root = sum(one * near**power for power, one in enumerate(coefficients)) == 0
        exact.append(near if is_root else REALS.re(root))
    return exact


def rational_function(node: Node, name: str, others: Mapping[str, Value]) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator in one unknown, not reduced, so that every denominator's zeros stay.

    Raises:
        NoValue: it is no rational function, or its degree is too high.
    """
    match node:
        case Num(value):
            return [value], [Fraction(1)]
        case Sym(letter):
            if letter == name:
                return [Fraction(0), Fraction(1)], [Fraction(1)]
            return [_constant(others.get(letter))], [Fraction(1)]
        case Neg(arg):
            top, bottom = rational_function(arg, name, others)
            return [-one for one in top], bottom
        case Sum(terms):
            return _summed(terms, name, others)
        case Product(factors):
            top, bottom = [Fraction(1)], [Fraction(1)]
            for sign, factor in factors:
                above, below = rational_function(factor, name, others)
                if sign == "/":
                    above, below = below, above
                top, bottom = _multiplied(top, above), _multiplied(bottom, below)
            return top, bottom
        case Frac(above, below):
            first, second = rational_function(above, name, others), rational_function(below, name, others)
            return _multiplied(first[0], second[1]), _multiplied(first[1], second[0])
        case Power(base, exponent):
            return _raised(rational_function(base, name, others), _exact(evaluate(exponent, others)))
    return [_constant(evaluate(node, others))], [Fraction(1)]


def _summed(
    terms: tuple[tuple[str, Node], ...], name: str, others: Mapping[str, Value]
) -> tuple[Polynomial, Polynomial]:
    top, bottom = [Fraction(0)], [Fraction(1)]
    for sign, term in terms:
        above, below = rational_function(term, name, others)
        above = above if sign == "+" else [-one for one in above]
        if below == bottom:
            top = _added(top, above)
        else:
            top = _added(_multiplied(top, below), _multiplied(above, bottom))
            bottom = _multiplied(bottom, below)
    return top, bottom


def _raised(function: tuple[Polynomial, Polynomial], exponent: Fraction) -> tuple[Polynomial, Polynomial]:
    if exponent.denominator != 1 or abs(exponent) > MAX_DEGREE:
        raise NoValue
    top, bottom = [Fraction(1)], [Fraction(1)]
    for _ in range(abs(int(exponent))):
        top, bottom = _multiplied(top, function[0]), _multiplied(bottom, function[1])
    return (top, bottom) if exponent >= 0 else (bottom, top)


def _constant(value: Any) -> Value:
    """A coefficient, also an irrational one."""
    if value is None or not is_real(value):
        raise NoValue
    return value if isinstance(value, Fraction) else real(value).real


def _exact(value: Any) -> Fraction:
    if not isinstance(value, Fraction):
        raise NoValue
    return value


def _trimmed(polynomial: Polynomial) -> Polynomial:
    while polynomial and polynomial[-1] == 0:
        polynomial = polynomial[:-1]
    return polynomial


def _added(one: Polynomial, other: Polynomial) -> Polynomial:
    size = max(len(one), len(other))
    padded = [[*each, *[Fraction(0)] * (size - len(each))] for each in (one, other)]
    return _trimmed([a + b for a, b in zip(*padded, strict=True)])


def _multiplied(one: Polynomial, other: Polynomial) -> Polynomial:
    if len(one) + len(other) > MAX_DEGREE + 2:
        raise NoValue
    result = [Fraction(0)] * max(0, len(one) + len(other) - 1)
    for place, a in enumerate(one):
        for shift, b in enumerate(other):
            result[place + shift] += a * b
    return _trimmed(result)


def _scanned(node: Node, name: str, others: Mapping[str, Value], *, natural: bool) -> list[Value]:
    """Places where the sign changes, or where the value begins or ends to exist, between -40 and 40."""

    def at(place: Fraction) -> Any:
        try:
            return real(real_value(node, {**others, name: place}, natural=natural))
        except NoValue:
            return None

    grid = [Fraction(step, _PER_UNIT) for step in range(-_SCAN * _PER_UNIT, _SCAN * _PER_UNIT + 1)]
    values = [at(place) for place in grid]
    found: list[Value] = []
    for left, right, before, after in zip(grid, grid[1:], values, values[1:], strict=False):
        if before is not None and abs(before) < _NEAR:
            found.append(left)
        elif (before is None) != (after is None) or (before is not None and after is not None and before * after < 0):
            low, high, start = left, right, before
            for _ in range(_BISECTIONS):
                middle = (low + high) / 2
                value = at(middle)
                if value is not None and abs(value) < _NEAR**2:
                    low = high = middle
                    break
                like_start = (value is None) if start is None else (value is not None and value * start > 0)
                low, high = (middle, high) if like_start else (low, middle)
            found.append(real(high if start is None else low))  # it is not exact: see `_compared`
    return found
