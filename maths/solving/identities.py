"""Checks whether an equation holds for all values of its letters: `is (a+b)^2 = a^2+b^2?`."""

from itertools import product
from typing import Any

import sympy as sp

from maths.reading.nodes import Rel
from maths.solving.solution import Solution, Unsolved, step
from maths.solving.to_sympy import to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import equation

Expr = Any
MOST_NAMES = 4
"""The most letters in an equation for which values are tried."""
_TRIED = (1, 2, 3, -1, 5)
"""The values that are tried."""


def check_identity(node: Rel) -> Solution:
    """Expand both sides if they are equal; else find values for which they are not.

    Raises:
        Unsolved: that cannot be told.
    """
    left, right = (to_sympy(side) for side in node.sides)
    if sp.simplify(left - right) == 0:
        sides = [sp.expand(side) for side in (left, right)]
        steps = (step("expand_sides", equation(*sides)),) if sides[0] == sides[1] and sides != [left, right] else ()
        return Solution("check_equation", node_latex(node), steps, remark=step("identity"))
    names = sorted((left - right).free_symbols, key=str)
    for numbers in product(_TRIED, repeat=len(names)) if len(names) <= MOST_NAMES else ():
        values = dict(zip(names, numbers, strict=True))
        shown = [sp.simplify(side.subs(values)) for side in (left, right)]
        if all(side.is_number and side.is_finite for side in shown) and sp.simplify(shown[0] - shown[1]) != 0:
            where = r",\; ".join(equation(name, sp.Integer(number)) for name, number in values.items())
            remark = step("no_identity", where=where, left=latex(shown[0]), right=latex(shown[1]))
            return Solution("check_equation", node_latex(node), (), remark=remark)
    raise Unsolved
