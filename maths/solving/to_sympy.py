"""Makes sympy expressions of trees, object by object; refuses what would be too large before it is calculated."""

import math
from fractions import Fraction
from typing import Any

import sympy as sp

from maths.reading.nodes import (
    Apply,
    Call,
    Const,
    Diff,
    Frac,
    Integral,
    Limit,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Series,
    Sum,
    Sym,
)
from maths.writing.named_functions import NAMED_FUNCTIONS

MAX_DIGITS = 3_000
"""The most decimal digits of a number to calculate with."""
MAX_FACTORIAL = 1_000
MAX_SYMBOLIC_EXPONENT = 400

Expr = Any
"""A sympy expression; sympy has hardly any types."""

_FUNCTIONS = {**NAMED_FUNCTIONS, "ln": sp.log, "abs": sp.Abs, "floor": sp.floor, "ceil": sp.ceiling}
_RELATIONS = {"=": sp.Eq, "<": sp.Lt, ">": sp.Gt, "<=": sp.Le, ">=": sp.Ge, "!=": sp.Ne}
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "oo": sp.oo, "i": sp.I}


class TooLarge(Exception):  # noqa: N818
    """The number would have `digits` digits (None: too many to tell)."""

    def __init__(self, digits: int | None = None) -> None:
        super().__init__(digits)
        self.digits = digits


class Undefined(Exception):  # noqa: N818
    """The expression has no value: it divides by zero, for example."""


class Unsupported(Exception):  # noqa: N818
    """The expression can be read, but not calculated."""


def symbol(name: str) -> Expr:
    """The variable of that name, which is real, as in school."""
    return sp.Symbol(name, real=True)


def number(value: Fraction) -> Expr:
    """An exact number."""
    return sp.Rational(value.numerator, value.denominator)


def to_sympy(node: Node) -> Expr:
    """The sympy expression of a tree; relations are converted only if they stand alone.

    Raises:
        TooLarge, Undefined, Unsupported: see these.
    """
    result = _converted(node)
    if result.has(sp.zoo, sp.nan):
        raise Undefined
    return result


def _converted(node: Node) -> Expr:  # noqa: C901, PLR0912 - one case for each kind of node
    match node:
        case Num(value):
            return number(value)
        case Sym(name):
            return symbol(name)
        case Const(name):
            return _CONSTANTS[name]
        case Neg(arg):
            return -_converted(arg)
        case Sum(terms):
            return sp.Add(*(_term(sign, term, terms, place) for place, (sign, term) in enumerate(terms)))
        case Product(factors):
            return _product(factors)
        case Frac(top, bottom):
            return divided(_converted(top), _converted(bottom))
        case Mixed(whole, top, bottom):
            return _converted(whole) + divided(_converted(top), _converted(bottom))
        case Power(base, exponent):
            return power(_converted(base), _converted(exponent))
        case Root(arg, index):
            return _root(_converted(arg), index)
        case Call():
            return _call(node)
        case Postfix(mark, arg):
            return _postfix(mark, _converted(arg))
        case Diff(body, var, order):
            return sp.diff(_converted(body), _converted(var), order)
        case Integral() | Limit() | Series():
            return _operator(node)
        case Rel(ops, sides) if len(ops) == 1:
            return _RELATIONS[ops[0]](_converted(sides[0]), _converted(sides[1]), evaluate=False)
        case Apply() | Rel():
            raise Unsupported
    raise Unsupported


def _term(sign: str, term: Node, terms: tuple[tuple[str, Node], ...], place: int) -> Expr:
    """A term of a sum; in `80 + 15%` the percentage is of the terms before it, in `5% + 3%` it is one of its own."""
    value = _converted(term)
    if place == len(terms) - 1 and place > 0 and is_percentage_of_the_rest(terms):
        before = sp.Add(*(_converted(one) if mark == "+" else -_converted(one) for mark, one in terms[:-1]))
        value = before * value
    return value if sign == "+" else -value


def is_percentage_of_the_rest(terms: tuple[tuple[str, Node], ...]) -> bool:
    """Whether the last term alone is a percentage, as in `80 + 15%`."""
    marks = [isinstance(term, Postfix) and term.mark == "%" for _, term in terms]
    return len(marks) > 1 and marks[-1] and not any(marks[:-1])


def _product(factors: tuple[tuple[str, Node], ...]) -> Expr:
    result = sp.Integer(1)
    for sign, factor in factors:
        value = _converted(factor)
        result = divided(result, value) if sign == "/" else result * value
        _check(result)
    return result


def divided(top: Expr, bottom: Expr) -> Expr:
    """A quotient; raises Undefined for a division by zero."""
    if bottom.is_zero:
        raise Undefined
    return top / bottom


def digits_of(value: Expr) -> float:
    """About how many digits a number has; 0 for any other expression."""
    if value.is_Rational:
        size = max(abs(int(value.p)).bit_length(), int(value.q).bit_length())
        return size * math.log10(2)
    return 0.0


