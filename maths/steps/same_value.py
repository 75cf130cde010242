"""Whether two expressions have the same value wherever both have one: tried at points, with exact numbers."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from maths.reading.nodes import Const, Node, Num, variables_of, walk
from maths.values.evaluation import evaluate, real_value
from maths.values.numbers import NoValue, Value, real, same_number

Sameness = Literal["same", "different", "positive", "rounded", "unknown"]
"""`positive`: the same where all letters are positive; `rounded`: the second is the first as a rounded decimal."""

_SEEDS = (
    Fraction(37, 29), Fraction(113, 47), Fraction(17, 41), Fraction(-23, 19), Fraction(307, 61), Fraction(-139, 43),
    Fraction(5, 53),
)  # fmt: skip
_STRIDES = (Fraction(0), Fraction(31, 37), Fraction(13, 59), Fraction(71, 67), Fraction(101, 83), Fraction(3, 73))
POSITIVE = 2
"""So many points of positive values must tell the same before it counts."""


def points(names: Sequence[str]) -> Iterator[dict[str, Value]]:
    """Points to try: each name has another value at each, mostly positive ones."""
    for seed in _SEEDS:
        sign = 1 if seed > 0 else -1
        yield {
            name: seed + sign * _STRIDES[at % len(_STRIDES)] * (1 + at // 6) for at, name in enumerate(sorted(names))
        }


def free_names(*nodes: Node) -> list[str]:
    """The names of all variables in some trees."""
    return list(dict.fromkeys(name for node in nodes for name in variables_of(node)))


def compare_values(one: Node, other: Node, *, natural: bool = False) -> Sameness:
    """Whether two expressions have the same real value at all points where both have one."""
    same = positive = different = below = 0
    for point in points(free_names(one, other)):
        above = all(value > 0 for value in point.values())
        try:
            left, right = (_value(node, point, natural=natural) for node in (one, other))
        except NoValue:
            continue
        if same_number(left, right):
            same += 1
            positive += above
        elif _is_rounded(left, right, other):
            return "rounded"
        elif above:
            different += 1
        else:
            below += 1
        if different > 1:
            return "different"
        if not point:
            break
    if different or (below and positive < POSITIVE):
        return "different"
    if below:
        return "positive"
    return "same" if same else "unknown"


def _value(node: Node, point: Mapping[str, Value], *, natural: bool) -> Value:
    """The real value, or the complex one of an expression with `i` in it."""
    if any(part == Const("i") for part in walk(node)):
        return evaluate(node, point, natural=natural)
    return real_value(node, point, natural=natural)


def rounding(node: Node) -> Value | None:
    """How far the value of an expression with decimals may be from the exact one; None if it has no decimals."""
    places = [len(part.text.partition(".")[2]) for part in walk(node) if isinstance(part, Num) and "." in part.text]
    return real(Fraction(6, 10 ** (min(places) + 1))) if places else None


def _is_rounded(exact: Value, said: Value, node: Node) -> bool:
    tolerance = rounding(node)
    if tolerance is None or variables_of(node):
        return False
    return bool(abs(real(exact) - real(said)) <= max(1, abs(real(exact))) * tolerance)


def ratio(one: Node, other: Node, *, natural: bool = False) -> Value | None:
    """The number by which the first expression is multiplied to give the second, at all points; None if none is."""
    found: list[Value] = []
    for point in points(free_names(one, other)):
        try:
            left, right = (real_value(node, point, natural=natural) for node in (one, other))
        except NoValue:
            continue
        if same_number(left, Fraction(0)) or same_number(right, Fraction(0)):
            if same_number(left, right):
                continue
            return None
        both_exact = isinstance(left, Fraction) and isinstance(right, Fraction)
        found.append(right / left if both_exact else real(right) / real(left))
        if len(found) > 1 and not same_number(found[0], found[-1]):
            return None
    return found[0] if len(found) > 1 or (found and not free_names(one, other)) else None
