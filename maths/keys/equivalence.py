"""Whether two expressions mean the same: their values are compared at several points.

A difference at one point proves that they differ. The same forty digits at every point are taken for equality:
the points are rational numbers of no special meaning, where an expression of a school book agrees with no other.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from maths.reading.nodes import Node, variables_of
from maths.values.evaluation import Point, value_of
from maths.values.numbers import NoRealValue, Value, same_value

_POSITIVE: Final = (Fraction(7, 5), Fraction(23, 7), Fraction(3, 11), Fraction(59, 13), Fraction(11, 17))
_NEGATIVE: Final = (Fraction(-5, 7), Fraction(-37, 11), Fraction(-31, 19))
_SHIFT: Final = Fraction(9, 23)
"""Each further variable lies so much farther from 0, so that no two have the same value."""
MOST_VARIABLES: Final = 4
FEWEST_POINTS: Final = 3
"""Both must have values at so many points before they are taken for equal."""

Function = Callable[[Point], Value]


def points(names: Sequence[str], *, negative: bool) -> Iterable[dict[str, Fraction]]:
    """Points for comparisons: all variables positive, or all negative."""
    for place, value in enumerate(_NEGATIVE if negative else _POSITIVE):
        sign = -1 if negative else 1
        yield {name: value + sign * _SHIFT * index * (place + 1) for index, name in enumerate(names)}


def same_functions(
    one: Function, other: Function, names: Sequence[str], *, where_first_is_defined: bool = False
) -> bool | None:
    """Whether two functions of these variables have the same values.

    None: that cannot be told, or holds for positive values alone, as of √(x²) and x. With `where_first_is_defined`, the
    other may have values where the first has none: ln(x) + ln(y) is ln(xy).

    Raises:
        NotCalculable: a value cannot be calculated.
    """
    if len(names) > MOST_VARIABLES:
        return None
    if not names:
        return _agree(one, other, {}, where_first_is_defined)
    agreements = [_agree(one, other, point, where_first_is_defined) for point in points(names, negative=False)]
    if False in agreements:
        return False
    below = [_agree(one, other, point, where_first_is_defined) for point in points(names, negative=True)]
    everywhere = agreements.count(True) >= FEWEST_POINTS or not any(agreements)
    if everywhere and False not in below and (agreements + below).count(True) >= FEWEST_POINTS:
        return True
    if agreements.count(True) == 0 and False in below:
        return False
    return None


def _agree(one: Function, other: Function, point: Point, where_first_is_defined: bool) -> bool | None:
    """Whether both have the same value; False also if only one has any; None if neither has, or the first has none."""
    values: list[Value] = []
    for function in (one, other):
        try:
            values.append(function(point))
        except NoRealValue:
            values.append(None)
    if values[0] is None or values[1] is None:
        return None if values[0] is values[1] or (where_first_is_defined and values[0] is None) else False
    return same_value(values[0], values[1])


def function_of(node: Node, log_base: int | None = 10) -> Function:
    """An expression as a function of its variables."""
    return lambda point: value_of(node, point, log_base)


def same(one: Node, other: Node, log_base: int | None = 10) -> bool | None:
    """Whether two expressions mean the same; None if that cannot be told.

    Raises:
        NotCalculable: a value cannot be calculated.
    """
    names = sorted({*variables_of(one), *variables_of(other)})
    return same_functions(function_of(one, log_base), function_of(other, log_base), names)
