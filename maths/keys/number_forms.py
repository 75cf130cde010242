"""Whether an expression is in a form: simplified, expanded, factored, a fraction, a decimal, a percentage."""

import math
from typing import Any

import sympy as sp

from maths.keys.question_tasks import Form
from maths.reading.nodes import (
    Call,
    Frac,
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
    walk,
)
from maths.solving.to_sympy import to_sympy


def has_form(node: Node, form: Form) -> bool | None:
    """Whether an expression is in that form; None if that cannot be told."""
    while isinstance(node, Neg):
        node = node.arg
    match form:
        case "fraction":
            return _is_fraction(node)
        case "decimal":
            return isinstance(node, Num) and "." in node.text
        case "percent":
            return isinstance(node, Postfix) and node.mark == "%"
        case "expanded":
            return _is_expanded(node)
        case "factored":
            return _is_factored(node)
        case "simplified":
            return _is_simplified(node)
        case "lowest":
            return _is_in_lowest_terms(node)
        case "mixed":
            return _is_mixed(node)
        case "improper":
            return _is_improper(node)
        case "scientific":
            return _is_scientific(node)
    return None


def _parts_of_fraction(node: Node) -> tuple[int, int] | None:
    """Numerator and denominator of a fraction of whole numbers."""
    match node:
        case Frac(Num(top), Num(bottom)) | Product((("*", Num(top)), ("/", Num(bottom)))):
            if top.denominator == bottom.denominator == 1:
                return int(top), int(bottom)
    return None


def _is_in_lowest_terms(node: Node) -> bool | None:
    """A whole number, or a fraction that cannot be reduced. A decimal or a percentage may pass, or not."""
    if (parts := _parts_of_fraction(node)) is not None:
        return math.gcd(*parts) == 1 and parts[1] != 1
    match node:
        case Num():
            return None if "." in node.text else True
        case Mixed():
            return _is_mixed(node)
        case Postfix():
            return None
    return False


def _is_mixed(node: Node) -> bool | None:
    match node:
        case Mixed(Num(), Num(top), Num(bottom)):
            return False if top >= bottom else True if math.gcd(int(top), int(bottom)) == 1 else None
        case Num():
            return None if "." not in node.text else False
    return False


def _is_improper(node: Node) -> bool | None:
    parts = _parts_of_fraction(node)
    if parts is None:
        return None if isinstance(node, Num) and "." not in node.text else False
    return False if parts[0] < parts[1] else True if math.gcd(*parts) == 1 else None


def _is_scientific(node: Node) -> bool:
    match node:
        case Product((("*", Num(factor)), ("*", Power(Num(base), Num() | Neg(Num()))))):
            return base == 10 and 1 <= factor < 10
    return False


def _is_fraction(node: Node) -> bool:
    match node:
        case Frac(Num(top), Num(bottom)) | Product((("*", Num(top)), ("/", Num(bottom)))):
            return top.denominator == bottom.denominator == 1 and math.gcd(int(top), int(bottom)) == 1
        case Mixed(_, Num(top), Num(bottom)):
            return math.gcd(int(top), int(bottom)) == 1
    return False


def _is_expanded(node: Node) -> bool | None:
    """A sum of different monomials."""
    terms = [term for _, term in node.terms] if isinstance(node, Sum) else [node]
    for term in terms:
        inner = [part for part in walk(term) if isinstance(part, Sum)]
        if inner:
            return False
        if any(isinstance(part, Call | Root | Postfix) for part in walk(term)):
            return None
    seen = [to_sympy(term).as_coeff_Mul()[1] for term in terms]
    return len(set(seen)) == len(seen)


def _is_factored(node: Node) -> bool | None:
    """A product of primitive irreducible polynomials and a number."""
    factors = [factor for _, factor in node.factors] if isinstance(node, Product) else [node]
    if isinstance(node, Product) and any(sign == "/" for sign, _ in node.factors):
        return None
    bodies = [factor.base if isinstance(factor, Power) else factor for factor in factors]
    lettered = [body for body in bodies if variables_of(body)]
    if not lettered:
        return None
    for body in lettered:
        polynomial = _polynomial(to_sympy(body))
        if polynomial is None:
            return None
        if not polynomial.is_irreducible or abs(polynomial.content()) != 1:
            return False
    plain = [body for body in bodies if not variables_of(body)]
    return len(plain) <= 1


def _polynomial(expr: Any) -> Any:
    if not expr.is_polynomial():
        return None
    polynomial = sp.Poly(expr, *sorted(expr.free_symbols, key=str))
    return polynomial if polynomial.domain.is_ZZ else None


def _is_simplified(node: Node) -> bool | None:
    """A number in its usual form: whole, a fraction in lowest terms, a decimal, a multiple of a root."""
    match node:
        case Num() | Sym():
            return True
        case Frac(Num(), Num()) | Mixed():
            return _is_fraction(node) and _bottom(node) != 1
        case Product((("*", Num(top)), ("/", Num(bottom)))):
            return math.gcd(int(top), int(bottom)) == 1 if top.denominator == bottom.denominator == 1 else None
        case Root(Num(inside), index) if inside.denominator == 1 and inside > 1:
            return not any(exponent >= index for exponent in sp.factorint(int(inside)).values())
        case Product((("*", Num(factor)), (_, Root(Num()) as rest))) if factor.denominator == 1:
            return _is_simplified(rest)
        case Product((("*", Root(Num()) as rest), (sign, Num(factor)))) if factor.denominator == 1 and sign != "/":
            return _is_simplified(rest)  # `√2 · 4`
        case Power(Sym(), Num(exponent)):
            return exponent > 1 or None
        case Product() | Power() | Root() if not variables_of(node):
            return False if all(isinstance(part, Num | Product | Power | Root) for part in walk(node)) else None
        case Sum(terms) if variables_of(node):
            return True if _is_expanded(node) else None
        case Sum(terms) if all(isinstance(term, Num) for _, term in terms):
            return False
    return None


def _bottom(node: Node) -> int:
    match node:
        case Frac(_, Num(bottom)) | Mixed(_, _, Num(bottom)):
            return int(bottom)
    return 0
