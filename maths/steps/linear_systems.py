"""The solutions of a system of equations, as points."""

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from maths.reading.nodes import Rel
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, symbol, to_sympy
from maths.steps.same_value import free_names
from maths.values.numbers import DIGITS, REALS, Value

MOST_UNKNOWNS = 4


def system_solutions(equations: Sequence[Rel]) -> list[dict[str, Value]]:
    """All real solutions of a system; empty if there are none, infinitely many, or none that are found."""
    names = free_names(*equations)
    if not 1 < len(names) <= MOST_UNKNOWNS or any(relation.ops != ("=",) for relation in equations):
        return []
    unknowns = [symbol(name) for name in names]
    try:
        sides = [to_sympy(one.sides[0]) - to_sympy(one.sides[1]) for one in equations]
        found = sp.solve(sides, unknowns, dict=True)
    except (TooLarge, Undefined, Unsupported, NotImplementedError, ValueError, TypeError):
        return []
    points: list[dict[str, Value]] = []
    for solution in found:
        values = [solution.get(unknown) for unknown in unknowns]
        if any(value is None or value.free_symbols for value in values):
            return []
        if all(value.is_real for value in values):
            points.append({name: _number(value) for name, value in zip(names, values, strict=True)})
    return points


def _number(value: sp.Expr) -> Value:
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return REALS.mpf(str(value.evalf(DIGITS)))
