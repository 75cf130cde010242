"""Finds the tangent to a curve at a point."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Node
from maths.solving.solution import Solution, step
from maths.solving.to_sympy import Undefined, symbol, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import equation

Expr = Any


def tangent(body: Node, name: str, place: Node) -> Solution:
    """The tangent to `y = body` where the variable `name` has the value `place`.

    Raises:
        Undefined: the curve has no tangent with a slope there.
        TooLarge, Unsupported: see `to_sympy`.
    """
    x, at, curve = symbol(name), to_sympy(place), to_sympy(body)
    slope_anywhere = sp.diff(curve, x)
    high, slope = (sp.simplify(one.subs(x, at)) for one in (curve, slope_anywhere))
    if not all(one.is_real and one.is_finite for one in (high, slope)):
        raise Undefined
    line = sp.expand(slope * (x - at) + high)
    steps = (
        step("touches_at", rf"\left({latex(at)},\; {latex(high)}\right)", value=equation(x, at)),
        step("slope_by_derivative", rf"y' = {latex(slope_anywhere)},\quad m = {latex(slope)}", value=equation(x, at)),
        step("point_slope", _through(at, high, slope, x)),
    )
    problem = rf"y = {node_latex(body)},\quad {equation(x, at)}"
    return Solution("tangent_to", problem, steps, equation(symbol("y"), line))


def _through(at: Expr, high: Expr, slope: Expr, x: Expr) -> str:
    """`y - 4 = 3 (x - 2)`, without zeros."""
    left = "y" if high == 0 else f"y {_minus(high)}"
    return f"{left} = " + (
        latex(slope * x) if at == 0 else rf"{latex(slope)} \cdot \left({latex(x)} {_minus(at)}\right)"
    )


def _minus(value: Expr) -> str:
    return f"+ {latex(-value)}" if value.could_extract_minus_sign() else f"- {latex(value)}"
