"""Equations between logarithms of one base: puts the logarithms together into one."""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from maths.reading.nodes import Call, Neg, Node, Num, Product, Rel, Sum, variables_of
from maths.solving.to_sympy import power, to_sympy
from maths.writing.latex import latex

Expr = Any


@dataclass(frozen=True, slots=True)
class OneLogarithm:
    """`log_b(argument) = value`, and the equation without the logarithm."""

    shown: str
    left: Expr
    right: Expr


def one_logarithm(node: Rel, var: Expr) -> OneLogarithm | None:
    """The equation with its logarithms put together; None if it has none, or the unknown stands elsewhere too.

    `log_3 x + log_3(x - 2) = 1` gives `log_3(x(x - 2)) = 1` and `x(x - 2) = 3`.

    Raises:
        TooLarge, Undefined, Unsupported: see `to_sympy`.
    """
    found: list[tuple[int, Call]] = []
    rest: Expr = sp.Integer(0)
    for side, sign in zip(node.sides, (1, -1), strict=True):
        for factor, part in _terms(side, sign):
            if isinstance(part, Call) and part.name in {"log", "ln"}:
                found.append((factor, part))
            else:
                rest = rest - factor * to_sympy(part)
    kinds = {(part.name, part.base) for _, part in found}
    if len(kinds) != 1 or rest.free_symbols or not any(str(var) in variables_of(part) for _, part in found):
        return None
    if all(factor < 0 for factor, _ in found):
        found, rest = [(-factor, part) for factor, part in found], -rest
    name, base = kinds.pop()
    own = sp.E if name == "ln" else sp.Integer(10) if base is None else to_sympy(base)
    top = sp.Mul(*(to_sympy(part.args[0]) ** factor for factor, part in found if factor > 0))
    bottom = sp.Mul(*(to_sympy(part.args[0]) ** -factor for factor, part in found if factor < 0))
    letters = r"\ln" if name == "ln" else r"\log" if base is None else rf"\log_{{{latex(own)}}}"
    shown = rf"{letters}\left({latex(top / bottom)}\right) = {latex(rest)}"
    return OneLogarithm(shown, top, power(own, rest) * bottom)


def _terms(node: Node, sign: int) -> list[tuple[int, Node]]:
    """The terms of a side, each with the whole number in front of it."""
    match node:
        case Sum(terms):
            return [one for mark, term in terms for one in _terms(term, sign if mark == "+" else -sign)]
        case Neg(arg):
            return _terms(arg, -sign)
        case Product(((_, Num(value)), ("" | "*", Call() as call))) if value.denominator == 1:
            return [(sign * int(value), call)]
    return [(sign, node)]
