"""The tangent to a curve at a place."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Node
from maths.solving.solution import Solution, step
from maths.solving.to_sympy import Undefined, symbol, to_sympy
from maths.writing.latex import show, write
from maths.writing.values import equation

Expr = Any


def tangent(body: Node, name: str, place: Node) -> Solution:
    """The line that touches `y = body` where the variable `name` is `place`.

    Raises:
        Undefined: the curve has no tangent there with a slope.
        TooLarge, Unsupported: see `to_sympy`.
    """
    x, at, curve = symbol(name), to_sympy(place), to_sympy(body)
    slope_anywhere = sp.diff(curve, x)
    high, slope = (sp.simplify(one.subs(x, at)) for one in (curve, slope_anywhere))
    if not all(one.is_real and one.is_finite for one in (high, slope)):
        raise Undefined
    line = sp.expand(slope * (x - at) + high)
    steps = (
        step("touches_at", rf"\left({show(at)},\; {show(high)}\right)", value=equation(x, at)),
        step("slope_by_derivative", rf"y' = {show(slope_anywhere)},\quad m = {show(slope)}", value=equation(x, at)),
        step("point_slope", _through(at, high, slope, x)),
    )
    problem = rf"y = {write(body)},\quad {equation(x, at)}"
    return Solution("tangent_to", problem, steps, equation(symbol("y"), line))


def _through(at: Expr, high: Expr, slope: Expr, x: Expr) -> str:
    """`y - 4 = 3 (x - 2)`, without a 0 in it."""
    left = "y" if high == 0 else f"y {_minus(high)}"
    return f"{left} = " + (show(slope * x) if at == 0 else rf"{show(slope)} \cdot \left({show(x)} {_minus(at)}\right)")


def _minus(value: Expr) -> str:
    return f"+ {show(-value)}" if value.could_extract_minus_sign() else f"- {show(value)}"
