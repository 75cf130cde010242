"""Simplifies, expands and factors expressions."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Node
from maths.solving.solution import Solution, Step, step
from maths.solving.to_sympy import TooLarge, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import equation

Expr = Any
MAX_EXPONENT = 40
"""The highest power of a sum that is multiplied out."""
MAX_TERMS = 400


def expand(node: Node) -> Solution:
    """Multiply out; raises TooLarge if the result would fill pages."""
    expr = to_sympy(node)
    guard_expansion(expr)
    result = sp.expand(expr)
    if result == expr:
        result = sp.expand(expr, trig=True, log=True)
    steps: list[Step] = []
    if expr.is_Add:
        products = [term for term in expr.args if sp.expand(term) != term]
        steps += [step("multiply_out", equation(term, sp.expand(term))) for term in products]
    elif expr.is_Pow and expr.exp.is_Integer:
        steps.append(step("binomial_power", _repeated(expr)) if expr.exp <= 3 else step("binomial_theorem"))
    else:
        steps.append(step("each_with_each"))
    if steps and result != expr:
        steps.append(step("collect", latex(result)))
    return Solution("expand_this", node_latex(node), tuple(steps), latex(result), remark=_unchanged(result == expr))


def _unchanged(same: bool) -> Step | None:
    return step("already") if same else None


def _repeated(expr: Expr) -> str:
    return rf"\left({latex(expr.base)}\right)" * int(expr.exp)


def guard_expansion(expr: Expr) -> None:
    """Raise TooLarge if the expression would have more than `MAX_TERMS` terms."""
    for power in expr.atoms(sp.Pow):
        if power.base.is_Add and power.exp.is_Integer:
            terms = sp.binomial(abs(power.exp) + len(power.base.args) - 1, abs(power.exp))
            if abs(power.exp) > MAX_EXPONENT or terms > MAX_TERMS:
                raise TooLarge


def factor(node: Node) -> Solution:
    """Write as a product; raises TooLarge for very high degrees."""
    expr = to_sympy(node)
    guard_expansion(expr)
    result = sp.factor(expr)
    if sp.expand(result) == result or (result == expr and not expr.is_Mul):
        return Solution("factor_this", node_latex(node), (), latex(result), remark=step("irreducible"))
    steps = _factor_steps(sp.expand(expr), result)
    check = step("check_factor", value=equation(result, sp.expand(result)))
    return Solution("factor_this", node_latex(node), tuple(steps), latex(result), notes=(check,))


def _factor_steps(expanded: Expr, result: Expr) -> list[Step]:
    free = sorted(expanded.free_symbols, key=str)
    steps: list[Step] = []
    common, rest = sp.Integer(1), expanded
    if expanded.is_Add:
        common, rest = expanded.as_content_primitive()
        terms = sp.gcd_terms(rest, clear=False)
        if terms.is_Mul:
            inner = next((part for part in terms.args if part.is_Add), None)
            if inner is not None and sp.expand(terms) == rest:
                common, rest = common * sp.cancel(rest / inner), inner
    if common != 1:
        steps.append(step("common_factor", rf"{latex(common)}\left({latex(rest)}\right)", value=latex(common)))
    if len(free) == 1 and rest.is_polynomial(free[0]):
        steps += _pattern(sp.expand(rest), free[0])
    elif rest.is_Add and (squares := _difference_of_squares(rest)):
        steps.append(squares)
    if not steps:
        steps.append(step("factor_by", equation(expanded, result)))
    return steps


def _pattern(rest: Expr, var: Expr) -> list[Step]:
    """The steps of the school rule that factors a polynomial; none if there is no such rule."""
    if squares := _difference_of_squares(rest):
        return [squares]
    if sp.degree(rest, var) != 2:
        return [step("factor_by", equation(rest, sp.factor(rest)))] if sp.factor(rest) != rest else []
    a, b, c = (rest.coeff(var, power) for power in (2, 1, 0))
    if not all(number.is_Integer for number in (a, b, c)) or sp.factor(rest) == rest:
        return []
    if b**2 == 4 * a * c:
        return [step("perfect_square", equation(rest, sp.factor(rest)))]
    m, n = _pair(a * c, b)
    if a == 1:
        values = {"product": latex(c), "total": latex(b)}
        return [
            step("pair", rf"{_bracket(m)} \cdot {_bracket(n)} = {latex(c)},\quad {_plus(m, n)} = {latex(b)}", **values)
        ]
    values = {"product": latex(a * c), "total": latex(b)}
    split = rf"{latex(a * var**2)} {_signed(m * var)} {_signed(n * var)} {_signed(c)}"
    return [
        step("pair", rf"{_bracket(m)} \cdot {_bracket(n)} = {latex(a * c)},\quad {_plus(m, n)} = {latex(b)}", **values),
        step("split_middle", split),
        step("group", latex(sp.factor(rest))),
    ]


def _pair(product: Expr, total: Expr) -> tuple[Expr, Expr]:
    root = sp.sqrt(total**2 - 4 * product)
    return (total + root) / 2, (total - root) / 2


def _bracket(value: Expr) -> str:
    return rf"\left({latex(value)}\right)" if value < 0 else latex(value)


def _plus(left: Expr, right: Expr) -> str:
    return f"{_bracket(left)} + {_bracket(right)}"


def _signed(value: Expr) -> str:
    return f"- {latex(-value)}" if value.could_extract_minus_sign() else f"+ {latex(value)}"


def _difference_of_squares(rest: Expr) -> Step | None:
    terms = rest.as_ordered_terms()
    if len(terms) != 2 or not terms[1].could_extract_minus_sign() or terms[0].could_extract_minus_sign():
        return None
    roots = [sp.sqrt(term) for term in (terms[0], -terms[1])]
    roots = [root.replace(sp.Abs, lambda arg: arg) for root in roots]
    if any(root.has(sp.Pow) and any(not power.exp.is_Integer for power in root.atoms(sp.Pow)) for root in roots):
        return None
    a, b = (latex(root) for root in roots)
    squares = " - ".join(
        f"{latex(root)}^{{2}}" if root.is_Atom else rf"\left({latex(root)}\right)^{{2}}" for root in roots
    )
    return step("squares", rf"{squares} = \left({a} + {b}\right)\left({a} - {b}\right)")


def simplify(node: Node) -> Solution:
    """The shortest form that is found."""
    expr = to_sympy(node)
    guard_expansion(expr)
    steps: list[Step] = []
    together = sp.together(expr)
    top, bottom = sp.fraction(together)
    cancelled = sp.cancel(together)
    if bottom.free_symbols and cancelled != together:
        steps.append(step("factor_fraction", rf"\frac{{{latex(sp.factor(top))}}}{{{latex(sp.factor(bottom))}}}"))
        steps.append(step("cancel", latex(sp.factor(cancelled))))
    result = _shortest(expr, cancelled)
    if not steps and result != expr:
        key = "identities" if expr.has(sp.sin, sp.cos, sp.tan) else "collect"
        steps.append(step(key, latex(result)))
    if not steps and node_latex(node) != latex(result):
        steps.append(step("collect", latex(result)))
    factored = sp.factor(result)
    notes: tuple[Step, ...] = ()
    if result.is_Add and factored != result and factored.is_Mul | factored.is_Pow:
        notes = (step("also_factored", value=latex(factored)),)
    return Solution("simplify_this", node_latex(node), tuple(steps), latex(result), notes=notes)


def _shortest(expr: Expr, cancelled: Expr) -> Expr:
    candidates = [cancelled, expr, sp.simplify(expr)]
    if expr.is_polynomial(*expr.free_symbols):
        return sp.expand(expr) if not expr.is_Mul or sp.count_ops(sp.expand(expr)) <= sp.count_ops(expr) else expr
    return min(candidates, key=sp.count_ops)
