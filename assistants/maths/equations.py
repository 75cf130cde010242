"""Equations in one unknown, with their steps."""

from collections.abc import Iterable
from typing import Any

import sympy as sp

from assistants.maths.build import build, symbol
from assistants.maths.latex import show, write
from assistants.maths.nodes import Node, Rel
from assistants.maths.solution import Solution, Step, Unsolved, step

Expr = Any


def equation(left: Expr, right: Expr) -> str:
    """`left = right` as LaTeX."""
    return f"{show(left)} = {show(right)}"


def alternatives(var: Expr, values: Iterable[Expr]) -> str:
    """`x = 1 or x = 2` as LaTeX."""
    return " <or> ".join(f"{show(var)} = {show(value)}" for value in values)


def linear_steps(left: Expr, right: Expr, var: Expr) -> tuple[list[Step], Expr | None]:
    """The steps from a linear equation to the unknown alone, and its value; None when the unknown falls away."""
    steps: list[Step] = []
    left, right = _expanded(steps, left, right)
    if not left.has(var) and right.has(var):
        left, right = right, left
        steps.append(step("swap", equation(left, right)))
    left, right = _without_fractions(steps, left, right)
    slope = sp.expand(right).coeff(var, 1)
    if slope != 0:
        left, right = _moved(steps, left, right, slope * var)
    constant = sp.expand(left).coeff(var, 0)
    if constant != 0 and left.has(var):
        left, right = _moved(steps, left, right, constant)
    factor = sp.expand(left).coeff(var, 1)
    if factor == 0:
        return steps, None
    if factor != 1:
        value = sp.simplify(right / factor)
        if factor.is_Rational and not factor.is_Integer and factor.p == 1:
            steps.append(step("multiply", equation(var, value), value=show(1 / factor)))
        else:
            steps.append(step("divide", equation(var, value), value=show(factor)))
        return steps, value
    return steps, right


def _expanded(steps: list[Step], left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both sides without brackets; sympy has collected like terms already."""
    new_left, new_right = sp.expand(left), sp.expand(right)
    if (new_left, new_right) != (left, right):
        steps.append(step("expand_sides", equation(new_left, new_right)))
    return new_left, new_right


def _without_fractions(steps: list[Step], left: Expr, right: Expr) -> tuple[Expr, Expr]:
    terms = [*sp.Add.make_args(left), *sp.Add.make_args(right)]
    denominators = [sp.Integer(term.as_coeff_Mul()[0].q) for term in terms if term.as_coeff_Mul()[0].is_Rational]
    common = sp.ilcm(*denominators) if len(denominators) > 1 else denominators[0] if denominators else 1
    fractional = [value for value in denominators if value != 1]
    if len(fractional) < 2 and not (fractional and len(terms) > 2):
        return left, right
    left, right = sp.expand(left * common), sp.expand(right * common)
    steps.append(step("clear", equation(left, right), value=show(sp.Integer(common))))
    return left, right


def _moved(steps: list[Step], left: Expr, right: Expr, term: Expr) -> tuple[Expr, Expr]:
    """A term taken from both sides."""
    left, right = sp.expand(left - term), sp.expand(right - term)
    if term.could_extract_minus_sign():
        steps.append(step("add", equation(left, right), value=show(-term)))
    else:
        steps.append(step("subtract", equation(left, right), value=show(term)))
    return left, right


def solve_equation(node: Rel, name: str | None) -> Solution:
    """Solve one equation.

    Raises:
        Unsolved: by no means that are known here.
    """
    left, right = (build(side) for side in node.sides)
    free = sorted((left - right).free_symbols, key=str)
    if not free:
        return _statement(node, left, right)
    var = symbol(name) if name and symbol(name) in free else _unknown(free)
    difference = sp.together(left - right)
    if sp.denom(difference).has(var) or not difference.is_polynomial(var):
        raise Unsolved
    polynomial = sp.Poly(sp.expand(left - right), var)
    if polynomial.degree() <= 1:
        return _linear(node, left, right, var)
    return _polynomial(node, polynomial, var)


def _unknown(free: list[Expr]) -> Expr:
    """The variable that is most likely meant: x, then y, z, else the first."""
    for name in ("x", "y", "z", "t"):
        if symbol(name) in free:
            return symbol(name)
    return free[0]


def _statement(node: Rel, left: Expr, right: Expr) -> Solution:
    """An equation without an unknown is true or not."""
    equal = sp.simplify(left - right) == 0
    remark = step("true") if equal else step("false", left=show(left), right=show(right))
    return Solution("check_equation", write(node), (), remark=remark)


def _linear(node: Node, left: Expr, right: Expr, var: Expr) -> Solution:
    steps, value = linear_steps(left, right, var)
    if value is None:
        same = sp.expand(left - right) == 0
        return Solution("solve_equation", write(node), tuple(steps), remark=step("always" if same else "no_solution"))
    return Solution("solve_equation", write(node), tuple(steps), equation(var, value))


def _polynomial(node: Node, polynomial: Any, var: Expr) -> Solution:
    roots = sp.solve(polynomial.as_expr(), var)
    result = alternatives(var, roots)
    return Solution("solve_equation", write(node), (step("direct", value=show(var)),), result)
