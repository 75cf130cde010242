"""Derivatives of trees, by the rules of school; and by these rules with a slip in one of them."""

from dataclasses import dataclass
from typing import Literal

from maths.reading.nodes import (
    Call,
    Const,
    Diff,
    Frac,
    Integral,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Root,
    Sum,
    Sym,
    variables_of,
    with_number,
)

ONE, ZERO = with_number(1), with_number(0)

RuleSlip = Literal[
    "chain_rule", "product_rule", "quotient_rule", "quotient_order", "quotient_bottom", "power_kept", "factor_lost",
    "trig_sign",
]  # fmt: skip


class Underivable(Exception):  # noqa: N818
    """No rule here differentiates the expression."""


def times(*factors: Node) -> Node:
    """The product of some factors."""
    kept = [factor for factor in factors if factor != ONE]
    if not kept:
        return ONE
    if ZERO in kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Product(tuple(("*", factor) for factor in kept))


def total(*terms: Node) -> Node:
    """The sum of some terms."""
    kept = [term for term in terms if term != ZERO]
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Sum(tuple(("+", term) for term in kept))


def derivative(node: Node, name: str, slip: RuleSlip | None = None) -> Node:
    """The derivative by the variable `name`; with `slip`, what comes out when that rule is used wrongly.

    Raises:
        Underivable: no rule here fits.
    """
    return _Rules(name, slip).of(node)


def depends(node: Node, name: str) -> bool:
    """Whether the variable occurs in the expression."""
    return name in variables_of(node)


@dataclass(frozen=True, slots=True)
class _Rules:
    name: str
    slip: RuleSlip | None

    def of(self, node: Node) -> Node:  # noqa: C901 - one case for each kind of node
        if not depends(node, self.name):
            return ZERO
        match node:
            case Sym():
                return ONE
            case Neg(arg):
                return Neg(self.of(arg))
            case Sum(terms):
                parts = [(sign, self.of(term)) for sign, term in terms]
                return total(*(part if sign == "+" else Neg(part) for sign, part in parts if part != ZERO))
            case Product(factors):
                return self._product(factors)
            case Frac(top, bottom):
                return self._quotient(top, bottom)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Root(arg, index):
                return self._power(arg, Frac(ONE, with_number(index)))
            case Call(_, (arg,)):
                return self._chained(self._outer(node, arg), arg)
            case Postfix(mark, arg) if mark in "%°":
                return Postfix(mark, self.of(arg))
            case Diff(body, var, order):
                for _ in range(order):
                    body = derivative(body, var.name)
                return self.of(body)
            case Integral(body, var, None, None) if var.name in {"", self.name}:
                return body
            case Const() | Num() | Mixed():
                return ZERO
        raise Underivable

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> Node:
        tops = [factor for sign, factor in factors if sign != "/"]
        bottoms = [factor for sign, factor in factors if sign == "/"]
        if bottoms:
            return self._quotient(times(*tops), times(*bottoms))
        moving = [factor for factor in tops if depends(factor, self.name)]
        fixed = [factor for factor in tops if not depends(factor, self.name)]
        if self.slip == "product_rule" and len(moving) > 1:
            return times(*fixed, *(self.of(factor) for factor in moving))
        terms = [
            times(*fixed, *(self.of(one) if one_at == at else one for one_at, one in enumerate(moving)))
            for at in range(len(moving))
        ]
        return total(*terms)

    def _quotient(self, top: Node, bottom: Node) -> Node:
        if not depends(bottom, self.name):
            return Frac(self.of(top), bottom)
        if self.slip == "quotient_rule":
            return Frac(self.of(top), self.of(bottom))
        first, second = times(self.of(top), bottom), times(top, self.of(bottom))
        if self.slip == "quotient_order":
            first, second = second, first
        below = bottom if self.slip == "quotient_bottom" else Power(bottom, with_number(2))
        return Frac(Sum((("+", first), ("-", second))), below)

    def _power(self, base: Node, exponent: Node) -> Node:
        if not depends(exponent, self.name):
            lowered = exponent if self.slip == "power_kept" else Sum((("+", exponent), ("-", ONE)))
            if isinstance(exponent, Num) and self.slip != "power_kept":
                lowered = with_number(exponent.value - 1)
            front = ONE if self.slip == "factor_lost" else exponent
            power = ONE if lowered == ZERO else Power(base, lowered)
            return self._chained(times(front, power), base)
        grown = Power(base, exponent)
        if not depends(base, self.name):
            front = ONE if base == Const("e") else Call("ln", (base,))
            return self._chained(times(front, grown), exponent)
        inner = total(times(self.of(exponent), Call("ln", (base,))), Frac(times(exponent, self.of(base)), base))
        return times(grown, inner)

    def _chained(self, outer: Node, inner: Node) -> Node:
        return outer if self.slip == "chain_rule" else times(outer, self.of(inner))

    def _outer(self, call: Call, arg: Node) -> Node:  # noqa: C901 - one case for each function
        square = Power(arg, with_number(2))
        wrong_sign = self.slip == "trig_sign"
        match call.name:
            case "sin":
                return Neg(Call("cos", (arg,))) if wrong_sign else Call("cos", (arg,))
            case "cos":
                return Call("sin", (arg,)) if wrong_sign else Neg(Call("sin", (arg,)))
            case "tan":
                return Frac(ONE, Power(Call("cos", (arg,)), with_number(2)))
            case "cot":
                return Neg(Frac(ONE, Power(Call("sin", (arg,)), with_number(2))))
            case "sec":
                return times(call, Call("tan", (arg,)))
            case "csc":
                return Neg(times(call, Call("cot", (arg,))))
            case "ln":
                return Frac(ONE, arg)
            case "log":
                # The logarithm of e in the same base, so that it holds in whatever base `log` is taken.
                return Frac(Call("log", (Const("e"),), call.base), arg)
            case "abs":
                return Frac(call, arg)
            case "arcsin":
                return Frac(ONE, Root(Sum((("+", ONE), ("-", square)))))
            case "arccos":
                return Neg(Frac(ONE, Root(Sum((("+", ONE), ("-", square))))))
            case "arctan":
                return Frac(ONE, Sum((("+", ONE), ("+", square))))
            case "sinh":
                return Call("cosh", (arg,))
            case "cosh":
                return Call("sinh", (arg,))
        raise Underivable
