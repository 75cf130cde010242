"""Describes lines and parabolas, `y = 2x + 1`, `y = x^2 - 4x + 3`, and completes the square."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Node, Rel
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import alternatives, equation

Expr = Any


def described(node: Rel, left: Expr, right: Expr) -> Solution | None:
    """The description of a line or a parabola; None if the equation is neither."""
    x, y = symbol("x"), symbol("y")
    if left != y or right.free_symbols != {x} or not right.is_polynomial(x):
        return None
    match sp.degree(right, x):
        case 1:
            return _line(node, right, x, y)
        case 2:
            return _parabola(node, right, x)
    return None


def _line(node: Rel, right: Expr, x: Expr, y: Expr) -> Solution:
    slope, high = right.coeff(x, 1), right.coeff(x, 0)
    steps = (
        step("slope", f"m = {latex(slope)}", value="x"),
        step("y_intercept", f"y = {latex(high)}", value="x = 0"),
        step("x_intercept", f"x = {latex(-high / slope)}", value="y = 0"),
    )
    return Solution("describe_line", node_latex(node), steps, equation(y, sp.expand(right)))


def _parabola(node: Rel, right: Expr, x: Expr) -> Solution:
    """The vertex of a parabola by completing the square, and where it meets the axes."""
    a, b, c = (sp.expand(right).coeff(x, power) for power in (2, 1, 0))
    across, high = -b / (2 * a), sp.expand(c - b**2 / (4 * a))
    squared = squared_form(a, across, high, x)
    steps = [step("complete_square", f"y = {squared}")] if b != 0 else []
    steps += [
        step("vertex", rf"\left({latex(across)},\; {latex(high)}\right)"),
        step("opens_up" if a > 0 else "opens_down"),
        step("y_intercept", f"y = {latex(c)}", value="x = 0"),
        _crossing(right, x),
    ]
    return Solution("describe_parabola", node_latex(node), tuple(steps), f"y = {squared}")


def _crossing(right: Expr, x: Expr) -> Step:
    roots = sorted(sp.solveset(right, x, sp.S.Reals), key=float)
    return step("x_intercept", alternatives(x, roots), value="y = 0") if roots else step("no_x_intercept")


def complete_square(node: Node) -> Solution:
    """A quadratic expression as `a(x - p)^2 + q`; raises Unsolved for any other."""
    body = sp.expand(to_sympy(node.sides[0] if isinstance(node, Rel) else node))
    x = next(iter(body.free_symbols), symbol("x"))
    if len(body.free_symbols) != 1 or not body.is_polynomial(x) or sp.degree(body, x) != 2:
        raise Unsolved
    a, b, c = (body.coeff(x, power) for power in (2, 1, 0))
    across, high = -b / (2 * a), sp.expand(c - b**2 / (4 * a))
    steps = []
    if a != 1:
        rest = "" if c == 0 else f" {'-' if c < 0 else '+'} {latex(abs(c))}"
        steps.append(step("common_factor", rf"{latex(a)}\left({latex(x**2 + b / a * x)}\right){rest}", value=latex(a)))
    steps.append(step("half_of_middle", name=latex(x), half=latex(-across)))
    return Solution("complete_square_of", latex(body), tuple(steps), squared_form(a, across, high, x))


def squared_form(a: Expr, across: Expr, high: Expr, x: Expr) -> str:
    """`a(x - p)^2 + q` as LaTeX."""
    inner = latex(x) if across == 0 else rf"\left({latex(x - across)}\right)"
    factor = {1: "", -1: "-"}.get(a, latex(a))
    behind = "" if high == 0 else f" {'-' if high < 0 else '+'} {latex(abs(high))}"
    return rf"{factor}{inner}^{{2}}{behind}"