def _check(value: Expr) -> None:
    if value.is_Rational and digits_of(value) > MAX_DIGITS:
        raise TooLarge(int(digits_of(value)) + 1)


def power(base: Expr, exponent: Expr) -> Expr:
    """A power; one that would be too large is not calculated.

    Raises:
        TooLarge: the result has more than `MAX_DIGITS` digits, or a symbol has a very large exponent.
        Undefined: 0 to the power of 0, or to a negative one.
    """
    if base.is_zero and (exponent.is_zero or exponent.is_negative):
        raise Undefined
    if exponent.is_Rational:
        _guard(base, exponent)
        if base.is_Rational and base < 0 and exponent.q % 2 and not exponent.is_Integer:
            size = (-base) ** exponent  # in school (-8)^(1/3) is -2; in sympy it is complex
            return -size if exponent.p % 2 else size
    return base**exponent


def _guard(base: Expr, exponent: Expr) -> None:
    if digits_of(exponent) > 15:
        if base in (0, 1, -1):
            return
        raise TooLarge
    size = abs(Fraction(int(exponent.p), int(exponent.q)))
    if base.is_Rational and base not in (0, 1, -1):
        exact = abs(math.log10(abs(int(base.p)) or 1)), math.log10(int(base.q))
        digits = float(size) * max(exact)
        if digits > MAX_DIGITS:
            raise TooLarge(int(digits) + 1)
    elif not base.is_Rational and size > MAX_SYMBOLIC_EXPONENT:
        raise TooLarge


def _root(arg: Expr, index: int) -> Expr:
    if arg.is_Rational and arg < 0 and index % 2:
        return -sp.root(-arg, index)
    return sp.root(arg, index)


def _postfix(mark: str, value: Expr) -> Expr:
    if mark == "%":
        return value / 100
    if mark == "°":
        return value * sp.pi / 180
    if not value.is_number:
        return sp.factorial(value)
    if not value.is_Integer or value < 0:
        raise Undefined
    if value > MAX_FACTORIAL:
        raise TooLarge(_factorial_digits(value))
    return sp.factorial(value)


def _factorial_digits(value: Expr) -> int | None:
    if digits_of(value) > 15:
        return None
    return int(math.lgamma(int(value) + 1) / math.log(10)) + 1


def _call(node: Call) -> Expr:
    if node.name == "at":
        body, var, value = node.args
        return _converted(body).subs(_converted(var), _converted(value))
    arguments = [_converted(arg) for arg in node.args]
    if node.name == "log":
        base = sp.Integer(10) if node.base is None else _converted(node.base)
        if arguments[0].is_nonpositive or base.is_nonpositive or base == 1:
            raise Undefined
        return sp.log(arguments[0], base)
    if node.name in {"gcd", "lcm", "min", "max"}:
        return _of_numbers(node.name, arguments)
    if node.name == "binom":
        return _binomial(arguments[0], arguments[1])
    if node.name == "perm":
        return _binomial(arguments[0], arguments[1]) * _postfix("!", arguments[1])
    if node.name == "ln" and arguments[0].is_nonpositive:
        raise Undefined
    return _FUNCTIONS[node.name](arguments[0])


def _of_numbers(name: str, values: list[Expr]) -> Expr:
    if not all(value.is_Rational for value in values):
        raise Unsupported
    if name in {"min", "max"}:
        return min(values) if name == "min" else max(values)
    if not all(value.is_Integer for value in values):
        raise Unsupported
    return sp.Integer((math.gcd if name == "gcd" else math.lcm)(*(int(value) for value in values)))


def _binomial(n: Expr, k: Expr) -> Expr:
    if n.is_number and (not n.is_Integer or not k.is_Integer or n > MAX_FACTORIAL * 3 or n < 0):
        raise TooLarge if n.is_Integer and n > 0 else Unsupported
    return sp.binomial(n, k)


def integration_variable(node: Integral) -> Expr:
    """The variable of an integral; without `dx` it is guessed from the integrand."""
    if node.var.name:
        return symbol(node.var.name)
    free = sorted(_converted(node.body).free_symbols, key=str)
    return next((one for one in free if str(one) == "x"), free[0] if free else symbol("x"))


def _operator(node: Node) -> Expr:
    match node:
        case Integral(body, _, low, high):
            var = integration_variable(node)
            if low is None or high is None:
                return sp.integrate(_converted(body), var)
            return sp.integrate(_converted(body), (var, _converted(low), _converted(high)))
        case Limit(body, var, to, side):
            return sp.limit(_converted(body), _converted(var), _converted(to), side)
        case Series(kind, body, var, low, high):
            bounds = (_converted(var), _converted(low), _converted(high))
            if kind == "sum":
                return sp.summation(_converted(body), bounds)
            if not all(bound.is_Integer for bound in bounds[1:]) or bounds[2] - bounds[1] > MAX_FACTORIAL:
                raise Unsupported
            return sp.product(_converted(body), bounds)
    raise Unsupported
