"""Keeps the solutions of an equation that are in an interval: `sin x = 1/2, 0 <= x < 2pi`."""

from dataclasses import replace
from typing import Any

import sympy as sp

from maths.reading.nodes import Rel, Sym
from maths.solving.equations import roots_of
from maths.solving.solution import Solution, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import node_latex
from maths.writing.values import alternatives

Expr = Any
MOST = 40
"""The most solutions that are listed."""


def within(solution: Solution, node: Rel, interval: Rel) -> Solution:
    """The solution of the equation `node` with only the values in `interval`, `a <= x < b`.

    Raises:
        Unsolved: the values are not known one by one, or are too many.
    """
    if solution.remark is not None:
        return solution
    low_op, high_op = interval.ops
    name = interval.sides[1]
    assert isinstance(name, Sym)
    low, high = to_sympy(interval.sides[0]), to_sympy(interval.sides[2])
    if solution.families:
        values = [value for base, period in solution.families for value in _members(base, period, low, high)]
    else:
        values = roots_of(node, name.name)
    kept = sorted({one for one in values if _lets_in(low, low_op, one) and _lets_in(one, high_op, high)}, key=float)
    steps = solution.steps
    if not kept:
        return replace(solution, result="", remark=step("none_in_interval"), notes=())
    shown = alternatives(symbol(name.name), kept)
    return replace(
        solution, steps=(*steps, step("in_interval", shown, value=node_latex(interval))), result=shown, notes=()
    )


def _members(base: Expr, period: Expr, low: Expr, high: Expr) -> list[Expr]:
    first, last = sp.ceiling((low - base) / period), sp.floor((high - base) / period)
    if not (first.is_Integer and last.is_Integer) or last - first > MOST:
        raise Unsolved
    return [sp.simplify(base + period * count) for count in range(int(first), int(last) + 1)]


def _lets_in(left: Expr, op: str, right: Expr) -> bool:
    return bool(left < right) or (op == "<=" and sp.simplify(left - right) == 0)
