"""Derivatives, with the rule that each step uses."""

from typing import Any

import sympy as sp

from maths.reading.nodes import Diff, Node, Sym
from maths.solving.equations import unknown
from maths.solving.solution import Solution, Step, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import latex, node_latex

Expr = Any
MAX_LINES = 8


def differentiate(node: Node, name: str | None, at: Expr | None = None) -> Solution:
    """The derivative of an expression, of its order; if `at` is given, its value there."""
    body, order, named = (node.body, node.order, node.var.name) if isinstance(node, Diff) else (node, 1, name)
    expr = to_sympy(body)
    free = sorted(expr.free_symbols, key=str)
    var = symbol(named) if named else unknown(free) if free else symbol("x")
    problem = node_latex(node if isinstance(node, Diff) else Diff(body, Sym(str(var))))
    steps: list[Step] = []
    for turn in range(1, order + 1):
        if order > 1:
            steps.append(step("derivative_number", latex(expr), name=f'"{turn}'))
        steps += _steps(expr, var)
        expr = tidy(sp.diff(expr, var))
    if at is None:
        return Solution("differentiate", problem, tuple(steps), latex(expr))
    value = sp.simplify(expr.subs(var, at))
    if not steps or steps[-1].math != latex(expr):
        steps.append(step("tidy", latex(expr)))
    steps.append(step("put_value", latex(value), value=f"{latex(var)} = {latex(at)}"))
    return Solution("differentiate", problem, tuple(steps), latex(value))


def tidy(expr: Expr) -> Expr:
    """The expression or sympy's simpler form of it; the form that the rules give is kept if it is short."""
    if expr.is_rational_function(*expr.free_symbols) and not expr.is_polynomial(*expr.free_symbols):
        return sp.factor(sp.together(expr))
    simpler = sp.simplify(expr)
    return simpler if sp.count_ops(simpler) < 0.8 * sp.count_ops(expr) else expr


def _of(expr: Expr) -> str:
    return rf"\left({latex(expr)}\right)'"


def _steps(expr: Expr, var: Expr) -> list[Step]:
    """A line for each term; for a single term, the rule and its parts."""
    terms = sp.Add.make_args(expr)
    if len(terms) == 1:
        return _term(expr, var)
    steps = [step("term_by_term")]
    for term in expr.as_ordered_terms()[:MAX_LINES]:
        steps += _term(term, var)
    if len(terms) > 1:
        steps.append(step("add_up", latex(sp.diff(expr, var))))
    return steps


def _term(term: Expr, var: Expr) -> list[Step]:
    shown = f"{_of(term)} = {latex(tidy(sp.diff(term, var)))}"
    if not term.has(var):
        return [step("d_constant", shown)]
    constant, rest = term.as_independent(var, as_Add=False)
    if rest == var or (rest.is_Pow and rest.base == var and not rest.exp.has(var)):
        return [step("d_power", shown)]
    top, bottom = sp.fraction(rest)
    if bottom.has(var) and top.has(var):
        return [_quotient(constant * top, bottom, var)]
    factors = [factor for factor in sp.Mul.make_args(rest) if factor.has(var)]
    if len(factors) > 1:
        return [_product(constant * factors[0], sp.Mul(*factors[1:]), var)]
    return _function(rest, shown, var)


def _product(u: Expr, v: Expr, var: Expr) -> Step:
    parts = rf"u = {latex(u)},\; v = {latex(v)},\; u' = {latex(sp.diff(u, var))},\; v' = {latex(sp.diff(v, var))}"
    return step("d_product", rf"u'v + uv' = {latex(sp.diff(u * v, var))}", parts=parts)


def _quotient(u: Expr, v: Expr, var: Expr) -> Step:
    parts = rf"u = {latex(u)},\; v = {latex(v)},\; u' = {latex(sp.diff(u, var))},\; v' = {latex(sp.diff(v, var))}"
    return step("d_quotient", rf"\frac{{u'v - uv'}}{{v^{{2}}}} = {latex(tidy(sp.diff(u / v, var)))}", parts=parts)


def _function(rest: Expr, shown: str, var: Expr) -> list[Step]:
    """The derivative of one function: known by heart if its argument is the variable, else by the chain rule."""
    inner = _inner(rest, var)
    if rest.is_Pow and rest.base.has(var) and rest.exp.has(var):
        exponent = latex(rest.exp * sp.log(rest.base))
        return [
            step("d_both", rf"{latex(rest)} = e^{{{exponent}}}"),
            step("d_chain", shown, inner=exponent, derivative=latex(tidy(sp.diff(rest.exp * sp.log(rest.base), var)))),
        ]
    if inner is None or inner == var:
        return [step("d_known", shown)]
    derivative = sp.diff(inner, var)
    return [step("d_chain", shown, inner=latex(inner), derivative=latex(derivative))]


def _inner(rest: Expr, var: Expr) -> Expr | None:
    if rest.is_Pow:
        if rest.exp.has(var) and rest.base.has(var):
            return None
        return rest.exp if rest.exp.has(var) else rest.base
    if rest.is_Function and len(rest.args) == 1:
        return rest.args[0]
    return None
