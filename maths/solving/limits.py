"""Finds limits: by putting in the value, by cancelling, or by l'Hôpital's rule."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Limit
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import with_decimal

Expr = Any
MAX_ROUNDS = 3


def find_limit(node: Limit) -> Solution:
    """The limit, or that there is none.

    Raises:
        Unsolved: sympy does not find it.
    """
    body, var, to = to_sympy(node.body), symbol(node.var.name), to_sympy(node.to)
    try:
        value = _value(body, var, to, node.side)
    except (NotImplementedError, ValueError, TypeError, sp.PoleError) as error:
        raise Unsolved from error
    if value is None:
        return _without_value(node, body, var, to)
    steps = _steps(node, body, var, to, value)
    if value.is_infinite:
        return Solution("limit", node_latex(node), tuple(steps), latex(value), remark=step("infinite_limit"))
    return Solution("limit", node_latex(node), tuple(steps), with_decimal(value))


def _value(body: Expr, var: Expr, to: Expr, side: str) -> Expr | None:
    """The limit's value; None if the two sides differ, or the values oscillate."""
    if side != "+-" or to.is_infinite:
        value = sp.limit(body, var, to, side if side != "+-" else "+")
    else:
        right, left = sp.limit(body, var, to, "+"), sp.limit(body, var, to, "-")
        if sp.simplify(right - left) != 0:
            return None
        value = right
    if value.has(sp.AccumBounds):
        return None
    if value.has(sp.Limit, sp.nan):
        raise NotImplementedError
    return sp.simplify(value)


def _without_value(node: Limit, body: Expr, var: Expr, to: Expr) -> Solution:
    steps = []
    if not to.is_infinite:
        sides = [sp.limit(body, var, to, side) for side in "-+"]
        if not any(side.has(sp.AccumBounds) for side in sides):
            for key, side, value in zip(("left_limit", "right_limit"), "-+", sides, strict=True):
                steps.append(step(key, rf"\lim_{{{latex(var)} \to {latex(to)}^{{{side}}}}} = {latex(value)}"))
    return Solution("limit", node_latex(node), tuple(steps), remark=step("no_limit"))


def _steps(node: Limit, body: Expr, var: Expr, to: Expr, value: Expr) -> list[Step]:
    if to.is_finite:
        there = body.subs(var, to)
        if there.is_finite and not there.has(sp.nan) and sp.simplify(there - value) == 0:
            return [step("l_put_in", latex(value), value=f"{latex(var)} = {latex(to)}")]
    top, bottom = sp.fraction(sp.together(body))
    if not bottom.has(var):
        return []
    if top.is_polynomial(var) and bottom.is_polynomial(var):
        return _rational(top, bottom, var, to, value)
    return _hospital(top, bottom, var, to, node.side)


def _rational(top: Expr, bottom: Expr, var: Expr, to: Expr, value: Expr) -> list[Step]:
    if to.is_infinite:
        degree = sp.degree(bottom, var)
        shown = rf"\frac{{{latex(sp.expand(top / var**degree))}}}{{{latex(sp.expand(bottom / var**degree))}}}"
        return [step("l_highest", shown, value=latex(var**degree)), step("l_vanish", latex(value))]
    cancelled = sp.cancel(top / bottom)
    if cancelled == top / bottom or top.subs(var, to) != 0:
        return [step("l_nonzero_over_zero")]
    shown = rf"\frac{{{latex(sp.factor(top))}}}{{{latex(sp.factor(bottom))}}} = {latex(cancelled)}"
    steps = [step("l_zero_over_zero"), step("l_cancel", shown)]
    if value.is_finite:
        steps.append(step("l_put_in", latex(value), value=f"{latex(var)} = {latex(to)}"))
    return steps


def _hospital(top: Expr, bottom: Expr, var: Expr, to: Expr, side: str) -> list[Step]:
    """The steps by l'Hôpital's rule, repeated while it applies."""
    steps: list[Step] = []
    direction = side if side != "+-" else "+"
    for _ in range(MAX_ROUNDS):
        ends = [sp.limit(part, var, to, direction) for part in (top, bottom)]
        zeros = all(end == 0 for end in ends)
        if not zeros and not all(end.is_infinite for end in ends):
            break
        top, bottom = sp.diff(top, var), sp.diff(bottom, var)
        sign = rf"\lim_{{{latex(var)} \to {latex(to)}}}"
        key = "l_hospital_zero" if zeros else "l_hospital_infinite"
        fraction = latex(top) if bottom == 1 else rf"\frac{{{latex(top)}}}{{{latex(bottom)}}}"
        steps.append(step(key, f"{sign} {fraction}"))
        simple = sp.together(sp.simplify(top / bottom))
        top, bottom = sp.fraction(simple)
    there = (top / bottom).subs(var, to) if to.is_finite else sp.nan
    if steps and there.is_finite:
        steps.append(step("l_put_in", latex(there), value=f"{latex(var)} = {latex(to)}"))
    return steps
