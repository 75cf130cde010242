"""Solves inequalities in one unknown, with the steps."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Rel
from maths.solving.equations import unknown
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import latex, node_latex

Expr = Any
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
_CLASSES = {"<": sp.StrictLessThan, ">": sp.StrictGreaterThan, "<=": sp.LessThan, ">=": sp.GreaterThan}


def solve_inequality(node: Rel, name: str | None) -> Solution:
    """Solve an inequality, or a chain of two such as `1 < 2x + 3 <= 7`.

    Raises:
        Unsolved: no method here solves it.
    """
    sides = [to_sympy(side) for side in node.sides]
    if "!=" in node.ops or "=" in node.ops:
        raise Unsolved
    free = sorted(set().union(*(side.free_symbols for side in sides)), key=str)
    if not free:
        return _statement(node, sides)
    var = symbol(name) if name and symbol(name) in free else unknown(free)
    if len(free) > 1:
        raise Unsolved("two_unknowns")
    if len(sides) > 2:
        return _chain(node, sides, var)
    difference = sp.expand(sides[0] - sides[1])
    if difference.is_polynomial(var) and sp.degree(difference, var) <= 1:
        return _linear(node, sides[0], sides[1], var)
    return _general(node, difference, var)


def _statement(node: Rel, sides: list[Expr]) -> Solution:
    holds = all(bool(_CLASSES[op](left, right)) for op, left, right in zip(node.ops, sides, sides[1:], strict=False))
    return Solution("check_inequality", node_latex(node), (), remark=step("true" if holds else "not_true"))


def _shown(left: Expr, op: str, right: Expr) -> str:
    return f"{latex(left)} {_SIGNS[op]} {latex(right)}"


def _linear(node: Rel, left: Expr, right: Expr, var: Expr) -> Solution:
    op = node.ops[0]
    steps: list[Step] = []
    expanded = sp.expand(left), sp.expand(right)
    if expanded != (left, right):
        left, right = expanded
        steps.append(step("expand_sides", _shown(left, op, right)))
    if not left.has(var):
        left, right, op = right, left, _FLIPPED[op]
        steps.append(step("swap_inequality", _shown(left, op, right)))
    for term in (right.coeff(var, 1) * var, left.coeff(var, 0)):
        if term != 0:
            left, right = sp.expand(left - term), sp.expand(right - term)
            key, size = ("add", -term) if term.could_extract_minus_sign() else ("subtract", term)
            steps.append(step(key, _shown(left, op, right), value=latex(size)))
    factor = left.coeff(var, 1)
    if factor == 0:
        holds = bool(_CLASSES[op](left, right))
        remark = step("always" if holds else "no_solution")
        return Solution("solve_inequality", node_latex(node), tuple(steps), remark=remark)
    if factor != 1:
        right = right / factor
        op = _FLIPPED[op] if factor < 0 else op
        steps.append(step("divide_flip" if factor < 0 else "divide", _shown(var, op, right), value=latex(factor)))
    return Solution("solve_inequality", node_latex(node), tuple(steps), _shown(var, op, right))


def _chain(node: Rel, sides: list[Expr], var: Expr) -> Solution:
    low, middle, high = sides[0], sp.expand(sides[1]), sides[2]
    if len(sides) > 3 or low.has(var) or high.has(var) or not middle.is_polynomial(var) or sp.degree(middle, var) != 1:
        raise Unsolved
    first, second = node.ops
    steps = []
    if constant := middle.coeff(var, 0):
        low, middle, high = low - constant, middle - constant, high - constant
        key, size = ("add_all", -constant) if constant < 0 else ("subtract_all", constant)
        steps.append(step(key, _chain_shown(low, first, middle, second, high), value=latex(size)))
    if (factor := middle.coeff(var, 1)) != 1:
        low, middle, high = low / factor, var, high / factor
        first, second = (_FLIPPED[first], _FLIPPED[second]) if factor < 0 else (first, second)
        key = "divide_all_flip" if factor < 0 else "divide_all"
        steps.append(step(key, _chain_shown(low, first, middle, second, high), value=latex(factor)))
    if first[0] == ">":
        low, first, second, high = high, _FLIPPED[second], _FLIPPED[first], low
    if first[0] != second[0]:
        raise Unsolved
    if not (low < high or (low == high and "=" in first and "=" in second)):
        return Solution("solve_inequality", node_latex(node), tuple(steps), remark=step("no_solution"))
    return Solution("solve_inequality", node_latex(node), tuple(steps), _chain_shown(low, first, var, second, high))


def _chain_shown(low: Expr, first: str, middle: Expr, second: str, high: Expr) -> str:
    return f"{latex(low)} {_SIGNS[first]} {latex(middle)} {_SIGNS[second]} {latex(high)}"


def _general(node: Rel, difference: Expr, var: Expr) -> Solution:
    """By zeros and poles, and the sign between them."""
    op = node.ops[0]
    together = sp.factor(sp.together(difference))
    try:
        found = sp.solve_univariate_inequality(_CLASSES[op](difference, 0), var, relational=False)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise Unsolved from error
    steps = [step("one_side", _shown(together, op, sp.Integer(0)))]
    top, bottom = sp.fraction(together)
    steps += _places("zeros", top, var) + _places("poles", bottom, var)
    steps.append(step("signs"))
    if found is sp.S.EmptySet:
        return Solution("solve_inequality", node_latex(node), tuple(steps), remark=step("no_real"))
    if found == sp.S.Reals:
        return Solution("solve_inequality", node_latex(node), tuple(steps), remark=step("always"))
    return Solution("solve_inequality", node_latex(node), tuple(steps), set_shown(found, var))


def _places(key: str, expr: Expr, var: Expr) -> list[Step]:
    if not expr.has(var):
        return []
    found = sp.solveset(expr, var, sp.S.Reals)
    if not isinstance(found, sp.FiniteSet):
        return []
    return [step(key, f"{latex(var)} = " + ", ".join(latex(place) for place in sorted(found, key=float)))]


def set_shown(found: Any, var: Expr) -> str:
    """A set of real numbers as inequalities; raises Unsolved if that is not possible."""
    if isinstance(found, sp.Interval):
        return _interval(found, var)
    if isinstance(found, sp.FiniteSet):
        return " <or> ".join(f"{latex(var)} = {latex(value)}" for value in sorted(found, key=float))
    if isinstance(found, sp.Union):
        parts = sorted(found.args, key=lambda part: float(part.inf) if part.inf.is_finite else float("-inf"))
        return " <or> ".join(set_shown(part, var) for part in parts)
    raise Unsolved


def _interval(found: Any, var: Expr) -> str:
    low, high = ("<" if found.left_open else r"\le"), ("<" if found.right_open else r"\le")
    if found.start is sp.S.NegativeInfinity:
        return f"{latex(var)} {high} {latex(found.end)}"
    if found.end is sp.S.Infinity:
        return f"{latex(var)} {'>' if found.left_open else chr(92) + 'ge'} {latex(found.start)}"
    return f"{latex(found.start)} {low} {latex(var)} {high} {latex(found.end)}"
