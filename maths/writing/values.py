"""LaTeX of values and equations: exact, and as a decimal where that helps."""

from collections.abc import Iterable
from typing import Any

import sympy as sp

from maths.reading.nodes import Node, Num, walk
from maths.writing.latex import LONGEST_NUMBER, latex

Expr = Any
DIGITS = 6
"""The significant digits of a decimal."""


def equation(left: Expr, right: Expr) -> str:
    """`left = right` as LaTeX."""
    return f"{latex(left)} = {latex(right)}"


def alternatives(var: Expr, values: Iterable[Expr], *, decimals: bool = False) -> str:
    """`x = 1 or x = 2` as LaTeX."""
    return " <or> ".join(_alternative(var, value, decimals=decimals) for value in values)


def _alternative(var: Expr, value: Expr, *, decimals: bool) -> str:
    if value.is_Float:
        return rf"{latex(var)} \approx {decimal(value)}"
    return f"{latex(var)} = {with_decimal(value, decimals=decimals)}"


def with_decimal(value: Expr, *, decimals: bool = False) -> str:
    """The value, and its decimal if it is irrational, or a fraction of a problem with decimals."""
    text = latex(value)
    if value.is_Rational:
        return text + _fraction_decimal(value) if decimals and not value.is_Integer else text
    if value.is_number and value.is_real and value.is_finite and not value.is_Float:
        return text + (rf" \approx {decimal(value)}" if worth_decimal(value) else "")
    return text


def worth_decimal(value: Expr) -> bool:
    """Whether a decimal tells more than the exact form."""
    return not value.is_Rational and value not in (sp.pi, sp.E)


def decimal(value: Expr) -> str:
    """The value to six significant digits."""
    text = str(sp.N(value, DIGITS))
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if mark else mantissa


def _fraction_decimal(value: Expr) -> str:
    denominator = int(value.q)
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    exact = terminating(value)
    return f" = {exact}" if exact else rf" \approx {decimal(value)}"


def terminating(value: Expr) -> str:
    """The decimal of a fraction, if it ends after a few places; else empty."""
    for places in range(1, 13):
        if 10**places % int(value.q) == 0:
            scaled = abs(int(value.p)) * 10**places // int(value.q)
            digits = str(scaled).rjust(places + 1, "0")
            if len(digits) > LONGEST_NUMBER:
                return ""
            return ("-" if value.p < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"
    return ""


def has_decimals(*nodes: Node) -> bool:
    """Whether the student wrote decimals."""
    return any(isinstance(part, Num) and "." in part.text for node in nodes for part in walk(node))
