"""Solves linear equations in one unknown, step by step."""

import math
from typing import Any

import sympy as sp

from maths.solving.solution import Step, step
from maths.writing.latex import latex
from maths.writing.values import equation

Expr = Any


def linear_steps(left: Expr, right: Expr, var: Expr) -> tuple[list[Step], Expr | None]:
    """The steps that isolate the unknown of a linear equation, and its value; None if the unknown cancels out."""
    steps: list[Step] = []
    left, right = _expanded(steps, left, right)
    if not left.has(var) and right.has(var):
        left, right = right, left
        steps.append(step("swap", equation(left, right)))
    left, right = _without_fractions(steps, left, right)
    if (curved := _curved(right, var)) != 0:
        left, right = _moved(steps, left, right, curved)
    slope = right.coeff(var, 1)
    if slope != 0:
        left, right = _moved(steps, left, right, slope * var)
    constant = left.coeff(var, 0)
    if constant != 0 and left.has(var):
        left, right = _moved(steps, left, right, constant)
    factor = left.coeff(var, 1)
    if factor == 0:
        return steps, None
    if factor == 1:
        return steps, right
    value = sp.simplify(right / factor)
    steps.append(_alone(var, value, factor))
    return steps, value


def _curved(side: Expr, var: Expr) -> Expr:
    """The terms of higher degree that cancel out, as in `(x+1)^2 = x^2 + 5`."""
    return sp.Add(*(term for term in sp.Add.make_args(side) if sp.degree(term, var) > 1))


def _alone(var: Expr, value: Expr, factor: Expr) -> Step:
    if factor.is_Rational and not factor.is_Integer:
        return step("multiply", equation(var, value), value=latex(1 / factor))
    return step("divide", equation(var, value), value=latex(factor))


def _expanded(steps: list[Step], left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both sides without brackets; sympy has collected like terms."""
    new_left, new_right = sp.expand(left), sp.expand(right)
    if (new_left, new_right) != (left, right):
        steps.append(step("expand_sides", equation(new_left, new_right)))
    return new_left, new_right


def _without_fractions(steps: list[Step], left: Expr, right: Expr) -> tuple[Expr, Expr]:
    terms = [*sp.Add.make_args(left), *sp.Add.make_args(right)]
    factors = [term.as_coeff_Mul()[0] for term in terms]
    denominators = [int(factor.q) for factor in factors if factor.is_Rational and factor.q != 1]
    if not denominators or (len(denominators) == 1 and len([term for term in terms if term != 0]) < 3):
        return left, right
    common = sp.Integer(math.lcm(1, *denominators))
    left, right = sp.expand(left * common), sp.expand(right * common)
    steps.append(step("clear", equation(left, right), value=latex(common)))
    return left, right


def _moved(steps: list[Step], left: Expr, right: Expr, term: Expr) -> tuple[Expr, Expr]:
    """A step that subtracts a term from both sides."""
    left, right = sp.expand(left - term), sp.expand(right - term)
    if term.could_extract_minus_sign():
        steps.append(step("add", equation(left, right), value=latex(-term)))
    else:
        steps.append(step("subtract", equation(left, right), value=latex(term)))
    return left, right
